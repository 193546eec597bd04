"""What can be wrong with one entry: against its own bytes, its columns, its payload and the rows it seals.

Each check yields sentences. Walking the ledger, and knowing which stream comes next, is ``verification``.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import DatabaseError, connection, models

from core.ledger import chain, envelope, events
from core.ledger.models import Entry, Seal
from core.ledger.sealing import AS_STORED, row_digest, row_key, sealed_models

EMPTY = "is_empty_"
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class SealedRow:
    """One row that an entry sealed: where it is, which columns the seal covers, and their digest."""

    table: str
    row: str
    columns: tuple[str, ...]
    digest: str
    as_stored: bool = False


@dataclass(frozen=True)
class Unreadable:
    """A row that the database holds and that cannot be read as what it should be."""

    reason: str


class PayloadBroken(Exception):
    """A payload is missing, does not open, or is not what its entry committed to."""


def load(rows: models.QuerySet[Row], keys: Sequence[Any]) -> dict[Any, Row | Unreadable]:
    """Read rows by key. Where one cannot be read, read them one by one and mark it, instead of failing for all."""
    try:
        return {row.pk: row for row in rows.filter(pk__in=keys)}
    except Exception:  # noqa: BLE001 - whatever is wrong with a row, the others must still be read
        found = {key: _load_one(rows, key) for key in keys}
        return {key: row for key, row in found.items() if row is not None}


def _load_one(rows: models.QuerySet[Row], key: Any) -> Row | Unreadable | None:
    try:
        return rows.filter(pk=key).first()
    except DatabaseError as problem:
        if connection.vendor != "sqlite":  # SQLite says of one malformed row what others say of a lost connection
            raise
        return Unreadable(f"it cannot be read ({problem}).")
    except Exception as problem:  # noqa: BLE001 - a malformed row is a finding, whatever is wrong with it
        return Unreadable(f"it cannot be read ({type(problem).__name__}).")


def column_problems(entry: Entry, link: chain.Link) -> Iterator[str]:
    """Compare an entry's columns with its bytes, which are what counts."""
    raw = bytes(entry.bytes)
    if entry.hash != chain.hash_of(raw):
        yield "its hash is not the hash of its bytes."
    for name, said, stored in _columns(entry, link):
        if said != stored:
            yield f"its column {name} says something else than its bytes."
    if not events.is_registered(link.action):
        yield f"nothing called {link.action!r} can be recorded by this program."


def _columns(entry: Entry, link: chain.Link) -> list[tuple[str, object, object]]:
    return [
        ("seq", link.seq, entry.seq),
        ("prev_hash", link.prev, entry.prev_hash),
        ("at", link.at, chain.timestamp(entry.at)),
        ("actor", link.actor, _text(entry.actor_id)),
        ("role", link.role, entry.role),
        ("practice", link.practice, _text(entry.practice_id)),
        ("action", link.action, entry.action),
        ("object", link.object, entry.object),
        ("commit", link.commit, entry.commit),
    ]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def open_payload(entry: Entry, link: chain.Link, key: AESGCM) -> dict[str, Any]:
    """Return an entry's payload (``data`` and ``seals``) once it is shown to be the one committed to."""
    try:
        ciphertext = bytes(entry.payload.ciphertext)
        commit, payload = envelope.open_envelope(key, ciphertext, stream=link.stream, seq=link.seq)
    except Entry.payload.RelatedObjectDoesNotExist:
        raise PayloadBroken("its payload is missing.") from None
    except (envelope.EnvelopeBroken, TypeError):
        raise PayloadBroken("its payload was altered: it does not open with the key of its stream.") from None
    if commit != link.commit:
        raise PayloadBroken("its payload is not the one that it commits to.")
    content: dict[str, Any] = json.loads(payload)
    return content


