"""Making checkpoints: now, or soon after a transaction that should not wait for the next minute.

The private key is used here and nowhere else. One maker works at a time; were two to meet all the same, the number
is unique and the second fails.
"""

import logging
from datetime import datetime
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from core import tenancy
from core.background import background_task, begin
from core.ledger import checkpoints, signing_keys, witness_folder
from core.ledger.chain import timestamp
from core.ledger.models import Checkpoint, CheckpointLeaf
from core.ledger.reach import moved_streams

LOCK = 7_233_100_914  # any number that nothing else in this database takes
BATCH = 1_000
log = logging.getLogger(__name__)


def make_checkpoint(*, at: datetime) -> Checkpoint | None:
    """Sign where every stream stands that moved since the newest checkpoint; None where none did.

    What was made is then written to the folder of witnesses, if there is one; that this failed undoes nothing.
    """
    key = signing_keys.private_key()
    with transaction.atomic():
        _lock()
        leaves = _leaves()
        made = _store(leaves, key, at=at) if leaves else None
        transaction.on_commit(partial(witness_folder.catch_up, at=at), robust=True)
    return made


def checkpoint_soon() -> None:
    """Have a checkpoint made as soon as the present transaction is through. Whatever fails then undoes nothing."""
    transaction.on_commit(partial(begin, checkpoint_now), robust=True)


@background_task()
def checkpoint_now() -> int | None:
    """Make a checkpoint, in the background; return its number."""
    made = make_checkpoint(at=timezone.now())
    return made.number if made else None


def _lock() -> None:
    """Let one maker work at a time, until its commit. On SQLite the transaction itself lets nobody else write."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _leaves() -> list[checkpoints.Leaf]:
    """Read the heads of the whole house that moved, all as of one moment: one statement reads them."""
    heads = moved_streams().values_list("name", "head_seq", "head_hash")
    with tenancy.reading_heads():
        return checkpoints.in_order(checkpoints.Leaf(*head) for head in heads.iterator())


def _store(leaves: list[checkpoints.Leaf], key: bytes, *, at: datetime) -> Checkpoint:
    before = Checkpoint.objects.order_by("-number").first()
    content = checkpoints.Checkpoint(
        number=before.number + 1 if before else 1,
        prev=before.hash if before else checkpoints.NOTHING_BEFORE,
        at=timestamp(at),
        leaves=len(leaves),
        root=checkpoints.root_of(leaves),
        key=checkpoints.key_id(checkpoints.public_key_of(key)),
    )
    raw = checkpoints.to_bytes(content)
    made = Checkpoint.objects.create(
        number=content.number,
        bytes=raw,
        hash=checkpoints.hash_of(raw),
        signature=checkpoints.sign(raw, key),
        key=content.key,
        at=at,
    )
    rows = (
        CheckpointLeaf(checkpoint=made, position=position, stream=leaf.stream, seq=leaf.seq, hash=leaf.hash)
        for position, leaf in enumerate(leaves)
    )
    CheckpointLeaf.objects.bulk_create(rows, batch_size=BATCH)
    return made
