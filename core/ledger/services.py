"""The only writer of the ledger: ``append``, the last thing a service does before its transaction commits."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction

from core.accounts.models import Actor, Practice
from core.canonical import canonical_bytes
from core.ledger import chain, envelope, events
from core.ledger.models import Entry, Payload, Seal, Stream, StreamKey
from core.ledger.sealing import row_digest, row_key, sealed_columns, sealed_models

PRACTICE = "practice:"
STREAMS_REMEMBERED = 20_000
STREAM_NAME = re.compile(r"[a-z]+(-[a-z]+)*:[A-Za-z0-9-]{1,64}\Z")


_known: set[str] = set()


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    ``stream`` is the chain it belongs to (``case:<uuid>``), ``action`` a registered name, ``object`` what it happened
    to (``screening:<uuid>``; nothing personal). ``payload`` is JSON and stored encrypted. ``seals`` are append-only
    rows, written already, that this event binds by digest.
    """

    stream: str
    action: str
    object: str
    payload: dict[str, Any] = field(default_factory=dict)
    seals: tuple[models.Model, ...] = ()


@dataclass(frozen=True)
class _Circumstances:
    """Who acts, when and for which practice: the same for all events of one append."""

    by: Actor | None
    at: datetime
    practice_id: UUID | None


class KeyMissing(Exception):
    """A stream that has entries has no key any more: nothing can be added to it."""


def append(*happened: Event, by: Actor | None, at: datetime, practice: Practice | None = None) -> list[Entry]:
    """Record what happened, in the order given, inside the transaction that made it happen. Return its entries.

    ``by=None`` is the system. Call it once, last in a transaction: it locks the streams it touches, in sorted order,
    until the commit. A stream is opened by its first event, and its opening is an event of its practice. Raises
    ``ValueError`` for a name that is not registered, a stream of another practice, or a row that cannot be sealed.
    """
    _check(happened)
    owner = practice or (by.practice if by else None)
    circumstances = _Circumstances(by=by, at=at, practice_id=owner.pk if owner else None)
    streams, opened = _lock_streams({event.stream for event in happened}, circumstances)
    digests = _digests([row for event in happened for row in event.seals])
    written = [_next(event, streams[event.stream], circumstances, digests) for event in (*opened, *happened)]
    _insert(written, streams.values())
    return [entry for entry, _, _ in written[len(opened) :]]


def _check(happened: Sequence[Event]) -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("append inside the transaction of the change it records")
    for event in happened:
        if not events.is_registered(event.action):
            raise ValueError(f"{event.action!r} is not a registered event name: register it in an events module")
        if not STREAM_NAME.match(event.stream):
            raise ValueError(f"{event.stream!r} is not a stream name: write kind:identifier")


def _lock_streams(names: set[str], circumstances: _Circumstances) -> tuple[dict[str, Stream], list[Event]]:
    """Lock the heads of ``names``, opening what is missing; return the streams and the events of their opening.

    Inserting comes before locking, and both go in sorted order, so that no two appends ever wait for each other. A
    stream that this process has locked before is not looked for: streams are opened once and never deleted. Where one
    was opened in a transaction that was undone, it is forgotten and looked for after all.
    """
    if names <= _known and len(streams := _locked(names)) == len(names):
        _check_owner(streams.values(), circumstances)
        return streams, []
    _known.difference_update(names)
    missing = names - set(Stream.objects.filter(name__in=names).values_list("name", flat=True))
    if missing and circumstances.practice_id:
        names = names | {practice_stream(circumstances.practice_id)}
    if missing:
        fresh = [_new_stream(name, circumstances) for name in sorted(names)]
        Stream.objects.bulk_create(fresh, ignore_conflicts=True)
    streams = _locked(names)
    _check_owner(streams.values(), circumstances)
    return streams, _open([stream for stream in streams.values() if stream.head_seq == 0], circumstances)


def _locked(names: set[str]) -> dict[str, Stream]:
    """Lock the heads of streams, in sorted order; remember those that were opened before."""
    heads = Stream.objects.select_for_update(of=("self",)).select_related("key")
    streams = {stream.name: stream for stream in heads.filter(name__in=names).order_by("name")}
    if len(_known) > STREAMS_REMEMBERED:
        _known.clear()
    _known.update(name for name, stream in streams.items() if stream.head_seq)
    return streams


def _new_stream(name: str, circumstances: _Circumstances) -> Stream:
    """Make a stream of its practice. A person's stream is nobody's: people work in several practices."""
    practice_id = None if name.startswith("user:") else _practice_named(name) or circumstances.practice_id
    return Stream(name=name, practice_id=practice_id, head_seq=0, head_hash=chain.NOTHING_BEFORE)


def _check_owner(streams: Iterable[Stream], circumstances: _Circumstances) -> None:
    for stream in streams:
        if circumstances.practice_id and stream.practice_id not in (None, circumstances.practice_id):
            raise ValueError(f"{stream.name} belongs to another practice than the event")


def _open(fresh: list[Stream], circumstances: _Circumstances) -> list[Event]:
    """Give fresh streams their keys; return the events that say so, the practice's own opening first."""
    StreamKey.objects.bulk_create(StreamKey(stream=stream, wrapped=envelope.new_wrapped_key()) for stream in fresh)
    owners = {stream.name: stream.practice_id or circumstances.practice_id for stream in fresh}
    opened = [Event(practice_stream(owner), events.STREAM_OPENED, name) for name, owner in owners.items() if owner]
    return sorted(opened, key=lambda event: event.object != event.stream)


