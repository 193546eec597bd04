"""Asking a section: saving as one goes, what opens and closes, what is kept, and what is never lost."""

import copy
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.models import Role
from core.ledger.models import Entry
from screening.engine.answers import Absence, Answer, Source
from screening.engine.drafts import Change
from screening.models import Draft, Screening
from screening.selectors.documents import draft_content
from screening.services import drafts
from tests.factories import actor
from tests.pages import signed_in, text_of, typed
from tests.playing import NOON, House, again, house, published, started, submitted

pytestmark = pytest.mark.django_db
FORM = "section-form"


@pytest.fixture(scope="module")
def once(shared_db: None) -> tuple[House, Screening]:
    """A practice and a screening, written once for the whole module."""
    at_house = house()
    return at_house, started(at_house, published(at_house, "intake"))


@pytest.fixture
def played(once: tuple[House, Screening]) -> tuple[House, Screening]:
    return copy.deepcopy(once)


@pytest.fixture
def riverside(played: tuple[House, Screening]) -> House:
    return played[0]


@pytest.fixture
def case(played: tuple[House, Screening]) -> Screening:
    """A screening of the intake on which nothing is answered yet."""
    return played[1]


@pytest.fixture
def browser(riverside: House) -> Client:
    return signed_in(riverside.therapist)


def at(case: Screening, section: str = "mood") -> str:
    return reverse("section", args=[case.pk, section])


def answers(case: Screening) -> dict[str, Answer]:
    return draft_content(Draft.objects.get(screening=case)).answers


def send(browser: Client, case: Screening, section: str = "mood", **changes: Any) -> Any:
    """Open a section, type these changes, and press "Save and go on"."""
    return browser.post(at(case, section), typed(browser.get(at(case, section)), FORM, **changes))


def elsewhere(riverside: House, case: Screening, **answers: Answer) -> None:
    """Save answers from another tab, on its newest revision."""
    given = {name.replace("_", "-"): answer for name, answer in answers.items()}
    revision = Draft.objects.get(screening=case).revision
    drafts.save(
        screening=case, change=Change(answers={**given}), base_revision=revision, by=riverside.therapist, at=NOON
    )


def test_saving_keeps_the_answer_and_goes_on_to_the_next_section(browser, case):
    answered = send(browser, case, "mood", a__bipolar__diagnosis__value="no")
    assert answered.url == at(case, "suicidality")
    assert answers(case) == {"bipolar-diagnosis": Answer(value=False)}


def test_questions_that_follow_from_an_answer_come_before_the_next_section(browser, case):
    answered = browser.post(
        at(case), typed(browser.get(at(case)), FORM, a__bipolar__diagnosis__value="yes"), follow=True
    )
    assert answered.redirect_chain[0][0].startswith(f"{at(case)}#q-bipolar-diagnosis-by")
    assert "6 more questions follow from your answers." in text_of(answered)
    assert "Is it stabilised at present?" in text_of(answered)


def test_a_declined_answer_is_kept_as_declined_with_who_said_so(browser, case):
    send(browser, case, a__bipolar__diagnosis__value="~asked-declined", a__bipolar__diagnosis__source="other")
    assert answers(case)["bipolar-diagnosis"] == Answer(absent=Absence.DECLINED, source=Source.OTHER)


def test_what_the_therapist_fills_in_is_not_put_down_as_the_clients_word(browser, case):
    send(browser, case, "plan-and-safeguards", a__never__alone__value="yes")
    assert answers(case) == {"never-alone": Answer(value=True, source=Source.CLINICIAN)}
    send(browser, case, "plan-and-safeguards", a__never__alone__source="record")
    assert answers(case) == {"never-alone": Answer(value=True, source=Source.RECORD)}


def test_an_answer_that_is_there_keeps_its_source_whatever_is_usual(riverside, browser, case):
    elsewhere(riverside, case, never_alone=Answer(value=True, source=Source.CLIENT))
    send(browser, case, "plan-and-safeguards", a__never__alone__value="no")
    assert answers(case) == {"never-alone": Answer(value=False, source=Source.CLIENT)}


def test_what_the_therapist_fills_in_is_not_offered_as_asked_and_not_told(riverside, browser, case):
    page = text_of(browser.get(at(case, "plan-and-safeguards")))
    assert ("Asked, not told" in page, "Prefers not to say" in page, "Not known" in page) == (False, False, True)


