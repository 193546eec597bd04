"""A form belongs to the practice it was opened in: it is never carried out, nor what was typed shown, in another."""

import pytest
from django.test import Client
from django.utils import timezone

from core.accounts.models import Membership, Role
from core.ledger.models import Entry
from tests.factories import PASSWORD, MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.guarded_urls")]
ENDED = "a practice in which you hold no role any more. Nothing was saved"


@pytest.fixture
def hill() -> Membership:
    return MembershipFactory.create(user__username="tess", practice__name="Hill", role=Role.THERAPIST)


@pytest.fixture
def shore(hill: Membership) -> Membership:
    return MembershipFactory.create(user=hill.user, practice__name="Shore", role=Role.THERAPIST)


@pytest.fixture
def at_shore(client: Client, hill: Membership, shore: Membership) -> Client:
    """The browser of a therapist of both, who works at the shore."""
    client.force_login(hill.user)
    choose(client, shore)
    return client


def choose(browser: Client, membership: Membership) -> None:
    browser.post("/practice/choose/", {"practice": str(membership.practice.pk)})


def set_role(membership: Membership, *, ended: bool) -> None:
    Membership.objects.filter(pk=membership.pk).update(ended_at=timezone.now() if ended else None)


def opened(browser: Client) -> dict[str, str]:
    """Open the page, and type."""
    shown = browser.get("/notes/form/").context
    return {"note": "an hour of typing", "typed_by": shown["typed_by"], "typed_in": shown["typed_in"]}


@pytest.mark.parametrize("others", [1, 2])
def test_what_was_typed_when_the_role_there_ended_is_not_shown_elsewhere_and_the_page_says_so(
    at_shore: Client, hill: Membership, shore: Membership, others: int
) -> None:
    form = opened(at_shore)
    if others == 2:
        MembershipFactory.create(user=hill.user, role=Role.THERAPIST)
    set_role(shore, ended=True)
    answer = at_shore.post("/notes/", form)
    assert answer.status_code == 403
    assert ENDED in answer.content.decode()
    assert "it is not shown in another. It is kept for you" in answer.content.decode()
    assert Entry.objects.filter(action="access.refused", object=f"user:{hill.user.pk}").count() == 1
    choose(at_shore, hill)
    assert at_shore.get("/notes/").content == b"empty"
    set_role(shore, ended=False)
    choose(at_shore, shore)
    assert at_shore.get("/notes/").content == b"restored ['an hour of typing']"


def test_a_form_left_open_is_not_carried_out_in_the_practice_that_remains(at_shore: Client, shore: Membership) -> None:
    form = opened(at_shore)
    set_role(shore, ended=True)
    assert at_shore.get("/therapists/").content == b"Hill therapist"
    assert ENDED in at_shore.post("/notes/", form).content.decode()
    assert at_shore.post("/notes/", {"note": "typed at the hill"}).content == b"saved typed at the hill"


def test_a_form_that_does_not_say_where_it_was_opened_belongs_to_the_practice_that_was_chosen(
    at_shore: Client, shore: Membership
) -> None:
    set_role(shore, ended=True)
    answer = at_shore.post("/therapists/", {"note": "typed"})
    assert (answer.status_code, ENDED in answer.content.decode()) == (403, True)
    assert "is kept for you" not in answer.content.decode()


def test_a_form_of_another_practice_of_theirs_waits_until_they_are_back_there(
    at_shore: Client, hill: Membership, shore: Membership
) -> None:
    form = opened(at_shore)
    choose(at_shore, hill)
    answer = at_shore.post("/notes/", form)
    assert answer.status_code == 409
    assert "opened in <bdi>Shore</bdi>, and you work in <bdi>Hill</bdi> now." in answer.content.decode()
    assert "/practice/choose/?next=%2Fnotes%2F" in answer.content.decode()
    assert at_shore.get("/notes/").content == b"empty"
    choose(at_shore, shore)
    assert at_shore.get("/notes/").content == b"restored ['an hour of typing']"


def test_to_htmx_it_is_said_beside_the_form(at_shore: Client, shore: Membership) -> None:
    form = opened(at_shore)
    set_role(shore, ended=True)
    answer = at_shore.post("/notes/", form, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (403, "#messages")
    assert b"<html" not in answer.content


def test_whoever_was_signed_out_goes_on_where_they_typed(at_shore: Client) -> None:
    form = opened(at_shore)
    del at_shore.cookies["sessionid"]
    at_shore.post("/notes/", form)
    at_shore.post("/sign-in/", {"username": "tess", "password": PASSWORD})
    assert at_shore.get("/notes/").content == b"restored ['an hour of typing']"


def test_a_practice_that_was_made_up_counts_for_nothing(at_shore: Client, hill: Membership) -> None:
    form = {"note": "typed", "typed_in": f"{hill.practice.pk}:forged"}
    assert at_shore.post("/notes/", form).content == b"saved typed"
