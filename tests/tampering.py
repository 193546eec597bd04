"""Ways to tamper with a ledger past its guards, each with the places that a verification has to name.

``DATABASE`` are those of somebody who can write every table and holds no key; ``WITH_FIELD_KEYS`` those of somebody
who also holds FIELD_KEYS, and so forges codes too; ``KEPT_OUTSIDE`` are found only with a witness file. A place is
(stream, position) of an entry, or the number of a checkpoint.
"""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from core.ledger import chain, checkpoints, envelope, signing_keys
from core.ledger.checkpointing import make_checkpoint
from core.ledger.models import Checkpoint, CheckpointLeaf, Entry, Payload, Seal, Stream, StreamKey
from tests.append_only_rows import NOW
from tests.past_the_guards import run

TABLES = [model._meta.db_table for model in (Entry, Payload, Seal, Stream, StreamKey, Checkpoint, CheckpointLeaf)]
Place = tuple[str, int] | int


@dataclass
class Scene:
    """A ledger to tamper with: its streams of cases, and where its checkpoints saw each of them."""

    streams: list[str]
    seen: dict[str, list[int]]


Tampering = Callable[[Scene, random.Random], set[Place]]
DATABASE: list[Tampering] = []
WITH_FIELD_KEYS: list[Tampering] = []
KEPT_OUTSIDE: list[Tampering] = []


def of(kinds):
    def register(tampering):
        kinds.append(tampering)
        return tampering

    return register


def entry_of(scene, chance, *, seen=False):
    """Choose a stream and one of its entries; with ``seen``, one that a checkpoint covers."""
    stream = chance.choice(scene.streams)
    last = scene.seen[stream][-1] if seen else length(stream)
    return stream, chance.randint(1, last)


def length(stream):
    return Entry.objects.filter(stream__name=stream).count()


def stored(stream, seq):
    return Entry.objects.get(stream__name=stream, seq=seq)


def alter(entry, **values):
    columns = ", ".join(f'"{name}" = %s' for name in values)
    run(f"UPDATE ledger_entry SET {columns} WHERE id = %s", [*values.values(), entry.pk])  # noqa: S608


def drop(entries):
    for key in list(entries.values_list("pk", flat=True)):
        run("DELETE FROM ledger_payload WHERE entry_id = %s", [key])
        run("DELETE FROM ledger_entry WHERE id = %s", [key])


def set_head(stream, seq, hash_):
    run("UPDATE ledger_stream SET head_seq = %s, head_hash = %s WHERE name = %s", [seq, hash_, stream])


def cut(stream, last):
    """Cut a stream behind ``last``, and let its head say so."""
    drop(Entry.objects.filter(stream__name=stream, seq__gt=last))
    set_head(stream, last, stored(stream, last).hash if last else chain.NOTHING_BEFORE)


def write(entry, link, key=None):
    """Write an event in the place of another, its columns with it, its code too where the key is at hand."""
    raw = chain.to_bytes(link)
    code = {"mac": chain.authenticate(raw, key)} if key else {}
    alter(
        entry,
        bytes=raw,
        hash=chain.hash_of(raw),
        prev_hash=link.prev,
        role=link.role,
        object=link.object,
        seq=link.seq,
        commit=link.commit,
        **code,
    )
    return chain.hash_of(raw)


def rewrite(stream, start, key=None):
    """Rewrite a chain from a position on, with everything that follows and its head."""
    prev = stored(stream, start - 1).hash if start > 1 else chain.NOTHING_BEFORE
    for entry in Entry.objects.filter(stream__name=stream, seq__gte=start).order_by("seq"):
        link = replace(chain.read(bytes(entry.bytes), entry.seq), prev=prev)
        if entry.seq == start:
            link = replace(link, role="auditor")
        prev = write(entry, link, key)
    set_head(stream, length(stream), prev)


def key_of(stream):
    return envelope.open_key(bytes(StreamKey.objects.get(stream__name=stream).wrapped))


def first_seen_from(scene, stream, seq):
    return next(place for place in scene.seen[stream] if place >= seq)


# What somebody does who can write the database.


@of(DATABASE)
def edit_a_column(scene, chance):
    stream, seq = entry_of(scene, chance)
    name = chance.choice(["role", "action", "object", "commit", "prev_hash", "hash", "mac"])
    alter(stored(stream, seq), **{name: "0" * 64 if name in ("commit", "hash", "mac") else "access.granted"[:14]})
    return {(stream, seq)}


@of(DATABASE)
def edit_the_time(scene, chance):
    stream, seq = entry_of(scene, chance)
    alter(stored(stream, seq), at=NOW + timedelta(seconds=chance.randint(1, 9_999)))
    return {(stream, seq)}