def test_asked_and_not_told_stays_where_it_was_chosen_before(riverside, browser, case):
    declined = Answer(absent=Absence.DECLINED, source=Source.CLINICIAN)
    elsewhere(riverside, case, never_alone=declined)
    assert "Asked, not told" in text_of(browser.get(at(case, "plan-and-safeguards")))
    assert send(browser, case, "plan-and-safeguards").status_code == 302
    assert answers(case)["never-alone"] == declined
    assert "asked, not told Change" in text_of(browser.get(reverse("screening-answers", args=[case.pk])))


def test_an_absence_says_who_gave_it_unless_whoever_asked_put_it_down(riverside, browser, case):
    elsewhere(riverside, case, never_alone=Answer(absent=Absence.UNKNOWN, source=Source.CLINICIAN))
    elsewhere(riverside, case, pacing_individual=Answer(absent=Absence.UNKNOWN, source=Source.CLIENT))
    said = text_of(browser.get(reverse("screening-answers", args=[case.pk])))
    assert ("not known Change" in said, "not known (client says)" in said) == (True, True)


def test_an_answer_under_a_question_no_longer_asked_is_kept_and_marked(riverside, browser, case):
    elsewhere(riverside, case, bipolar_diagnosis=Answer(value=True), bipolar_stabilised=Answer(value=True))
    send(browser, case, a__bipolar__diagnosis__value="no")
    page = text_of(browser.get(at(case)))
    assert "Kept, not asked now, read by no rule. Is it stabilised at present? Yes" in page
    assert answers(case)["bipolar-stabilised"].value is True


def test_opening_and_saving_a_section_as_it_stands_changes_nothing(riverside, browser, case):
    elsewhere(
        riverside,
        case,
        bipolar_diagnosis=Answer(value=True, source=Source.RECORD, note="two\nlines"),
        bipolar_diagnosis_when=Answer(value="2021-spring"),
        bipolar_doubted=Answer(value=True),
        bipolar_doubt_reasons=Answer(value=("no-mania", "early-trauma")),
        bipolar_diagnosis_by=Answer(absent=Absence.UNKNOWN),
    )
    before = Draft.objects.get(screening=case)
    sent = send(browser, case)
    assert sent.status_code == 302
    assert Draft.objects.get(screening=case).revision == before.revision


def test_a_save_of_another_day_is_told_with_its_day(riverside, browser, case):
    elsewhere(riverside, case, bipolar_diagnosis=Answer(value=True))
    assert re.search(r"Saved \d+ \w+ \d{4}, \d\d:\d\d", text_of(browser.get(at(case))))
    send(browser, case, a__bipolar__diagnosis__value="no")
    assert re.search(r"Saved \d\d:\d\d", text_of(browser.get(at(case))))


def test_a_vague_date_is_read_back_as_it_is_understood(riverside, browser, case):
    elsewhere(riverside, case, bipolar_diagnosis=Answer(value=True))
    send(browser, case, a__bipolar__diagnosis__when__value="Spring, 2021")
    assert answers(case)["bipolar-diagnosis-when"].value == "2021-spring"
    assert "Read as: between March and May 2021" in text_of(browser.get(at(case)))


@pytest.mark.parametrize(
    ("words", "problem"),
    [("next spring", "was not understood as a date"), ("May 2190", "lies in the future"), ("31 June 2020", "calendar")],
)
def test_a_date_that_cannot_be_read_holds_back_no_other_answer_and_is_kept_as_typed(
    riverside, browser, case, words, problem
):
    elsewhere(riverside, case, bipolar_diagnosis=Answer(value=True))
    sent = send(
        browser, case, a__bipolar__diagnosis__when__value=words, a__bipolar__stabilised__value="no", note="A note."
    )
    assert sent.status_code == 422
    assert "What can be read is saved." in text_of(sent)
    assert answers(case) == {"bipolar-diagnosis": Answer(value=True), "bipolar-stabilised": Answer(value=False)}
    for page in (sent, browser.get(at(case))):
        assert problem in text_of(page)
        assert typed(page, FORM)["a-bipolar-diagnosis-when-value"] == [words]
        assert typed(page, FORM)["note"] == ["A note."]


