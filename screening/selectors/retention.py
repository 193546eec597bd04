"""Which clients a practice has kept for as long as it says, and what managers asked to have erased."""

import datetime
import uuid

from django.db.models import Exists, Max, OuterRef, QuerySet

from core.accounts.models import Actor, Practice
from core.errors import NotForThisUser
from screening.models import Client, Erasure, Screening
from screening.models.screenings import ScreeningStatus
from screening.selectors.keyset import Order, Page, Place, page_of
from screening.selectors.policies import policy_of

LONGEST_KEPT = Order(("last_determined", "code"))


def due(practice: Practice, *, at: datetime.datetime) -> QuerySet[Client]:
    """Return the clients whose last determination is older than the practice keeps, longest kept first.

    Each has ``last_determined``. Nobody is due where the practice sets no years, nor while one of their cases is open.
    """
    years = policy_of(practice).retention_years
    still_open = Screening.objects.filter(client=OuterRef("pk")).exclude(status=ScreeningStatus.DETERMINED)
    kept = Client.objects.filter(practice=practice, erased_at__isnull=True).exclude(Exists(still_open))
    kept = kept.annotate(last_determined=Max("screenings__determined_at"))
    if years is None:
        return kept.none()
    return kept.filter(last_determined__lte=years_before(at, years)).order_by(*LONGEST_KEPT.written())


def page_of_due(practice: Practice, place: Place, *, at: datetime.datetime) -> Page[Client]:
    """Return a page of those clients."""
    return page_of(due(practice, at=at), LONGEST_KEPT, place)


def is_due(client: Client, practice: Practice, *, at: datetime.datetime) -> bool:
    """Say whether the practice's years of keeping are over for this client."""
    return due(practice, at=at).filter(pk=client.pk).exists()


def open_requests(by: Actor) -> QuerySet[Erasure]:
    """Return the requests of the practice that wait to be confirmed, oldest first."""
    return _requests(by).filter(confirmed_at__isnull=True, withdrawn_at__isnull=True).order_by("asked_at")


def erased(by: Actor) -> QuerySet[Erasure]:
    """Return the erasures of the practice that were confirmed, newest first."""
    return _requests(by).filter(confirmed_at__isnull=False).order_by("-confirmed_at")


def request_for(by: Actor, erasure_id: uuid.UUID) -> Erasure:
    """Return one request of the practice; raise ``NotForThisUser`` for any other id."""
    found = _requests(by).filter(pk=erasure_id).first()
    if found is None:
        raise NotForThisUser("There is no such request in this practice.")
    return found


def cases_of(client: Client) -> QuerySet[Screening]:
    """Return the cases that would be erased with a client, newest first."""
    return Screening.objects.filter(client=client).select_related("protocol").order_by("-started_at")


def years_before(at: datetime.datetime, years: int) -> datetime.datetime:
    """Return the same day so many years before; of 29 February the day before it where there is none."""
    try:
        return at.replace(year=at.year - years)
    except ValueError:
        return at.replace(year=at.year - years, day=28)


def _requests(by: Actor) -> QuerySet[Erasure]:
    return Erasure.objects.filter(practice=by.practice).select_related("client", "asked_by", "confirmed_by")
