"""One row of every append-only table, sealed by an event, for the tests that try to change them.

Rows are made from the models' fields, so that a new append-only model is tried without anybody thinking of it. Where
a constraint wants more than any value, ``CHOSEN`` says what.
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, models, transaction

from core.accounts.models import Actor, Practice, User
from core.ledger.checkpointing import make_checkpoint
from core.ledger.content_fields import StreamTextField
from core.ledger.models import Entry
from core.ledger.sealing import registered, sealed_models
from core.ledger.services import Event, append
from screening.models import Screening
from tests.factories import PracticeFactory, UserFactory, actor

NOW = datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)
PUBLISHED = {"status": "active", "published_at": NOW, "published_by": UserFactory}
CHOSEN: dict[str, dict[str, Any]] = {
    "screening.QuestionnaireVersion": PUBLISHED,
    "screening.FlagAnswer": {"answer": "agree"},
    "screening.ReadingDraw": {"share": 50, "drawn": True},
    "screening.EmergencyAccess": {"reason": "some text that is long enough"},
    "screening.EmergencyAcknowledgement": {"acknowledged_by": UserFactory},
}
AFTERWARDS: dict[str, dict[str, Any]] = {"screening.RuleSetVersion": PUBLISHED}  # once published it gains no editors
VALUES: tuple[tuple[type[models.Field], Any], ...] = (
    (models.UUIDField, uuid.uuid4),
    (models.BooleanField, True),
    (models.IntegerField, 1),
    (models.DateTimeField, NOW),
    (models.DateField, NOW.date()),
    (models.JSONField, {"some": ["thing", 1, 0.5, None, True]}),
    (models.BinaryField, b"\x00\xff"),
    (models.CharField, "some text"),
    (models.TextField, "some text"),
)
ALTERED: tuple[tuple[type[models.Field], Any], ...] = (
    (models.UUIDField, uuid.uuid4),
    (models.BooleanField, False),
    (models.SmallIntegerField, 7_654),
    (models.PositiveSmallIntegerField, 7_654),
    (models.IntegerField, 987_654),
    (models.DateTimeField, NOW + timedelta(microseconds=1)),
    (models.DateField, NOW.date() + timedelta(days=1)),
    (models.JSONField, {"some": ["other"]}),
    (models.BinaryField, b"\x01"),
    (models.CharField, "retired"),
    (models.TextField, "other text"),
)


def sealed_rows_of_every_table() -> dict[str, models.Model]:
    """Write one frozen row into every table that must be sealed, seal them in one event, and return them by table.

    A checkpoint is made too, for its tables hold what nobody may change either.
    """
    made: dict[type[models.Model], models.Model] = {}
    rows = {table: row_of(sealed.model, made) for table, sealed in sealed_models().items()}
    for row in rows.values():
        _write_afterwards(row)
    by = actor(practice=_the(Practice, made))
    with transaction.atomic():
        append(
            Event(f"case:{uuid.uuid4()}", "access.refused", "case:1", {"note": "…"}, tuple(rows.values())),
            by=by,
            at=NOW,
        )
    make_checkpoint(at=NOW)
    return rows


def row_in(table: str) -> models.Model:
    """Return a row of any append-only table, once ``sealed_rows_of_every_table`` wrote some."""
    model = next(sealed.model for sealed in registered() if sealed.table == table)
    rows: models.QuerySet[Any] = models.QuerySet(model)
    row = rows.first() if model is Entry else rows.last() if model._meta.pk.name != "pk" else rows.first()
    assert row is not None
    return row


def row_of(model: type[models.Model], made: dict[type[models.Model], models.Model], **given: Any) -> models.Model:
    """Return the one row of a model, writing it and what it refers to where it is not there yet."""
    if model is Screening and model not in made:
        with_its_stream = _write(model, made, given)
        open_stream(f"case:{with_its_stream.pk}", by=actor(practice=_the(Practice, made)))
    return made.get(model) or _write(model, made, given)


def _write(
    model: type[models.Model], made: dict[type[models.Model], models.Model], given: dict[str, Any]
) -> models.Model:
    values = {field.name: _value(field, made) for field in model._meta.concrete_fields if _needs_value(field)}
    values |= {name: _called(value) for name, value in CHOSEN.get(model._meta.label, {}).items()} | given
    made[model] = models.QuerySet(model).create(**values)
    return made[model]


def open_stream(name: str, *, by: Actor) -> None:
    """Open a stream as its first event does: rows of a case are encrypted with its key."""
    with transaction.atomic():
        append(Event(name, "access.refused", name), by=by, at=NOW)


def _write_afterwards(row: models.Model) -> None:
    values = {name: _called(value) for name, value in AFTERWARDS.get(row._meta.label, {}).items()}
    if values:
        models.QuerySet(type(row)).filter(pk=row.pk).update(**values)
        row.refresh_from_db()


def _needs_value(field: Any) -> bool:
    return not (field.null or field.blank or field.has_default() or isinstance(field, models.AutoField))


def _value(field: Any, made: dict[type[models.Model], models.Model]) -> Any:
    if field.is_relation:
        return _the(field.related_model, made)
    return next(_called(value) for kind, value in VALUES if isinstance(field, kind))


def _the(model: type[models.Model], made: dict[type[models.Model], models.Model]) -> Any:
    if model not in made and model is User:
        made[model] = UserFactory.create()
    if model not in made and model is Practice:
        made[model] = PracticeFactory.create()
    return row_of(model, made)


def _called(value: Any) -> Any:
    return value() if callable(value) else value


def altered_value(field: Any) -> Any:
    """Return a value, as the database takes it, that the column of no row made here holds."""
    target = field.target_field if field.is_relation else field
    value = next(_called(value) for kind, value in ALTERED if isinstance(target, kind))
    if isinstance(target, StreamTextField):
        return value  # as somebody writes it who has no key
    return target.get_db_prep_save(value, connection)
