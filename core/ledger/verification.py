"""Verification of the whole ledger: every stream, every entry, every seal, every append-only row.

Total: whatever is malformed is a finding with its place, never an exception. Memory stays bounded: everything is read
in batches, from one snapshot of the database. Nothing here writes.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, models, transaction
from django.db.models.functions import Cast

from core.accounts.models import Practice
from core.encryption import DecryptionFailed
from core.ledger import chain, content, envelope, events
from core.ledger.erasure import erased_at_home
from core.ledger.inspection import (
    PayloadBroken,
    SealedRow,
    Unreadable,
    column_problems,
    index_problems,
    indexed_by_entry,
    load,
    open_payload,
    row_problems,
    sealed_rows,
)
from core.ledger.models import Entry, Payload, Seal, Stream, StreamKey
from core.ledger.sealing import Sealed, practice_path, sealed_models

BATCH = 500
PRACTICE = "practice:"
Item = TypeVar("Item")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and where. ``checkable`` is False where it could not be checked instead."""

    problem: str
    stream: str = ""
    seq: int | None = None
    table: str = ""
    row: str = ""
    checkable: bool = True

    def __str__(self) -> str:
        entry = f"{self.stream}, entry {self.seq}" if self.seq else self.stream
        row = f"{self.table} {self.row}".strip()
        return f"{', '.join(place for place in (entry, row) if place)}: {self.problem}"


@dataclass
class Report:
    """What a verification looked at, and what it found, in the order of the streams."""

    findings: list[Finding] = field(default_factory=list)
    streams: int = 0
    entries: int = 0
    rows: int = 0
    erased: int = 0

    @property
    def intact(self) -> bool:
        """Say whether everything was checked and nothing was found."""
        return not self.findings

    @property
    def tampered(self) -> bool:
        """Say whether something was altered, removed or added past the ledger."""
        return any(finding.checkable for finding in self.findings)


@dataclass
class _Walk:
    """Where the verification of one stream stands."""

    stream: Stream
    key: AESGCM | None
    head: chain.Head = chain.START


def verify(streams: Iterable[str] | None = None) -> list[Finding]:
    """Verify the streams of these names, or the whole ledger and every append-only table."""
    return report_on(streams).findings


def verify_for(practice: Practice) -> Report:
    """Verify what belongs to one practice: its streams, people's streams that mention it, its append-only rows."""
    acting = Entry.objects.filter(stream=models.OuterRef("pk"), practice=practice)
    mine = Stream.objects.filter(models.Q(practice=practice) | models.Exists(acting))
    with _snapshot():
        return _report(mine, _unsealed(practice))


def report_on(streams: Iterable[str] | None = None) -> Report:
    """Verify like ``verify``, and say also how much was looked at."""
    with _snapshot():
        if streams is None:
            return _report(Stream.objects.all(), (*_strays(), *_unsealed(None)))
        names = set(streams)
        known = set(Stream.objects.filter(name__in=names).values_list("name", flat=True))
        absent = (_absent(name) for name in sorted(names - known))
        return _report(Stream.objects.filter(name__in=names), absent)


def _absent(name: str) -> Finding:
    """Say what a name without a stream is: one that was opened was removed, any other was mistyped."""
    if Entry.objects.filter(action=events.STREAM_OPENED, object=name).exists():
        return Finding("the stream was opened and is gone as a whole.", stream=name)
    return Finding("there is no such stream. Check its name, such as case:<id>.", stream=name, checkable=False)


def _report(streams: models.QuerySet[Stream], others: Iterable[Finding]) -> Report:
    report = Report()
    keys = streams.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=BATCH)
    for batch in _batches(keys):
        loaded = load(Stream.objects.select_related("key"), batch)
        for key in batch:
            report.streams += 1
            report.findings.extend(_check_stream(loaded.get(key), key, report))
    report.findings.extend(others)
    return report


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read everything as of one moment, so that an entry being written meanwhile is no false alarm.

    SQLite gets a plain read transaction: the connection's own kind would keep every writer out. Inside somebody
    else's transaction (tests) that one serves.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _check_stream(stream: Stream | Unreadable | None, key: int, report: Report) -> Iterator[Finding]:
    if stream is None or isinstance(stream, Unreadable):
        yield Finding("its stream cannot be read.", table=Stream._meta.db_table, row=str(key))
        return
    opened, problem = _open_key(stream, report)
    if problem:
        yield problem
    walk = _Walk(stream=stream, key=opened)
    keys = Entry.objects.filter(stream=stream).order_by("seq").values_list("pk", flat=True)
    for batch in _batches(keys.iterator(chunk_size=BATCH)):
        report.entries += len(batch)
        yield from _check_batch(walk, batch, report)
    yield from _check_head(walk)
    yield from _check_opening(stream)


