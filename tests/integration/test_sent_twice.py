"""Every form of the product, sent twice: by a double click, from an old page, or after an answer that never came.

``REPEATED`` says of each address that takes a form what the second sending does. One without a row turns a test red.
"""

import copy
import importlib
import inspect
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core import commands
from core.accounts import second_factors, services
from core.accounts.models import Actor
from core.ledger.models import Command, Entry
from core.ledger.verification import verify
from screening.models import Screening
from tests import playing
from tests.faults import state
from tests.integration.acts import verbs
from tests.integration.forms_of_accounts import ACCOUNTS, believe_every_passkey
from tests.integration.forms_sent import (
    KEEPS,
    ONCE,
    READS,
    REPEATED,
    Ready,
    add_client,
    case,
    claim,
    protocol_of,
    sign,
    start,
)
from tests.integration.test_access_matrix import POST, ROWS, WITHOUT_A_ROLE
from tests.pages import fields, signed_in, text_of
from tests.playing import House
from tests.signing_in import code_of, with_an_app

pytestmark = pytest.mark.django_db

TOKEN = {"csrfmiddlewaretoken": "the token of one page"}
FORMS = REPEATED | ACCOUNTS
ONLY_READ = {
    *("health-live", "health-ready", "single-sign-on", "openid_connect_callback", "account", "recovery-codes"),
    *("patterns", "pattern-sent-back", "pattern-refusal"),
}
"""What is open without a role and takes no form."""

RECORDED = {
    "audit-ledger": "ledger.verified",
    "audit-export": "case.exported",
    "screening-pdf": "case.exported-as-pdf",
    "confirm-identity": "session.confirmed",
}
"""What is recorded each time of a form that reads, or shows who somebody is."""

NEITHER = {
    "proving.confirm_password": "a wrong password has to be counted, so it stands before a command, outside it",
    "proving.confirm_identity": "the same for a wrong code; where the command is done already, it asks for nothing",
}
"""The verbs that are neither a command nor repeatable, each with the reason."""

every_form = pytest.mark.parametrize("name", sorted(FORMS))


@pytest.fixture(scope="module")
def once(shared_db: None) -> House:
    house = playing.house()
    playing.published(house)
    return house


@pytest.fixture
def house(once: House) -> House:
    return copy.deepcopy(once)


@pytest.fixture(autouse=True)
def _passkeys(monkeypatch: pytest.MonkeyPatch) -> None:
    believe_every_passkey(monkeypatch)


def browser_of(who: Actor | Client) -> Client:
    return who if isinstance(who, Client) else signed_in(who)


def sent_by(ready: Ready) -> tuple[Client, Callable[[], HttpResponse]]:
    who, address, given = ready
    browser = browser_of(who)
    return browser, lambda: browser.post(address, {**given, **TOKEN})  # type: ignore[return-value]


def test_every_address_that_takes_a_form_has_a_row():
    assert {name for name, row in ROWS.items() if POST in row.methods} == set(REPEATED)
    assert set(ACCOUNTS) == WITHOUT_A_ROLE - ONLY_READ


@every_form
def test_the_second_sending_changes_nothing_and_says_so(house, name):
    behaviour, ready = FORMS[name]
    _, send_it = sent_by(ready(house))
    before, recorded = state(), times_recorded(name)
    first, done = send_it(), state()
    assert first.status_code in (200, 204, 302), text_of(first)
    assert (done == before) == (behaviour == KEEPS), "what is tried here has to do something"
    second = send_it()
    assert second.status_code in (200, 204, 302), text_of(second)
    assert second.headers.get("Location") == first.headers.get("Location")
    if behaviour == READS:
        assert times_recorded(name) == recorded + 2
    else:
        assert state() == done
    assert verify() == []


def times_recorded(name: str) -> int:
    return Entry.objects.filter(action=RECORDED.get(name, "")).count()


@pytest.mark.parametrize("name", sorted(name for name, row in FORMS.items() if row[0] == ONCE))
def test_whoever_sends_it_again_is_told_that_it_was_done(house, name, monkeypatch):
    monkeypatch.setattr(commands, "WHILE_THE_FIRST_ENDS", (0.0,))
    browser, send_it = sent_by(FORMS[name][1](house))
    send_it()
    Command.objects.update(led_to="")  # as where the first answer never came to be
    assert "You had sent this before, and it was done then, once." in text_of(send_it())
    assert browser.get("/").status_code in (200, 302)


