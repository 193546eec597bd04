"""Every form of the product, sent twice: by a double click, from an old page, or after an answer that never came.

``REPEATED`` says of each address that takes a form what the second sending does. One without a row turns a test red.
"""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core.accounts.models import Actor, Membership, Role
from core.ledger.models import Command, Entry
from core.ledger.verification import verify
from screening.models import Protocol, RuleSetVersion, Screening
from tests import playing
from tests.factories import PASSWORD, MembershipFactory, UserFactory
from tests.faults import state
from tests.integration.acts import ACTS, VIGNETTE, verbs
from tests.integration.test_access_matrix import POST, ROWS
from tests.pages import fields, signed_in, text_of
from tests.playing import House
from tests.rule_drafts import draft_of, in_review, noted, typed

pytestmark = pytest.mark.django_db

ONCE = "once: whoever sends it again is led to where the first sending led"
SAME = "the same: it leaves what it left, and shows it once more"
READS = "it reads again, and records that it was read again"
TOKEN = {"csrfmiddlewaretoken": "the token of one page"}
Ready = tuple[Actor, str, dict[str, Any]]


def protocol_of(house: House) -> Protocol:
    return Protocol.objects.get(practice=house.practice)


def case(house: House, how: Callable[[House, Protocol, str], Screening]) -> Screening:
    return how(house, protocol_of(house), VIGNETTE)


def on(name: str, screening: Screening) -> str:
    return reverse(name, args=[screening.pk])


def page_of(actor: Actor, address: str, form: str = "") -> dict[str, Any]:
    return dict(fields(signed_in(actor).get(address), form))


def add_client(house: House) -> Ready:
    given = {"client_id": str(uuid.uuid4()), "code": "C-1", "name": "Ada"}
    return house.therapist, reverse("client-add"), given


def edit_client(house: House) -> Ready:
    return house.therapist, reverse("client-edit", args=[playing.a_client(house).pk]), {"name": "Ada Other"}


def start(house: House) -> Ready:
    given = {"screening_id": str(uuid.uuid4()), "protocol": str(protocol_of(house).pk)}
    return house.therapist, reverse("screening-start", args=[playing.a_client(house).pk]), given


def save(house: House) -> Ready:
    address = reverse("section", args=[playing.started(house, protocol_of(house)).pk, "thoughts-today"])
    return house.therapist, address, {**page_of(house.therapist, address, "section-form"), "note": "Typed once."}


def submit(house: House) -> Ready:
    screening = case(house, playing.filled)
    return house.therapist, on("screening-submit", screening), {"revision": screening.draft.revision}


def amend(house: House) -> Ready:
    return house.therapist, on("screening-amend", case(house, playing.submitted)), {"reason": "Told more."}


def drop(house: House) -> Ready:
    screening = case(house, playing.submitted)
    playing.submissions.start_amendment(screening=screening, reason="New.", by=house.therapist, at=playing.NOON)
    return house.therapist, on("screening-drop-amendment", screening), {}


def claim(house: House) -> Ready:
    return house.clinician, on("claim", case(house, playing.submitted)), {}


def release(house: House) -> Ready:
    return house.clinician, on("release", case(house, playing.claimed)), {}


def answer(house: House) -> Ready:
    screening = case(house, playing.claimed)
    given = page_of(house.clinician, on("review", screening))
    return house.clinician, on("review", screening), {**given, **agreeing(screening)}


def agreeing(screening: Screening) -> dict[str, str]:
    assert screening.current_evaluation is not None
    return {f"{flag.rule_id}-answer": "agree" for flag in screening.current_evaluation.flags.all()}


def give_back(house: House) -> Ready:
    return house.clinician, on("send-back", case(house, playing.claimed)), {"words": "Ask again."}


def sign(house: House) -> Ready:
    address = on("sign", case(house, playing.answered))
    decided = {"outcome": "more-information", "reasons": "Mine.", "password": PASSWORD}
    return house.clinician, address, {**page_of(house.clinician, address), **decided}


def verify_ledger(house: House) -> Ready:
    return house.auditor, reverse("audit-ledger"), {}


