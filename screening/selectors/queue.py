"""The clinicians' queue: what waits for review, what one has taken, what others have, and what it is narrowed to."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from core.accounts.models import Actor, Membership, Role, User
from screening.models import Flag, Protocol, ReadingDraw, Screening
from screening.models.screenings import READ_LATER, ScreeningStatus
from screening.selectors.clients import code_begins, of_code
from screening.selectors.keyset import Order, Page, Place, counted, page_of
from screening.selectors.reading_first import waiting_for_reading
from screening.selectors.reviews import flags_by_concern, in_reading_order
from screening.selectors.screenings import for_reviewer

AT_HAND, WITH_OTHERS = 25, 10
SHOWN = (
    "status",
    "started_at",
    "submitted_at",
    "suicidality_first",
    "returned_before",
    "amending",
    "current_evaluation",
    "client__code",
    "protocol__title",
    "therapist__username",
    "therapist__printed_name",
    "claimed_by__username",
    "claimed_by__printed_name",
    "current_response__submitted_by",
)
IN_ORDER = Order(("read_later", "submitted_at", "pk"))


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue is narrowed to; empty narrows nothing. ``waits`` is a number of days."""

    code: str = ""
    protocol: UUID | None = None
    therapist: UUID | None = None
    concern: str = ""
    waits: int = 0
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case in the queue: its flags counted by kind (never added up), and whether its reviewer is there still.

    Where it waits to be read first, nothing is said of its flags but that suicidality comes up.
    """

    screening: Screening
    concerns: tuple[tuple[str, int], ...]
    read_first: bool
    own: bool
    reviewer_left: bool

    @property
    def flags(self) -> str:
        """Its flags counted by kind, in words; nothing where none was raised."""
        return " · ".join(f"{label} ({number})" for label, number in self.concerns)


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue as one clinician sees it. ``number`` of all that wait, not narrowed, and whether there are more.

    Of what others have in review the first ones, and whether there are more of these. ``elsewhere``: where a whole code
    is looked for, its cases that are neither waiting nor in review, the newest first.
    """

    mine: list[Waiting]
    waiting: list[Waiting]
    others: list[Waiting]
    page: Page[Screening]
    number: int
    more: bool
    more_with_others: bool
    elsewhere: list[Screening]


def queue(by: Actor, filters: Filters, place: Place, *, now: datetime.datetime) -> Queue:
    """Return the practice's queue: suicidality first, then the case that waits longest; and what is in review.

    What one has taken oneself is never narrowed: work in hand does not go out of sight.
    """
    readable = _in_order(for_reviewer(by).filter(erased_at__isnull=True))
    waiting = readable.filter(status=ScreeningStatus.SUBMITTED)
    in_review = readable.filter(status=ScreeningStatus.IN_REVIEW)
    page = page_of(_narrowed(waiting, filters, now), IN_ORDER, place)
    mine = list(in_review.filter(claimed_by=by.user)[:AT_HAND])
    others = list(_narrowed(in_review.exclude(claimed_by=by.user), filters, now)[: WITH_OTHERS + 1])
    more_with_others, others = len(others) > WITH_OTHERS, others[:WITH_OTHERS]
    number, more = counted(waiting)
    cases = _cases(for_reviewer(by), [*mine, *page.rows, *others])
    unread = waiting_for_reading(cases.values())
    concerns = flags_by_concern(case for case in cases.values() if case.pk not in unread)
    reviewers = _reviewers(by)

    def in_full(found: list[Screening]) -> list[Waiting]:
        return [_waiting(cases[one.pk], concerns, unread, reviewers, by) for one in found if one.pk in cases]

    return Queue(
        mine=in_full(mine),
        waiting=in_full(page.rows),
        others=in_full(others),
        page=page,
        number=number,
        more=more,
        more_with_others=more_with_others,
        elsewhere=_elsewhere(by, filters.code) if filters.code else [],
    )