def test_a_number_out_of_bounds_or_with_words_in_it_is_said_to_be_so(riverside, browser, case):
    elsewhere(riverside, case, ocd_diagnosis=Answer(value=True))
    for wrong in ("-3", "4 or 5", "1e3", "٣"):
        sent = send(browser, case, "ocd", a__ocd__preparation__sessions__value=wrong)
        assert sent.status_code == 422
        assert f'value="{wrong}"' in sent.content.decode()
    assert "ocd-preparation-sessions" not in answers(case)


def test_clearing_an_answer_takes_that_one_away_and_no_other(riverside, browser, case):
    elsewhere(riverside, case, psychosis_diagnosis=Answer(value=False), psychosis_now=Answer(value=True))
    send(browser, case, "psychosis", act="clear:a-psychosis-now")
    assert answers(case) == {"psychosis-diagnosis": Answer(value=False)}


def test_the_later_of_two_tabs_is_shown_both_answers_and_can_then_choose(riverside, browser, case):
    page = browser.get(at(case))
    elsewhere(riverside, case, bipolar_diagnosis=Answer(absent=Absence.DECLINED))
    refused = browser.post(at(case), typed(page, FORM, a__bipolar__diagnosis__value="no"))
    assert refused.status_code == 409
    assert "Meanwhile saved elsewhere: preferred not to say" in text_of(refused)
    assert answers(case)["bipolar-diagnosis"].absent is Absence.DECLINED
    assert browser.post(at(case), typed(refused, FORM)).status_code == 302
    assert answers(case)["bipolar-diagnosis"].value is False


def test_two_tabs_on_different_questions_do_not_disturb_each_other(riverside, browser, case):
    page = browser.get(at(case, "psychosis"))
    elsewhere(riverside, case, psychosis_diagnosis=Answer(value=False))
    sent = typed(page, FORM, a__psychosis__now__value="no")
    assert browser.post(at(case, "psychosis"), sent).status_code == 302
    assert answers(case) == {"psychosis-diagnosis": Answer(value=False), "psychosis-now": Answer(value=False)}


def test_what_was_saved_elsewhere_is_not_emptied_by_a_tab_that_left_it_blank(riverside, browser, case):
    page = browser.get(at(case, "psychosis"))
    elsewhere(riverside, case, psychosis_now=Answer(value=True), psychosis_diagnosis=Answer(value=True))
    refused = browser.post(at(case, "psychosis"), typed(page, FORM, a__psychosis__now__value="no"))
    assert refused.status_code == 409
    assert '</p><ul><li><a href="#q-psychosis-now">' in refused.content.decode()
    assert text_of(refused).count("Meanwhile saved elsewhere") == 1
    assert browser.post(at(case, "psychosis"), typed(refused, FORM)).status_code == 302
    assert {key: answer.value for key, answer in answers(case).items()} == {
        "psychosis-now": False,
        "psychosis-diagnosis": True,
    }
    send(browser, case, "psychosis", act="clear:a-psychosis-diagnosis")
    assert list(answers(case)) == ["psychosis-now"]


def test_a_tab_that_stays_open_says_what_was_saved_elsewhere_and_asks_before_it_replaces_it(riverside, browser, case):
    opened = typed(browser.get(at(case, "psychosis")), FORM)
    elsewhere(riverside, case, psychosis_diagnosis=Answer(value=True))
    beside = {"HX-Request": "true"}
    for value in ("no", "yes"):
        sent = {**opened, "a-psychosis-now-value": value}
        saved = browser.post(at(case, "psychosis"), sent, headers=beside)
        assert saved.status_code == 200
        assert "Meanwhile saved elsewhere: Yes" in text_of(saved)
        opened = {
            **sent,
            **{
                name: re.findall(f'name="{name}" value="([^"]*)"', saved.content.decode())[0]
                for name in ("revision", "loaded")
            },
        }
    assert answers(case) == {"psychosis-diagnosis": Answer(value=True), "psychosis-now": Answer(value=True)}
    replaced = {**opened, "a-psychosis-diagnosis-value": "no"}
    assert browser.post(at(case, "psychosis"), replaced, headers=beside).status_code == 409
    assert (
        browser.post(at(case, "psychosis"), {**opened, "a-psychosis-now-value": ""}, headers=beside).status_code == 200
    )
    assert list(answers(case)) == ["psychosis-diagnosis"]