def adopt(house: House) -> Ready:
    return house.author, reverse("adopt"), {"name": "after-session"}


def take_draft(house: House) -> Ready:
    return house.author, reverse("take-draft", args=[protocol_of(house).pk]), {}


def of_version(name: str, version: RuleSetVersion, *more: str) -> str:
    return reverse(name, args=[version.pk, *more])


def notes(house: House) -> Ready:
    draft = draft_of(house, protocol_of(house))
    return house.author, of_version("rule-version-notes", draft), {"change_notes": "Why.", "revision": draft.revision}


def send(house: House) -> Ready:
    draft = draft_of(house, protocol_of(house))
    return house.author, of_version("rule-version-submit", draft), {"change_notes": "Why.", "revision": draft.revision}


def send_rules_back(house: House) -> Ready:
    version = in_review(house, protocol_of(house))
    return house.approver, of_version("rule-version-send-back", version), {"words": "Say more."}


def publish(house: House) -> Ready:
    version = in_review(house, protocol_of(house))
    return (
        house.approver,
        of_version("rule-version-publish", version),
        {"shown": version.digest, "password": PASSWORD, "read": "on"},
    )


def withdraw(house: House) -> Ready:
    return house.author, of_version("rule-version-withdraw", draft_of(house, protocol_of(house))), {}


def retell(house: House) -> Ready:
    ACTS["rule_sets.retell_vignette"](house)
    draft = RuleSetVersion.objects.get(status="draft")
    from screening.selectors.rule_sets import check_of

    vignette_id = check_of(draft).changed[0].vignette_id
    return house.author, of_version("retell", draft, vignette_id), {"revision": draft.revision}


def edit_rule(house: House) -> Ready:
    draft = noted(house, draft_of(house, protocol_of(house)))
    rule_id = "attempts-or-threats-again"
    return house.author, of_version("edit-rule", draft, rule_id), typed(draft, rule_id, title="Another title")


def settings(house: House) -> Ready:
    address = reverse("practice-settings")
    return house.manager, address, {**page_of(house.manager, address), "crisis_steps": "Call us first."}


def give_role(house: House) -> Ready:
    user = UserFactory.create()
    return house.manager, reverse("give-role"), {"username": user.username, "role": Role.AUDITOR.value}


def end_role(house: House) -> Ready:
    return house.manager, reverse("end-role", args=[Membership.objects.get(user=house.auditor.user).pk]), {}


def choose(house: House) -> Ready:
    elsewhere = MembershipFactory.create(user=house.therapist.user)
    return house.therapist, reverse("choose-practice"), {"practice": str(elsewhere.practice.pk)}


def come_in(house: House) -> Ready:
    return house.therapist, reverse("sign-in"), {"username": house.therapist.user.username, "password": PASSWORD}


def go_out(house: House) -> Ready:
    return house.therapist, reverse("sign-out"), {}


REPEATED: dict[str, tuple[str, Callable[[House], Ready]]] = {
    "sign-in": (SAME, come_in),
    "sign-out": (SAME, go_out),
    "choose-practice": (SAME, choose),
    "client-add": (SAME, add_client),
    "client-edit": (SAME, edit_client),
    "screening-start": (SAME, start),
    "section": (SAME, save),
    "screening-submit": (ONCE, submit),
    "screening-amend": (ONCE, amend),
    "screening-drop-amendment": (ONCE, drop),
    "claim": (ONCE, claim),
    "release": (ONCE, release),
    "review": (ONCE, answer),
    "send-back": (ONCE, give_back),
    "sign": (ONCE, sign),
    "audit-ledger": (READS, verify_ledger),
    "adopt": (ONCE, adopt),
    "take-draft": (ONCE, take_draft),
    "rule-version-notes": (ONCE, notes),
    "rule-version-submit": (ONCE, send),
    "rule-version-send-back": (ONCE, send_rules_back),
    "rule-version-publish": (ONCE, publish),
    "rule-version-withdraw": (ONCE, withdraw),
    "retell": (ONCE, retell),
    "edit-rule": (ONCE, edit_rule),
    "practice-settings": (ONCE, settings),
    "give-role": (ONCE, give_role),
    "end-role": (ONCE, end_role),
}
every_form = pytest.mark.parametrize("name", sorted(REPEATED))


