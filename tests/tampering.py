"""Ways to tamper with a ledger past its guards, each with the places that a verification has to name.

``DATABASE`` are those of somebody who can write every table and holds no key; ``WITH_KEYS`` those of somebody who also
holds FIELD_KEYS, and so forges codes, or CHECKPOINT_KEY; ``KEPT_OUTSIDE`` are found only with a witness file.
A place is (stream, position) of an entry, or the number of a checkpoint.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from core.ledger import chain, envelope
from core.ledger.models import Checkpoint, CheckpointLeaf, Entry, Payload, Seal, Stream, StreamKey
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
WITH_KEYS: list[Tampering] = []
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
