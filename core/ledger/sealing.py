"""Which tables are append-only, and the digest that seals one of their rows into the ledger.

``@append_only`` puts a model into the registry. ``guards`` makes the database itself refuse changes to these tables;
``services.append`` writes a row's digest into an event; ``verification`` compares the two. Nothing here writes.
"""

import datetime
import decimal
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from core.canonical import digest

SEAL_VERSION = 1
AS_STORED = "stored"
LARGEST_EXACT_INTEGER = 2**53 - 1


@dataclass(frozen=True)
class Sealed:
    """How one model is append-only.

    ``frozen_when`` is a condition in SQL over the table's own columns that both databases understand, such as
    ``status IN ('active', 'retired')``; rows for which it holds are frozen for ever, except for the fields named in
    ``mutable``. Empty means: every row, from the moment it is written. ``sealed`` is False only for the ledger's own
    tables, which are verified by the chain instead of by a seal.
    """

    model: type[models.Model]
    frozen_when: str = ""
    mutable: tuple[str, ...] = ()
    sealed: bool = True

    @property
    def label(self) -> str:
        """Return the model's label, as migrations write it: ``screening.Evaluation``."""
        return self.model._meta.label

    @property
    def table(self) -> str:
        """Return the name of the model's table."""
        return self.model._meta.db_table

    @property
    def mutable_columns(self) -> tuple[str, ...]:
        """Return the columns of the mutable fields; a misspelt field name raises."""
        return tuple(column_of(self.model, name) for name in self.mutable)


_registry: dict[str, Sealed] = {}


Model = TypeVar("Model", bound=type[models.Model])


@overload
def append_only(model: Model) -> Model: ...
@overload
def append_only(
    *, frozen_when: str = "", mutable: tuple[str, ...] = (), sealed: bool = True
) -> Callable[[Model], Model]: ...
def append_only(model: Any = None, *, frozen_when: str = "", mutable: tuple[str, ...] = (), sealed: bool = True) -> Any:
    """Register a model as append-only: wholly, or from the moment that ``frozen_when`` holds.

    Its migration must call ``guards.guard_operations("app.Model")``, and the event that creates (or freezes) a row
    must name the row in ``seals``.
    """

    def decorate(decorated: type[models.Model]) -> type[models.Model]:
        entry = Sealed(decorated, frozen_when=frozen_when, mutable=mutable, sealed=sealed)
        _registry[entry.label.lower()] = entry
        return decorated

    return decorate if model is None else decorate(model)


def registered() -> list[Sealed]:
    """Return every append-only model, by table name."""
    return sorted(_registry.values(), key=lambda entry: entry.table)


def sealed_models() -> dict[str, Sealed]:
    """Return the models whose rows must be sealed by an event, by table name."""
    return {entry.table: entry for entry in registered() if entry.sealed}


def registration(label: str) -> Sealed:
    """Return how ``app.Model`` is append-only; raise where it was never decorated."""
    try:
        return _registry[label.lower()]
    except KeyError:
        raise LookupError(f"{label} is not registered: decorate it with @append_only") from None


def registration_of(instance: models.Model) -> Sealed:
    """Return how the model of ``instance`` is append-only."""
    return registration(instance._meta.label)


def column_of(model: type[models.Model], name: str) -> str:
    """Return the column of a field."""
    try:
        return str(model._meta.get_field(name).column)  # type: ignore[union-attr]
    except (FieldDoesNotExist, AttributeError):
        raise LookupError(f"{model._meta.label} has no column for {name!r}") from None


def row_key(instance: models.Model) -> str:
    """Return a row's primary key as a seal writes it."""
    return str(instance.pk)


def sealed_columns(model: type[models.Model]) -> list[str]:
    """Return the columns that a seal of this model covers today: all but the mutable ones, sorted."""
    loose = set(registration(model._meta.label).mutable_columns)
    return sorted(str(field.column) for field in model._meta.concrete_fields if field.column not in loose)


def row_digest(instance: models.Model, columns: Iterable[str] | None = None, *, as_stored: bool = False) -> str:
    """Return the SHA-256 over the canonical JSON of a row's sealed columns, the same on both databases.

    ``columns`` are those that an earlier seal names, so that a column added since does not break it. Encrypted columns
    count by what they say; ``as_stored`` by their ciphertext instead, which stays when nobody can open it any more.
    Raises where a column is gone or a value cannot be told apart exactly (a naive time, a type that no column has).
    """
    return digest(row_content(instance, columns, as_stored=as_stored))


def row_content(
    instance: models.Model, columns: Iterable[str] | None = None, *, as_stored: bool = False
) -> dict[str, Any]:
    """Return what a row's digest is made over, column by column, so that somebody else can make it again."""
    fields = {field.column: field for field in instance._meta.concrete_fields}
    content = {
        column: _plain(_value(instance, fields[column], as_stored), fields[column])
        for column in (sealed_columns(type(instance)) if columns is None else columns)
    }
    form = {"form": AS_STORED} if as_stored else {}
    return {"v": SEAL_VERSION, "table": instance._meta.db_table, "columns": content, **form}


def _value(instance: models.Model, field: Any, as_stored: bool) -> Any:
    if as_stored and hasattr(field, "as_stored"):
        return field.as_stored(instance)
    return field.to_python(getattr(instance, field.attname))


def practice_path(model: type[models.Model]) -> str | None:
    """Return the lookup that leads from a model to its practice by the fewest foreign keys, or None."""
    paths: list[tuple[str, type[models.Model]]] = [("", model)]
    seen = {model}
    for path, reached in paths:
        for field in reached._meta.concrete_fields:
            target = field.related_model
            if not isinstance(target, type) or field.null or target in seen:
                continue
            if target._meta.label == "accounts.Practice":
                return f"{path}{field.name}"
            seen.add(target)
            paths.append((f"{path}{field.name}__", target))
    return None


def _plain(value: Any, field: Any) -> Any:
    """Reduce a column's value to JSON that does not depend on the database it came from."""
    if isinstance(field, models.JSONField) or value is None or isinstance(value, bool | float | list | dict):
        return value
    if isinstance(value, int):
        return value if abs(value) <= LARGEST_EXACT_INTEGER else str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime.datetime):
        return _instant(value, field)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, str | uuid.UUID | decimal.Decimal | datetime.timedelta):
        return str(value)
    raise TypeError(f"{field.model._meta.label}.{field.name}: a {type(value).__name__} cannot be sealed")


def _instant(value: datetime.datetime, field: Any) -> str:
    if value.tzinfo is None:
        raise ValueError(f"{field.model._meta.label}.{field.name}: a time without a zone cannot be sealed")
    return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
