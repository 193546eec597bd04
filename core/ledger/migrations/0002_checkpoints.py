import django.db.models.deletion
from django.db import migrations, models

from core.encryption import DecryptionFailed
from core.ledger import chain, envelope
from core.ledger.guards import guard_operations, guard_table, unguard_table
from core.ledger.sealing import registration

BATCH = 1_000
KEY_DOES_NOT_OPEN = (
    "The key of the stream {} does not open with any of FIELD_KEYS, so its entries cannot be authenticated. "
    "Put the key that it was wrapped with back into FIELD_KEYS and migrate again. Nothing was changed."
)


def authenticate_entries(apps, schema_editor):
    """Give every entry its code, with the guards off for just that. A stream whose key is gone stays without."""
    entry = registration("ledger.Entry")
    unguard_table(schema_editor.connection, entry)
    Entry, StreamKey = apps.get_model("ledger", "Entry"), apps.get_model("ledger", "StreamKey")
    for key in StreamKey.objects.select_related("stream").iterator(chunk_size=BATCH):
        _authenticate(Entry.objects.filter(stream=key.stream_id), _opened(key))
    guard_table(schema_editor.connection, entry)


def _opened(key):
    try:
        return envelope.open_key(bytes(key.wrapped)).entries
    except DecryptionFailed:
        raise ValueError(KEY_DOES_NOT_OPEN.format(key.stream.name)) from None


def _authenticate(entries, key):
    batch = []
    for entry in entries.only("bytes").order_by("seq").iterator(chunk_size=BATCH):
        entry.mac = chain.authenticate(bytes(entry.bytes), key)
        batch.append(entry)
        if len(batch) == BATCH:
            entries.bulk_update(batch, ["mac"])
            batch = []
    entries.bulk_update(batch, ["mac"])


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='entry',
            name='mac',
            field=models.CharField(default='', max_length=64),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('number', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('bytes', models.BinaryField()),
                ('hash', models.CharField(max_length=64)),
                ('signature', models.CharField(max_length=128)),
                ('key', models.CharField(max_length=16)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='CheckpointLeaf',
            fields=[
                ('pk', models.CompositePrimaryKey('checkpoint_id', 'position', blank=True, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveIntegerField()),
                ('stream', models.CharField(max_length=100)),
                ('seq', models.PositiveBigIntegerField()),
                ('hash', models.CharField(max_length=64)),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leaves', to='ledger.checkpoint')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('stream', 'seq'), name='one_leaf_per_place_in_a_stream'),
                ],
            },
        ),
        migrations.CreateModel(
            name='WitnessFolder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(default=0)),
                ('problem', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.RunPython(authenticate_entries, migrations.RunPython.noop, elidable=False),
        *guard_operations("ledger.Checkpoint", "ledger.CheckpointLeaf"),
    ]
