"""What recording costs: appending beside a bare INSERT on the same connection, and verifying a million events.

Writers are processes, each with a connection of its own. A transaction of each kind writes one event of a stream of
the writer's own: through ``append``, as one bare INSERT of the same event, or as the same rows without a chain. On
PostgreSQL a 2 ms flush is ``commit_delay`` with no siblings asked for: whoever commits waits 2 ms before the flush, and
those who commit meanwhile share it. On SQLite there is one writer at a time, so only one is measured.
"""

import multiprocessing
import os
import statistics
import time
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

SECONDS = float(os.environ.get("LEDGER_SECONDS", "4"))
ROUNDS = int(os.environ.get("LEDGER_ROUNDS", "3"))
EVENTS = int(os.environ.get("LEDGER_EVENTS", "1000000"))
STORED = int(os.environ.get("LEDGER_STORED", "100000"))
WRITERS = (1, 8, 32)
FLUSHES = (0, 2_000)
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
KINDS = ("append", "bare", "rows")
TABLE = """CREATE TABLE bare_event (id {key}, stream_id bigint, seq bigint, bytes {bytes}, hash varchar(64),
prev_hash varchar(64), at {time}, role varchar(20), action varchar(60), object varchar(100), "commit" varchar(64),
mac varchar(64))"""


