"""Which screenings this user may see, and what a therapist's worklist holds."""

import datetime
import uuid
from operator import attrgetter

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from core.accounts.models import Actor
from core.errors import Erased, NotForThisUser
from screening.models import Client, Screening
from screening.models.screenings import ScreeningStatus

WORKLIST_LENGTH = 50

DOCUMENTS = (
    "questionnaire_version__document",
    "rule_set_version__library",
    "rule_set_version__rules",
    "rule_set_version__vignettes",
)
"""The texts of the pinned versions: large, and of no use in a list. One screening is read with them."""


WHO_AND_WHY = ("client__name", "client__birth_date", "amendment_reason")
"""What is encrypted of a client and of a case: no list shows it, so none decrypts it."""

LINE = (
    "client__code",
    "protocol__title",
    "questionnaire_version_id",
    "status",
    "started_at",
    "submitted_at",
    "recheck_on",
    "ask_again_on",
    "amending",
)
OPEN = (
    ScreeningStatus.RETURNED,
    ScreeningStatus.IN_PROGRESS,
    ScreeningStatus.SUBMITTED,
    ScreeningStatus.IN_REVIEW,
)
LATELY = datetime.timedelta(days=14)
"""For how long a therapist's worklist tells what was signed."""
PLACE = Window(RowNumber(), partition_by="status", order_by=[F("submitted_at").asc(), F("started_at").desc()])
"""Of a case, among those of its status: what waits longest is first, or, where nothing was submitted, the newest."""


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


def screening_to_fill(by: Actor, screening_id: uuid.UUID) -> Screening:
    """Return the same without the vignettes of its rules: a save reads the rest, and they are longer than all of it."""
    return _whole(_one(for_therapist(by), screening_id, without=("rule_set_version__vignettes",)))


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


def in_short(screenings: QuerySet[Screening]) -> QuerySet[Screening]:
    """Return the screenings with what a line of a worklist shows, and nothing else of them: no name, above all."""
    return screenings.select_related(None).select_related("client", "protocol").defer(None).only(*LINE)


def worklist(by: Actor, *, at: datetime.datetime) -> dict[str, list[Screening]]:
    """Return the therapist's screenings by heading: returned, in progress, waiting for review, and signed lately.

    Of each the first ``WORKLIST_LENGTH``: what was submitted longest ago, began last, or was signed last. Two queries.
    """
    mine = in_short(for_therapist(by)).filter(erased_at__isnull=True)
    found = list(
        mine.filter(status__in=OPEN).annotate(place=PLACE).filter(place__lte=WORKLIST_LENGTH).order_by("place")
    )
    waiting: list[Screening] = [
        one for one in found if one.status in (ScreeningStatus.SUBMITTED, ScreeningStatus.IN_REVIEW)
    ]
    lately = mine.filter(status=ScreeningStatus.DETERMINED, determined_at__gt=at - LATELY)
    return {
        "returned": [one for one in found if one.status == ScreeningStatus.RETURNED],
        "in_progress": [one for one in found if one.status == ScreeningStatus.IN_PROGRESS],
        "waiting": sorted(waiting, key=attrgetter("submitted_at"))[:WORKLIST_LENGTH],
        "signed": list(_with_determination(lately).order_by("-determined_at")[:WORKLIST_LENGTH]),
    }


def _with_determination(screenings: QuerySet[Screening]) -> QuerySet[Screening]:
    signed = "current_evaluation__determination"
    fields = [f"{signed}__{name}" for name in ("outcome_text", "printed_name", "recheck_on", "signed_at")]
    return screenings.select_related("client", "protocol", signed).only(*LINE, *fields)


def _one(among: QuerySet[Screening], screening_id: uuid.UUID, *, without: tuple[str, ...] = ()) -> Screening:
    found = among.defer(None).defer(*without).filter(pk=screening_id).first()
    if found is None:
        raise NotForThisUser("There is no such screening among those you may see.")
    return found


def _whole(found: Screening) -> Screening:
    if found.erased_at is not None:
        raise Erased(f"This case was erased on {found.erased_at:%-d %B %Y}.", code="erased")
    return found
