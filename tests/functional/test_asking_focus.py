"""A page that changes beside whoever asks: the focus stays where it was, or goes to what comes next, in every state."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from screening.models import Draft, Screening
from screening.selectors.documents import draft_content, questionnaire_of
from screening.services import submissions
from tests.functional.conftest import publish
from tests.functional.pages import DESK, Open, Person, held_back
from tests.playing import NOON, House, filled, started

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TABLET = {"width": 820, "height": 1180}
LEAST_TARGET = 44


def section_of(screening: Screening, section: str) -> str:
    return f"/screenings/{screening.pk}/sections/{section}/"


def saves(person: Person) -> Any:
    """Wait for a save beside the page."""
    return person.page.expect_response(lambda answer: answer.request.method == "POST" and "/sections/" in answer.url)


def focused_name(person: Person) -> str:
    found: str = person.page.evaluate("document.activeElement.name || document.activeElement.tagName")
    return found


def press_in(person: Person, option: Locator) -> None:
    """Choose an option by the keyboard, and see that the focus is still on it once that is saved."""
    option.focus()
    with saves(person):
        person.page.keyboard.press("Space")
    expect(option).to_be_focused()
    expect(option).to_be_checked()


def test_in_every_section_the_focus_stays_on_the_answer_that_opens_and_closes_others(
    practice: House, open_for: Open
) -> None:
    screening = started(practice, publish(practice, "intake"))
    therapist = open_for(practice.therapist)
    therapist.page.set_viewport_size(DESK)
    therapist.arrive("/worklist/")
    for section in questionnaire_of(screening.questionnaire_version).sections:
        therapist.page.goto(section_of(screening, section.link_id))
        for question in therapist.page.locator(".question[data-opens]:not([id*='--'])").all():
            options = question.locator(".choice input")
            press_in(therapist, options.first)
            press_in(therapist, options.nth(1))
            press_in(therapist, options.first)
    when = therapist.page.locator("input[type=text]").first
    therapist.page.goto(section_of(screening, "mood"))
    when.focus()
    with saves(therapist):
        when.press_sequentially("long ago")
    expect(when).to_be_focused()
    assert therapist.complaints == []


def test_a_question_that_closes_under_the_focus_hands_it_on(practice: House, open_for: Open) -> None:
    screening = started(practice, publish(practice, "intake"))
    therapist = open_for(practice.therapist)
    therapist.arrive(section_of(screening, "psychosis"))
    with saves(therapist):
        therapist.check("a-psychosis-diagnosis-value", "yes")
    when = therapist.page.locator('[name="a-psychosis-diagnosis-when-value"]')
    held = held_back(therapist.page, "**/sections/**")
    with therapist.page.expect_request(lambda request: request.method == "POST"):
        therapist.check("a-psychosis-diagnosis-value", "no")
    when.focus()
    with saves(therapist):
        held[0].continue_()
    expect(when).to_have_count(0)
    assert focused_name(therapist) == "a-psychosis-now-value"


def test_what_is_pressed_before_an_answer_is_saved_lands_on_the_question_it_opens(
    practice: House, open_for: Open
) -> None:
    screening = started(practice, publish(practice, "intake"))
    therapist = open_for(practice.therapist)
    therapist.arrive(section_of(screening, "mood"))
    slow = {"offline": False, "latency": 300, "downloadThroughput": -1, "uploadThroughput": -1}
    therapist.page.context.new_cdp_session(therapist.page).send("Network.emulateNetworkConditions", slow)
    for key in ("n", "i", "1", "3", *"2019", "Enter", "d"):
        therapist.page.keyboard.press(key)
    expect(therapist.page.locator('[name="a-bipolar-diagnosis-when-value"]')).to_have_value("2019")
    expect(therapist.page.locator('[name="a-bipolar-doubted-value"]').first).to_be_visible()
    expect(therapist.page.locator("#saved")).to_contain_text("Saved")
    expect(therapist.page.locator("#saved")).not_to_contain_text("Not saved")
    stored = draft_content(Draft.objects.get(screening=screening)).answers
    assert {link_id: answer.value for link_id, answer in stored.items()} == {
        "bipolar-diagnosis": True,
        "bipolar-diagnosis-by": "other-clinician",
        "bipolar-diagnosis-when": "2019",
        "bipolar-stabilised": None,
    }
    assert stored["bipolar-diagnosis"].source == "clinician"


def test_a_question_that_an_answer_opens_is_marked_with_its_keys_too(practice: House, open_for: Open) -> None:
    screening = started(practice, publish(practice, "intake"))
    therapist = open_for(practice.therapist)
    therapist.arrive(section_of(screening, "mood"))
    opened = therapist.page.locator('[name="a-bipolar-diagnosis-by-value"]')
    expect(opened).to_have_count(0)
    therapist.page.keyboard.press("n")
    therapist.page.keyboard.press("1")
    expect(opened.nth(1)).to_have_attribute("aria-keyshortcuts", "2")


@pytest.mark.parametrize("width", [320, 390])
def test_beside_the_longest_button_no_word_is_broken(practice: House, open_for: Open, width: int) -> None:
    screening = started(practice, publish(practice, "intake"))
    therapist = open_for(practice.therapist)
    therapist.page.set_viewport_size({"width": width, "height": 700})
    therapist.arrive(section_of(screening, "plan-and-safeguards"))
    words = therapist.page.locator(".asking-actions a, .asking-actions .btn-link")
    lines = words.evaluate_all("(all) => all.map((one) => one.getClientRects().length)")
    heights = words.evaluate_all("(all) => all.map((one) => one.offsetHeight)")
    assert (lines, max(heights) < 2 * LEAST_TARGET) == ([1, 1], True)
    assert therapist.too_wide() == []


def test_the_keys_can_be_read_and_switched_off(practice: House, open_for: Open) -> None:
    screening = started(practice, publish(practice, "intake"))
    therapist = open_for(practice.therapist)
    therapist.page.set_viewport_size(DESK)
    therapist.arrive(section_of(screening, "psychosis"))
    first = therapist.page.locator('[name="a-psychosis-diagnosis-value"]').first
    expect(first).to_have_attribute("aria-keyshortcuts", "1")
    therapist.page.keyboard.press("n")
    therapist.page.keyboard.press("?")
    expect(therapist.page.locator("#keys summary")).to_be_focused()
    therapist.sees("Psychosis")
    therapist.page.keyboard.press("Escape")
    expect(first).to_be_focused()
    therapist.page.keyboard.press("m")
    therapist.page.keyboard.type("2 of them")
    expect(therapist.page.locator('[name="a-psychosis-diagnosis-note"]')).to_have_value("2 of them")
    therapist.page.locator("#keys summary").click()
    therapist.page.locator("#keys-used").uncheck()
    first.focus()
    therapist.page.keyboard.press("2")
    expect(first).to_be_focused()
    expect(therapist.page.locator("#q-psychosis-diagnosis input:checked[name$=-value]")).to_have_count(0)


def test_by_touch_on_a_tablet_everything_that_is_pressed_is_large_and_the_bar_stays_one_line(
    practice: House, open_for: Open, browser: Any, live_server: Any
) -> None:
    screening = filled(practice, publish(practice, "intake"), "three-attempts")
    context = browser.new_context(base_url=live_server.url, viewport=TABLET, has_touch=True)
    therapist = Person(context.new_page(), practice.therapist, script=True, origin=live_server.url)
    therapist.arrive(section_of(screening, "suicidality"))
    pressed = ".items .choice, .items .known-from, .asking summary, .clear, .asking-actions .btn, .group-actions .btn"
    heights = therapist.page.locator(pressed).evaluate_all(
        "all => all.filter((one) => one.offsetParent).map((one) => [one.textContent.trim(), one.offsetHeight])"
    )
    assert [found for found in heights if found[1] < LEAST_TARGET] == []
    with saves(therapist):
        therapist.page.locator("#q-suicide-threats .known-from").nth(2).tap()
    assert draft_content(Draft.objects.get(screening=screening)).answers["suicide-threats"].source == "record"
    therapist.page.locator("#saved").evaluate(
        "state => { state.textContent = 'Saved 14:22, but 12 answers need a look: kept as typed. '.repeat(2) }"
    )
    tops = therapist.page.locator(".asking-actions > *").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map((box) => Math.round((box.top + box.bottom) / 20))"
    )
    assert len(set(tops)) == 1
    context.close()


def test_what_the_answers_raise_stands_folded_beside_them_and_follows_each_save(
    practice: House, open_for: Open
) -> None:
    screening = started(practice, publish(practice, "intake"))
    therapist = open_for(practice.therapist)
    therapist.page.set_viewport_size(DESK)
    therapist.arrive(section_of(screening, "psychosis"))
    basis, raised = therapist.page.locator("#basis"), "Psychosis"
    expect(basis).to_be_hidden()
    therapist.page.locator("#so-far summary").click()
    expect(basis).to_contain_text("Nothing is raised by the answers so far.")
    with saves(therapist):
        therapist.check("a-psychosis-now-value", "yes")
    expect(basis.locator(".raised")).to_contain_text("Yes")
    therapist.sees(raised)
    with saves(therapist):
        therapist.check("a-psychosis-now-value", "no")
    expect(basis).to_contain_text("Nothing is raised by the answers so far.")


def test_a_row_taken_away_and_answers_that_were_locked_meanwhile_keep_the_focus_and_what_was_typed(
    practice: House, open_for: Open
) -> None:
    screening = filled(practice, publish(practice, "intake"), "three-attempts")
    therapist = open_for(practice.therapist)
    therapist.arrive(section_of(screening, "suicidality"))
    cards = therapist.page.locator(".row-card")
    count = cards.count()
    therapist.press("Remove this attempt")
    therapist.sees("Suicidality")
    expect(therapist.page.locator(".taken")).to_be_focused()
    therapist.press("Put it back")
    expect(cards).to_have_count(count)
    assert focused_name(therapist).endswith("-attempt-when-value")
    revision = Draft.objects.get(screening=screening).revision
    submissions.submit(screening=screening, base_revision=revision, by=practice.therapist, at=NOON)
    therapist.page.locator("#note").fill("He told his sister.")
    therapist.press("Save and go on")
    therapist.sees("Suicidality")
    therapist.reads("Nothing was saved.", "These answers were submitted and are locked.")
    expect(therapist.page.locator("[data-focus]")).to_be_focused()
    expect(therapist.page.locator("#note")).to_have_value("He told his sister.")
