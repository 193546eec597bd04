"""Let the database destroy a stream's key only where the practice's record says that the stream was erased."""

from django.db import migrations

from core.ledger.demands import demand_operation


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_checkpoints")]

    operations = [demand_operation("key_kept_unless_erased")]
