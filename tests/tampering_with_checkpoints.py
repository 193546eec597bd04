"""What somebody does to checkpoints, and what only a witness tells."""

import uuid
from dataclasses import replace
from datetime import timedelta

from core.ledger import chain, checkpoints, envelope, signing_keys
from core.ledger.checkpointing import make_checkpoint
from core.ledger.models import Checkpoint, Entry, Payload
from tests.append_only_rows import NOW
from tests.past_the_guards import run
from tests.tampering import (
    DATABASE,
    KEPT_OUTSIDE,
    WITH_KEYS,
    cut,
    entry_of,
    first_seen_from,
    key_of,
    length,
    of,
    rewrite,
    set_head,
    stored,
)


def a_checkpoint(chance, *, but_last=False):
    number = chance.randint(1, Checkpoint.objects.count() - but_last)
    return Checkpoint.objects.get(pk=number)


def set_checkpoint(number, **values):
    columns = ", ".join(f'"{name}" = %s' for name in values)
    run(f"UPDATE ledger_checkpoint SET {columns} WHERE number = %s", [*values.values(), number])  # noqa: S608


def remove_checkpoints(*numbers):
    for number in numbers:
        run("DELETE FROM ledger_checkpointleaf WHERE checkpoint_id = %s", [number])
        run("DELETE FROM ledger_checkpoint WHERE number = %s", [number])


@of(DATABASE)
def drop_a_checkpoint(scene, chance):
    number = a_checkpoint(chance, but_last=True).number
    remove_checkpoints(number)
    return {number + 1}


@of(DATABASE)
def drop_a_checkpoint_and_leave_its_leaves(scene, chance):
    number = a_checkpoint(chance).number
    run("DELETE FROM ledger_checkpoint WHERE number = %s", [number])
    return {number}


@of(DATABASE)
def drop_a_checkpoint_and_count_anew(scene, chance):
    number = a_checkpoint(chance, but_last=True).number
    remove_checkpoints(number)
    for later in range(number + 1, Checkpoint.objects.count() + 2):
        run("UPDATE ledger_checkpoint SET number = %s WHERE number = %s", [later - 1, later])
        run("UPDATE ledger_checkpointleaf SET checkpoint_id = %s WHERE checkpoint_id = %s", [later - 1, later])
    return {number}


@of(DATABASE)
def forge_a_signature(scene, chance):
    number = a_checkpoint(chance).number
    forged = chance.choice(["", "ab" * 64, chance.randbytes(64).hex(), "not a signature"])
    set_checkpoint(number, signature=forged)
    return {number}


@of(DATABASE)
def sign_all_again_with_another_key(scene, chance):
    """Sign every checkpoint anew, chained again, with a key of one's own."""
    key, prev = chance.randbytes(32), checkpoints.NOTHING_BEFORE
    name = checkpoints.key_id(checkpoints.public_key_of(key))
    for made in Checkpoint.objects.order_by("number"):
        content = replace(checkpoints.read(bytes(made.bytes), made.number), prev=prev, key=name)
        raw = checkpoints.to_bytes(content)
        prev = checkpoints.hash_of(raw)
        set_checkpoint(made.number, bytes=raw, hash=prev, key=name, signature=checkpoints.sign(raw, key))
    return set(range(1, Checkpoint.objects.count() + 1))


@of(DATABASE)
def sign_again_in_the_name_of_the_key(scene, chance):
    made = a_checkpoint(chance)
    content = replace(checkpoints.read(bytes(made.bytes), made.number), at=chain.timestamp(NOW + timedelta(days=1)))
    raw = checkpoints.to_bytes(content)
    values = {"bytes": raw, "hash": checkpoints.hash_of(raw), "at": NOW + timedelta(days=1)}
    set_checkpoint(made.number, **values, signature=checkpoints.sign(raw, chance.randbytes(32)))
    return {made.number}


@of(WITH_KEYS)
def sign_one_again_with_the_key_itself(scene, chance):
    """Put another checkpoint in the place of one that is not the last: the one after it does not follow from it."""
    made = a_checkpoint(chance, but_last=True)
    content = replace(checkpoints.read(bytes(made.bytes), made.number), at=chain.timestamp(NOW + timedelta(days=1)))
    raw = checkpoints.to_bytes(content)
    values = {"bytes": raw, "hash": checkpoints.hash_of(raw), "at": NOW + timedelta(days=1)}
    set_checkpoint(made.number, **values, signature=checkpoints.sign(raw, signing_keys.private_key()))
    return {made.number + 1}


@of(DATABASE)
def spoil_a_checkpoint(scene, chance):
    number = a_checkpoint(chance).number
    junk = chance.choice([b"", b"{}", b"null", chance.randbytes(60), b"[" * 5_000])
    set_checkpoint(number, bytes=junk, hash=checkpoints.hash_of(junk))
    return {number}


@of(DATABASE)
def edit_a_column_of_a_checkpoint(scene, chance):
    number = a_checkpoint(chance).number
    set_checkpoint(number, **{chance.choice(["hash", "key", "signature"]): "0123456789abcdef"})
    return {number}


