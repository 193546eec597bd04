"""A connection that is cut, a session that ends, a tab that is closed: what was typed is there, for the same person."""

from dataclasses import replace

import pytest
from playwright.sync_api import Dialog, Route, expect

from core.accounts.models import Role, Session
from screening.models import Draft, Screening
from screening.selectors.documents import draft_content
from tests.factories import actor
from tests.functional.conftest import publish
from tests.functional.pages import Open, Person, held_back, kept
from tests.playing import House, started

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "He fell asleep on the way here."
LATER = "He fell asleep on the way here, and had come by bus."
# A tab that is closed may still hear that the connection is back, and saves then: with htmx, and as it goes with fetch.
_SENDS_NOTHING = """() => {
  window.fetch = () => new Promise(() => {});
  XMLHttpRequest.prototype.send = () => {};
}"""


@pytest.fixture
def screening(practice: House) -> Screening:
    """A screening on the day of a session, with nothing answered."""
    return started(practice, publish(practice, "session-day"))


def section_of(screening: Screening, section: str = "taken-today") -> str:
    return f"/screenings/{screening.pk}/sections/{section}/"


def note_of(screening: Screening) -> str:
    return draft_content(Draft.objects.get(screening=screening)).note


def type_without_a_connection(person: Person) -> None:
    """Type a note while nothing reaches the server, until the page says that it is kept."""
    person.page.context.set_offline(True)
    person.page.locator("#note").press_sequentially(WORDS)
    expect(person.page.locator("#saved")).to_contain_text("Not saved: no answer from the server. Kept on this device")


def save_elsewhere(person: Person, screening: Screening, note: str) -> None:
    """Save another note in another browser."""
    person.arrive(section_of(screening))
    person.page.locator("#note").fill(note)
    person.press("Save")


def where_both_answers_are_shown(practice: House, open_for: Open, screening: Screening) -> Person:
    """Type without a connection, save something else elsewhere, and open the section again: it shows both."""
    therapist = open_for(practice.therapist)
    therapist.arrive(section_of(screening))
    type_without_a_connection(therapist)
    save_elsewhere(open_for(practice.therapist), screening, "He came by bus.")
    later = in_a_new_tab(therapist)
    later.page.goto(section_of(screening))
    later.reads("Nothing was saved yet.", "Meanwhile saved elsewhere: He came by bus.")
    return later


def in_a_new_tab(person: Person) -> Person:
    """Close the tab as if its battery ended, so that it sends nothing more, and open another on the same device."""
    person.page.evaluate(_SENDS_NOTHING)
    person.page.close()
    person.page.context.set_offline(False)
    return Person(person.page.context.new_page(), person.actor, script=True, origin=person.origin)


def test_a_cut_connection_an_ended_session_and_a_closed_tab_lose_nothing(
    practice: House, open_for: Open, screening: Screening
) -> None:
    therapist = open_for(practice.therapist)
    therapist.arrive(section_of(screening))
    type_without_a_connection(therapist)
    assert WORDS not in "".join(kept(therapist.page))
    Session.objects.all().delete()
    assert note_of(screening) == ""
    later = in_a_new_tab(therapist)
    later.page.goto(section_of(screening))
    later.give_name_and_password()
    later.reads("What you had typed here, and was not saved then, is back and saved.")
    expect(later.page.locator("#note")).to_have_value(WORDS)
    assert note_of(screening) == WORDS
    assert kept(later.page) == []


def test_a_closed_tab_has_sent_what_was_typed_to_the_last_letter(
    practice: House, open_for: Open, screening: Screening
) -> None:
    therapist = open_for(practice.therapist)
    therapist.arrive(section_of(screening))
    other = therapist.page.context.new_page()
    therapist.page.locator("#note").press_sequentially(WORDS)
    therapist.page.close(run_before_unload=True)
    other.wait_for_timeout(500)
    assert note_of(screening) == WORDS
    other.goto(section_of(screening))
    expect(other.locator("#note")).to_have_value(WORDS)
    expect(other.locator("main")).not_to_contain_text("was not saved then")


def test_what_was_changed_elsewhere_meanwhile_is_shown_beside_what_was_typed(
    practice: House, open_for: Open, screening: Screening
) -> None:
    later = where_both_answers_are_shown(practice, open_for, screening)
    expect(later.page.locator("#note")).to_have_value(WORDS)
    later.press("Save")
    expect(later.page.locator("#saved")).to_contain_text("Saved")
    assert note_of(screening) == WORDS
    assert kept(later.page) == []


def press_while_a_save_is_under_way(person: Person, button: str) -> list[str]:
    """Type twice, press a button while the first is being saved, and return what is given back from then on."""
    held: list[Route] = []
    given_back: list[str] = []

    def look(route: Route) -> None:
        if "given=back" in (route.request.post_data or ""):
            given_back.append(route.request.url)
        if route.request.headers.get("hx-request") and not held:
            return held.append(route)
        return route.continue_()

    note = person.page.locator("#note")
    person.page.route("**/sections/**", look)
    with person.page.expect_request(lambda request: request.method == "POST"):
        note.fill(WORDS)
        note.blur()
    note.fill(LATER)
    note.blur()  # waits for the first
    expect(person.page.locator("#section-form[data-kept]")).to_be_attached()
    with person.page.expect_navigation():
        person.page.locator(f'button[value="{button}"]').last.click()
        held[0].continue_()
    return given_back


