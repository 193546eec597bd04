"""What a reviewer is told of answers that came after those they worked on, on the page for review and for signing."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.accounts.models import Role
from screening.engine.answers import Answer
from screening.engine.drafts import Change
from screening.models import Evaluation, Screening
from screening.selectors.changed_since import BEFORE, OWN, SOMEBODYS, ChangedSince, changed_since
from screening.services import drafts, reviews, submissions
from tests.factories import actor
from tests.pages import text_of
from tests.playing import House, again, answer_all

pytestmark = pytest.mark.django_db
REASON = "Client remembered a date. 😀."


def amended(
    at: House, case: Screening, *, reason: str = REASON, note: str | None = None, **answers: object
) -> Screening:
    """Amend the answers, submit them, and have the clinician take the case again."""
    now = timezone.now()
    submissions.start_amendment(screening=case, reason=reason, by=at.therapist, at=now)
    given = {name.replace("_", "-"): Answer.model_validate({"value": value}) for name, value in answers.items()}
    change, revision = Change(answers={**given}, note=note), again(case).draft.revision
    draft = drafts.save(screening=again(case), change=change, base_revision=revision, by=at.therapist, at=now)
    submissions.submit(screening=again(case), base_revision=draft.revision, by=at.therapist, at=now)
    return again(reviews.claim(screening=again(case), by=at.clinician, at=now + timedelta(seconds=1)))


def since(at: House, case: Screening) -> ChangedSince:
    evaluation = Evaluation.objects.select_related("response__screening__questionnaire_version")
    found = changed_since(evaluation.get(pk=again(case).current_evaluation_id or ""), at.clinician)
    assert found is not None
    return found


@pytest.mark.parametrize("page", ["review", "sign"])
def test_the_pages_say_what_changed_from_what_to_what(
    desk: Client, riverside: House, case: Screening, page: str
) -> None:
    answer_all(riverside, case)
    amended(riverside, case, mind_altering_today=True, note="She called.")
    answer_all(riverside, again(case))
    text = text_of(desk.get(reverse(page, args=[case.pk])))
    assert "What changed since version 1 of the answers" in text
    assert "nothing → Yes (client says)" in text
    assert "Note for the reviewer nothing → She called." in text
    assert "Raised now and not then A mind-altering substance today (could not be ruled out then)" in text


@pytest.mark.parametrize("page", ["review", "sign"])
def test_the_first_answers_are_compared_with_nothing(desk: Client, case: Screening, page: str) -> None:
    assert "What changed" not in text_of(desk.get(reverse(page, args=[case.pk])))


def test_it_is_compared_with_the_version_that_this_reviewer_worked_on_last(riverside: House, case: Screening) -> None:
    reviews.send_back(screening=case, words="Ask.", questions=[], by=riverside.clinician, at=timezone.now())
    current = again(case)
    submissions.submit(
        screening=current, base_revision=current.draft.revision, by=riverside.therapist, at=timezone.now()
    )
    colleague = actor(Role.CLINICIAN, practice=riverside.practice)
    reviews.claim(screening=again(case), by=colleague, at=timezone.now())
    reviews.send_back(screening=again(case), words="Ask.", questions=[], by=colleague, at=timezone.now())
    current = again(case)
    submissions.submit(
        screening=current, base_revision=current.draft.revision, by=riverside.therapist, at=timezone.now()
    )
    found = since(riverside, case)
    assert (found.earlier.number, found.whose) == (1, OWN)


def test_else_with_the_last_that_any_reviewer_worked_on_and_else_with_the_version_before(
    riverside: House, case: Screening
) -> None:
    amended(riverside, case, mind_altering_today=True)
    amended(riverside, case, mind_altering_today=False)
    found = since(riverside, case)
    assert (found.earlier.number, found.whose) == (2, BEFORE)
    colleague = actor(Role.CLINICIAN, practice=riverside.practice)
    reviews.release(screening=again(case), by=riverside.clinician, at=timezone.now())
    reviews.claim(screening=again(case), by=colleague, at=timezone.now())
    reviews.send_back(screening=again(case), words="Ask.", questions=[], by=colleague, at=timezone.now())
    for _ in range(2):
        current = again(case)
        submissions.submit(
            screening=current, base_revision=current.draft.revision, by=riverside.therapist, at=timezone.now()
        )
        submissions.start_amendment(screening=again(case), reason="More.", by=riverside.therapist, at=timezone.now())
    found = since(riverside, case)
    assert (found.earlier.number, found.whose) == (3, SOMEBODYS)


def test_a_reason_stands_as_it_was_written_with_the_version_it_was_given_for(
    desk: Client, riverside: House, case: Screening
) -> None:
    words = "Which year was it?"
    reviews.send_back(screening=case, words=words, questions=[], by=riverside.clinician, at=timezone.now())
    current = again(case)
    submissions.submit(
        screening=current, base_revision=current.draft.revision, by=riverside.therapist, at=timezone.now()
    )
    amended(riverside, again(case))
    text = text_of(desk.get(reverse("review", args=[case.pk])))
    assert "Version 1 of the answers was returned on" in text
    assert f"“{words}”" in text
    assert "These are the answers of version 3, submitted" in text
    assert f"“{REASON}” Compared with version 1" in text
    assert f"{REASON}”." not in text
    assert "No answer reads otherwise." in text


def test_few_changes_or_many_take_as_many_queries(desk: Client, riverside: House, case: Screening) -> None:
    amended(riverside, case)
    few = queries_of(desk, case)
    amended(riverside, case, mind_altering_today=True, suicide_thoughts_today="none")
    assert len(since(riverside, case).changed) == 2
    assert queries_of(desk, case) == few


def queries_of(desk: Client, case: Screening) -> list[int]:
    counted = []
    for page in ("review", "sign"):
        desk.get(reverse(page, args=[case.pk]))
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(reverse(page, args=[case.pk])).status_code == 200
        counted.append(len(captured))
    return counted


def test_each_reason_since_then_is_told(desk: Client, riverside: House, case: Screening) -> None:
    answer_all(riverside, case)
    amended(riverside, case, reason="Misheard the first time.", mind_altering_today=True)
    amended(riverside, case, reason="Nothing, only read again.")
    assert [version.number for version in since(riverside, case).between] == [2]
    text = text_of(desk.get(reverse("review", args=[case.pk])))
    assert "“Nothing, only read again.” Compared with version 1" in text
    assert re.search("Version 2, submitted [^:]+:[0-9]+: “Misheard the first time.”", text)
