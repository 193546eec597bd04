"""Encrypt what clients and clinicians said, with the content key of each case; what was in plain text until now too.

This is the one time that sealed rows are written again, and so the one time that their guards are off. No seal changes
by it: a seal is over what a row says, and ``verify_ledger`` says the same before and after.
"""

import json
from typing import Any
from uuid import UUID

from django.db import migrations

import core.ledger.content_fields
from core.canonical import canonical_bytes
from core.ledger.content import Place, close_text
from core.ledger.guards import guard_operations, unguard_table
from core.ledger.sealing import registration

OF_EVALUATION = " JOIN screening_responseversion r ON r.id = e.response_id"
TABLES: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("screening.ResponseVersion", "screening_responseversion", ("document", "reason"), "SELECT t.id, t.screening_id"),
    ("screening.Evaluation", "screening_evaluation", ("document",), "SELECT t.id, r.screening_id"),
    ("screening.FlagAnswer", "screening_flaganswer", ("reason_text", "words"), "SELECT t.id, r.screening_id"),
    ("screening.Return", "screening_return", ("questions", "words"), "SELECT t.id, r.screening_id"),
    ("screening.Determination", "screening_determination", ("reasons", "signed_document"), "SELECT t.id, r.screening_id"),
)
JOINS = {
    "screening_responseversion": "",
    "screening_evaluation": " JOIN screening_responseversion r ON r.id = t.response_id",
    "screening_flaganswer": (
        f" JOIN screening_flag f ON f.id = t.flag_id JOIN screening_evaluation e ON e.id = f.evaluation_id{OF_EVALUATION}"
    ),
    "screening_return": f" JOIN screening_evaluation e ON e.id = t.evaluation_id{OF_EVALUATION}",
    "screening_determination": f" JOIN screening_evaluation e ON e.id = t.evaluation_id{OF_EVALUATION}",
}
LABELS = tuple(label for label, *_ in TABLES)


def encrypt_what_is_plain(apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for label, table, columns, select in TABLES:
            unguard_table(connection, registration(label))
            names = "".join(f", t.{column}" for column in columns)
            cursor.execute(f"{select}{names} FROM {table} t{JOINS[table]}")  # noqa: S608 - names from above
            for row, case, *texts in cursor.fetchall():
                for column, text in zip(columns, texts, strict=True):
                    _encrypt(cursor, table, column, row, case, text)


def _encrypt(cursor: Any, table: str, column: str, row: Any, case: Any, text: str) -> None:
    if not text:
        return
    plain = canonical_bytes(json.loads(text)).decode() if column == "questions" else text
    place = Place(f"case:{UUID(str(case))}", table, column, str(UUID(str(row))))
    cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [close_text(plain, place), row])  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [("screening", "0004_demands"), ("ledger", "0001_initial")]

    operations = [
        migrations.AlterField("determination", "reasons", core.ledger.content_fields.StreamTextField()),
        migrations.AlterField("determination", "signed_document", core.ledger.content_fields.StreamTextField()),
        migrations.AlterField("evaluation", "document", core.ledger.content_fields.StreamTextField()),
        migrations.AlterField("flaganswer", "reason_text", core.ledger.content_fields.StreamTextField(blank=True)),
        migrations.AlterField("flaganswer", "words", core.ledger.content_fields.StreamTextField(blank=True)),
        migrations.AlterField("responseversion", "document", core.ledger.content_fields.StreamTextField()),
        migrations.AlterField("responseversion", "reason", core.ledger.content_fields.StreamTextField(blank=True)),
        migrations.AlterField("return", "questions", core.ledger.content_fields.StreamJSONField(default=list)),
        migrations.AlterField("return", "words", core.ledger.content_fields.StreamTextField()),
        migrations.RunPython(encrypt_what_is_plain, migrations.RunPython.noop, elidable=False),
        *guard_operations(*LABELS),
    ]