def test_a_row_is_added_while_a_save_is_under_way_and_the_page_stays(practice: House, open_for: Open) -> None:
    screening = started(practice, publish(practice, "intake"))
    therapist = open_for(practice.therapist)
    therapist.arrive(section_of(screening, "medical-and-medicines"))
    therapist.check("a-medicines-taken-value", "yes")
    expect(therapist.page.locator("#saved")).to_contain_text("Saved")
    rows = therapist.page.locator(".row-card")
    rows.first.locator("input[type=text]").first.fill("the blue one")
    given_back = press_while_a_save_is_under_way(therapist, "add:medicines")
    expect(rows).to_have_count(2)
    therapist.page.evaluate("window.here = true")
    therapist.page.locator("#note").fill(WORDS)
    therapist.page.locator("#note").blur()
    expect(therapist.page.locator("#saved")).to_contain_text("Saved")
    assert therapist.page.evaluate("window.here") is True
    assert given_back == []
    assert kept(therapist.page) == []


def test_what_a_button_has_saved_does_not_come_back_when_it_was_changed_elsewhere(
    practice: House, open_for: Open, screening: Screening
) -> None:
    therapist = open_for(practice.therapist)
    therapist.arrive(section_of(screening))
    given_back = press_while_a_save_is_under_way(therapist, "go")
    assert note_of(screening) == LATER
    save_elsewhere(open_for(practice.therapist), screening, "He walked.")
    therapist.page.goto(section_of(screening))
    therapist.page.wait_for_load_state("networkidle")
    expect(therapist.page.locator("#note")).to_have_value("He walked.")
    assert given_back == []
    assert kept(therapist.page) == []


def test_leaving_what_was_changed_elsewhere_unchosen_saves_nothing(
    practice: House, open_for: Open, screening: Screening
) -> None:
    therapist = open_for(practice.therapist)
    therapist.arrive(section_of(screening))
    type_without_a_connection(therapist)
    save_elsewhere(open_for(practice.therapist), screening, "He came by bus.")
    later = in_a_new_tab(therapist)
    later.page.on("dialog", lambda dialog: dialog.accept())
    for _ in range(2):
        later.page.goto(section_of(screening))
        later.reads("Nothing was saved yet.", "Meanwhile saved elsewhere: He came by bus.")
        later.page.locator("#note").press_sequentially(" More.")
        later.page.wait_for_timeout(2_000)
        assert note_of(screening) == "He came by bus."
        later = in_a_new_tab(later)
        later.page.on("dialog", lambda dialog: dialog.accept())
    later.page.goto(section_of(screening))
    later.reads("Nothing was saved yet.")
    later.press("Save")
    expect(later.page.locator("#saved")).to_contain_text("Saved")
    assert note_of(screening) == WORDS
    later.page.goto(section_of(screening))
    later.page.wait_for_load_state("networkidle")
    assert kept(later.page) == []


def test_where_both_answers_are_shown_a_key_waits_for_no_save(
    practice: House, open_for: Open, screening: Screening
) -> None:
    later = where_both_answers_are_shown(practice, open_for, screening)
    opening = later.page.locator(".question[data-opens]").first
    opening.locator("input[type=radio]").first.focus()
    later.page.keyboard.press(opening.locator("kbd").first.inner_text())
    expect(opening.locator("input[type=radio]").first).to_be_checked()
    expect(later.page.locator(".question[data-opens]").first.locator("input:focus")).to_have_count(0, timeout=3_000)


def test_nobody_types_into_a_page_that_comes_anew(practice: House, open_for: Open, screening: Screening) -> None:
    therapist = open_for(practice.therapist)
    therapist.arrive(section_of(screening))
    type_without_a_connection(therapist)
    later = in_a_new_tab(therapist)
    held = held_back(later.page, "**/sections/**")
    with later.page.expect_request(lambda request: request.method == "POST"):
        later.page.goto(section_of(screening))
    expect(later.page.locator("#section-form[inert]")).to_be_attached()
    expect(later.page.locator("#saved")).to_have_text("What you had typed here is being saved")
    with later.page.expect_navigation():
        held[0].continue_()
    expect(later.page.locator("#note")).to_have_value(WORDS)
    assert later.page.locator("#section-form[inert]").count() == 0


def test_nobody_else_on_the_device_is_given_it_and_signing_out_erases_it(
    practice: House, open_for: Open, screening: Screening
) -> None:
    therapist = open_for(practice.therapist)
    therapist.arrive(section_of(screening))
    type_without_a_connection(therapist)
    later = in_a_new_tab(therapist)
    colleague = actor(Role.THERAPIST, practice=practice.practice)
    theirs = started(replace(practice, therapist=colleague), screening.protocol)
    other = Person(later.page, colleague, script=True, origin=therapist.origin)
    other.arrive(section_of(theirs))
    expect(other.page.locator("#note")).to_have_value("")
    assert len(kept(other.page)) == 1
    other.press("Sign out")
    assert kept(other.page) == []
    assert note_of(screening) == note_of(theirs) == ""


def test_where_the_device_cannot_keep_it_whoever_leaves_is_asked(
    practice: House, open_for: Open, screening: Screening
) -> None:
    therapist = open_for(practice.therapist)
    therapist.page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full') }")
    therapist.arrive(section_of(screening))
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    therapist.page.on("dialog", answer)
    therapist.page.route(
        "**/sections/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    therapist.page.locator("#note").press_sequentially("Half a sentence")
    therapist.page.reload()
    assert asked == ["beforeunload"]