@pytest.fixture(scope="module")
def once(shared_db: None) -> House:
    house = playing.house()
    playing.published(house)
    return house


@pytest.fixture
def house(once: House) -> House:
    import copy

    return copy.deepcopy(once)


def sent_by(name: str, ready: Ready) -> tuple[Client, Callable[[], HttpResponse]]:
    actor, address, given = ready
    browser = Client() if name == "sign-in" else signed_in(actor)
    return browser, lambda: browser.post(address, {**given, **TOKEN})  # type: ignore[return-value]


def test_every_address_that_takes_a_form_has_a_row():
    assert {name for name, row in ROWS.items() if POST in row.methods} <= set(REPEATED)
    assert {"sign-in", "sign-out", "choose-practice"} <= set(REPEATED)


@every_form
def test_the_second_sending_changes_nothing_and_says_so(house, name):
    behaviour, ready = REPEATED[name]
    _, send_it = sent_by(name, ready(house))
    first, done = send_it(), state()
    assert first.status_code in (200, 302), text_of(first)
    second = send_it()
    assert second.status_code in (200, 302), text_of(second)
    if behaviour == READS:
        assert Entry.objects.filter(action="ledger.verified").count() == 2
        return
    assert second.headers.get("Location") == first.headers.get("Location")
    assert state() == done
    assert verify() == []


@pytest.mark.parametrize("name", sorted(name for name, (behaviour, _) in REPEATED.items() if behaviour == ONCE))
def test_whoever_sends_it_again_is_told_that_it_was_done(house, name):
    browser, send_it = sent_by(name, REPEATED[name][1](house))
    send_it()
    Command.objects.update(led_to="")  # as where the first answer never came to be
    assert "You had sent this before, and it was done then, once." in text_of(send_it())
    assert browser.get("/").status_code in (200, 302)


def test_a_form_is_not_done_again_after_what_it_did_was_taken_back(house):
    _, take = sent_by("claim", ready := claim(house))
    take()
    screening = Screening.objects.get(pk=ready[1].split("/")[2])
    playing.reviews.release(screening=screening, by=house.clinician, at=playing.NOON)
    after = state()
    take()
    assert state() == after


def test_the_same_button_on_a_page_that_was_opened_anew_is_another_form(house):
    actor, address, _ = claim(house)
    browser = signed_in(actor)
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
    browser = signed_in(actor)
    browser.post(address, given)
    again = browser.post(address, {**given, "name": "Somebody Else"})
    assert again.status_code == 409
    assert "has added a client already, with other details" in text_of(again)


def test_an_id_of_somebody_elses_screening_starts_nothing(house):
    actor, address, given = start(house)
    other = playing.started(house, protocol_of(house))
    response = signed_in(actor).post(address, {**given, "screening_id": str(other.pk)})
    assert response.status_code == 409


def test_every_verb_is_a_command_or_leaves_what_it_left():
    """A password that is asked for again is neither: a wrong one has to be counted, and it stands before a command."""
    import importlib

    modules = {"services": "core.accounts.services", "access": "core.access"}
    for verb in verbs() - {"services.confirm_password"}:
        module, name = verb.split(".")
        found = getattr(importlib.import_module(modules.get(module, f"screening.services.{module}")), name)
        assert hasattr(found, "is_command") or hasattr(found, "is_repeatable"), verb


def test_no_password_is_part_of_what_a_form_is_known_by(house):
    actor, address, given = sign(house)
    browser = signed_in(actor)
    assert browser.post(address, {**given, **TOKEN, "password": "not mine at all"}).status_code == 409
    assert browser.post(address, {**given, **TOKEN}).status_code == 302
    key = Command.objects.get(verb="determinations.sign").key
    browser.post(address, {**given, **TOKEN, "password": "something else"})
    assert Command.objects.get(verb="determinations.sign").key == key
