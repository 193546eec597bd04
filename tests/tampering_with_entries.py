"""What somebody does to entries: who can write every table, and who holds the field keys as well."""

from dataclasses import replace
from datetime import timedelta

from core.ledger import chain, envelope
from core.ledger.models import Entry, Payload, Stream, StreamKey
from tests.append_only_rows import NOW
from tests.past_the_guards import run
from tests.tampering import (
    DATABASE,
    WITH_KEYS,
    alter,
    cut,
    drop,
    entry_of,
    first_seen_from,
    key_of,
    length,
    of,
    rewrite,
    set_head,
    stored,
    write,
)


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


@of(WITH_KEYS)
def rewrite_the_chain_with_its_codes(scene, chance):
    stream, seq = entry_of(scene, chance, seen=True)
    rewrite(stream, seq, key_of(stream).entries)
    return {(stream, first_seen_from(scene, stream, seq))}


@of(WITH_KEYS)
def rewrite_an_entry_with_its_payload(scene, chance):
    stream, seq = entry_of(scene, chance, seen=True)
    key, entry = key_of(stream), stored(stream, seq)
    forged = envelope.close(key.payloads, b'{"data":{"answer":"no"},"seals":[]}', stream=stream, seq=seq)
    run("UPDATE ledger_payload SET ciphertext = %s WHERE entry_id = %s", [forged.ciphertext, entry.pk])
    write(entry, replace(chain.read(bytes(entry.bytes), seq), commit=forged.commit), key.entries)
    rewrite(stream, seq, key.entries)
    return {(stream, first_seen_from(scene, stream, seq))}


@of(WITH_KEYS)
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