def main() -> None:
    """Print the tables: appending, verifying bytes, verifying the database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.config.settings")
    import django

    django.setup()
    _verify_bytes()
    with _database():
        _appending()
    with _database():
        _verify_stored()


@contextmanager
def _database() -> Any:
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _appending() -> None:
    from django.db import connection

    postgresql = connection.vendor == "postgresql"
    _bare_table(postgresql)
    print(f"\n{connection.vendor}, transactions a second, {SECONDS:g} s each, median of {ROUNDS} rounds\n")
    print(f"{'flush':>7}{'writers':>9}{'append':>9}{'bare':>9}{'rows':>9}{'append/bare':>13}{'append/rows':>13}")
    for flush in FLUSHES if postgresql else (0,):
        for writers in WRITERS if postgresql else (1,):
            rates = _rates(writers, flush)
            append, bare, rows = (rates[kind] for kind in KINDS)
            shares = f"{append / bare:>12.0%} {append / rows:>12.0%}"
            print(f"{flush / 1000:>5g}ms{writers:>9}{append:>9,.0f}{bare:>9,.0f}{rows:>9,.0f}{shares}", flush=True)


def _bare_table(postgresql: bool) -> None:
    from django.db import connection

    types = {"key": "bigserial PRIMARY KEY", "bytes": "bytea", "time": "timestamptz"}
    sqlite = {"key": "integer PRIMARY KEY", "bytes": "blob", "time": "datetime"}
    with connection.cursor() as cursor:
        cursor.execute(TABLE.format(**(types if postgresql else sqlite)))
        for column in ("object", "at", "seq"):
            cursor.execute(f'CREATE INDEX bare_{column} ON bare_event ("{column}")')


def _rates(writers: int, flush: int) -> dict[str, float]:
    """Measure every kind in turn in every round, so that what else the machine does is spread over them."""
    found: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(ROUNDS):
        for kind in KINDS:
            found[kind].append(_rate(kind, writers, flush))
    return {kind: statistics.median(rates) for kind, rates in found.items()}


def _rate(kind: str, writers: int, flush: int) -> float:
    from django.db import connection

    name, context = connection.settings_dict["NAME"], multiprocessing.get_context("fork")
    connection.close()
    ready, begin, counts = context.Barrier(writers + 1), context.Event(), context.Queue()
    given = (kind, name, flush, ready, begin, counts)
    processes = [context.Process(target=_write, args=given) for _ in range(writers)]
    for process in processes:
        process.start()
    ready.wait()
    begin.set()
    total = sum(counts.get() for _ in processes)
    for process in processes:
        process.join()
    return total / SECONDS


def _write(kind: str, name: str, flush: int, ready: Any, begin: Any, counts: Any) -> None:
    from django.db import connection, transaction

    connection.settings_dict["NAME"] = name
    if flush:
        with connection.cursor() as cursor:
            cursor.execute(f"SET commit_delay = {flush}")
            cursor.execute("SET commit_siblings = 0")
    write = {"append": _append, "bare": _bare, "rows": _rows}[kind]()
    with transaction.atomic():
        write()
    ready.wait()
    begin.wait()
    count, until = 0, time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        with transaction.atomic():
            write()
        count += 1
    counts.put(count)
    connection.close()


def _append() -> Callable[[], None]:
    from core.accounts.models import Actor, Practice, User
    from core.ledger.services import Event, append

    practice = Practice.objects.create(name="A practice", created_at=NOW)
    by = Actor(User.objects.create(username=uuid.uuid4().hex), practice, "therapist")
    stream = f"case:{uuid.uuid4()}"
    event = Event(stream, "access.refused", stream, {"words": "some words that were recorded"})

    def write() -> None:
        append(event, by=by, at=NOW)

    return write


def _bare() -> Callable[[], None]:
    """Write the event as one INSERT, with the same columns and as many indexes, and nothing else."""
    from django.db import connection

    raw, names = b"x" * 420, 'stream_id, seq, bytes, hash, prev_hash, at, role, action, object, "commit", mac'
    stream, digest = f"case:{uuid.uuid4()}", "a" * 64
    values = [1, 1, raw, digest, digest, NOW, "therapist", "access.refused", stream, digest, digest]
    statement = f"INSERT INTO bare_event ({names}) VALUES ({', '.join(['%s'] * len(values))})"  # noqa: S608

    def write() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    return write


def _rows() -> Callable[[], None]:
    """Write the same rows through the same models, without looking at a head and without a hash or a cipher."""
    from core.ledger.models import Entry, Payload, Stream

    name, digest, count = f"case:{uuid.uuid4()}", "a" * 64, iter(range(1, 10**9))
    stream = Stream.objects.create(name=name, head_hash=digest)

    def write() -> None:
        given = {"hash": digest, "prev_hash": digest, "commit": digest, "mac": digest}
        entry = Entry(
            stream=stream, seq=next(count), bytes=b"x" * 420, at=NOW, action="access.refused", object=name, **given
        )
        Entry.objects.bulk_create([entry])
        Payload.objects.bulk_create([Payload(entry=entry, ciphertext=b"x" * 120)])

    return write


def _verify_bytes() -> None:
    """Verify the chain of as many generated events, hash by hash, on one core; with their codes in a second run."""
    from core.ledger import chain

    stream, key = f"case:{uuid.uuid4()}", b"k" * 32
    for what, code in (("chained", False), ("chained and authenticated", True)):
        head, seconds = chain.START, 0.0
        for start in range(0, EVENTS, 50_000):
            events, head_after = _generated(chain, stream, head, min(50_000, EVENTS - start))
            codes = [chain.authenticate(raw, key) for raw in events] if code else []
            begun = time.process_time()
            for raw in events:
                _, head = chain.follow(raw, stream=stream, after=head)
            for position, (raw, mac) in enumerate(zip(events, codes, strict=False)):
                chain.verify_authentic(raw, mac, key, position=position)
            seconds += time.process_time() - begun
            assert head == head_after
        print(f"{EVENTS:,} events {what}, from their bytes alone: {seconds:.1f} s of one core")


def _generated(chain: Any, stream: str, head: Any, count: int) -> tuple[list[bytes], Any]:
    person, practice, digest, events = str(uuid.uuid4()), str(uuid.uuid4()), "c" * 64, []
    for seq in range(head.seq + 1, head.seq + count + 1):
        link = chain.Link(
            stream,
            seq,
            head.hash,
            "2026-03-01T09:30:00.000000Z",
            person,
            "therapist",
            practice,
            "access.refused",
            stream,
            digest,
        )
        raw = chain.to_bytes(link)
        head = chain.Head(seq, chain.hash_of(raw))
        events.append(raw)
    return events, head


def _verify_stored() -> None:
    """Verify a database with that many entries, and say what a million would take at that rate."""
    from django.db import connection, transaction

    from core.accounts.models import Actor, Practice, User
    from core.ledger.checkpointing import make_checkpoint
    from core.ledger.models import Entry
    from core.ledger.services import Event, append
    from core.ledger.verification import report_on

    by = Actor(User.objects.create(username=uuid.uuid4().hex), Practice.objects.create(name="P", created_at=NOW), "x")
    while (there := Entry.objects.count()) < STORED:
        with transaction.atomic():
            for _ in range(min(20, 1 + (STORED - there) // 51)):
                stream = f"case:{uuid.uuid4()}"
                append(*[Event(stream, "access.refused", stream, {"words": "some"})] * 50, by=by, at=NOW)
    make_checkpoint(at=NOW)
    begun, process = time.perf_counter(), time.process_time()
    report = report_on()
    elapsed, own = time.perf_counter() - begun, time.process_time() - process
    print(
        f"\n{connection.vendor}: {report.entries:,} entries in {report.streams:,} streams verified, with payloads,"
        f" codes and {report.checkpoints} checkpoint: {elapsed:.1f} s ({own:.1f} s of them this process)."
        f" A million at that rate: {elapsed * 1_000_000 / report.entries:.0f} s."
        f" Findings: {len(report.findings)}."
    )
