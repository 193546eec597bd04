"""How far checkpoints reach: which streams moved since, how many entries wait, how old the newest checkpoint is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core.ledger.models import Checkpoint, CheckpointLeaf, Entry, Stream, WitnessFolder
from core.ledger.signing_keys import pinned_keys

LATE = timedelta(minutes=5)


@dataclass(frozen=True)
class Reach:
    """How far the checkpoints reach for some streams, for the page that shows it.

    ``waiting`` counts entries that no checkpoint covers, the oldest of them from ``waiting_since``. ``late`` says that
    it should have been covered by now: nothing makes checkpoints. ``keys`` are the pinned public keys, in hexadecimal.
    """

    newest: Checkpoint | None
    waiting: int
    waiting_since: datetime | None
    late: bool
    keys: dict[str, str]
    witnessed: WitnessFolder | None


def moved_streams(streams: QuerySet[Stream] | None = None) -> QuerySet[Stream]:
    """Return the streams with entries that no checkpoint covers; ``reached`` is how far one covers them."""
    leaves = CheckpointLeaf.objects.filter(stream=OuterRef("name"))
    newest = leaves.order_by("-seq").values("seq")[:1]
    uncovered = ~Exists(leaves.filter(seq__gte=OuterRef("head_seq")))
    every = Stream.objects.all() if streams is None else streams
    return every.filter(uncovered, head_seq__gt=0).annotate(reached=Coalesce(Subquery(newest), 0))


def entries_waiting(streams: QuerySet[Stream] | None = None) -> int:
    """Count the entries that no checkpoint covers."""
    counted = moved_streams(streams).aggregate(waiting=Sum(F("head_seq") - F("reached")))
    return int(counted["waiting"] or 0)


def newest_entry() -> int:
    """Return the key of the newest entry: how many came since an earlier answer costs one look at an index."""
    newest: int | None = Entry.objects.aggregate(newest=Max("pk"))["newest"]
    return newest or 0


def reach_of(streams: QuerySet[Stream], *, at: datetime) -> Reach:
    """Say how far the checkpoints reach for these streams."""
    waiting = entries_waiting(streams)
    since = _waiting_since(streams) if waiting else None
    return Reach(
        newest=Checkpoint.objects.order_by("-number").first(),
        waiting=waiting,
        waiting_since=since,
        late=since is not None and at - since > LATE,
        keys={name: key.hex() for name, key in pinned_keys().items()},
        witnessed=WitnessFolder.objects.first() if settings.WITNESS_FOLDER else None,
    )


def _waiting_since(streams: QuerySet[Stream]) -> datetime | None:
    """Return the time of the oldest entry that no checkpoint covers."""
    covered = CheckpointLeaf.objects.filter(stream=OuterRef("stream__name"), seq__gte=OuterRef("seq"))
    moved = moved_streams(streams).values("pk")
    oldest = Entry.objects.filter(~Exists(covered), stream__in=moved).order_by("at").values_list("at", flat=True)
    return oldest.first()
