"""Not known, and prefers not to say: whichever is chosen is the answer at once. What was answered before is not."""

import pytest
from django.test import Client

from screening.engine.answers import Absence, Answer
from screening.engine.documents import LONGEST_NOTE
from screening.models import Draft, Screening
from screening.selectors.documents import draft_content
from tests.integration.test_asking import FORM, answers, at, elsewhere, send
from tests.pages import signed_in, text_of, typed
from tests.playing import House, house, published, started

pytestmark = pytest.mark.django_db
WHEN = "a-bipolar-diagnosis-when-value"
BOTH = "There is an answer and a reason for none. The reason counts. Take one of the two away."


@pytest.fixture
def riverside() -> House:
    return house()


@pytest.fixture
def case(riverside: House) -> Screening:
    """A screening of the intake on which it is asked when the diagnosis was made."""
    found = started(riverside, published(riverside, "intake"))
    elsewhere(riverside, found, bipolar_diagnosis=Answer(value=True))
    return found


@pytest.fixture
def browser(riverside: House) -> Client:
    return signed_in(riverside.therapist)


def unread(case: Screening) -> object:
    return draft_content(Draft.objects.get(screening=case)).unread


def test_a_reason_takes_the_place_of_a_date_whatever_still_stands_in_the_field(browser, case):
    send(browser, case, a__bipolar__diagnosis__when__value="last year")
    sent = send(browser, case, a__bipolar__diagnosis__when__absent="~asked-declined")
    assert (sent.status_code, unread(case)) == (302, {})
    assert answers(case)["bipolar-diagnosis-when"] == Answer(absent=Absence.DECLINED)
    page = browser.get(at(case))
    assert "Taken as the answer: Prefers not to say" in text_of(page)
    assert typed(page, FORM)[WHEN] == [""]
    assert browser.post(at(case), typed(page, FORM)).status_code == 302
    assert answers(case)["bipolar-diagnosis-when"] == Answer(absent=Absence.DECLINED)


def test_a_save_beside_the_page_says_what_the_reason_took_the_place_of(browser, case):
    send(browser, case, a__bipolar__diagnosis__when__value="2021")
    sent = typed(browser.get(at(case)), FORM, a__bipolar__diagnosis__when__absent="~asked-unknown")
    saved = browser.post(at(case), sent, headers={"HX-Request": "true"})
    assert saved.status_code == 200
    assert "Taken as the answer: Not known, instead of 2021" in text_of(saved)


def test_a_reason_takes_the_place_of_what_was_ticked(riverside, browser, case):
    elsewhere(riverside, case, aims=Answer(value=("relief",)))
    sent = send(browser, case, "intention-and-commitment", a__aims__absent="~asked-declined")
    assert (sent.status_code, answers(case)["aims"].absent, unread(case)) == (302, Absence.DECLINED, {})


def test_a_reason_takes_the_place_of_what_could_not_be_read(browser, case):
    assert send(browser, case, a__bipolar__diagnosis__when__value="long ago").status_code == 422
    assert send(browser, case, a__bipolar__diagnosis__when__absent="~asked-unknown").status_code == 302
    assert (answers(case)["bipolar-diagnosis-when"].absent, unread(case)) == (Absence.UNKNOWN, {})


@pytest.mark.parametrize("words", ["2020", "long ago"])
def test_what_was_typed_since_is_kept_and_asked_about_while_the_reason_counts(riverside, browser, case, words):
    elsewhere(riverside, case, bipolar_diagnosis_when=Answer(value="2019"))
    changes = {"a__bipolar__diagnosis__when__value": words, "a__bipolar__diagnosis__when__absent": "~asked-unknown"}
    for sent in (send(browser, case, **changes), send(browser, case, **changes)):
        assert (sent.status_code, BOTH in text_of(sent)) == (422, True)
        assert answers(case)["bipolar-diagnosis-when"] == Answer(absent=Absence.UNKNOWN)
        assert typed(browser.get(at(case)), FORM)[WHEN] == [words]
    assert send(browser, case, a__bipolar__diagnosis__when__value="").status_code == 302
    assert (answers(case)["bipolar-diagnosis-when"].absent, unread(case)) == (Absence.UNKNOWN, {})


def test_what_is_typed_later_beside_a_reason_is_asked_about_and_counts_once_the_reason_is_taken_back(
    riverside, browser, case
):
    elsewhere(riverside, case, bipolar_diagnosis_when=Answer(absent=Absence.DECLINED))
    sent = send(browser, case, a__bipolar__diagnosis__when__value="2020")
    assert (sent.status_code, BOTH in text_of(sent)) == (422, True)
    assert answers(case)["bipolar-diagnosis-when"].absent is Absence.DECLINED
    assert send(browser, case, a__bipolar__diagnosis__when__absent="").status_code == 302
    assert (answers(case)["bipolar-diagnosis-when"], unread(case)) == (Answer(value="2020"), {})


@pytest.mark.parametrize(("question", "field"), [("bipolar-diagnosis-when", "absent"), ("bipolar-stabilised", "value")])
def test_a_reason_counts_while_its_note_is_still_too_long(riverside, browser, case, question, field):
    before = {"bipolar_diagnosis_when": Answer(value="2019"), "bipolar_stabilised": Answer(value=True)}
    elsewhere(riverside, case, **before)
    note = "n" * (LONGEST_NOTE + 1)
    sent = send(browser, case, **{f"a-{question}-{field}": "~asked-declined", f"a-{question}-note": note})
    assert sent.status_code == 422
    assert answers(case)[question] == Answer(absent=Absence.DECLINED)
    assert typed(browser.get(at(case)), FORM)[f"a-{question}-note"] == [note]


def test_a_reason_in_a_row_takes_the_place_of_what_was_typed_there(riverside, browser, case):
    elsewhere(riverside, case, suicide_attempt_ever=Answer(value=True))
    opened = typed(browser.get(at(case, "suicidality")), FORM)
    when = next(name for name in opened if name.endswith("-attempt-when-value"))
    browser.post(at(case, "suicidality"), {**opened, when: "2009"})
    page = typed(browser.get(at(case, "suicidality")), FORM)
    declined = {when.replace("-value", "-absent"): "~asked-declined"}
    assert browser.post(at(case, "suicidality"), {**page, **declined}).status_code == 302
    row = draft_content(Draft.objects.get(screening=case)).groups["suicide-attempts"].rows[0]
    assert (row.answers["attempt-when"].absent, unread(case)) == (Absence.DECLINED, {})