def test_what_is_typed_into_locked_answers_is_refused_and_still_there(riverside, browser, case):
    page = browser.get(at(case))
    done = submitted(riverside, case.protocol, "steady")
    sent = browser.post(at(done), typed(page, FORM, a__bipolar__diagnosis__value="yes", note="Still here."))
    assert sent.status_code == 409
    assert "These answers were submitted and are locked." in text_of(sent)
    assert typed(sent, FORM)["a-bipolar-diagnosis-value"] == ["yes"]
    assert typed(sent, FORM)["note"] == ["Still here."]


def test_what_was_typed_when_the_session_ended_is_there_after_signing_in_again(riverside, browser, case):
    sent = typed(browser.get(at(case)), FORM, a__bipolar__diagnosis__value="yes", note="Half a thought")
    browser.logout()
    assert browser.post(at(case), sent).status_code == 302
    browser.force_login(riverside.therapist.user)
    again_open = browser.get(at(case))
    assert typed(again_open, FORM)["a-bipolar-diagnosis-value"] == ["yes"]
    assert typed(again_open, FORM)["note"] == ["Half a thought"]
    assert answers(case) == {}


def test_no_field_that_is_not_on_the_page_changes_anything(riverside, browser, case):
    extra = {
        "status": "determined",
        "practice": "00000000-0000-0000-0000-000000000000",
        "a-psychosis-now-value": "yes",
        "a-psychosis-now-source": "client",
        "therapist": "1",
    }
    sent = {**typed(browser.get(at(case)), FORM, a__bipolar__diagnosis__value="no"), **extra}
    browser.post(at(case), sent)
    stored = again(case)
    assert (stored.status, stored.practice_id, stored.therapist_id) == (
        case.status,
        riverside.practice.pk,
        riverside.therapist.user.pk,
    )
    assert list(answers(case)) == ["bipolar-diagnosis"]


@pytest.mark.parametrize("whose", ["another therapist's", "another practice's"])
def test_somebody_elses_screening_is_not_there(riverside, case, whose):
    other = actor(Role.THERAPIST, practice=riverside.practice) if whose == "another therapist's" else actor()
    stranger = signed_in(other)
    assert stranger.get(at(case)).status_code == 404
    assert stranger.post(at(case), {"a-bipolar-diagnosis-value": "no", "act": "go"}).status_code == 404
    assert answers(case) == {}


def test_a_section_that_does_not_exist_is_not_there(browser, case):
    assert browser.get(at(case, "nothing-like-it")).status_code == 404


def test_the_crisis_steps_stand_on_the_suicidality_section(browser, case):
    assert "If someone may be in danger now" in text_of(browser.get(at(case, "suicidality")))
    assert "If someone may be in danger now" not in text_of(browser.get(at(case, "ocd")))


def test_opening_a_section_is_recorded_once(browser, case):
    browser.get(at(case))
    seen = Entry.objects.filter(stream__name=f"case:{case.pk}", action="screening.viewed")
    assert seen.count() == 1


def test_htmx_saves_beside_the_page_and_brings_only_what_opens(browser, case):
    sent = typed(browser.get(at(case)), FORM, a__bipolar__diagnosis__value="yes", act="clear:a-bipolar-diagnosis")
    saved = browser.post(at(case), sent, headers={"HX-Request": "true"})
    page = saved.content.decode()
    assert saved.status_code == 200
    assert "6 more questions follow" in page
    assert 'id="slot-a-bipolar-stabilised" hx-swap-oob="true"' in page
    assert 'id="slot-a-bipolar-diagnosis"' not in page
    assert answers(case)["bipolar-diagnosis"].value is True


def test_htmx_is_told_beside_the_page_what_needs_a_look_and_saves_the_rest(riverside, browser, case):
    elsewhere(riverside, case, bipolar_diagnosis=Answer(value=True))
    sent = typed(
        browser.get(at(case)), FORM, a__bipolar__diagnosis__when__value="whenever", a__bipolar__stabilised__value="no"
    )
    refused = browser.post(at(case), sent, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "but 1 answer needs a look: kept as typed" in text_of(refused)
    assert 'name="revision"' in refused.content.decode()
    assert answers(case)["bipolar-stabilised"].value is False
