"""Who may open a page, and what a page that may not be opened says."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from core.accounts.models import Membership, Role, User
from core.ledger.models import Entry
from core.navigation import nav_for, register_nav
from tests.factories import PASSWORD, MembershipFactory, PracticeFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.guarded_urls")]


@pytest.fixture
def tess() -> Membership:
    """A therapist at Riverside."""
    return MembershipFactory.create(user__username="tess", practice__name="Riverside", role=Role.THERAPIST)


@pytest.fixture
def at_desk(client: Client, tess: Membership) -> Client:
    """The browser in which Tess is signed in."""
    client.force_login(tess.user)
    return client


def refusals(user: User) -> int:
    return Entry.objects.filter(action="access.refused", object=f"user:{user.pk}").count()


def test_it_opens_a_page_for_a_current_role(at_desk: Client) -> None:
    assert at_desk.get("/therapists/").content == b"Riverside therapist"


def test_it_sends_a_stranger_to_the_sign_in_page_and_on_from_there(client: Client) -> None:
    assert client.get("/therapists/?page=2").headers["Location"] == "/sign-in/?next=%2Ftherapists%2F%3Fpage%3D2"


def test_it_refuses_a_view_that_does_not_say_who_it_is_for(at_desk: Client) -> None:
    response = at_desk.get("/forgotten/")
    assert response.status_code == 403
    assert b"everything" not in response.content


def test_a_page_without_roles_cannot_be_written() -> None:
    from django.core.exceptions import ImproperlyConfigured

    from core.web import page

    with pytest.raises(ImproperlyConfigured):
        page()


def test_it_refuses_another_role_and_records_it(client: Client) -> None:
    auditor = MembershipFactory.create(role=Role.AUDITOR)
    client.force_login(auditor.user)
    response = client.get("/therapists/")
    assert response.status_code == 403
    assert "another role" in response.content.decode()
    assert refusals(auditor.user) == 1


def test_the_refusal_is_recorded_for_the_practice_and_names_no_address(client: Client) -> None:
    auditor = MembershipFactory.create(role=Role.AUDITOR)
    client.force_login(auditor.user)
    client.get("/therapists/?q=Smith")
    entry = Entry.objects.get(action="access.refused")
    assert (entry.actor, entry.role, entry.practice) == (auditor.user, "auditor", auditor.practice)
    assert b"Smith" not in bytes(entry.bytes)


def test_a_role_that_has_ended_acts_on_the_next_request(at_desk: Client, tess: Membership) -> None:
    assert at_desk.get("/therapists/").status_code == 200
    Membership.objects.filter(pk=tess.pk).update(ended_at=timezone.now())
    assert at_desk.get("/therapists/").status_code == 403
    assert refusals(tess.user) == 1


def set_role(membership: Membership, *, ended: bool) -> None:
    Membership.objects.filter(pk=membership.pk).update(ended_at=timezone.now() if ended else None)


def test_what_was_typed_while_the_role_was_taken_away_is_there_when_it_is_back(
    at_desk: Client, tess: Membership
) -> None:
    set_role(tess, ended=True)
    refused = at_desk.post("/notes/", {"note": "an hour of typing"})
    assert (refused.status_code, refusals(tess.user)) == (403, 1)
    assert "What you typed is kept for you in this browser" in refused.content.decode()
    assert at_desk.get("/notes/").status_code == 403
    set_role(tess, ended=False)
    assert at_desk.get("/notes/").content == b"restored ['an hour of typing']"


def test_a_colleague_with_the_role_finds_nothing_of_what_was_typed(at_desk: Client, tess: Membership) -> None:
    set_role(tess, ended=True)
    at_desk.post("/notes/", {"note": "typed by Tess"})
    colleague = MembershipFactory.create(practice=tess.practice, role=Role.THERAPIST)
    at_desk.force_login(colleague.user)
    assert at_desk.get("/notes/").content == b"empty"


def test_a_page_that_keeps_no_typing_does_not_say_that_it_did(at_desk: Client, tess: Membership) -> None:
    set_role(tess, ended=True)
    assert b"is kept for you" not in at_desk.post("/therapists/", {"note": "typed"}).content


def test_what_was_typed_into_an_account_that_was_closed_is_there_when_it_is_open(
    client: Client, tess: Membership
) -> None:
    client.post("/sign-in/", {"username": "tess", "password": PASSWORD})
    User.objects.filter(pk=tess.user.pk).update(is_active=False)
    assert client.post("/notes/", {"note": "typed"}).headers["Location"].startswith("/sign-in/")
    User.objects.filter(pk=tess.user.pk).update(is_active=True)
    client.post("/sign-in/", {"username": "tess", "password": PASSWORD})
    assert client.get("/notes/").content == b"restored ['typed']"


def test_a_closed_account_acts_on_the_next_request(at_desk: Client, tess: Membership) -> None:
    User.objects.filter(pk=tess.user.pk).update(is_active=False)
    assert at_desk.get("/therapists/").headers["Location"].startswith("/sign-in/")


def test_a_person_without_any_practice_is_refused_and_recorded(client: Client) -> None:
    nobody = UserFactory.create()
    client.force_login(nobody)
    response = client.get("/therapists/")
    assert response.status_code == 403
    assert "no role" in response.content.decode()
    assert refusals(nobody) == 1


def test_the_actor_acts_in_the_first_role_that_the_page_names(client: Client) -> None:
    tess = MembershipFactory.create(role=Role.THERAPIST)
    MembershipFactory.create(role=Role.CLINICIAN, user=tess.user, practice=tess.practice)
    client.force_login(tess.user)
    assert client.get("/both/").content == b"clinician clinician,therapist"


def test_a_role_in_one_practice_gives_nothing_in_another(client: Client, tess: Membership) -> None:
    elsewhere = MembershipFactory.create(user=tess.user, role=Role.AUDITOR)
    client.force_login(tess.user)
    client.post("/practice/choose/", {"practice": str(elsewhere.practice.pk)})
    assert client.get("/therapists/").status_code == 403


def test_a_person_of_two_practices_is_asked_which_and_goes_on(client: Client, tess: Membership) -> None:
    hill = MembershipFactory.create(user=tess.user, practice__name="Hill", role=Role.THERAPIST)
    client.force_login(tess.user)
    assert client.get("/therapists/").headers["Location"] == "/practice/choose/?next=%2Ftherapists%2F"
    choice = client.get("/practice/choose/?next=/therapists/").content.decode()
    assert "Riverside" in choice
    assert "Hill" in choice
    answer = client.post("/practice/choose/", {"practice": str(hill.practice.pk), "next": "/therapists/"})
    assert answer.headers["Location"] == "/therapists/"
    assert client.get("/therapists/").content == b"Hill therapist"


def test_nobody_chooses_a_practice_that_is_not_theirs(at_desk: Client) -> None:
    other = PracticeFactory.create()
    assert at_desk.post("/practice/choose/", {"practice": str(other.pk)}).status_code == 404
    assert at_desk.get("/therapists/").content == b"Riverside therapist"


def test_a_practice_left_since_it_was_chosen_is_no_longer_chosen(client: Client, tess: Membership) -> None:
    hill = MembershipFactory.create(user=tess.user, practice__name="Hill", role=Role.THERAPIST)
    client.force_login(tess.user)
    client.post("/practice/choose/", {"practice": str(hill.practice.pk)})
    Membership.objects.filter(pk=hill.pk).update(ended_at=timezone.now())
    assert client.get("/therapists/").content == b"Riverside therapist"


def test_choosing_a_practice_leads_to_no_other_site(at_desk: Client, tess: Membership) -> None:
    form = {"practice": str(tess.practice.pk), "next": "https://elsewhere.example/"}
    assert at_desk.post("/practice/choose/", form).headers["Location"] == "/"


@pytest.mark.parametrize(("why", "status"), [("refused", 409), ("conflict", 409), ("not-yours", 404)])
def test_a_rule_that_says_no_has_its_status(at_desk: Client, why: str, status: int) -> None:
    assert at_desk.get(f"/no/{why}/").status_code == status


def test_a_refusal_gives_its_reason_in_words(at_desk: Client) -> None:
    assert "The case is locked. Ask for an amendment." in at_desk.get("/no/refused/").content.decode()


def test_what_is_not_for_this_user_says_no_more_than_a_wrong_address(at_desk: Client) -> None:
    assert b"Not yours." not in at_desk.get("/no/not-yours/").content


def test_a_refusal_to_htmx_stands_beside_the_form_and_is_not_a_whole_page(at_desk: Client) -> None:
    response = at_desk.get("/no/refused/", headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert response.headers["HX-Retarget"] == "#messages"
    assert b"<html" not in response.content
    assert b"The case is locked" in response.content


@pytest.mark.parametrize("address", ["/therapists/", "/no/refused/", "/no/not-yours/", "/notes/", "/practice/choose/"])
def test_no_page_behind_the_guard_is_stored_by_a_cache(at_desk: Client, address: str) -> None:
    assert at_desk.get(address).headers["Cache-Control"] == "no-store"


def test_a_fault_of_ours_says_nothing_of_what_it_was_about(client: Client) -> None:
    client.raise_request_exception = False
    response = client.get("/breaks/")
    assert response.status_code == 500
    assert b"an answer of a client" not in response.content
    assert b"not saved" in response.content


def test_the_guard_costs_three_queries(at_desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    at_desk.get("/therapists/")
    with django_assert_max_num_queries(3):  # the session, the person, the memberships
        at_desk.get("/therapists/")


def test_the_header_shows_only_the_links_of_a_persons_roles() -> None:
    register_nav("Only for therapists", "therapists", [Role.THERAPIST])
    shown = [link["label"] for link in nav_for(frozenset({"therapist"}), "/therapists/")]
    hidden = [link["label"] for link in nav_for(frozenset({"auditor"}), "/therapists/")]
    assert "Only for therapists" in shown
    assert "Only for therapists" not in hidden
