"""Which screenings this user may see, and what a therapist's worklist holds."""

import datetime
import uuid

from django.db.models import QuerySet

from core.accounts.models import Actor
from core.errors import Erased, NotForThisUser
from screening.models import Client, Screening
from screening.models.screenings import ScreeningStatus

WORKLIST_LENGTH = 50
RECHECK_NOTICE = datetime.timedelta(days=14)


DOCUMENTS = (
    "questionnaire_version__document",
    "rule_set_version__library",
    "rule_set_version__rules",
    "rule_set_version__vignettes",
)
"""The texts of the pinned versions: large, and of no use in a list. One screening is read with them."""


def _listed() -> QuerySet[Screening]:
    return Screening.objects.select_related(
        "client", "protocol", "questionnaire_version", "rule_set_version", "therapist", "claimed_by"
    ).defer(*DOCUMENTS)


def in_practice(by: Actor) -> QuerySet[Screening]:
    """Return every screening of the practice, submitted or not: for lists that show nothing of what was answered."""
    return _listed().filter(practice=by.practice)


def for_therapist(by: Actor) -> QuerySet[Screening]:
    """Return the screenings of clients that the therapist ``by`` cares for."""
    return _listed().filter(practice=by.practice, client__therapist=by.user)


def screening_for_therapist(by: Actor, screening_id: uuid.UUID) -> Screening:
    """Return one screening of the therapist's own clients; raise ``NotForThisUser`` for any other id.

    Raise ``Erased`` where it was erased.
    """
    return _whole(_one(for_therapist(by), screening_id))


def for_reviewer(by: Actor) -> QuerySet[Screening]:
    """Return the submitted screenings of the practice, which is what a clinician may read."""
    return _listed().filter(practice=by.practice, submitted_at__isnull=False)


def screening_for_reviewer(by: Actor, screening_id: uuid.UUID) -> Screening:
    """Return one submitted screening of the practice; raise ``NotForThisUser`` for any other id.

    Raise ``Erased`` where it was erased.
    """
    return _whole(_one(for_reviewer(by), screening_id))


def screening_for_auditor(by: Actor, screening_id: uuid.UUID) -> Screening:
    """Return one submitted screening of the practice, erased or not; raise ``NotForThisUser`` for any other id."""
    return _one(for_reviewer(by), screening_id)


def of_client(client: Client) -> QuerySet[Screening]:
    """Return the screenings of one client, newest first."""
    return _listed().filter(client=client).order_by("-started_at")


def worklist(by: Actor, *, today: datetime.date) -> dict[str, list[Screening]]:
    """Return the therapist's worklist by heading: returned, in progress, due for re-check, waiting for review."""
    mine = for_therapist(by).filter(erased_at__isnull=True)
    waiting = [ScreeningStatus.SUBMITTED, ScreeningStatus.IN_REVIEW]
    due = mine.filter(status=ScreeningStatus.DETERMINED, recheck_on__lte=today + RECHECK_NOTICE)
    return {
        "returned": list(mine.filter(status=ScreeningStatus.RETURNED).order_by("submitted_at")[:WORKLIST_LENGTH]),
        "in_progress": list(mine.filter(status=ScreeningStatus.IN_PROGRESS).order_by("-started_at")[:WORKLIST_LENGTH]),
        "due": list(due.order_by("recheck_on")[:WORKLIST_LENGTH]),
        "waiting": list(mine.filter(status__in=waiting).order_by("submitted_at")[:WORKLIST_LENGTH]),
    }


def _one(among: QuerySet[Screening], screening_id: uuid.UUID) -> Screening:
    found = among.defer(None).filter(pk=screening_id).first()
    if found is None:
        raise NotForThisUser("There is no such screening among those you may see.")
    return found


def _whole(found: Screening) -> Screening:
    if found.erased_at is not None:
        raise Erased(f"This case was erased on {found.erased_at:%-d %B %Y}.", code="erased")
    return found