def test_a_form_is_not_done_again_after_what_it_did_was_taken_back(house):
    _, take = sent_by(ready := claim(house))
    take()
    screening = Screening.objects.get(pk=ready[1].split("/")[2])
    playing.reviews.release(screening=screening, by=house.clinician, at=playing.NOON)
    after = state()
    take()
    assert state() == after


def test_the_same_button_on_a_page_that_was_opened_anew_is_another_form(house):
    actor, address, _ = claim(house)
    browser = browser_of(actor)
    browser.post(address, {"csrfmiddlewaretoken": "one page"})
    screening = Screening.objects.get(pk=address.split("/")[2])
    playing.reviews.release(screening=screening, by=house.clinician, at=playing.NOON)
    browser.post(address, {"csrfmiddlewaretoken": "another page"})
    assert playing.again(screening).claimed_by == house.clinician.user


def test_two_pages_never_have_one_token(house):
    browser, address = signed_in(house.clinician), reverse("queue")
    case(house, playing.submitted)
    pages = [fields(browser.get(address))["csrfmiddlewaretoken"] for _ in range(2)]
    assert pages[0] != pages[1]


def test_a_client_that_comes_back_with_other_details_is_not_quietly_left_as_it_was(house):
    actor, address, given = add_client(house)
    browser = browser_of(actor)
    browser.post(address, given)
    again = browser.post(address, {**given, "name": "Somebody Else"})
    assert again.status_code == 409
    assert "has added a client already, with other details" in text_of(again)


def test_an_id_of_somebody_elses_screening_starts_nothing(house):
    actor, address, given = start(house)
    other = playing.started(house, protocol_of(house))
    response = browser_of(actor).post(address, {**given, "screening_id": str(other.pk)})
    assert response.status_code == 409


def test_every_verb_is_a_command_or_leaves_what_it_left():
    places = {
        "access": "core.access",
        **{name: f"core.accounts.{name}" for name in ("services", "proving", "second_factors", "single_sign_on")},
    }
    for verb in verbs() - set(NEITHER):
        module, name = verb.split(".")
        found = getattr(importlib.import_module(places.get(module, f"screening.services.{module}")), name)
        assert hasattr(found, "is_command") or hasattr(found, "is_repeatable"), verb
    assert set(NEITHER) <= verbs()


@pytest.mark.parametrize("of", [services, second_factors])
def test_every_change_of_how_somebody_signs_in_is_a_command(of):
    """They act for the person themselves, without a role, so no verb names them: each takes whose it is, and when."""
    own = [found for _, found in inspect.getmembers(of, inspect.isfunction) if found.__module__ == of.__name__]
    changes = [found for found in own if {"user", "at"} <= set(inspect.signature(found).parameters)]
    public = [found for found in changes if not found.__name__.startswith("_")]
    assert public
    assert [found.__name__ for found in public if not hasattr(found, "is_command")] == []


def test_no_password_is_part_of_what_a_form_is_known_by(house):
    actor, address, given = sign(house)
    browser = browser_of(actor)
    assert browser.post(address, {**given, **TOKEN, "password": "not mine at all"}).status_code == 409
    assert browser.post(address, {**given, **TOKEN}).status_code == 302
    key = Command.objects.get(verb="determinations.sign").key
    browser.post(address, {**given, **TOKEN, "password": "something else"})
    assert Command.objects.get(verb="determinations.sign").key == key


def test_nor_is_a_code_which_is_another_one_each_time(house):
    user = with_an_app(house.clinician.user)
    actor, address, given = sign(house)
    browser = browser_of(actor)
    shown = {name: value for name, value in given.items() if name != "password"}
    first = browser.post(address, {**shown, **TOKEN, "one_time_code": code_of(user)})
    after = state()
    second = browser.post(address, {**shown, **TOKEN, "one_time_code": code_of(user, later=1)})
    assert (first.status_code, second.headers["Location"]) == (302, first.headers["Location"])
    assert state() == after
