"""What can be wrong with the checkpoints, and with the streams as a checkpoint or a witness saw them.

A checkpoint's own chain, signature and leaves are checked here, and then each leaf against the entry that stands at its
place. Total, like ``verification``: what is malformed is a finding.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Exists, OuterRef

from core.ledger import checkpoints, witness
from core.ledger.chain import timestamp
from core.ledger.checkpoints import CheckpointBroken, Leaf
from core.ledger.findings import Finding, Report, batches
from core.ledger.inspection import Unreadable, load
from core.ledger.models import Checkpoint, CheckpointLeaf, Entry

RESTORED = (
    "it is in the witness file and not in the ledger: it was removed, or an older state of the database was put back."
)
FORKED = "the witness file holds another checkpoint of this number: the ledger was set back and written anew."
Leaves = dict[int, list[Leaf] | Unreadable]


@dataclass
class _Walk:
    """Where the walk over the checkpoints stands: the number and the hash of the last one."""

    number: int = 0
    hash: str = checkpoints.NOTHING_BEFORE


def checkpoint_findings(pinned: dict[str, bytes], report: Report) -> Iterator[Finding]:
    """Walk the checkpoints: numbers without gaps, each after the one before, signed by a pinned key over its leaves."""
    walk = _Walk()
    numbers = Checkpoint.objects.order_by("number").values_list("number", flat=True)
    for batch in batches(numbers.iterator()):
        loaded, leaves = load(Checkpoint.objects.all(), batch), _leaves(batch)
        for number in batch:
            report.checkpoints += 1
            for problem in _problems(walk, number, loaded.get(number), leaves.get(number, []), pinned):
                yield Finding(problem, checkpoint=number if type(number) is int else None)
    strays = CheckpointLeaf.objects.filter(~Exists(Checkpoint.objects.filter(pk=OuterRef("checkpoint_id"))))
    for number in strays.order_by("checkpoint_id").values_list("checkpoint_id", flat=True).distinct():
        yield Finding("it has leaves and is gone itself.", checkpoint=number)


def _leaves(numbers: Sequence[int]) -> Leaves:
    """Read the leaves of these checkpoints; where they cannot be read at once, one checkpoint at a time."""
    try:
        return {**_read_leaves(numbers)}
    except Exception:  # noqa: BLE001 - whatever is wrong with one leaf, the others must still be read
        return {number: _leaves_of_one(number) for number in numbers}


def _leaves_of_one(number: int) -> list[Leaf] | Unreadable:
    try:
        return _read_leaves([number]).get(number, [])
    except DatabaseError:
        if connection.vendor != "sqlite":  # SQLite says of one malformed row what others say of a lost connection
            raise
        return Unreadable("its leaves cannot be read.")
    except Exception as problem:  # noqa: BLE001 - a malformed leaf is a finding, whatever is wrong with it
        return Unreadable(f"its leaves cannot be read ({type(problem).__name__}).")


def _read_leaves(numbers: Sequence[int]) -> dict[int, list[Leaf]]:
    rows = CheckpointLeaf.objects.filter(checkpoint__in=numbers).order_by("checkpoint", "position")
    values = rows.values_list("checkpoint_id", "position", "stream", "seq", "hash")
    found = {number: list(group) for number, group in groupby(values, key=lambda row: row[0])}
    for group in found.values():
        if [position for _, position, *_ in group] != list(range(len(group))):
            raise ValueError("positions count from 0 without gaps")
    return {number: [Leaf(stream, seq, hash_) for _, _, stream, seq, hash_ in group] for number, group in found.items()}


def _problems(
    walk: _Walk, number: int, stored: Checkpoint | Unreadable | None, leaves: Any, pinned: dict[str, bytes]
) -> Iterator[str]:
    if type(number) is int and number > walk.number + 1:
        yield f"the checkpoint before it, number {number - 1}, is gone."
    try:
        if isinstance(stored, Checkpoint):
            yield from _problems_of_readable(walk, stored, leaves, pinned)
        else:
            yield "it was altered: it cannot be read."
    except CheckpointBroken as broken:
        yield broken.reason
    except Exception as problem:  # noqa: BLE001 - a malformed checkpoint is a finding, whatever is wrong with it
        yield f"it was altered: it cannot be read ({type(problem).__name__})."
    walk.number = number if type(number) is int else walk.number + 1


def _problems_of_readable(
    walk: _Walk, stored: Checkpoint, leaves: list[Leaf] | Unreadable, pinned: dict[str, bytes]
) -> Iterator[str]:
    raw, before, follows = bytes(stored.bytes), walk.hash, stored.number == walk.number + 1
    walk.hash = checkpoints.hash_of(raw)
    content = checkpoints.read(raw, stored.number)
    if content.number != stored.number:
        yield f"it says that it is number {content.number}."
    if follows and content.prev != before:
        yield "it does not follow from the checkpoint before it: the previous hash differs."
    said = (walk.hash, content.key, content.at)
    if said != (stored.hash, stored.key, timestamp(stored.at)):
        yield "its columns say something else than its bytes."
    key = pinned.get(content.key)
    if key is None:
        yield f"it is signed with the key {content.key}, which is none of CHECKPOINT_PUBLIC_KEYS."
    else:
        checkpoints.verify_signature(raw, stored.signature, key, number=stored.number)
    if isinstance(leaves, Unreadable):
        raise CheckpointBroken(stored.number, leaves.reason)
    checkpoints.verify_leaves(content, leaves)


def leaf_findings(names: Collection[str] | None = None) -> Iterator[Finding]:
    """Find the entries that a checkpoint saw and that are gone, or others by now; of these streams, or of all.

    One statement compares the hash of each leaf with that of the entry at its place; that an entry's hash is the one
    of its bytes is checked where the streams are walked.
    """
    same = Entry.objects.filter(stream__name=OuterRef("stream"), seq=OuterRef("seq"), hash=OuterRef("hash"))
    other = Entry.objects.filter(stream__name=OuterRef("stream"), seq=OuterRef("seq"))
    leaves = CheckpointLeaf.objects.filter(~Exists(same)).annotate(changed=Exists(other))
    if names is not None:
        leaves = leaves.filter(stream__in=names)
    found = leaves.order_by("checkpoint", "position").values_list("checkpoint_id", "stream", "seq", "changed")
    for number, stream, seq, changed in found.iterator():
        yield _other_than_seen(number, stream, seq, changed=changed, by="this checkpoint")


def _other_than_seen(number: int, stream: str, seq: int, *, changed: bool, by: str) -> Finding:
    problem = f"the entry is another than the one that {by} saw." if changed else f"the entry that {by} saw is gone."
    return Finding(problem, stream, seq, checkpoint=number)


def witness_findings(lines: Iterator[bytes], name: str, pinned: dict[str, bytes], report: Report) -> Iterator[Finding]:
    """Hold the ledger against the lines of a witness file: each checkpoint in it must be in the ledger, the same.

    Lines that are no witness for the same reason are one finding: where the file is another one, they all are. A file
    without a line is one too: nothing was held against it.
    """
    broken: dict[str, tuple[int, int]] = {}  # by the reason: the first line, and how many more
    empty = True
    for batch in batches(enumerate(lines, start=1)):
        empty = False
        stored = dict(Checkpoint.objects.filter(number__in=_numbers(batch)).values_list("number", "bytes"))
        for place, line in batch:
            try:
                held = witness.read_line(line)
                content = witness.verify(held, pinned)
            except witness.WitnessBroken as why:
                first, more = broken.get(str(why), (place, -1))
                broken[str(why)] = (first, more + 1)
                continue
            report.witnessed += 1
            yield from _held_against(held, content.number, stored.get(content.number))
    for reason, (first, more) in broken.items():
        after = f", nor {'one line' if more == 1 else f'{more} lines'} after it" if more else ""
        yield Finding(f"line {first} of {name} is no witness{after}: {reason}", checkable=False)
    if empty:
        yield Finding(f"{name} is empty: the ledger was held against no checkpoint of it.", checkable=False)


def _numbers(batch: Sequence[tuple[int, bytes]]) -> list[int]:
    found = []
    for _, line in batch:
        try:
            found.append(checkpoints.read(witness.read_line(line).raw, 0).number)
        except (witness.WitnessBroken, CheckpointBroken):
            continue  # said where the line is held against the ledger
    return found


def _held_against(held: witness.Witness, number: int, stored: bytes | memoryview | None) -> Iterator[Finding]:
    if stored is not None and bytes(stored) == held.raw:
        return  # its leaves are signed, and were compared with the entries already
    yield Finding(RESTORED if stored is None else FORKED, checkpoint=number)
    for leaves in batches(leaf for leaf in held.leaves if isinstance(leaf, Leaf)):
        entries = Entry.objects.filter(
            stream__name__in={leaf.stream for leaf in leaves}, seq__in={leaf.seq for leaf in leaves}
        )
        hashes = {(name, seq): hash_ for name, seq, hash_ in entries.values_list("stream__name", "seq", "hash")}
        for leaf in leaves:
            found = hashes.get((leaf.stream, leaf.seq))
            if found != leaf.hash:
                changed = found is not None
                yield _other_than_seen(number, leaf.stream, leaf.seq, changed=changed, by="the witnessed checkpoint")
