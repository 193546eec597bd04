"""What somebody typed is there after a session ended, another tab, a second press, a date that is none, a colleague."""

import pytest
from playwright.sync_api import expect

from core.accounts.models import Role
from core.quoting import quoted
from screening.models import Draft, ResponseVersion, Screening
from tests.factories import actor
from tests.functional.conftest import publish
from tests.functional.pages import Open, Person
from tests.playing import House, filled, started, submitted

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
with_and_without_script = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
TAKEN = '[name="a-taken-what-value"]'


@pytest.fixture
def screening(practice: House) -> Screening:
    """A screening on the day of a session, with nothing answered."""
    return started(practice, publish(practice, "session-day"))


def at_section(person: Person, screening: Screening, section: str = "taken-today") -> str:
    """Open a section, signed in; return its address."""
    address = f"/screenings/{screening.pk}/sections/{section}/"
    person.arrive(address)
    return address


def open_what_was_taken(person: Person) -> None:
    """Say that something was taken, so that it is asked what."""
    person.check("a-mind-altering-today-value", "yes")
    if not person.script:
        person.press("Save and go on")
    expect(person.page.locator(TAKEN)).to_be_visible()


@with_and_without_script
def test_what_was_typed_when_the_session_ended_is_there_after_signing_in_again(
    practice: House, open_for: Open, screening: Screening, script: bool
) -> None:
    therapist = open_for(practice.therapist, script=script)
    at_section(therapist, screening)
    open_what_was_taken(therapist)
    therapist.page.context.clear_cookies(name="sessionid")
    therapist.page.locator(TAKEN).fill("Lorazepam, half a tablet")
    therapist.press("Save and go on")
    therapist.sees("Sign in")
    therapist.reads("What you typed is kept")
    therapist.give_name_and_password()
    therapist.sees("Taken today")
    therapist.reads("You were signed out. What you typed is still here; save it again.")
    expect(therapist.page.locator(TAKEN)).to_have_value("Lorazepam, half a tablet")
    assert "Lorazepam" not in Draft.objects.get(screening=screening).content
    therapist.press("Save and go on")
    therapist.sees("Health and what to expect")
    assert "Lorazepam, half a tablet" in Draft.objects.get(screening=screening).content


def test_going_on_while_a_change_is_being_saved_is_no_conflict_with_oneself(
    practice: House, open_for: Open, screening: Screening
) -> None:
    therapist = open_for(practice.therapist)
    at_section(therapist, screening)
    open_what_was_taken(therapist)
    slow_down(therapist)
    therapist.page.locator(TAKEN).fill("Lorazepam")
    therapist.page.locator(TAKEN).blur()
    therapist.page.locator(TAKEN).fill("Lorazepam, half a tablet")
    therapist.press("Save and go on")
    therapist.sees("Health and what to expect")
    assert "Lorazepam, half a tablet" in Draft.objects.get(screening=screening).content


def slow_down(person: Person) -> None:
    """Let every answer take half a second more, as it does far from the server."""
    slow = {"offline": False, "latency": 500, "downloadThroughput": -1, "uploadThroughput": -1}
    person.page.context.new_cdp_session(person.page).send("Network.emulateNetworkConditions", slow)


@with_and_without_script
def test_of_two_tabs_the_later_shows_both_answers_and_saves_the_one_that_is_chosen(
    practice: House, open_for: Open, screening: Screening, script: bool
) -> None:
    therapist = open_for(practice.therapist, script=script)
    address = at_section(therapist, screening)
    open_what_was_taken(therapist)
    therapist.page.locator(TAKEN).fill("Lorazepam")
    therapist.press("Save and go on")
    therapist.sees("Health and what to expect")
    therapist.page.goto(address)
    other = Person(therapist.page.context.new_page(), practice.therapist, script)
    other.page.goto(address)
    other.page.locator(TAKEN).fill("Lorazepam, half a tablet")
    other.press("Save and go on")
    other.sees("Health and what to expect")
    therapist.page.locator(TAKEN).fill("A glass of wine")
    therapist.press("Save and go on")
    therapist.sees("Taken today")
    therapist.reads("Nothing was saved yet.", "Meanwhile saved elsewhere: Lorazepam, half a tablet")
    expect(therapist.page.locator(TAKEN)).to_have_value("A glass of wine")
    therapist.page.locator(TAKEN).fill("Lorazepam, and a glass of wine")
    therapist.press("Save and go on")
    therapist.sees("Health and what to expect")
    assert "Lorazepam, and a glass of wine" in Draft.objects.get(screening=screening).content