def _open_key(stream: Stream, report: Report) -> tuple[AESGCM | None, Finding | None]:
    """Return a stream's key, keeping at hand the one for the content of its rows. An erased stream has none."""
    try:
        raw = envelope.unwrap_raw(bytes(stream.key.wrapped))
        content.remember(stream.name, raw)
        return AESGCM(raw), None
    except StreamKey.DoesNotExist:
        if erased_at_home(stream):
            report.erased += 1
            return None, None
        return None, Finding("its key is missing: its payloads, and what they seal, cannot be read.", stream.name)
    except (DecryptionFailed, TypeError, ValueError):
        problem = "its key does not open with any of FIELD_KEYS, so its payloads and seals could not be checked."
        return None, Finding(problem, stream.name, checkable=False)


def _check_batch(walk: _Walk, keys: Sequence[int], report: Report) -> Iterator[Finding]:
    name = walk.stream.name
    entries = load(Entry.objects.select_related("payload"), keys)
    indexed = indexed_by_entry(keys)
    sealing: dict[SealedRow, int] = {}
    for key in keys:
        problems, sealed = _check_entry(walk, entries.get(key))
        seq = walk.head.seq
        yield from (Finding(problem, name, seq) for problem in problems)
        if sealed is not None:
            sealing.update(dict.fromkeys(sealed, seq))
            for table, row, problem in index_problems(indexed.get(key, set()), sealed):
                yield Finding(problem, name, seq, table, row)
    report.rows += len(sealing)
    for seal, problem in row_problems(list(sealing)):
        yield Finding(problem, name, sealing[seal], seal.table, seal.row)


def _check_entry(walk: _Walk, entry: Entry | Unreadable | None) -> tuple[list[str], list[SealedRow] | None]:
    """Check one entry and move on to the next place; return what is wrong, and the rows it seals where readable."""
    following = chain.Head(walk.head.seq + 1, walk.head.hash)
    try:
        if entry is None or isinstance(entry, Unreadable):
            walk.head = following
            return [f"the entry was altered: {entry.reason if entry else 'it is gone.'}"], None
        return _check_readable(walk, entry)
    except Exception as problem:  # noqa: BLE001 - a malformed entry is a finding, whatever is wrong with it
        walk.head = following
        return [f"the entry was altered: it cannot be read ({type(problem).__name__})."], None


def _check_readable(walk: _Walk, entry: Entry) -> tuple[list[str], list[SealedRow] | None]:
    raw, position = bytes(entry.bytes), walk.head.seq + 1
    problems: list[str] = []
    link: chain.Link | None
    try:
        link, head = chain.follow(raw, stream=walk.stream.name, after=walk.head)
    except chain.ChainBroken as broken:
        problems.append(broken.reason)
        link = chain.read(raw, position) if _is_event(raw) else None
        head = chain.Head(max(position, link.seq if link else position), chain.hash_of(raw))
    if link is None:
        walk.head = head
        return problems, None
    problems.extend(column_problems(entry, link))
    if walk.stream.practice_id and str(walk.stream.practice_id) != link.practice:
        problems.append("it belongs to another practice than its stream.")
    sealed, broken_payload = _open_seals(walk, entry, link)
    walk.head = head
    return problems + broken_payload, sealed


def _is_event(raw: bytes) -> bool:
    try:
        chain.read(raw, 1)
    except chain.ChainBroken:
        return False
    return True


def _open_seals(walk: _Walk, entry: Entry, link: chain.Link) -> tuple[list[SealedRow] | None, list[str]]:
    if walk.key is None:
        return None, []
    try:
        return sealed_rows(open_payload(entry, link, walk.key)), []
    except PayloadBroken as broken:
        return None, [str(broken)]