def sealed_rows(payload: dict[str, Any]) -> list[SealedRow]:
    """Return the rows that a payload seals."""
    return [
        SealedRow(seal["table"], row, tuple(seal["columns"]), digest, as_stored=seal.get("form") == AS_STORED)
        for seal in payload["seals"]
        for row, digest in seal["rows"].items()
    ]


def index_problems(indexed: set[tuple[str, str]], sealed: list[SealedRow]) -> Iterator[tuple[str, str, str]]:
    """Compare the index of seals with the seals in the payload; yield table, row and sentence."""
    said = {(seal.table, seal.row) for seal in sealed}
    for table, row in sorted(said - indexed):
        yield table, row, "its seal is missing from the index of seals."
    for table, row in sorted(indexed - said):
        yield table, row, "the index of seals names an entry that does not seal it."


def indexed_by_entry(entries: Sequence[int]) -> dict[int, set[tuple[str, str]]]:
    """Return what the index of seals says of these entries."""
    found: dict[int, set[tuple[str, str]]] = {}
    for entry, table, row in Seal.objects.filter(entry__in=entries).values_list("entry_id", "table", "row"):
        found.setdefault(entry, set()).add((table, row))
    return found


def row_problems(seals: Sequence[SealedRow]) -> Iterator[tuple[SealedRow, str]]:
    """Compare sealed rows with the tables as they are now, with one or two queries per table."""
    tables = sealed_models()
    for table in sorted({seal.table for seal in seals}):
        chosen = [seal for seal in seals if seal.table == table]
        if table not in tables:
            yield from ((seal, "its table is not one that this program knows as append-only.") for seal in chosen)
            continue
        rows, frozen = _stored(table, sorted({seal.row for seal in chosen}))
        for seal in chosen:
            problem = _row_problem(seal, rows.get(seal.row), frozen)
            if problem:
                yield seal, problem


def _stored(table: str, keys: list[str]) -> tuple[dict[str, models.Model | Unreadable], set[str] | None]:
    """Return the rows by key, and the keys of those that are still frozen (None where all always are)."""
    sealed = sealed_models()[table]
    everything: models.QuerySet[Any] = models.QuerySet(sealed.model).annotate(**_empty_columns(sealed.model))
    rows = {str(key): row for key, row in load(everything, keys).items()}
    if not sealed.frozen_when:
        return rows, None
    still = everything.filter(pk__in=[row.pk for row in rows.values() if isinstance(row, models.Model)])
    frozen = still.extra(where=[sealed.frozen_when]).values_list("pk", flat=True)  # noqa: S610 - code, not input
    return rows, {str(key) for key in frozen}


def _empty_columns(model: type[models.Model]) -> dict[str, models.Expression]:
    """Ask the database which columns are NULL: from SQLite, Django reads a malformed date as None."""
    nullable = [field for field in model._meta.concrete_fields if field.null]
    return {
        f"{EMPTY}{field.attname}": models.ExpressionWrapper(
            models.Q(**{f"{field.name}__isnull": True}), models.BooleanField()
        )
        for field in nullable
    }


def _has_junk(row: models.Model) -> bool:
    """Say whether a column that reads as None holds something all the same."""
    nullable = [field.attname for field in row._meta.concrete_fields if field.null]
    return any(getattr(row, name) is None and not getattr(row, f"{EMPTY}{name}") for name in nullable)


def _row_problem(seal: SealedRow, row: models.Model | Unreadable | None, frozen: set[str] | None) -> str | None:
    if row is None:
        return "the row that was sealed is gone."
    if isinstance(row, Unreadable):
        return f"the row that was sealed was altered: {row.reason}"
    if frozen is not None and row_key(row) not in frozen:
        return "the row was published and has been turned back into a draft."
    try:
        same = row_digest(row, seal.columns, as_stored=seal.as_stored) == seal.digest and not _has_junk(row)
    except Exception:  # noqa: BLE001 - a malformed row is a finding, whatever is wrong with it
        same = False
    return None if same else "the row was altered: it differs from its seal."
