"""Asking, answering flags and signing by the keyboard alone: Tab, Space, the arrows and Enter."""

import pytest
from playwright.sync_api import Locator, expect

from screening.models import Determination, Draft, FlagAnswer, Screening
from tests.factories import PASSWORD
from tests.functional.conftest import publish
from tests.functional.pages import Open, Person
from tests.playing import House, answer_all, claimed, started

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_STOPS = 150


def tab_to(person: Person, wanted: Locator) -> None:
    """Press Tab until the focus is on a control."""
    for _ in range(MOST_STOPS):
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
        person.page.keyboard.press("Tab")
    pytest.fail(f"{wanted} is not reached by Tab from where the focus was.")


def radio(person: Person, name: str, value: str) -> Locator:
    """Return one option of a field."""
    return person.page.locator(f'input[name="{name}"][value="{value}"]')


def test_a_section_is_answered_by_keyboard(practice: House, open_for: Open) -> None:
    screening = started(practice, publish(practice, "session-day"))
    therapist = open_for(practice.therapist)
    therapist.arrive(f"/screenings/{screening.pk}/sections/taken-today/")
    therapist.sees("Taken today")
    tab_to(therapist, radio(therapist, "a-mind-altering-today-value", "yes"))
    therapist.page.keyboard.press("Space")
    what = therapist.page.locator('[name="a-taken-what-value"]')
    expect(what).to_be_visible()
    expect(radio(therapist, "a-mind-altering-today-value", "yes")).to_be_focused()
    tab_to(therapist, what)
    therapist.page.keyboard.type("Lorazepam, half a tablet")
    tab_to(therapist, radio(therapist, "a-taken-agreed-value", "yes"))
    therapist.page.keyboard.press("Space")
    therapist.page.keyboard.press("ArrowDown")
    expect(radio(therapist, "a-taken-agreed-value", "no")).to_be_checked()
    tab_to(therapist, therapist.page.get_by_role("button", name="Save and go on"))
    therapist.page.keyboard.press("Enter")
    therapist.sees("Health and what to expect")
    stored = Draft.objects.get(screening=screening).content
    assert "Lorazepam, half a tablet" in stored


def test_a_flag_is_answered_and_a_case_signed_by_keyboard(practice: House, open_for: Open) -> None:
    screening = claimed(practice, publish(practice, "session-day"), "an-agreed-medicine")
    clinician = open_for(practice.clinician)
    clinician.arrive(f"/screenings/{screening.pk}/review/")
    answer_first_flag(clinician, screening)
    answer_all(practice, screening)
    clinician.page.goto(f"/screenings/{screening.pk}/sign/")
    first = clinician.page.locator('[name="outcome"]').first
    tab_to(clinician, first)
    clinician.page.keyboard.press("ArrowDown")
    expect(clinician.page.locator('[name="outcome"]').nth(1)).to_be_checked()
    tab_to(clinician, clinician.page.get_by_label("Reasons"))
    clinician.page.keyboard.type("Agreed beforehand; the prescriber confirmed it by telephone.")
    tab_to(clinician, clinician.page.get_by_label("Your password, again"))
    clinician.page.keyboard.type(PASSWORD)
    clinician.page.keyboard.press("Enter")
    clinician.reads("is signed.")
    assert Determination.objects.get().printed_name == practice.clinician.user.printed_name


def answer_first_flag(clinician: Person, screening: Screening) -> None:
    """Answer the first flag of a case that has its answer open."""
    clinician.sees("What the guidance raises, for a clinician to weigh")
    agree = clinician.page.locator('.answered-flag [value="agree"]').first
    tab_to(clinician, agree)
    clinician.page.keyboard.press("Space")
    clinician.page.keyboard.press("Tab")
    clinician.page.keyboard.type("Read and weighed.")
    clinician.page.keyboard.press("Tab")
    clinician.page.keyboard.press("Enter")
    clinician.reads("1 answer saved.")
    assert FlagAnswer.objects.get().words == "Read and weighed."
