"""Checkpoints on their way out of the house: as lines for a file, and into the folder that ``WITNESS_FOLDER`` names.

A folder that cannot be written undoes no checkpoint. It is logged, shown on the ledger's page, and made up for the next
time.
"""

import logging
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from core.ledger import witness
from core.ledger.checkpoints import Leaf
from core.ledger.findings import batches
from core.ledger.models import Checkpoint, CheckpointLeaf, WitnessFolder
from core.ledger.signing_keys import pinned_keys

FILE_NAME = "checkpoints.jsonl"
log = logging.getLogger(__name__)


def lines(*, after: int = 0, only: Collection[str] | None = None) -> Iterator[tuple[int, bytes]]:
    """Yield the checkpoints behind number ``after``, each with its line; withhold the leaves of streams not ``only``.

    The public key is the pinned one that the checkpoint names; one that is not pinned any more is left empty.
    """
    keys = pinned_keys()
    for batch in batches(Checkpoint.objects.filter(number__gt=after).order_by("number").iterator()):
        leaves = _leaves([made.number for made in batch])
        for made in batch:
            shown = [_shown(leaf, only) for leaf in leaves.get(made.number, [])]
            raw, key = bytes(made.bytes), keys.get(made.key, b"")
            yield made.number, witness.to_line(witness.Witness(raw, made.signature, key, tuple(shown)))


def newest_number() -> int:
    """Return the number of the newest checkpoint; 0 where none was made yet."""
    return Checkpoint.objects.aggregate(newest=Max("number"))["newest"] or 0


def _leaves(numbers: list[int]) -> dict[int, list[Leaf]]:
    rows = CheckpointLeaf.objects.filter(checkpoint__in=numbers).order_by("checkpoint", "position")
    values = rows.values_list("checkpoint_id", "stream", "seq", "hash").iterator()
    groups = groupby(values, key=lambda row: row[0])
    return {number: [Leaf(stream, seq, hash_) for _, stream, seq, hash_ in group] for number, group in groups}


def _shown(leaf: Leaf, only: Collection[str] | None) -> Leaf | str:
    return leaf if only is None or leaf.stream in only else witness.withheld(leaf)


def problem_of_the_folder() -> str:
    """Return why nothing could be written to the folder of witnesses, with its cure; empty where there is none to say.

    Nobody makes it: where another host's is not mounted, a folder of this machine's would pass for one elsewhere.
    """
    if not settings.WITNESS_FOLDER:
        return ""
    folder = Path(settings.WITNESS_FOLDER)
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return ""
    what = "may not be written" if folder.is_dir() else "is not a folder that is there"
    return f"WITNESS_FOLDER {what}: {folder}. Mount or make it, and let this user write in it."


def catch_up(*, at: datetime) -> None:
    """Append every checkpoint that the folder of witnesses does not have yet, if there is such a folder."""
    if not settings.WITNESS_FOLDER:
        return
    with transaction.atomic():
        WitnessFolder.objects.get_or_create(pk=1, defaults={"at": at})
        state = WitnessFolder.objects.select_for_update().get(pk=1)
        state.at, state.problem = at, ""
        try:
            state.number = _append(Path(settings.WITNESS_FOLDER), after=state.number)
        except OSError as problem:
            state.problem = f"{type(problem).__name__}: {problem.strerror}"
            log.exception("the folder of witnesses cannot be written")
        state.save()


def _append(folder: Path, *, after: int) -> int:
    """Append in one go what is missing, and leave no half a line behind; return the number of the last."""
    number = after
    with _whole_or_nothing(folder / FILE_NAME) as file:
        for number, line in lines(after=after):  # noqa: B007 - the last one is the answer
            file.write(line + b"\n")
    return number


@contextmanager
def _whole_or_nothing(path: Path) -> Iterator[IO[bytes]]:
    with path.open("ab") as file:
        begun = file.tell()
        try:
            yield file
            file.flush()
        except OSError:
            file.truncate(begun)
            raise
