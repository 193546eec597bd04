"""A client's course over weeks: screenings on days of one's choosing, signed with a day for a re-check, or not."""

import uuid
from datetime import date, datetime

from core.canonical import digest
from screening.engine.answers import Answer
from screening.engine.drafts import Change
from screening.models import Client, Protocol, Screening
from screening.selectors.answers_to_flags import flags_of
from screening.selectors.determinations import to_be_signed
from screening.selectors.shipped import shipped_protocol
from screening.services import determinations, drafts, reviews, screenings, submissions
from screening.services.reviews import GivenAnswer
from tests.playing import NOON, House, again, vignette_of


def screened(
    at_house: House, client: Client, protocol: Protocol, vignette: str, *, at: datetime = NOON, **given: Answer
) -> Screening:
    """Screen a client on a day with the answers of a vignette and those given otherwise, and submit them."""
    by = at_house.therapist
    begun = screenings.start(screening_id=uuid.uuid4(), client=client, protocol=protocol, by=by, at=at)
    told = shipped_protocol(protocol.lineage_name).vignettes.answers_of(vignette_of(protocol, vignette))
    change = Change(answers={**told.answers, **given}, groups=told.groups)
    drafts.save(screening=begun, change=change, base_revision=0, by=by, at=at)
    revision = again(begun).draft.revision
    return again(submissions.submit(screening=begun, base_revision=revision, by=by, at=at))


def determined(at_house: House, case: Screening, *, recheck_on: date | None = None) -> Screening:
    """Have a clinician agree with every flag of a submitted case and sign it, as soon as it was submitted."""
    by, at, case = at_house.clinician, case.submitted_at or NOON, again(case)
    reviews.claim(screening=case, by=by, at=at)
    evaluation = case.current_evaluation
    assert evaluation is not None
    given = [GivenAnswer(flag.rule_id, "agree", "Read and weighed.") for flag in flags_of(evaluation)]
    if given:
        reviews.answer_flags(screening=case, evaluation_id=evaluation.pk, given=given, by=by, at=at)
    determinations.sign(
        screening=again(case),
        shown_digest=digest(to_be_signed(again(case), by)),
        outcome_code="more-information",
        reasons="I want the earlier records first.",
        recheck_on=recheck_on,
        by=by,
        at=at,
    )
    return again(case)