def practice_stream(practice_id: UUID) -> str:
    """Return the name of a practice's own stream."""
    return f"{PRACTICE}{practice_id}"


def _practice_named(stream: str) -> UUID | None:
    return UUID(stream.removeprefix(PRACTICE)) if stream.startswith(PRACTICE) else None


def _digests(rows: list[models.Model]) -> dict[tuple[str, str], str]:
    """Return the digest of each row as the database holds it now, with one query per table.

    Reading back what was written makes the seal the same as the one that the verifier will compute.
    """
    by_table: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_table[row._meta.db_table].append(row.pk)
    return {
        (table, row_key(stored)): row_digest(stored)
        for table, keys in by_table.items()
        for stored in _frozen_rows(table, keys)
    }


def _frozen_rows(table: str, keys: list[Any]) -> list[models.Model]:
    """Read the rows to be sealed; one that is not frozen could still change, and its seal would cry wolf."""
    sealed = sealed_models().get(table)
    if sealed is None:
        raise ValueError(f"{table} is not append-only, so its rows cannot be sealed: decorate its model")
    rows: models.QuerySet[Any] = models.QuerySet(sealed.model).filter(pk__in=keys)
    if sealed.frozen_when:
        rows = rows.extra(where=[sealed.frozen_when])  # noqa: S610 - the condition is code, not input
    found = list(rows)
    if len(found) != len(set(keys)):
        raise ValueError(f"{table}: a row to be sealed is not there, or not frozen yet: write it before the event")
    return found


def _next(
    event: Event, stream: Stream, circumstances: _Circumstances, digests: dict[tuple[str, str], str]
) -> tuple[Entry, Payload, list[Seal]]:
    """Chain one event to its stream, moving the head (in memory: ``_insert`` writes it)."""
    seq = stream.head_seq + 1
    keys = [(row._meta.db_table, row_key(row)) for row in event.seals]
    payload = canonical_bytes({"data": event.payload, "seals": _seals(keys, digests)})
    key = _key_of(stream)
    closed = envelope.close(key.payloads, payload, stream=stream.name, seq=seq)
    entry = _entry(_link(event, stream, circumstances, closed.commit), stream, circumstances, key)
    stream.head_seq, stream.head_hash = seq, entry.hash
    stored = Payload(entry=entry, ciphertext=closed.ciphertext)
    return entry, stored, [Seal(entry=entry, table=table, row=row) for table, row in dict.fromkeys(keys)]


def _seals(keys: list[tuple[str, str]], digests: dict[tuple[str, str], str]) -> list[dict[str, Any]]:
    """Write the seals of one event, table by table: which columns they cover, and the digest of each row."""
    tables = sealed_models()
    return [
        {
            "table": table,
            "columns": sealed_columns(tables[table].model),
            "rows": {row: digests[table, row] for of, row in keys if of == table},
        }
        for table in dict.fromkeys(table for table, _ in keys)
    ]


def _key_of(stream: Stream) -> envelope.OpenKey:
    try:
        return envelope.open_key(bytes(stream.key.wrapped))
    except StreamKey.DoesNotExist:
        raise KeyMissing(f"{stream.name} has no key any more, so nothing can be added to it.") from None


def _link(event: Event, stream: Stream, circumstances: _Circumstances, commit: str) -> chain.Link:
    by, practice_id = circumstances.by, circumstances.practice_id or stream.practice_id
    return chain.Link(
        stream=stream.name,
        seq=stream.head_seq + 1,
        prev=stream.head_hash,
        at=chain.timestamp(circumstances.at),
        actor=str(by.user.pk) if by else None,
        role=str(by.role) if by else None,
        practice=str(practice_id) if practice_id else None,
        action=event.action,
        object=event.object,
        commit=commit,
    )


def _entry(link: chain.Link, stream: Stream, circumstances: _Circumstances, key: envelope.OpenKey) -> Entry:
    raw = chain.to_bytes(link)
    return Entry(
        stream=stream,
        seq=link.seq,
        bytes=raw,
        hash=chain.hash_of(raw),
        prev_hash=link.prev,
        at=circumstances.at,
        actor_id=circumstances.by.user.pk if circumstances.by else None,
        role=link.role,
        practice_id=UUID(link.practice) if link.practice else None,
        action=link.action,
        object=link.object,
        commit=link.commit,
        mac=chain.authenticate(raw, key.entries),
    )


def _insert(written: list[tuple[Entry, Payload, list[Seal]]], streams: Iterable[Stream]) -> None:
    """Write entries, payloads and seals, one statement each however many events, and each head by itself.

    An event touches one or two streams; one statement for all of them costs more to put together than it saves.
    """
    Entry.objects.bulk_create([entry for entry, _, _ in written])
    Payload.objects.bulk_create([payload for _, payload, _ in written])
    Seal.objects.bulk_create([seal for _, _, seals in written for seal in seals])
    for stream in streams:
        Stream.objects.filter(pk=stream.pk).update(head_seq=stream.head_seq, head_hash=stream.head_hash)