@of(DATABASE)
def flip_a_bit(scene, chance):
    stream, seq = entry_of(scene, chance)
    entry = stored(stream, seq)
    raw = bytearray(entry.bytes)
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    alter(entry, bytes=bytes(raw))
    return {(stream, seq)}


@of(DATABASE)
def flip_a_bit_and_hash_again(scene, chance):
    stream, seq = entry_of(scene, chance)
    entry = stored(stream, seq)
    raw = bytearray(entry.bytes)
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    alter(entry, bytes=bytes(raw), hash=chain.hash_of(bytes(raw)))
    return {(stream, seq)}


@of(DATABASE)
def write_junk(scene, chance):
    stream, seq = entry_of(scene, chance)
    junk = chance.choice([b"", b"{}", b"null", b"[" * 5_000, chance.randbytes(40), b'{"v":1}', b"\xff\xfe"])
    alter(stored(stream, seq), bytes=junk, hash=chain.hash_of(junk))
    return {(stream, seq)}


@of(DATABASE)
def delete_an_entry(scene, chance):
    stream, seq = entry_of(scene, chance)
    drop(Entry.objects.filter(stream__name=stream, seq=seq))
    return {(stream, min(seq, length(stream)))}


@of(DATABASE)
def cut_the_tail(scene, chance):
    stream, seq = entry_of(scene, chance)
    drop(Entry.objects.filter(stream__name=stream, seq__gt=seq - 1))
    return {(stream, seq - 1)} if seq > 1 else {(stream, scene.seen[stream][0])}


@of(DATABASE)
def cut_the_tail_and_its_head(scene, chance):
    stream, seq = entry_of(scene, chance, seen=True)
    cut(stream, seq - 1)
    return {(stream, place) for place in scene.seen[stream] if place >= seq}


@of(DATABASE)
def swap_two_entries(scene, chance):
    stream = chance.choice(scene.streams)
    one, other = sorted(chance.sample(range(1, length(stream) + 1), 2))
    first, second = stored(stream, one), stored(stream, other)
    alter(first, seq=99_999)
    alter(second, seq=one)
    alter(first, seq=other)
    return {(stream, one), (stream, other)}


@of(DATABASE)
def swap_two_payloads(scene, chance):
    stream = chance.choice(scene.streams)
    one, other = chance.sample(range(1, length(stream) + 1), 2)
    first, second = stored(stream, one), stored(stream, other)
    swapped = {first.pk: bytes(second.payload.ciphertext), second.pk: bytes(first.payload.ciphertext)}
    for key, ciphertext in swapped.items():
        run("UPDATE ledger_payload SET ciphertext = %s WHERE entry_id = %s", [ciphertext, key])
    return {(stream, one), (stream, other)}


@of(DATABASE)
def spoil_a_payload(scene, chance):
    stream, seq = entry_of(scene, chance)
    ciphertext = chance.choice([b"", chance.randbytes(12), chance.randbytes(90)])
    run("UPDATE ledger_payload SET ciphertext = %s WHERE entry_id = %s", [ciphertext, stored(stream, seq).pk])
    return {(stream, seq)}


@of(DATABASE)
def delete_a_payload(scene, chance):
    stream, seq = entry_of(scene, chance)
    run("DELETE FROM ledger_payload WHERE entry_id = %s", [stored(stream, seq).pk])
    return {(stream, seq)}


@of(DATABASE)
def splice_in_the_end_of_another_stream(scene, chance):
    """Move the last entry of one stream behind the last of another, and set both heads."""
    stream, other = chance.sample(scene.streams, 2)
    moved, end = stored(other, length(other)), length(stream)
    run(
        "UPDATE ledger_entry SET stream_id = %s, seq = %s WHERE id = %s",
        [Stream.objects.get(name=stream).pk, end + 1, moved.pk],
    )
    set_head(stream, end + 1, moved.hash)
    set_head(other, length(other), stored(other, length(other)).hash)
    return {(stream, end + 1)}


@of(DATABASE)
def splice_over_an_entry(scene, chance):
    """Write the entry of another stream over one, renamed and hashed as if it had been written here."""
    stream, other = chance.sample(scene.streams, 2)
    seq = chance.randint(1, min(length(stream), length(other)))
    here, there = stored(stream, seq), stored(other, seq)
    write(here, replace(chain.read(bytes(there.bytes), seq), stream=stream, prev=here.prev_hash))
    return {(stream, seq)}


