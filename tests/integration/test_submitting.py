"""Checking the answers, submitting them, reading what is raised, and amending what was submitted."""

import copy
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.canonical import digest
from core.ledger.models import Entry
from core.ledger.verification import verify
from screening.engine.answers import Answer, Row, Rows
from screening.engine.drafts import Change
from screening.models import Draft, Evaluation, Protocol, ResponseVersion, Screening
from screening.models.screenings import ScreeningStatus
from screening.selectors.determinations import to_be_signed
from screening.selectors.documents import guidance_of
from screening.services import drafts, reviews, submissions
from tests.pages import fields, signed_in, text_of
from tests.playing import (
    NOON,
    House,
    again,
    answered,
    claimed,
    filled,
    house,
    published,
    sign,
    signed,
    started,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def once(shared_db: None) -> tuple[House, Protocol]:
    """A practice and its published intake, written once for the whole module."""
    at_house = house()
    return at_house, published(at_house, "intake")


@pytest.fixture
def played(once: tuple[House, Protocol]) -> tuple[House, Protocol]:
    return copy.deepcopy(once)


@pytest.fixture
def riverside(played: tuple[House, Protocol]) -> House:
    return played[0]


@pytest.fixture
def intake(played: tuple[House, Protocol]) -> Protocol:
    return played[1]


@pytest.fixture
def browser(riverside: House) -> Client:
    return signed_in(riverside.therapist)


def on(case: Screening, page: str) -> str:
    return reverse(f"screening-{page}", args=[case.pk])


def press_submit(browser: Client, case: Screening) -> Any:
    sent = fields(browser.get(on(case, "answers")))
    return browser.post(on(case, "submit"), sent, follow=True)


def queries_of(browser: Client, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


def the_ledger_breaks(*_: Any, **__: Any) -> None:
    raise RuntimeError("the ledger does not answer")


def test_the_answers_are_shown_in_words_with_what_is_missing(riverside, intake, browser):
    case = started(riverside, intake)
    change = Change(answers={"bipolar-diagnosis": Answer(value=False, note="Asked twice.")})
    drafts.save(screening=case, change=change, base_revision=0, by=riverside.therapist, at=NOON)
    page = text_of(browser.get(on(case, "answers")))
    assert "Has anyone ever diagnosed bipolar disorder? No (client says) Note: Asked twice. Change" in page
    assert "not answered Answer" in page
    assert "never read as “no”" in page


def attempts(*, complete: bool) -> Change:
    row = Row(row_id="a1", answers={"attempt-when": Answer(value="2009")})
    ever = {"suicide-attempt-ever": Answer(value=True)}
    return Change(answers={**ever}, groups={"suicide-attempts": Rows(rows=(row,), complete=complete)})


def test_rows_that_nobody_said_are_all_count_as_left_and_are_asked_for(riverside, intake, browser):
    case = started(riverside, intake)
    drafts.save(screening=case, change=attempts(complete=False), base_revision=0, by=riverside.therapist, at=NOON)
    page = browser.get(on(case, "answers"))
    assert "Are these all? " in text_of(page)
    assert reverse("section", args=[case.pk, "suicidality"]) + "#q-suicide-attempts" in page.content.decode()
    drafts.save(screening=case, change=attempts(complete=True), base_revision=1, by=riverside.therapist, at=NOON)
    after = browser.get(on(case, "answers"))
    assert "Are these all? " not in text_of(after)
    assert after.context["left"] == page.context["left"] - 1


def test_submitting_locks_the_answers_and_shows_the_stored_result(riverside, intake, browser):
    case = filled(riverside, intake, "three-attempts")
    result = press_submit(browser, case)
    assert result.redirect_chain[-1][0] == on(case, "result")
    assert "A pattern of suicide attempts or threats" in text_of(result)
    stored = again(case)
    assert stored.status == ScreeningStatus.SUBMITTED
    assert stored.current_evaluation is not None


def test_submitting_twice_lands_on_the_result_and_stores_one(riverside, intake, browser):
    case = filled(riverside, intake, "steady")
    sent = fields(browser.get(on(case, "answers")))
    browser.post(on(case, "submit"), sent)
    second = browser.post(on(case, "submit"), sent, follow=True)
    assert "You had sent this before, and it was done then, once." in text_of(second)
    assert ResponseVersion.objects.filter(screening=case).count() == 1


def test_answers_changed_since_the_page_was_opened_are_read_once_more(riverside, intake, browser):
    case = filled(riverside, intake, "steady")
    sent = fields(browser.get(on(case, "answers")))
    change = Change(answers={"psychosis-now": Answer(value=True)})
    drafts.save(screening=case, change=change, base_revision=1, by=riverside.therapist, at=NOON)
    refused = browser.post(on(case, "submit"), sent)
    assert refused.status_code == 409
    assert "Read them once more, then submit." in text_of(refused)
    assert not ResponseVersion.objects.filter(screening=case).exists()
    assert browser.post(on(case, "submit"), fields(refused)).status_code == 302


@pytest.mark.parametrize("revision", ["", "-1", "9" * 5000, "one", "٣"])
def test_a_revision_that_is_none_submits_nothing(riverside, intake, browser, revision):
    case = filled(riverside, intake, "steady")
    assert browser.post(on(case, "submit"), {"revision": revision}).status_code == 409
    assert not Evaluation.objects.exists()


def test_where_the_ledger_fails_nothing_is_submitted(riverside, intake, monkeypatch):
    case = filled(riverside, intake, "steady")
    monkeypatch.setattr(submissions, "append", the_ledger_breaks)
    with pytest.raises(RuntimeError):
        submissions.submit(screening=case, base_revision=1, by=riverside.therapist, at=NOON)
    assert again(case).status == ScreeningStatus.IN_PROGRESS
    assert not ResponseVersion.objects.exists()
    assert not Evaluation.objects.exists()


def test_the_result_page_shows_what_was_stored_and_evaluates_nothing(riverside, intake, browser, monkeypatch):
    case = submitted(riverside, intake, "three-attempts")
    monkeypatch.setattr("screening.selectors.results.evaluate", the_ledger_breaks)
    page = browser.get(on(case, "result")).content.decode()
    assert case.current_evaluation is not None
    raised = guidance_of(case.current_evaluation).flags
    assert raised
    places = [page.index(f'id="flag-{rule_id}"') for rule_id in raised]
    assert places == sorted(places)


def test_a_flag_shows_its_basis_its_sources_and_what_would_change_it(riverside, intake, browser):
    page = text_of(browser.get(on(submitted(riverside, intake, "three-attempts"), "result")))
    assert "Guidance advises against · Suicidality A pattern of suicide attempts or threats Because" in page
    assert "Megan Begley, LCSW" in page
    assert "Practice-informed opinion" in page
    assert "Sources disagree" in page
    assert "What would change it" in page
    assert "If someone may be in danger now" in page
    assert "a clinician reads the case and decides" in page


def test_no_flags_still_reads_as_for_clinician_review(riverside, intake, browser):
    page = text_of(browser.get(on(submitted(riverside, intake, "steady"), "result")))
    assert "No flags were raised by these rules. For clinician review." in page
    assert "rules were not raised: see why for each" in page


def test_a_claimed_exception_never_silences_its_flag(riverside, intake, browser):
    page = text_of(browser.get(on(submitted(riverside, intake, "alcohol-abstinent-over-a-year"), "result")))
    assert "Other treatment first · Substances and recovery" in page
    assert "Exception claimed: " in page
    assert "Not confirmed: the addiction physician has to confirm it." in page


def test_an_exception_to_an_exception_that_nobody_claims_is_not_shown(riverside, intake, browser):
    page = text_of(browser.get(on(submitted(riverside, intake, "alcohol-active-nothing-tried"), "result")))
    assert "Other treatment first" in page
    assert "Exception to" not in page


def test_before_submitting_the_page_says_that_it_is_unfinished_and_stores_nothing(riverside, intake, browser):
    case = filled(riverside, intake, "three-attempts")
    assert browser.get(on(case, "result")).url == on(case, "so-far")
    page = browser.get(on(case, "so-far"))
    assert "These answers are not submitted. Nothing here is stored" in text_of(page)
    assert reverse("section", args=[case.pk, "suicidality"]) + "#q-attempt-wish-to-die--" in page.content.decode()
    assert not Evaluation.objects.exists()


def test_missing_answers_link_to_the_questions_while_they_can_be_answered(riverside, intake, browser):
    case = started(riverside, intake)
    page = browser.get(on(case, "so-far")).content.decode()
    assert reverse("section", args=[case.pk, "psychosis"]) + "#q-psychosis-diagnosis" in page


def test_a_returned_case_says_what_the_reviewer_asks_with_links(riverside, intake, browser):
    case = claimed(riverside, intake, "three-attempts")
    reviews.send_back(
        screening=case, words="When exactly?", questions=["psychosis-now"], by=riverside.clinician, at=NOON
    )
    page = browser.get(on(case, "result"))
    assert "Returned with questions When exactly?" in text_of(page)
    assert "The questions, each with its answer as it was then:" in text_of(page)
    assert reverse("section", args=[case.pk, "psychosis"]) + "#q-psychosis-now" in page.content.decode()


def test_an_amendment_needs_a_reason_and_keeps_the_old_answers(riverside, intake, browser):
    case = submitted(riverside, intake, "steady")
    assert browser.post(on(case, "amend"), {"reason": " "}).status_code == 422
    assert browser.post(on(case, "amend"), {"reason": "A letter came."}).status_code == 302
    revision = Draft.objects.get(screening=case).revision
    change = Change(answers={"psychosis-now": Answer(value=True)})
    drafts.save(screening=case, change=change, base_revision=revision, by=riverside.therapist, at=timezone.now())
    press_submit(browser, case)
    stored = ResponseVersion.objects.filter(screening=case).order_by("number")
    assert [(response.number, response.reason) for response in stored] == [(1, ""), (2, "A letter came.")]
    assert verify() == []


def test_answers_that_are_open_are_not_offered_for_an_amendment(riverside, intake, browser):
    case = started(riverside, intake)
    shown = browser.get(on(case, "amend"), follow=True)
    assert shown.redirect_chain == [(on(case, "answers"), 302)]
    assert "These answers are open already. Change them where they are asked." in text_of(shown)


def test_a_dropped_amendment_sets_the_answers_back(riverside, intake, browser):
    case = submitted(riverside, intake, "steady")
    before = text_of(browser.get(on(case, "answers"))).partition("Client ")[2]
    browser.post(on(case, "amend"), {"reason": "A letter came."})
    assert again(case).amending
    assert "Nothing is changed yet." in text_of(browser.get(on(case, "answers")))
    browser.post(on(case, "drop-amendment"))
    assert not again(case).amending
    assert text_of(browser.get(on(case, "answers"))).partition("Client ")[2] == before


def test_the_page_for_the_chart_names_who_when_versions_and_digests(riverside, intake, browser):
    case = signed(riverside, intake, "three-attempts")
    printed = browser.get(on(case, "print"))
    assert '<details class="why">' not in printed.content.decode(), "what is folded does not print"
    page = text_of(printed)
    evaluation = case.current_evaluation
    assert evaluation is not None
    for shown in (
        evaluation.digest,
        evaluation.response.digest,
        case.questionnaire_version.digest,
        case.rule_set_version.digest,
        riverside.clinician.user.printed_name,
        "If someone may be in danger now",
    ):
        assert shown in page
    assert Entry.objects.filter(stream__name=f"case:{case.pk}", action="screening.printed").count() == 1
    assert verify() == []


def test_what_the_clinician_said_to_a_flag_is_read_once_the_review_is_through(riverside, intake, browser):
    in_review = answered(riverside, intake, "three-attempts")
    assert "Read and weighed." not in text_of(browser.get(on(in_review, "result")))
    sign(riverside, in_review)
    assert "Agree – “Read and weighed.”" in text_of(browser.get(on(in_review, "result")))


def signed_and_amended(at: House, protocol: Protocol) -> Screening:
    case = signed(at, protocol, "three-attempts")
    submissions.start_amendment(screening=case, reason="A letter came.", by=at.therapist, at=NOON)
    revision = again(case).draft.revision
    submissions.submit(screening=case, base_revision=revision, by=at.therapist, at=timezone.now())
    return again(case)


@pytest.mark.parametrize(
    ("page", "signature", "flag"), [("result", "Determination, signed", "flag"), ("print", "Signed before", "point")]
)
def test_what_is_signed_stands_before_the_flags_and_says_where_it_was_on_earlier_answers(
    riverside, intake, browser, page, signature, flag
):
    current, amended = signed(riverside, intake, "three-attempts"), signed_and_amended(riverside, intake)
    said = "What is signed below was on earlier answers, version 1. The points on this page are of answers version 2."
    assert said not in text_of(browser.get(on(current, page)))
    response = browser.get(on(amended, page))
    assert said in text_of(response)
    html = response.content.decode()
    assert html.index("on earlier answers") < html.index(signature) < html.index(f'class="{flag}"')


@pytest.mark.parametrize("page", ["result", "print"])
def test_the_digests_of_what_was_read_and_what_was_signed_are_named(riverside, intake, browser, page):
    case = answered(riverside, intake, "three-attempts")
    read = digest(to_be_signed(case, riverside.clinician))
    signature = sign(riverside, case)
    shown = text_of(browser.get(on(case, page)))
    assert f"Digest of what was read {read}" in shown
    assert f"Digest of what was signed {signature.signed_digest}" in shown


TURNED = "\u202etold at home"


@pytest.mark.parametrize("page", ["answers", "result", "print"])
def test_what_turns_the_writing_around_turns_only_what_was_typed(riverside, intake, browser, page):
    case = filled(riverside, intake, "three-attempts")
    given = {"suicide-attempt-ever": Answer(value=True, note=TURNED)}
    drafts.save(
        screening=case, change=Change(answers={**given}, note=TURNED), base_revision=1, by=riverside.therapist, at=NOON
    )
    if page != "answers":
        case = again(submissions.submit(screening=again(case), base_revision=2, by=riverside.therapist, at=NOON))
    html = browser.get(on(case, page)).content.decode()
    assert html.count(f"<bdi>{TURNED}</bdi>") == html.count(TURNED) > 0


@pytest.mark.parametrize("page", ["answers", "result", "print"])
def test_a_page_costs_the_same_for_one_flag_and_for_forty(riverside, intake, browser, page):
    few, many = (signed(riverside, intake, name) for name in ("schizoaffective-in-remission", "nothing-asked-yet"))
    assert queries_of(browser, on(few, page)) == queries_of(browser, on(many, page))


@pytest.mark.parametrize("page", ["answers", "result", "so-far", "print", "amend"])
def test_pages_of_somebody_elses_case_are_not_there(riverside, intake, page):
    case = submitted(riverside, intake, "steady")
    assert signed_in(house().therapist).get(on(case, page)).status_code == 404
    assert signed_in(riverside.auditor).get(on(case, page)).status_code == 403


@pytest.mark.parametrize("page", ["submit", "amend", "drop-amendment"])
def test_nobody_else_can_act_on_a_case(riverside, intake, page):
    case = filled(riverside, intake, "steady")
    assert signed_in(house().therapist).post(on(case, page), {"revision": "1", "reason": "x"}).status_code == 404
    assert again(case).status == ScreeningStatus.IN_PROGRESS
