"""One stream as evidence for somebody outside: its stored bytes, its payloads opened, the rows that they seal.

Total, like the verifier: what is malformed or does not open is left out or said, never an exception, so that a record
that was altered can leave the house too and be found so there. Nothing here writes.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext

from core.encryption import DecryptionFailed
from core.errors import Refused
from core.ledger import envelope
from core.ledger.checkpoints import Leaf
from core.ledger.inclusion import path_to
from core.ledger.inspection import SealedRow, Unreadable, load, sealed_rows
from core.ledger.models import CheckpointLeaf, Entry, Stream, StreamKey
from core.ledger.sealing import row_content, sealed_models
from core.ledger.signing_keys import pinned_keys

MOST_EVENTS = 20_000
CANNOT_OPEN = "It does not open with the key of its stream."


@dataclass(frozen=True)
class OpenedEvent:
    """One event as it is stored, with what its commitment is checked by; ``problem`` where that does not open."""

    seq: int
    hash: str
    raw: bytes
    nonce: bytes | None
    payload: bytes | None
    problem: str = ""


@dataclass(frozen=True)
class RowInFull:
    """One sealed row, with the columns that its seal covers: the number of the sealing event, its key, its content."""

    entry: int
    row: str
    content: dict[str, Any]


@dataclass(frozen=True)
class StreamEvidence:
    """A stream from its first event to its head, and every row that it seals."""

    stream: str
    events: tuple[OpenedEvent, ...]
    rows: tuple[RowInFull, ...]

    @property
    def head(self) -> OpenedEvent:
        """Return the newest event."""
        return self.events[-1]


def evidence_of(stream: str) -> StreamEvidence:
    """Return everything that somebody outside needs to check a stream. Raise ``Refused`` for one that is too long.

    The caller holds the stream (``services.hold``), so that no event comes in between.
    """
    stored = Stream.objects.filter(name=stream).select_related("key").first()
    if stored is None or not stored.head_seq:
        raise Refused(
            gettext("Nothing is recorded of this case, so there is nothing to export."), code="nothing-recorded"
        )
    if stored.head_seq > MOST_EVENTS:
        said = gettext("This record has more than %(number)s entries, too many for one bundle.")
        raise Refused(said % {"number": number_format(MOST_EVENTS, force_grouping=True)}, code="too-long")
    entries = Entry.objects.filter(stream=stored).select_related("payload").order_by("seq")
    key = _key_of(stored)
    events = tuple(_opened(entry, stream, key) for entry in entries.iterator(chunk_size=500))
    return StreamEvidence(stream, events, tuple(_rows(events)))


def path_of(stream: str) -> dict[str, Any] | None:
    """Return the path from a stream to the newest checkpoint that covers any of it, or None where there is none.

    A checkpoint whose key this house does not pin is none: nobody could be told against which key to hold it.
    """
    mine = CheckpointLeaf.objects.filter(stream=stream).select_related("checkpoint").order_by("-seq").first()
    public_key = _pinned().get(mine.checkpoint.key) if mine else None
    if mine is None or public_key is None:
        return None
    made = mine.checkpoint
    stored = list(made.leaves.order_by("position"))
    position = [leaf.pk for leaf in stored].index(mine.pk)
    leaves = [Leaf(leaf.stream, leaf.seq, leaf.hash) for leaf in stored]
    return path_to(bytes(made.bytes), made.signature, public_key, leaves=leaves, position=position)


def _pinned() -> dict[str, bytes]:
    try:
        return pinned_keys()
    except ImproperlyConfigured:
        return {}


def _key_of(stored: Stream) -> AESGCM:
    """Open the stream's key; without it nothing can be shown, and that it was exported could not be recorded either."""
    try:
        return envelope.unwrap(bytes(stored.key.wrapped))
    except (StreamKey.DoesNotExist, DecryptionFailed, TypeError, ValueError):
        said = "The key of this record is gone or does not open: what the record says cannot be read, or exported."
        raise Refused(said, code="key-gone") from None


def _opened(entry: Entry, stream: str, key: AESGCM) -> OpenedEvent:
    raw = bytes(entry.bytes)
    try:
        ciphertext = bytes(entry.payload.ciphertext)
        nonce, payload = envelope.open_with_nonce(key, ciphertext, stream=stream, seq=entry.seq)
    except (Entry.payload.RelatedObjectDoesNotExist, envelope.EnvelopeBroken, TypeError):
        return OpenedEvent(entry.seq, entry.hash, raw, None, None, CANNOT_OPEN)
    return OpenedEvent(entry.seq, entry.hash, raw, nonce, payload)


def _rows(events: Iterable[OpenedEvent]) -> list[RowInFull]:
    """Read the sealed rows, each table at once, in the order in which they were sealed."""
    sealed = [(event.seq, seal) for event in events for seal in _seals_in(event)]
    stored = _stored([seal for _, seal in sealed])
    found = [(seq, seal, _content(stored.get((seal.table, seal.row)), seal)) for seq, seal in sealed]
    return [RowInFull(seq, seal.row, content) for seq, seal, content in found if content is not None]


def _seals_in(event: OpenedEvent) -> list[SealedRow]:
    try:
        return sealed_rows(json.loads(event.payload or b""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def _stored(seals: Iterable[SealedRow]) -> dict[tuple[str, str], models.Model | Unreadable]:
    tables, wanted = sealed_models(), {(seal.table, seal.row) for seal in seals}
    found: dict[tuple[str, str], models.Model | Unreadable] = {}
    for table in sorted({table for table, _ in wanted} & set(tables)):
        rows: models.QuerySet[Any] = models.QuerySet(tables[table].model)
        keys = sorted(row for of, row in wanted if of == table)
        found |= {(table, str(key)): row for key, row in load(rows, keys).items()}
    return found


def _content(row: models.Model | Unreadable | None, seal: SealedRow) -> dict[str, Any] | None:
    """Return a row's sealed columns; None where it is gone or cannot be read, which the verifier then names."""
    if row is None or isinstance(row, Unreadable):
        return None
    try:
        return row_content(row, seal.columns)
    except Exception:  # noqa: BLE001 - a malformed row must not keep the rest of the evidence in the house
        return None
