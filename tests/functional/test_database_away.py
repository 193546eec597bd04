"""In a browser: the database is away while somebody types and sends. What was typed is there, and comes through."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from playwright.sync_api import expect

from screening.models import Draft, ResponseVersion
from tests.faults import fault
from tests.functional.conftest import publish
from tests.functional.pages import Open, Person
from tests.playing import House, filled, started

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOTE = "Told me on the way out that the nights are better."


@contextmanager
def database_away() -> Iterator[None]:
    """Let no thread but the test's own reach the database: the server's requests find it gone."""
    here, real = threading.current_thread(), BaseDatabaseWrapper.cursor

    def cursor(self: BaseDatabaseWrapper) -> Any:
        if threading.current_thread() is here:
            return real(self)
        raise fault("away")

    BaseDatabaseWrapper.cursor = cursor  # type: ignore[method-assign]
    try:
        yield
    finally:
        BaseDatabaseWrapper.cursor = real  # type: ignore[method-assign]


def forgive(person: Person) -> None:
    """Forget what the browser said of the answers that this test provokes."""
    person.complaints[:] = [said for said in person.complaints if "503" not in said and "Response Status" not in said]


def test_what_is_typed_meanwhile_is_saved_by_itself_once_the_database_is_back(practice: House, open_for: Open) -> None:
    screening = started(practice, publish(practice, "session-day"))
    therapist = open_for(practice.therapist)
    therapist.arrive(f"/screenings/{screening.pk}/sections/thoughts-today/")
    with database_away():
        therapist.page.locator("#note").fill(NOTE)
        expect(therapist.page.locator("#saved")).to_contain_text("the server cannot save it now. Kept on")
        assert NOTE not in Draft.objects.get(screening=screening).content
    expect(therapist.page.locator("#saved")).not_to_contain_text("Not saved", timeout=15_000)
    assert NOTE in Draft.objects.get(screening=screening).content
    expect(therapist.page.locator("#note")).to_have_value(NOTE)
    forgive(therapist)
    therapist.sees("Thoughts of suicide today")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_form_that_is_sent_meanwhile_is_kept_by_the_answer_and_sent_again(
    practice: House, open_for: Open, script: bool
) -> None:
    screening = started(practice, publish(practice, "session-day"))
    therapist = open_for(practice.therapist, script=script)
    therapist.arrive(f"/screenings/{screening.pk}/sections/thoughts-today/")
    with database_away():
        therapist.page.locator("#note").fill(NOTE)
        therapist.page.locator("#section-form").evaluate("form => form.submit()") if script else therapist.press("Save")
        expect(therapist.page.get_by_role("heading", level=1)).to_have_text("That could not be saved now")
        forgive(therapist)
        therapist.sees("That could not be saved now")
        therapist.reads("The server cannot reach its database.", "However often you send it, it is done once.")
    therapist.press("Send it again")
    assert NOTE in Draft.objects.get(screening=screening).content


def test_a_case_that_is_submitted_meanwhile_is_submitted_once(practice: House, open_for: Open) -> None:
    screening = filled(practice, publish(practice, "session-day"), "an-agreed-medicine")
    therapist = open_for(practice.therapist)
    therapist.arrive(f"/screenings/{screening.pk}/answers/")
    with database_away():
        therapist.press("Submit for review")
        expect(therapist.page.get_by_role("heading", level=1)).to_have_text("That could not be saved now")
    therapist.page.get_by_role("button", name="Send it again").dblclick()
    expect(therapist.page.get_by_role("heading", level=1)).to_have_text(
        "What the guidance raises, for a clinician to weigh"
    )
    assert ResponseVersion.objects.filter(screening=screening).count() == 1