@of(DATABASE)
def add_an_entry(scene, chance):
    """Add an event that never happened, well chained and with its head, with the code of the one before it."""
    stream = chance.choice(scene.streams)
    seq = length(stream)
    last = stored(stream, seq)
    added = Entry(**{field.attname: getattr(last, field.attname) for field in Entry._meta.concrete_fields})
    added.pk, added.seq, added.prev_hash = None, seq + 1, last.hash
    link = chain.Link(**{**vars(chain.read(bytes(last.bytes), seq)), "seq": seq + 1, "prev": last.hash})
    added.bytes = chain.to_bytes(link)
    added.hash = chain.hash_of(added.bytes)
    added.save(force_insert=True)
    Payload.objects.create(entry=added, ciphertext=bytes(last.payload.ciphertext))
    set_head(stream, seq + 1, added.hash)
    return {(stream, seq + 1)}


@of(DATABASE)
def rewrite_the_chain(scene, chance):
    stream, seq = entry_of(scene, chance)
    rewrite(stream, seq)
    return {(stream, seq)}


@of(DATABASE)
def exchange_the_key(scene, chance):
    stream, other = chance.sample(scene.streams, 2)
    wrapped = bytes(StreamKey.objects.get(stream__name=other).wrapped)
    StreamKey.objects.filter(stream__name=stream).update(wrapped=wrapped)
    return {(stream, seq) for seq in range(1, length(stream) + 1)}


@of(DATABASE)
def remove_a_stream(scene, chance):
    stream = chance.choice(scene.streams)
    drop(Entry.objects.filter(stream__name=stream))
    StreamKey.objects.filter(stream__name=stream).delete()
    run("DELETE FROM ledger_stream WHERE name = %s", [stream])
    opened = Entry.objects.get(action="stream.opened", object=stream)
    return {(opened.stream.name, opened.seq), *((stream, seq) for seq in scene.seen[stream])}


@of(DATABASE)
def put_an_earlier_state_back(scene, chance):
    """Take every case back to where the checkpoint before the last saw it, heads and all; leave the checkpoints."""
    for stream in scene.streams:
        cut(stream, scene.seen[stream][-2])
    return {(stream, scene.seen[stream][-1]) for stream in scene.streams}


# What somebody does to the checkpoints.


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


# What somebody does who holds the field keys as well.


@of(WITH_FIELD_KEYS)
def rewrite_the_chain_with_its_codes(scene, chance):
    stream, seq = entry_of(scene, chance, seen=True)
    rewrite(stream, seq, key_of(stream).entries)
    return {(stream, first_seen_from(scene, stream, seq))}


@of(WITH_FIELD_KEYS)
def rewrite_an_entry_with_its_payload(scene, chance):
    stream, seq = entry_of(scene, chance, seen=True)
    key, entry = key_of(stream), stored(stream, seq)
    forged = envelope.close(key.payloads, b'{"data":{"answer":"no"},"seals":[]}', stream=stream, seq=seq)
    run("UPDATE ledger_payload SET ciphertext = %s WHERE entry_id = %s", [forged.ciphertext, entry.pk])
    write(entry, replace(chain.read(bytes(entry.bytes), seq), commit=forged.commit), key.entries)
    rewrite(stream, seq, key.entries)
    return {(stream, first_seen_from(scene, stream, seq))}


@of(WITH_FIELD_KEYS)
def take_an_entry_out_and_close_the_gap(scene, chance):
    """Take an entry out and move what follows up, with hashes, codes and payloads made anew."""
    stream, seq = entry_of(scene, chance, seen=True)
    key = key_of(stream)
    drop(Entry.objects.filter(stream__name=stream, seq=seq))
    for entry in Entry.objects.filter(stream__name=stream, seq__gt=seq).select_related("payload").order_by("seq"):
        _, payload = envelope.open_envelope(key.payloads, bytes(entry.payload.ciphertext), stream=stream, seq=entry.seq)
        moved = envelope.close(key.payloads, payload, stream=stream, seq=entry.seq - 1)
        run("UPDATE ledger_payload SET ciphertext = %s WHERE entry_id = %s", [moved.ciphertext, entry.pk])
        link = replace(chain.read(bytes(entry.bytes), entry.seq), seq=entry.seq - 1, commit=moved.commit)
        write(entry, link, key.entries)
    prev = stored(stream, seq - 1).hash if seq > 1 else chain.NOTHING_BEFORE
    for entry in Entry.objects.filter(stream__name=stream, seq__gte=seq).order_by("seq"):
        prev = write(entry, replace(chain.read(bytes(entry.bytes), entry.seq), prev=prev), key.entries)
    set_head(stream, length(stream), prev)
    return {(stream, first_seen_from(scene, stream, seq))}


# What only a witness tells.


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
