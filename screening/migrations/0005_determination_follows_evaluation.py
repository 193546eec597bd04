from django.db import migrations

from core.ledger.demands import demand_operation


class Migration(migrations.Migration):
    dependencies = [("screening", "0004_demands")]
    operations = [demand_operation("determination_follows_evaluation")]
