"""Verification of the whole ledger: every stream, entry, seal and append-only row, every checkpoint and witness.

Total: whatever is malformed is a finding with its place, never an exception. Memory stays bounded: everything is read
in batches, from one snapshot of the database. Nothing here writes.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models.functions import Cast

from core.accounts.models import Practice
from core.encryption import DecryptionFailed
from core.ledger import chain, envelope, events
from core.ledger.checkpoint_inspection import checkpoint_findings, leaf_findings, witness_findings
from core.ledger.findings import BATCH, Finding, Report, batches
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
from core.ledger.signing_keys import pinned_keys

__all__ = ["Finding", "Report", "report_on", "streams_of", "verify", "verify_for"]

PRACTICE = "practice:"
KEY_MISSING = "its key is missing: its payloads, what they seal, and who wrote its entries cannot be checked."


@dataclass
class _Walk:
    """Where the verification of one stream stands, and the practice in whose stream its opening must stand."""

    stream: Stream
    key: envelope.OpenKey | None = None
    head: chain.Head = chain.START
    practice: UUID | None = None

    def __post_init__(self) -> None:
        self.practice = self.stream.practice_id


def verify(streams: Iterable[str] | None = None) -> list[Finding]:
    """Verify the streams of these names, or the whole ledger and every append-only table."""
    return report_on(streams).findings


def verify_for(practice: Practice) -> Report:
    """Verify what concerns one practice: its streams, people's streams that mention it, its rows, the checkpoints.

    Of the leaves of checkpoints only those of its streams are compared; a checkpoint itself is everybody's.
    """
    mine, pinned = streams_of(practice), pinned_keys()
    with _snapshot():
        report = _report(mine, _unsealed(practice))
        report.findings.extend(checkpoint_findings(pinned, report))
        report.findings.extend(leaf_findings({*mine.values_list("name", flat=True), f"{PRACTICE}{practice.pk}"}))
    return report


def streams_of(practice: Practice) -> models.QuerySet[Stream]:
    """Return a practice's streams, and those of people with an entry made for it."""
    acting = Entry.objects.filter(stream=models.OuterRef("pk"), practice=practice)
    return Stream.objects.filter(models.Q(practice=practice) | models.Exists(acting))


def report_on(streams: Iterable[str] | None = None, witnesses: Sequence[Path] = ()) -> Report:
    """Verify like ``verify``, also against files of witnessed checkpoints; say how much was looked at.

    Raise ``OSError`` for a witness file that cannot be read, ``ImproperlyConfigured`` where no public key is pinned.
    """
    pinned = pinned_keys()
    with _snapshot():
        report = _report_on_streams(None if streams is None else set(streams))
        if streams is None or witnesses:
            report.findings.extend(checkpoint_findings(pinned, report))
        for path in witnesses:
            with path.open("rb") as lines:
                report.findings.extend(witness_findings(lines, path.name, pinned, report))
    return report


def _report_on_streams(names: set[str] | None) -> Report:
    """Verify everything, or some streams and what checkpoints saw of them."""
    if names is None:
        report = _report(Stream.objects.all(), (*_strays(), *_unsealed(None)))
    else:
        known = set(Stream.objects.filter(name__in=names).values_list("name", flat=True))
        absent = (_absent(name) for name in sorted(names - known))
        report = _report(Stream.objects.filter(name__in=names), absent)
    report.findings.extend(leaf_findings(names))
    return report


def _absent(name: str) -> Finding:
    """Say what a name without a stream is: one that was opened was removed, any other was mistyped."""
    if Entry.objects.filter(action=events.STREAM_OPENED, object=name).exists():
        return Finding("the stream was opened and is gone as a whole.", stream=name)
    return Finding("there is no such stream. Check its name, such as case:<id>.", stream=name, checkable=False)


def _report(streams: models.QuerySet[Stream], others: Iterable[Finding]) -> Report:
    report = Report()
    keys = streams.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=BATCH)
    for batch in batches(keys):
        report.streams += len(batch)
        report.findings.extend(_check_streams(batch, report))
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


def _check_streams(keys: Sequence[int], report: Report) -> list[Finding]:
    """Check some streams, reading their entries together: many short streams cost no more than a long one."""
    loaded = load(Stream.objects.select_related("key"), keys)
    readable = [stream for key in keys if isinstance(stream := loaded.get(key), Stream)]
    findings = [
        Finding("its stream cannot be read.", table=Stream._meta.db_table, row=str(key))
        for key in keys
        if not isinstance(loaded.get(key), Stream)
    ]
    findings.extend(_walk_along(readable, report))
    places = {stream.name: place for place, stream in enumerate(readable)}
    return sorted(findings, key=lambda finding: places.get(finding.stream, len(places)))


