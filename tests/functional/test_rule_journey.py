"""One rule all the way, by hand: changed in a draft, published by a second person, and read by the next screening."""

import uuid

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from screening.models import Client, Protocol, Screening
from screening.services import clients, screenings
from tests.factories import PASSWORD
from tests.functional.conftest import publish
from tests.functional.pages import Open, Person
from tests.playing import House

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TITLE = "No intention, or one to get away"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_rule_is_changed_published_by_another_and_read_by_the_next_screening(
    practice: House, open_for: Open, script: bool
) -> None:
    protocol = publish(practice, "session-day")
    client = add_client(practice)
    begun_before = start(practice, client, protocol)
    author = open_for(practice.author, script=script)
    take_a_draft(author, protocol)
    change_a_rule(author)
    let_the_vignettes_tell_it(author, protocol)
    write_notes_and_send(author, protocol)
    publish_as_second_person(open_for(practice.approver, script=script), protocol)
    screen_on_both(open_for(practice.therapist, script=script), client, begun_before)


def add_client(practice: House) -> Client:
    """Add a client of the therapist."""
    return clients.create(
        client_id=uuid.uuid4(), code="C-1", name="", birth_date=None, by=practice.therapist, at=timezone.now()
    )


def start(practice: House, client: Client, protocol: Protocol) -> Screening:
    """Start a screening on the version that is active now."""
    return screenings.start(
        screening_id=uuid.uuid4(), client=client, protocol=protocol, by=practice.therapist, at=timezone.now()
    )


def take_a_draft(author: Person, protocol: Protocol) -> None:
    """Sign in, look at what is published, and take a draft from it."""
    author.sign_in()
    author.sees("Rules")
    author.follow("Version 1")
    author.sees(f"{protocol.title}, version 1 Active")
    author.follow("Rules")
    author.press("Take a draft from version 1")
    author.sees(f"{protocol.title}, version 2 Draft")
    author.reads("Version 2 is yours to change.", "No rule is changed.")


def is_asked_how_often_only_where_that_counts(author: Person) -> None:
    """Look at the choices of when answers are asked again, and leave "never" as it is."""
    again, every = author.page.get_by_label("The answers behind it are asked again"), author.page.get_by_label("Every")
    expect(every).to_be_hidden()
    again.select_option("every so often")
    expect(every).to_be_visible()
    again.select_option("never")


def change_a_rule(author: Person) -> None:
    """Change a rule's words, and what it is met by from one answer to either of two."""
    author.follow("No intention for this session")
    author.sees("No intention for this session")
    author.follow("Change this rule")
    is_asked_how_often_only_where_that_counts(author)
    author.page.get_by_label("Title").fill("")
    author.press("Check without saving")
    author.sees("No intention for this session")
    author.reads("There is a problem")
    author.page.get_by_label("Title").fill(TITLE)
    author.page.get_by_label("The rule in plain words").fill("Raised where no intention was set, or one to get away.")
    choose(author, "when-0-kind", "any")
    add_line(author, 1, "is-no", "intention-set")
    add_line(author, 2, "is-yes", "aim-escape")
    author.press("Check without saving")
    author.sees("No intention for this session")
    author.reads("Nothing is saved yet.", "Nothing found on this rule", "vignettes would come out otherwise")
    author.press("Save in the draft")
    author.sees(TITLE)
    author.reads("The rule is saved in the draft.")


def choose(author: Person, name: str, value: str) -> None:
    """Choose from a list; without JavaScript, have the line shown anew."""
    author.page.locator(f'[name="{name}"]').select_option(value)
    if not author.script:
        author.press("Refresh lines")


def add_line(author: Person, number: int, kind: str, question: str) -> None:
    """Add a line to the condition, and say what it reads."""
    author.press("Add a line at the end of condition")
    choose(author, f"when-{number}-kind", kind)
    author.page.locator(f'[name="when-{number}-question"]').select_option(question)


def let_the_vignettes_tell_it(author: Person, protocol: Protocol) -> None:
    """Read the vignettes that come out otherwise, and tell each that this is meant."""
    author.follow(f"{protocol.title}, version 2")
    author.sees(f"{protocol.title}, version 2 Draft")
    author.follow("Read them all")
    author.sees("Vignettes")
    author.page.go_back()
    meant = author.page.get_by_role("button", name="This is intended")
    expect(meant.first).to_be_visible()
    for left in range(meant.count(), 0, -1):
        expect(meant).to_have_count(left)
        author.press("This is intended")
    expect(meant).to_have_count(0)
    author.reads("vignettes come out as they are told now", "1 rule changed since version 1")


def write_notes_and_send(author: Person, protocol: Protocol) -> None:
    """Say what the version changes and why, and send it to a second person."""
    author.press("Save the change notes")
    author.sees(f"{protocol.title}, version 2 Draft")
    author.reads("Write down what this version changes and why.")
    author.page.get_by_label("What this version changes, and why").fill("An intention to get away is none, we agreed.")
    author.press("Save the change notes")
    author.reads("The change notes are saved.")
    author.press("Send to a second person")
    author.sees(f"{protocol.title}, version 2 In review")
    expect(author.page.get_by_role("button", name="Publish")).to_have_count(0)


def publish_as_second_person(approver: Person, protocol: Protocol) -> None:
    """Read what is changed, and publish it with the password, not at the first attempt."""
    approver.sign_in()
    approver.sees("Rules")
    approver.follow("open it")
    approver.sees(f"{protocol.title}, version 2 In review")
    approver.reads("An intention to get away is none, we agreed.", TITLE, "Retold in this version by")
    for password, answer in (("", "Type your password to publish."), ("wrong", "That is not your password")):
        approver.page.get_by_label("Your password, again").fill(password)
        approver.press("Publish version 2")
        approver.sees(f"{protocol.title}, version 2 In review")
        approver.reads(answer)
    approver.page.get_by_label("Your password, again").fill(PASSWORD)
    approver.press("Publish version 2")
    approver.sees(f"{protocol.title}, version 2 Active")
    approver.reads("Version 2 is published.")


def screen_on_both(therapist: Person, client: Client, begun_before: Screening) -> None:
    """Start a screening, which reads the new version; the one begun before keeps the old one."""
    therapist.arrive(f"/clients/{client.pk}/")
    therapist.sees("Client C-1")
    therapist.press("Start")
    begun = Screening.objects.filter(client=client).order_by("-started_at")[0]
    therapist.page.goto(f"/screenings/{begun.pk}/so-far/")
    therapist.sees("What the answers raise so far")
    therapist.reads("rules version 2", TITLE)
    therapist.page.goto(f"/screenings/{begun_before.pk}/so-far/")
    therapist.sees("What the answers raise so far")
    therapist.reads("rules version 1", "No intention for this session")
