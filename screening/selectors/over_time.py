"""A client's screenings over time, newest first, each with what was signed of it and whether its re-check is due."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from screening.models import Client, Determination, Screening
from screening.selectors.screenings import of_client

LONGEST = 100
SET, DUE, ANSWERED = "set", "due", "answered"


@dataclass(frozen=True, slots=True)
class Recheck:
    """The day that was signed for a re-check, whether it is ``SET``, ``DUE`` or ``ANSWERED``, and by what."""

    on: datetime.date
    state: str
    answered_by: Screening | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed determination. ``recheck`` is its day for a re-check, if it still stands: not after an amendment."""

    determination: Determination
    of_earlier_answers: bool
    recheck: Recheck | None


@dataclass(frozen=True, slots=True)
class Step:
    """One screening of a client, and what was signed of it, newest first."""

    screening: Screening
    signed: tuple[Signed, ...]


def screenings_over_time(client: Client) -> list[Screening]:
    """Return the newest screenings of a client, newest first: one more than are shown, where there are more."""
    return list(of_client(client)[: LONGEST + 1])


def steps_of(screenings: Sequence[Screening], *, today: datetime.date) -> list[Step]:
    """Return the client's screenings as steps. ``screenings`` are all there are from some day on, newest first."""
    signed = _signed_of([one.pk for one in screenings if one.erased_at is None])
    return [
        Step(one, tuple(_signed(found, screenings, place, today) for found in signed[one.pk]))
        for place, one in enumerate(screenings)
    ]


def _signed(found: Determination, screenings: Sequence[Screening], place: int, today: datetime.date) -> Signed:
    earlier = found.evaluation_id != screenings[place].current_evaluation_id
    return Signed(found, earlier, None if earlier else _recheck(found, screenings, place, today))


def _recheck(
    signed: Determination, screenings: Sequence[Screening], place: int, today: datetime.date
) -> Recheck | None:
    on = signed.recheck_on
    if on is None:
        return None
    newer = (one for one in reversed(screenings[:place]) if _answers(one, screenings[place], signed.signed_at))
    answered_by = next(newer, None)
    return Recheck(on, ANSWERED if answered_by else DUE if on <= today else SET, answered_by)


def _answers(newer: Screening, earlier: Screening, signed_at: datetime.datetime) -> bool:
    """Say whether a newer screening answers a re-check: what was submitted before it was signed does not."""
    submitted = newer.submitted_at is not None and newer.submitted_at > signed_at and newer.erased_at is None
    return submitted and newer.protocol_id == earlier.protocol_id and newer.started_at > earlier.started_at


def _signed_of(cases: list[UUID]) -> dict[UUID, list[Determination]]:
    """Return what was signed, by case, newest first, with none of its reasons opened. One query."""
    found: dict[UUID, list[Determination]] = defaultdict(list)
    signed = Determination.objects.filter(evaluation__response__screening__in=cases)
    signed = signed.select_related("evaluation__response").defer(
        "reasons", "signed_document", "evaluation__document", "evaluation__response__document"
    )
    for determination in signed.order_by("-signed_at"):
        found[determination.evaluation.response.screening_id].append(determination)
    return found
