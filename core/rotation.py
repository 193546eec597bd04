"""Moving everything that FIELD_KEYS encrypts to the newest key, while the product is in use.

Every ``EncryptedTextField`` is found by walking the models; other columns of tokens are registered
(``register_column``), and so is what keeps its tokens in another way (``register_source``). A row is written only where
it still holds what was read, so that whoever saves meanwhile is never overwritten: what they save is on the newest key
already. An interruption leaves nothing half done, and the next run goes on with what is left.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from core.encryption import DecryptionFailed, EncryptedTextField, is_newest, rotate

BATCH = 200


@dataclass
class Progress:
    """What became of one source: how many are on the newest key, were moved, are on an old key, or do not open.

    ``changed_meanwhile`` counts those that somebody saved at the same moment, whose word stands. ``unopened`` names
    the rows by their keys, never by what they hold.
    """

    source: str
    newest: int = 0
    moved: int = 0
    old: int = 0
    changed_meanwhile: int = 0
    unopened: list[str] = field(default_factory=list)

    @property
    def seen(self) -> int:
        """How many were looked at so far."""
        return self.newest + self.moved + self.old + self.changed_meanwhile + len(self.unopened)


Told = Callable[[Progress], None]
Pass = Callable[[bool, Told], Progress]
"""Look at everything of a source, moving it where the first argument says so, and tell how far it is after a batch."""

_sources: dict[str, Pass] = {}
_watched: dict[str, Callable[[], int]] = {}


def register_source(name: str, go: Pass) -> None:
    """Add what keeps tokens of its own; ``look_at`` does for each of them what is done for a column."""
    _sources[name] = go


def register_column(label: str, name: str) -> None:
    """Add a column of tokens that is no ``EncryptedTextField``: ``app.Model`` and the field, of text or of bytes."""
    register_source(f"{label}.{name}", partial(_pass_over, label, name))


def register_watched(name: str, count_old: Callable[[], int]) -> None:
    """Add what is short-lived and ends by itself: ``--check`` says whether any of it still needs an old key."""
    _watched[name] = count_old


def sources() -> dict[str, Pass]:
    """Return everything that FIELD_KEYS encrypts and that is moved, by name."""
    fields = [(model, found) for model in apps.get_models() for found in model._meta.local_concrete_fields]
    walked: dict[str, Pass] = {
        f"{model._meta.label}.{found.name}": partial(_pass_over, model._meta.label, found.name)
        for model, found in fields
        if isinstance(found, EncryptedTextField)
    }
    return dict(sorted({**walked, **_sources}.items()))


def watched() -> dict[str, Callable[[], int]]:
    """Return what counts the short-lived tokens that are on an old key, by name."""
    return dict(_watched)


def look_at(progress: Progress, key: str, token: bytes, write: Callable[[bytes], bool] | None) -> None:
    """Count one token, and move it where ``write`` is given; that says whether the row still held what was read."""
    if is_newest(token):
        progress.newest += 1
        return
    try:
        moved = rotate(token)
    except DecryptionFailed:
        progress.unopened.append(key)
        return
    if write is None:
        progress.old += 1
    elif write(moved):
        progress.moved += 1
    else:
        progress.changed_meanwhile += 1


def _pass_over(label: str, name: str, move: bool, told: Told) -> Progress:
    column, progress = _Column(apps.get_model(label), name), Progress(f"{label}.{name}")
    for batch in column.batches():
        with transaction.atomic():
            for key, held in batch:
                token = held.encode() if isinstance(held, str) else bytes(held)
                look_at(progress, column.named(key), token, partial(column.write, key, held) if move else None)
        told(progress)
    return progress


class _Column:
    """One column of tokens as the database stores it, past the field that would decrypt it."""

    def __init__(self, model: type[models.Model], name: str) -> None:
        field_: Any = model._meta.get_field(name)
        quote, self._pk = connection.ops.quote_name, model._meta.pk
        self._table, self._key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
        self._name = quote(str(field_.column))

    def named(self, key: Any) -> str:
        """Return a row's key as people know it: SQLite keeps a UUID without its hyphens."""
        return str(self._pk.to_python(key))

    def batches(self) -> Iterator[list[tuple[Any, Any]]]:
        """Read keys and tokens in the order of the keys."""
        batch = self._read("", [])
        while batch:
            yield [(key, held) for key, held in batch if held]
            batch = self._read(f"WHERE {self._key} > %s", [batch[-1][0]])

    def write(self, key: Any, held: Any, moved: bytes) -> bool:
        """Write the moved token where the row still holds what was read; say whether it did."""
        statement = f"UPDATE {self._table} SET {self._name} = %s WHERE {self._key} = %s AND {self._name} = %s"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(statement, [moved.decode("ascii") if isinstance(held, str) else moved, key, held])
            return bool(cursor.rowcount)

    def _read(self, beyond: str, values: list[Any]) -> list[tuple[Any, Any]]:
        order = f"ORDER BY {self._key} LIMIT {BATCH}"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {self._key}, {self._name} FROM {self._table} {beyond} {order}", values)  # noqa: S608
            return list(cursor.fetchall())
