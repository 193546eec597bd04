"""Erasing streams: their keys are destroyed, so that nothing they say can be read again; their chains stay whole.

The practice's own stream says that a stream was erased (``stream.erased``) and seals its rows once more as they are
stored, since the seals in its own payloads cannot be read any more. The database lets a key go only where it says so.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models

from core.accounts.models import Actor
from core.ledger import content, events
from core.ledger.demands import demand
from core.ledger.models import Entry, Seal, Stream, StreamKey
from core.ledger.sealing import sealed_models
from core.ledger.services import Event, append, practice_stream

demand(
    name="key_kept_unless_erased",
    table="ledger_streamkey",
    on="DELETE",
    refuse_when=(
        "NOT EXISTS (SELECT 1 FROM ledger_entry e JOIN ledger_stream s ON e.object = s.name"
        " WHERE s.id = OLD.stream_id AND e.action = 'stream.erased')"
    ),
    said="a key is destroyed only where the record says that its stream was erased",
)


def erase(*happened: Event, streams: Iterable[str], by: Actor, at: datetime) -> None:
    """Record ``happened`` and that these streams of the practice are erased, then destroy their keys.

    Last in a transaction, in the place of ``append``. The streams are locked first, in the order in which ``append``
    locks, so that what is being written to them is written before or refused after.
    """
    locked = list(_locked(set(streams)))
    append(*happened, *(_erased(stream) for stream in locked), by=by, at=at)
    StreamKey.objects.filter(stream__in=locked).delete()
    content.forget()


def erased_at_home(stream: Stream) -> bool:
    """Say whether the stream of a stream's own practice tells that it was erased."""
    home = practice_stream(stream.practice_id) if stream.practice_id else ""
    return Entry.objects.filter(stream__name=home, action=events.STREAM_ERASED, object=stream.name).exists()


def _locked(names: set[str]) -> models.QuerySet[Stream]:
    return Stream.objects.select_for_update(of=("self",)).filter(name__in=names).order_by("name")


def _erased(stream: Stream) -> Event:
    if stream.practice_id is None:
        raise ValueError(f"{stream.name} belongs to no practice, so nothing can say that it was erased")
    return Event(
        stream=practice_stream(stream.practice_id),
        action=events.STREAM_ERASED,
        object=stream.name,
        payload={"head": stream.head_seq, "hash": stream.head_hash},
        seals=tuple(_rows_of(stream)),
        as_stored=True,
    )


def _rows_of(stream: Stream) -> list[models.Model]:
    """Return every row that an entry of the stream sealed."""
    by_table: dict[str, list[str]] = defaultdict(list)
    for table, row in Seal.objects.filter(entry__stream=stream).values_list("table", "row").distinct():
        by_table[table].append(row)
    found: list[models.Model] = []
    for table, rows in sorted(by_table.items()):
        everything: models.QuerySet[Any] = models.QuerySet(sealed_models()[table].model)
        found.extend(everything.filter(pk__in=rows).order_by("pk"))
    return found
