"""Which re-checks are due: those that a clinician set when they signed, and those that the rules ask for by themselves.

A newer screening of the same client on the same protocol answers a re-check, once its answers are submitted: the older
one is then ``followed``. One that was submitted before the signature does not: the signer's day is still to come.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from core.accounts.models import Actor
from screening.models import Screening
from screening.models.screenings import ScreeningStatus
from screening.selectors.screenings import WORKLIST_LENGTH, for_therapist, in_short

NOTICE = datetime.timedelta(days=14)
SIGNED, BY_THE_RULES = "signed", "by-the-rules"


@dataclass(frozen=True, slots=True)
class Due:
    """One re-check: of which screening, on which day, and who asks for it (``SIGNED`` or ``BY_THE_RULES``).

    ``begun`` says that a newer screening on the same protocol was started and is not submitted yet.
    """

    screening: Screening
    on: datetime.date
    asked_by: str
    begun: bool


def due_for(by: Actor, *, today: datetime.date) -> list[Due]:
    """Return what is due, or falls due within two weeks, for clients of the therapist ``by``; longest due first."""
    until = today + NOTICE
    mine = _with_begun(in_short(for_therapist(by)).filter(erased_at__isnull=True, followed=False))
    signed = mine.filter(status=ScreeningStatus.DETERMINED, recheck_on__lte=until).order_by("recheck_on", "pk")
    by_the_rules = mine.filter(ask_again_on__lte=until).order_by("ask_again_on", "pk")
    found = [Due(one, one.recheck_on, SIGNED, one.begun) for one in signed[:WORKLIST_LENGTH]]
    found += [Due(one, one.ask_again_on, BY_THE_RULES, one.begun) for one in by_the_rules[:WORKLIST_LENGTH]]
    return sorted(found, key=lambda due: due.on)[:WORKLIST_LENGTH]


def _with_begun(among: QuerySet[Screening]) -> Any:
    """Say with each whether a newer one was ``begun``."""
    begun = Screening.objects.filter(
        client=OuterRef("client"),
        protocol=OuterRef("protocol"),
        started_at__gt=OuterRef("started_at"),
        submitted_at__isnull=True,
        erased_at__isnull=True,
    )
    return among.annotate(begun=Exists(begun))
