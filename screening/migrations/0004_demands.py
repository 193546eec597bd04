"""Hold in the database that nobody publishes what they took part in writing, and keep every demand restorable."""

from django.db import migrations

from core.ledger.demands import demand_operation


class Migration(migrations.Migration):
    dependencies = [("screening", "0003_withdrawn_versions")]

    operations = [
        demand_operation("determination_needs_answers", "publisher_is_no_editor", "published_gains_no_editor"),
    ]
