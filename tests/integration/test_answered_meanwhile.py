"""A flag answered on two pages: no answer is replaced by somebody who has not seen it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.models import Role
from screening.models import FlagAnswer, Protocol, Screening
from screening.selectors.reviews import case_in_review
from screening.services import reviews
from tests.factories import actor
from tests.pages import signed_in, text_of, typed
from tests.playing import NOON, House, again, claimed

pytestmark = pytest.mark.django_db
GROUP = "together-safeguards"


@pytest.fixture
def hurried(riverside: House, session_day: Protocol) -> Screening:
    """A case under review with several safeguards missing, which can be answered at once."""
    return claimed(riverside, session_day, "a-hurried-first-session")


def opened(desk: Client, case: Screening) -> Any:
    return desk.get(reverse("review", args=[case.pk]))


def save(desk: Client, page: Any, **changes: str) -> Any:
    """Send the form of a page as it was opened, after these changes."""
    return desk.post(page.request["PATH_INFO"], typed(page, "answering", **changes))


def safeguards(case: Screening) -> list[str]:
    block = next(block for block in case_in_review(again(case)).blocks if block.key == "safeguards")
    return [flag.row.rule_id for flag in block.flags]


def words_that_stand(case: Screening) -> dict[str, str]:
    return {flag.row.rule_id: flag.answer.words for flag in case_in_review(again(case)).flags if flag.answer}


def test_an_older_tab_replaces_an_answer_only_once_it_has_shown_it(desk: Client, case: Screening) -> None:
    rule = case_in_review(case).flags[0].row.rule_id
    older = opened(desk, case)
    save(desk, opened(desk, case), **{f"{rule}-answer": "needs-information", f"{rule}-words": "From tab B."})
    refused = save(desk, older, **{f"{rule}-answer": "agree", f"{rule}-words": "From tab A."})
    assert refused.status_code == 409
    assert words_that_stand(case) == {rule: "From tab B."}
    assert "Nothing was saved yet. Some of these flags were answered elsewhere" in text_of(refused)
    assert "Meanwhile answered elsewhere: Needs information – “From tab B.”" in text_of(refused)
    assert "From tab A." in text_of(refused)
    assert save(desk, refused).status_code == 302
    assert words_that_stand(case) == {rule: "From tab A."}
    assert FlagAnswer.objects.count() == 2


def test_saving_something_else_leaves_what_another_tab_answered_and_this_one_did_not_change(
    desk: Client, case: Screening
) -> None:
    first, second, *_ = [flag.row.rule_id for flag in case_in_review(case).flags]
    save(desk, opened(desk, case), **{f"{first}-answer": "agree", f"{first}-words": "At first."})
    older = opened(desk, case)
    save(desk, opened(desk, case), **{f"{first}-words": "On second thoughts."})
    assert save(desk, older, **{f"{second}-answer": "agree"}).status_code == 302
    assert words_that_stand(case) == {first: "On second thoughts.", second: ""}


def test_what_is_incomplete_does_not_make_an_older_tab_newer(desk: Client, case: Screening) -> None:
    first, second, *_ = [flag.row.rule_id for flag in case_in_review(case).flags]
    older = opened(desk, case)
    save(desk, opened(desk, case), **{f"{first}-answer": "agree", f"{first}-words": "From tab B."})
    incomplete = save(desk, older, **{f"{first}-answer": "not-applicable", f"{second}-words": "No answer yet."})
    assert incomplete.status_code == 422
    assert save(desk, incomplete, **{f"{second}-answer": "agree"}).status_code == 409
    assert words_that_stand(case) == {first: "From tab B."}


def test_one_answer_to_many_shows_first_what_one_of_them_was_answered_meanwhile(
    desk: Client, hurried: Screening
) -> None:
    rules = safeguards(hurried)
    older = opened(desk, hurried)
    save(desk, opened(desk, hurried), **{f"{rules[0]}-answer": "not-applicable", f"{rules[0]}-words": "By itself."})
    refused = save(desk, older, **{f"{GROUP}-answer": "agree", f"{GROUP}-words": "At once."})
    assert refused.status_code == 409
    assert words_that_stand(hurried) == {rules[0]: "By itself."}
    assert f"Save for the {len(rules)} left here" in text_of(refused)
    incomplete = save(desk, refused, **{f"{GROUP}-answer": "disagree"})
    assert incomplete.status_code == 422
    assert save(desk, incomplete, **{f"{GROUP}-answer": "agree"}).status_code == 302
    assert words_that_stand(hurried) == dict.fromkeys(rules, "At once.")


def test_all_of_them_answered_meanwhile_still_shows_what_was_typed_for_all(desk: Client, hurried: Screening) -> None:
    rules = safeguards(hurried)
    older = opened(desk, hurried)
    save(desk, opened(desk, hurried), **{f"{GROUP}-answer": "agree", f"{GROUP}-words": "From tab B."})
    refused = save(desk, older, **{f"{GROUP}-answer": "needs-information", f"{GROUP}-words": "From tab A."})
    assert refused.status_code == 409
    assert text_of(refused).count("From tab A.") == 1
    save(desk, refused)
    assert words_that_stand(hurried) == dict.fromkeys(rules, "From tab A.")


def test_a_page_opened_before_a_colleague_had_the_case_replaces_nothing_of_theirs(
    desk: Client, riverside: House, case: Screening
) -> None:
    rule = case_in_review(case).flags[0].row.rule_id
    older = opened(desk, case)
    colleague = actor(Role.CLINICIAN, practice=riverside.practice)
    reviews.release(screening=case, by=riverside.clinician, at=NOON)
    reviews.claim(screening=case, by=colleague, at=NOON)
    theirs = signed_in(colleague)
    save(theirs, opened(theirs, case), **{f"{rule}-answer": "agree", f"{rule}-words": "A colleague's."})
    reviews.release(screening=case, by=colleague, at=NOON)
    reviews.claim(screening=case, by=riverside.clinician, at=NOON)
    refused = save(desk, older, **{f"{rule}-answer": "not-applicable", f"{rule}-words": "Mine."})
    assert refused.status_code == 409
    assert words_that_stand(case) == {rule: "A colleague's."}
    assert colleague.user.printed_name in text_of(refused)
