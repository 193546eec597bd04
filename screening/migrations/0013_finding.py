"""What lists of a million cases are found by: indexes for their pages, marks, codes as looked for, words of names.

The words of the names that are stored already are indexed here. A name that does not open with any of the keys is left
out and counted; ``rotate_keys`` indexes whatever is missing, then and later.
"""

from typing import Any

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Cast

import screening.models.constraints
from core.blind_index import digest_of, words_of
from core.encryption import DecryptionFailed, decrypt

BATCH = 1_000


def mark_cases(apps: Any, schema_editor: Any) -> None:
    screening = apps.get_model("screening", "Screening")
    returned = apps.get_model("screening", "Return").objects.values("evaluation__response__screening")
    said = apps.get_model("screening", "FlagAnswer").objects.filter(answer="disagree")
    screening.objects.filter(pk__in=returned).update(returned_before=True)
    screening.objects.filter(pk__in=said.values("flag__evaluation__response__screening")).update(disagreed=True)


def index_names(apps: Any, schema_editor: Any) -> None:
    client, word = apps.get_model("screening", "Client"), apps.get_model("screening", "ClientNameWord")
    kept = client.objects.filter(erased_at__isnull=True).annotate(token=Cast("name", models.TextField()))
    rows, unopened = [], 0
    for pk, practice_id, token in kept.values_list("pk", "practice_id", "token").iterator(chunk_size=BATCH):
        try:
            name = decrypt(token.encode()).decode()
        except DecryptionFailed:
            unopened += 1
            continue
        digests = {digest_of(found, str(practice_id)) for found in words_of(name)}
        rows += [word(practice_id=practice_id, client_id=pk, digest=digest) for digest in sorted(digests)]
        if len(rows) >= BATCH:
            word.objects.bulk_create(rows)
            rows = []
    word.objects.bulk_create(rows)
    if unopened:
        print(f"\n  {unopened} names do not open with any of the keys in FIELD_KEYS, and cannot be searched for yet.")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_single_sign_on_and_sessions"),
        ("screening", "0012_read_first"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="client",
            name="code_found",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Lower("code"),
                output_field=models.CharField(max_length=20),
            ),
        ),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(
                models.F("practice"), screening.models.constraints.InBytes("code_found"), name="client_by_code"
            ),
        ),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(fields=["practice", "therapist", "code", "id"], name="clients_of_therapist"),
        ),
        migrations.RemoveIndex(model_name="screening", name="screening_queue"),
        migrations.AddIndex(
            model_name="screening",
            index=models.Index(
                models.F("practice"),
                models.F("status"),
                models.ExpressionWrapper(
                    models.Q(("suicidality_first", True), _negated=True), output_field=models.BooleanField()
                ),
                models.F("submitted_at"),
                models.F("id"),
                name="screening_in_queue",
            ),
        ),
        migrations.AddField("screening", "returned_before", models.BooleanField(default=False)),
        migrations.AddField("screening", "disagreed", models.BooleanField(default=False)),
        migrations.AddIndex(
            model_name="screening",
            index=models.Index(
                models.F("practice"),
                models.F("status"),
                models.ExpressionWrapper(
                    models.Q(("suicidality_first", True), _negated=True), output_field=models.BooleanField()
                ),
                models.F("submitted_at"),
                models.F("id"),
                condition=models.Q(("returned_before", True)),
                name="screening_came_back",
            ),
        ),
        migrations.AddIndex(
            model_name="screening",
            index=models.Index(fields=["practice", "submitted_at", "id"], name="screening_by_submission"),
        ),
        migrations.AddIndex(
            model_name="screening",
            index=models.Index(
                fields=["practice", "submitted_at", "id"],
                condition=models.Q(("disagreed", True)),
                name="screening_disagreed_with",
            ),
        ),
        migrations.AddIndex(
            model_name="screening",
            index=models.Index(fields=["practice", "started_at", "id"], name="screening_by_start"),
        ),
        migrations.CreateModel(
            name="ClientNameWord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="name_words",
                        to="screening.client",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.practice"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["practice", "digest"], name="word_of_a_name")],
                "constraints": [models.UniqueConstraint(fields=("client", "digest"), name="word_of_a_name_once")],
            },
        ),
        migrations.RunPython(mark_cases, migrations.RunPython.noop),
        migrations.RunPython(index_names, migrations.RunPython.noop),
    ]
