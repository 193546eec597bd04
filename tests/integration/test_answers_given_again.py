"""What the record says of an answer that was given once more, and of several given at one press."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.ledger.selectors import Moment, timeline
from screening.models import Protocol, Screening
from screening.selectors.moments import in_words
from screening.selectors.reviews import case_in_review
from screening.services import reviews, submissions
from screening.services.reviews import GivenAnswer
from tests.playing import NOON, House, again, answer_all, claimed

pytestmark = pytest.mark.django_db


@pytest.fixture
def returned(riverside: House, case: Screening) -> Screening:
    """A case whose flags were all answered, that was returned, submitted again as it was, and taken again."""
    answer_all(riverside, case)
    reviews.send_back(screening=case, words="Ask again.", questions=[], by=riverside.clinician, at=NOON)
    current = again(case)
    now = timezone.now()
    submissions.submit(screening=current, base_revision=current.draft.revision, by=riverside.therapist, at=now)
    reviews.claim(screening=current, by=riverside.clinician, at=now)
    return again(case)


def post(desk: Client, case: Screening, **fields: str) -> None:
    form = {"evaluation": str(case.current_evaluation_id), **fields}
    assert desk.post(reverse("review", args=[case.pk]), form).status_code == 302


def recorded(at: House, case: Screening) -> list[Moment]:
    return timeline(at.auditor, stream=f"case:{case.pk}", actions=("flag.answered",))


def test_one_press_for_many_says_on_each_that_it_repeats_which_and_how_many(
    desk: Client, riverside: House, returned: Screening
) -> None:
    before = len(recorded(riverside, returned))
    post(desk, returned, again="all")
    new = recorded(riverside, returned)[before:]
    assert len(new) == 7
    assert {(moment.payload["repeats"], moment.payload["at_once"]) for moment in new} == {(1, 7)}
    words = in_words(new[0])
    assert words.endswith("Given again, as on version 1 of the answers. One press gave 7 such answers.")


def test_one_answer_given_again_by_itself_repeats_and_names_no_others(
    desk: Client, riverside: House, returned: Screening
) -> None:
    rule = case_in_review(returned).left[0].row.rule_id
    post(desk, returned, again=rule)
    newest = recorded(riverside, returned)[-1]
    assert (newest.payload["repeats"], "at_once" in newest.payload) == (1, False)
    assert in_words(newest).endswith("Given again, as on version 1 of the answers.")


def test_what_does_not_read_as_before_repeats_nothing(riverside: House, returned: Screening) -> None:
    rule = case_in_review(returned).left[0].row.rule_id
    assert returned.current_evaluation_id
    given = [GivenAnswer(rule, "agree", "In other words.", again=True)]
    reviews.answer_flags(
        screening=returned, evaluation_id=returned.current_evaluation_id, given=given, by=riverside.clinician, at=NOON
    )
    assert "repeats" not in recorded(riverside, returned)[-1].payload


def test_one_answer_to_flags_that_are_read_together_says_to_how_many(
    desk: Client, riverside: House, session_day: Protocol
) -> None:
    case = claimed(riverside, session_day, "a-hurried-first-session")
    post(desk, case, **{"together-safeguards-answer": "agree"})
    moments = recorded(riverside, case)
    assert len(moments) > 1
    assert {moment.payload["at_once"] for moment in moments} == {len(moments)}
    assert in_words(moments[0]).endswith(f"One press gave {len(moments)} such answers.")


def test_an_entry_of_before_this_was_recorded_reads_as_it_did(riverside: House, case: Screening) -> None:
    answer_all(riverside, case)
    moment = recorded(riverside, case)[0]
    assert moment.payload.keys() == {"rule", "title", "concern", "answer", "words"}
    assert in_words(moment).endswith("Read and weighed.\u2069”")