@with_and_without_script
def test_a_date_that_is_none_keeps_what_was_typed_and_says_what_to_write(
    practice: House, open_for: Open, script: bool
) -> None:
    screening = filled(practice, publish(practice, "intake"), "new-thoughts-unlikely")
    therapist = open_for(practice.therapist, script=script)
    at_section(therapist, screening, "suicidality")
    began = therapist.page.locator('[name="a-suicidal-thoughts-began-value"]')
    began.fill("around Easter")
    therapist.press("Save and go on")
    therapist.sees("Suicidality")
    therapist.reads(
        "There is a problem", f"{quoted('around Easter')} was not understood as a date.", "such as 3 May 2021"
    )
    expect(began).to_have_value("around Easter")
    began.fill("spring 2026")
    therapist.press("Save and go on")
    therapist.sees("Emotions and relationships")


@with_and_without_script
def test_a_date_that_is_none_holds_back_no_other_answer_and_is_there_when_one_comes_back(
    practice: House, open_for: Open, script: bool
) -> None:
    screening = filled(practice, publish(practice, "intake"), "new-thoughts-unlikely")
    therapist = open_for(practice.therapist, script=script)
    address = at_section(therapist, screening, "suicidality")
    began = therapist.page.locator('[name="a-suicidal-thoughts-began-value"]')
    began.fill("around Easter")
    began.blur()
    therapist.check("a-suicide-threats-value", "never")
    if script:
        therapist.reads("1 answer needs a look: kept as typed")
        therapist.page.get_by_role("link", name="Back").first.click()
        therapist.page.wait_for_url(lambda url: "suicidality" not in url)
    else:
        therapist.press("Save")
        therapist.reads("What can be read is saved.")
    therapist.page.goto(address)
    therapist.sees("Suicidality")
    therapist.reads(f"{quoted('around Easter')} was not understood as a date.")
    expect(began).to_have_value("around Easter")
    expect(therapist.page.locator('[name="a-suicide-threats-value"][value="never"]')).to_be_checked()


@with_and_without_script
def test_submitting_by_a_double_click_makes_one_response(practice: House, open_for: Open, script: bool) -> None:
    screening = filled(practice, publish(practice, "session-day"), "an-agreed-medicine")
    therapist = open_for(practice.therapist, script=script)
    therapist.arrive(f"/screenings/{screening.pk}/answers/")
    therapist.page.get_by_role("button", name="Submit for review").dblclick()
    therapist.sees("What the guidance raises, for a clinician to weigh")
    assert ResponseVersion.objects.filter(screening=screening).count() == 1


def test_submitting_once_more_from_an_old_tab_leads_to_the_result(practice: House, open_for: Open) -> None:
    screening = filled(practice, publish(practice, "session-day"), "an-agreed-medicine")
    therapist = open_for(practice.therapist)
    therapist.arrive(f"/screenings/{screening.pk}/answers/")
    old = Person(therapist.page.context.new_page(), practice.therapist, script=True)
    old.page.goto(f"/screenings/{screening.pk}/answers/")
    therapist.press("Submit for review")
    therapist.sees("What the guidance raises, for a clinician to weigh")
    old.press("Submit for review")
    old.reads("These answers were submitted already. This is the result.")
    assert ResponseVersion.objects.filter(screening=screening).count() == 1


@with_and_without_script
def test_of_two_clinicians_who_take_a_case_one_is_told_that_the_other_has_it(
    practice: House, open_for: Open, script: bool
) -> None:
    submitted(practice, publish(practice, "session-day"), "an-agreed-medicine")
    colleague = actor(Role.CLINICIAN, practice=practice.practice)
    first, second = open_for(practice.clinician, script=script), open_for(colleague, script=script)
    for clinician in (first, second):
        clinician.arrive("/queue/")
        clinician.sees("Cases for review")
    first.press("Review")
    first.sees("What the guidance raises, for a clinician to weigh")
    second.press("Review")
    second.sees("That was not done")
    second.reads(str(practice.clinician.user))
    assert Screening.objects.get().claimed_by == practice.clinician.user