def _elsewhere(by: Actor, code: str) -> list[Screening]:
    whose = list(of_code(by.practice, code).values_list("pk", flat=True))  # first: within the other query it is slow
    readable = _shown(for_reviewer(by).filter(erased_at__isnull=True, client__in=whose))
    gone_on = readable.exclude(status__in=(ScreeningStatus.SUBMITTED, ScreeningStatus.IN_REVIEW)).order_by()
    # A client has few. Sorted by the database, a million would be walked through in that order to find them.
    return sorted(gone_on, key=lambda case: case.submitted_at or case.started_at, reverse=True)[:AT_HAND]


def protocols_of(by: Actor) -> QuerySet[Protocol]:
    """Return the protocols by which the queue of the practice can be narrowed."""
    return Protocol.objects.filter(practice=by.practice).order_by("title", "pk")


def therapists_of(by: Actor) -> list[tuple[UUID, str]]:
    """Return whoever screens in the practice now, by name: the id, and the name as it is printed."""
    screens = Membership.objects.filter(practice=by.practice, role=Role.THERAPIST, ended_at__isnull=True)
    found = User.objects.filter(pk__in=screens.values("user")).order_by("printed_name", "username", "pk")
    return [(pk, printed or username) for pk, printed, username in found.values_list("pk", "printed_name", "username")]


def _narrowed(found: QuerySet[Screening], filters: Filters, now: datetime.datetime) -> QuerySet[Screening]:
    if filters.code:
        found = found.filter(code_begins(filters.code, of="client__code_found"))
    if filters.protocol:
        found = found.filter(protocol=filters.protocol)
    if filters.therapist:
        found = found.filter(therapist=filters.therapist)
    if filters.concern:
        raised = Flag.objects.filter(evaluation=OuterRef("current_evaluation"), concern=filters.concern)
        unread = ReadingDraw.objects.filter(screening=OuterRef("pk"), drawn=True, reading__isnull=True)
        found = found.filter(Exists(raised), ~Exists(unread))  # that a case is found would tell of its flags
    if filters.waits:
        found = found.filter(submitted_at__lt=now - datetime.timedelta(days=filters.waits))
    return found.filter(returned_before=True) if filters.returned else found


def _in_order(screenings: QuerySet[Screening]) -> QuerySet[Screening]:
    """Return the cases in the order of the queue, with little of each: many are looked through for a page."""
    narrow = screenings.select_related(None).defer(None).only("submitted_at")
    return narrow.annotate(read_later=READ_LATER).order_by(*IN_ORDER.written())


def _cases(screenings: QuerySet[Screening], found: Iterable[Screening]) -> dict[UUID, Screening]:
    """Return, by id, what the queue shows of each case: nothing of what was answered, and of nobody who it is."""
    return _shown(screenings).in_bulk([one.pk for one in found])


def _shown(screenings: QuerySet[Screening]) -> QuerySet[Screening]:
    joined = {name.split("__")[0] for name in SHOWN if "__" in name}
    return screenings.select_related(None).select_related(*joined).defer(None).only(*SHOWN)


def _reviewers(by: Actor) -> set[UUID]:
    here = Membership.objects.filter(practice=by.practice, role=Role.CLINICIAN, ended_at__isnull=True)
    return set(here.filter(user__is_active=True).values_list("user", flat=True))


def _waiting(
    screening: Screening, concerns: dict[UUID, Counter[str]], unread: set[UUID], reviewers: set[UUID], by: Actor
) -> Waiting:
    response = screening.current_response
    return Waiting(
        screening=screening,
        concerns=in_reading_order(concerns.get(screening.current_evaluation_id or screening.pk, Counter())),
        read_first=screening.pk in unread,
        own=by.user.pk in (screening.therapist_id, response.submitted_by_id if response else None),
        reviewer_left=screening.claimed_by_id is not None and screening.claimed_by_id not in reviewers,
    )
