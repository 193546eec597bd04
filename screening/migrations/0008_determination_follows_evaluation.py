from django.db import migrations

from core.ledger.demands import demand_operation


class Migration(migrations.Migration):
    dependencies = [("screening", "0007_emergency_access")]
    operations = [demand_operation("determination_follows_evaluation")]