def _walk_along(streams: Sequence[Stream], report: Report) -> Iterator[Finding]:
    walks = {stream.pk: _Walk(stream) for stream in streams}
    for walk in walks.values():
        walk.key, problem = _open_key(walk.stream)
        if problem:
            yield problem
    entries = Entry.objects.filter(stream__in=walks).order_by("stream_id", "seq").values_list("stream_id", "pk")
    for batch in batches(entries.iterator(chunk_size=BATCH)):
        report.entries += len(batch)
        yield from _check_batch([(walks[stream], key) for stream, key in batch], report)
    for walk in walks.values():
        yield from _check_head(walk)
    yield from _check_openings(walks.values())


def _open_key(stream: Stream) -> tuple[envelope.OpenKey | None, Finding | None]:
    """Open a stream's key; without it, what it encrypts and authenticates is not checked, and the chain still is."""
    try:
        return envelope.open_key(bytes(stream.key.wrapped)), None
    except StreamKey.DoesNotExist:
        return None, Finding(KEY_MISSING, stream.name)
    except (DecryptionFailed, TypeError, ValueError):
        problem = "its key does not open with any of FIELD_KEYS, so its payloads and seals could not be checked."
        return None, Finding(problem, stream.name, checkable=False)


def _check_batch(places: Sequence[tuple[_Walk, int]], report: Report) -> Iterator[Finding]:
    keys = [key for _, key in places]
    entries, indexed = load(Entry.objects.select_related("payload"), keys), indexed_by_entry(keys)
    sealing: dict[SealedRow, tuple[str, int]] = {}
    for walk, key in places:
        problems, sealed = _check_entry(walk, entries.get(key))
        name, seq = walk.stream.name, walk.head.seq
        yield from (Finding(problem, name, seq) for problem in problems)
        if sealed is not None:
            sealing.update(dict.fromkeys(sealed, (name, seq)))
            for table, row, problem in index_problems(indexed.get(key, set()), sealed):
                yield Finding(problem, name, seq, table, row)
    report.rows += len(sealing)
    for seal, problem in row_problems(list(sealing)):
        yield Finding(problem, *sealing[seal], seal.table, seal.row)


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
    if position == 1:
        walk.practice = walk.practice or entry.practice_id
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
    problems.extend(_authenticity_problems(walk, entry.mac, raw, position))
    if walk.stream.practice_id and str(walk.stream.practice_id) != link.practice:
        problems.append("it belongs to another practice than its stream.")
    sealed, broken_payload = _open_seals(walk, entry, link)
    walk.head = head
    return problems + broken_payload, sealed


def _authenticity_problems(walk: _Walk, code: object, raw: bytes, position: int) -> Iterator[str]:
    """Check that the entry was written by somebody with the stream's key, which the database does not hold."""
    if walk.key is None:
        return
    try:
        chain.verify_authentic(raw, code, walk.key.entries, position=position)
    except chain.ChainBroken as broken:
        yield broken.reason


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
        return sealed_rows(open_payload(entry, link, walk.key.payloads)), []
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


def _check_openings(walks: Collection[_Walk]) -> Iterator[Finding]:
    """Each stream's opening must stand in its practice's stream, and what was opened there must still exist."""
    openings = Entry.objects.filter(action=events.STREAM_OPENED)
    named = openings.filter(object__in=[walk.stream.name for walk in walks])
    said = set(named.values_list("stream__name", "object"))
    for walk in walks:
        if walk.practice and (f"{PRACTICE}{walk.practice}", walk.stream.name) not in said:
            yield Finding("its practice's stream does not say that it was opened.", walk.stream.name)
    practices = {walk.stream.pk: walk.stream.name for walk in walks if walk.stream.name.startswith(PRACTICE)}
    known = Stream.objects.filter(name=models.OuterRef("object"))
    gone = openings.filter(~models.Exists(known), stream__in=practices).order_by("stream_id", "seq")
    for stream, seq, name in gone.values_list("stream_id", "seq", "object").iterator(chunk_size=BATCH):
        yield Finding(f"the stream {name} was opened here and is gone as a whole.", practices[stream], seq)


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
        for batch in batches(_keys(sealed, practice)):
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