@of(DATABASE)
def change_a_leaf(scene, chance):
    made = a_checkpoint(chance)
    leaf = chance.choice(list(made.leaves.all()))
    column, value = chance.choice([("stream", f"case:{uuid.UUID(int=5)}"), ("seq", 9_000), ("hash", "0" * 64)])
    run(
        f'UPDATE ledger_checkpointleaf SET "{column}" = %s WHERE checkpoint_id = %s AND position = %s',  # noqa: S608
        [value, made.number, leaf.position],
    )
    return {made.number}


@of(DATABASE)
def drop_a_leaf(scene, chance):
    made = a_checkpoint(chance)
    position = chance.randrange(made.leaves.count())
    run("DELETE FROM ledger_checkpointleaf WHERE checkpoint_id = %s AND position = %s", [made.number, position])
    return {made.number}


@of(DATABASE)
def change_a_leaf_and_its_root(scene, chance):
    """Have a checkpoint sign another head, without the key that signs."""
    made = a_checkpoint(chance)
    leaves = list(made.leaves.order_by("position"))
    chance.choice(leaves).hash = "0" * 64
    root = checkpoints.root_of([checkpoints.Leaf(leaf.stream, leaf.seq, leaf.hash) for leaf in leaves])
    for leaf in leaves:
        run(
            "UPDATE ledger_checkpointleaf SET hash = %s WHERE checkpoint_id = %s AND position = %s",
            [leaf.hash, made.number, leaf.position],
        )
    raw = checkpoints.to_bytes(replace(checkpoints.read(bytes(made.bytes), made.number), root=root))
    set_checkpoint(made.number, bytes=raw, hash=checkpoints.hash_of(raw))
    return {made.number}


@of(KEPT_OUTSIDE)
def drop_the_last_checkpoints(scene, chance):
    last = Checkpoint.objects.count()
    first = chance.randint(1, last)
    remove_checkpoints(*range(first, last + 1))
    return set(range(first, last + 1))


@of(KEPT_OUTSIDE)
def restore_an_older_backup(scene, chance):
    """Put everything back to how it was at an earlier checkpoint: streams, heads and checkpoints."""
    last = Checkpoint.objects.count()
    kept = chance.randint(1, last - 1)
    remove_checkpoints(*range(kept + 1, last + 1))
    gone = set()
    for stream in scene.streams:
        reached = scene.seen[stream][kept - 1]
        gone |= {(stream, seq) for seq in scene.seen[stream] if seq > reached}
        cut(stream, reached)
    return gone | set(range(kept + 1, last + 1))


@of(KEPT_OUTSIDE)
def restore_an_older_backup_and_go_on(scene, chance):
    """The same with the key that signs: the checkpoints that follow are properly signed, and others."""
    places = restore_an_older_backup(scene, chance)
    stream = chance.choice(scene.streams)
    link = chain.read(bytes(stored(stream, length(stream)).bytes), length(stream))
    append_forged(stream, replace(link, seq=length(stream) + 1, prev=stored(stream, length(stream)).hash))
    made = make_checkpoint(at=NOW + timedelta(days=1))
    assert made
    return {place for place in places if place != (stream, length(stream))} | {made.number}


def append_forged(stream, link):
    last, key = stored(stream, link.seq - 1), key_of(stream)
    closed = envelope.close(key.payloads, b'{"data":{},"seals":[]}', stream=stream, seq=link.seq)
    raw = chain.to_bytes(replace(link, commit=closed.commit))
    added = Entry(**{field.attname: getattr(last, field.attname) for field in Entry._meta.concrete_fields})
    added.pk, added.seq, added.prev_hash, added.commit = None, link.seq, link.prev, closed.commit
    added.bytes, added.hash, added.mac = raw, chain.hash_of(raw), chain.authenticate(raw, key.entries)
    added.save(force_insert=True)
    Payload.objects.create(entry=added, ciphertext=closed.ciphertext)
    set_head(stream, link.seq, added.hash)


@of(KEPT_OUTSIDE)
def rewrite_everything_with_every_key(scene, chance):
    """Rewrite a chain with its codes and every checkpoint with its signature: nothing inside can tell."""
    stream, seq = entry_of(scene, chance, seen=True)
    rewrite(stream, seq, key_of(stream).entries)
    key, prev = signing_keys.private_key(), checkpoints.NOTHING_BEFORE
    for made in Checkpoint.objects.order_by("number"):
        leaves = [leaf_now(leaf) for leaf in made.leaves.order_by("position")]
        content = checkpoints.read(bytes(made.bytes), made.number)
        raw = checkpoints.to_bytes(replace(content, prev=prev, root=checkpoints.root_of(leaves)))
        prev = checkpoints.hash_of(raw)
        set_checkpoint(made.number, bytes=raw, hash=prev, signature=checkpoints.sign(raw, key))
    return {(stream, first_seen_from(scene, stream, seq))}


def leaf_now(leaf):
    hash_ = stored(leaf.stream, leaf.seq).hash
    run(
        "UPDATE ledger_checkpointleaf SET hash = %s WHERE checkpoint_id = %s AND position = %s",
        [hash_, leaf.checkpoint_id, leaf.position],
    )
    return checkpoints.Leaf(leaf.stream, leaf.seq, hash_)