def _check_head(walk: _Walk) -> Iterator[Finding]:
    """Compare the last entry with the head that the stream remembers: a tail cut off is noticed here."""
    stream, last = walk.stream, walk.head
    if (stream.head_seq, stream.head_hash) == (last.seq, last.hash):
        return
    problem = "the last entry is not the one that the head of the stream remembers."
    if isinstance(stream.head_seq, int) and stream.head_seq > last.seq:
        problem = f"the stream ends here, but its head says {stream.head_seq}: entries were cut off at the end."
    yield Finding(problem, stream.name, last.seq or None)


def _check_opening(stream: Stream) -> Iterator[Finding]:
    """Each stream's opening must stand in its practice's stream, and what was opened there must still exist."""
    first = Entry.objects.filter(stream=stream).order_by("seq").values_list("practice", flat=True)
    owner = stream.practice_id or _first_readable(first)
    home = Entry.objects.filter(stream__name=f"{PRACTICE}{owner}", action=events.STREAM_OPENED)
    if owner and not home.filter(object=stream.name).exists():
        yield Finding("its practice's stream does not say that it was opened.", stream.name)
    if stream.name.startswith(PRACTICE):
        known = Stream.objects.filter(name=models.OuterRef("object"))
        opened = Entry.objects.filter(stream=stream, action=events.STREAM_OPENED)
        gone = opened.filter(~models.Exists(known)).values_list("seq", "object")
        for seq, name in gone.iterator(chunk_size=BATCH):
            yield Finding(f"the stream {name} was opened here and is gone as a whole.", stream.name, seq)
        keyed = StreamKey.objects.filter(stream__name=models.OuterRef("object"))
        erased = Entry.objects.filter(stream=stream, action=events.STREAM_ERASED)
        for seq, name in erased.filter(models.Exists(keyed)).values_list("seq", "object").iterator(chunk_size=BATCH):
            yield Finding(f"the stream {name} was erased here, and yet its key is there.", stream.name, seq)


def _first_readable(practices: models.QuerySet[Any, Any]) -> UUID | None:
    try:
        first: UUID | None = practices.first()
    except ValueError:  # already a finding of its entry
        return None
    return first


def _strays() -> Iterator[Finding]:
    """Find what hangs in the air: entries without a stream, payloads and seals without an entry."""
    known: tuple[tuple[type[models.Model], str, type[models.Model]], ...] = (
        (Entry, "stream_id", Stream),
        (StreamKey, "stream_id", Stream),
        (Payload, "entry_id", Entry),
        (Seal, "entry_id", Entry),
    )
    for model, column, target in known:
        rows: models.QuerySet[Any] = models.QuerySet(model)
        owner: models.QuerySet[Any] = models.QuerySet(target)
        stray = rows.filter(~models.Exists(owner.filter(pk=models.OuterRef(column))))
        for key in stray.values_list(column, flat=True).iterator(chunk_size=BATCH):
            problem = f"it belongs to a {target._meta.verbose_name} that does not exist."
            yield Finding(problem, table=model._meta.db_table, row=str(key))


def _unsealed(practice: Practice | None) -> Iterator[Finding]:
    """Find the rows of append-only tables that no entry seals: they were put there past the ledger."""
    for table, sealed in sealed_models().items():
        for batch in _batches(_keys(sealed, practice)):
            rows = [row for _, row in batch]
            known = set(Seal.objects.filter(table=table, row__in=rows).values_list("row", flat=True))
            for row in rows:
                if row not in known:
                    yield Finding("no entry of the ledger seals this row.", table=table, row=row)


def _keys(sealed: Sealed, practice: Practice | None) -> Iterator[tuple[str, str]]:
    """Read the keys of frozen rows as text, as stored and as a seal writes them, whatever they hold."""
    rows: models.QuerySet[Any] = models.QuerySet(sealed.model)
    path = practice_path(sealed.model)
    if practice and path:
        rows = rows.filter(pk__in=rows.filter(**{path: practice}).values("pk"))
    if sealed.frozen_when:
        rows = rows.extra(where=[sealed.frozen_when])  # noqa: S610 - the condition is code, not input
    keyed_by_uuid = isinstance(sealed.model._meta.pk, models.UUIDField)
    texts = rows.order_by("pk").annotate(as_text=Cast("pk", models.TextField())).values_list("as_text", flat=True)
    for text in texts.iterator(chunk_size=BATCH):
        yield text, _canonical_uuid(text) if keyed_by_uuid else str(text)


def _canonical_uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return str(text)
