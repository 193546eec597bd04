"""Who may open which address, and whose object: every address of the product, tried by everybody.

``ROWS`` is the whole matrix. An address without a row, or a row without an address, turns the first test red.
"""

import copy
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from core.accounts.models import Actor, Membership, Role
from core.ledger.models import Entry
from core.web import access_of
from screening.models import Screening
from screening.services import emergencies, erasures
from tests import playing
from tests.factories import UserFactory, actor
from tests.playing import NOON, House

pytestmark = pytest.mark.django_db

THERAPIST, CLINICIAN, AUDITOR, MANAGER = Role.THERAPIST, Role.CLINICIAN, Role.AUDITOR, Role.MANAGER
AUTHOR, APPROVER = Role.RULE_AUTHOR, Role.RULE_APPROVER
RULE_READERS = (AUTHOR, APPROVER, AUDITOR)
GET, POST = "GET", "POST"
OPEN = (200, 302, 409, 422)
VIGNETTE = "thoughts-are-back"


@dataclass(frozen=True)
class Row:
    """Who may open an address, and with which methods.

    ``whose`` says whose objects they reach: ``own`` (a therapist's own clients), ``grant`` (a case that they opened in
    an emergency, here the therapist), ``practice`` (everybody's in the practice), or nothing where no object is named.
    ``case`` is the state of the case that it is tried on.
    """

    roles: tuple[Role, ...]
    methods: tuple[str, ...] = (GET,)
    whose: str = ""
    case: str = "in-review"


# Open to everybody, or to everybody who is signed in, and tried elsewhere (test_signing_in, test_guard).
WITHOUT_A_ROLE = {
    *("health-live", "health-ready", "sign-in", "sign-out", "choose-practice"),
    # Tried in test_second_factors, test_own_account and test_single_sign_on.
    *("second-factor", "passkey", "single-sign-on", "openid_connect_callback", "keep-session"),
    *("account", "confirm-identity", "change-password", "end-session"),
    *("add-app", "add-passkey", "remove-factor", "recovery-codes", "new-recovery-codes"),
    *("language", "own-language"),  # tried in test_languages
    # Not served in production. Tried in test_patterns.
    *("patterns", "pattern-sent-back", "pattern-refusal"),
}

ROWS: dict[str, Row] = {
    "home": Row((THERAPIST, CLINICIAN, AUTHOR, APPROVER, AUDITOR, MANAGER)),
    # What a therapist opens: their own clients.
    "worklist": Row((THERAPIST,)),
    "clients": Row((THERAPIST,), (GET, POST)),
    "client-add": Row((THERAPIST,), (GET, POST)),
    "client": Row((THERAPIST,), whose="own"),
    "client-edit": Row((THERAPIST,), (GET, POST), whose="own"),
    "screening-start": Row((THERAPIST,), (POST,), whose="own"),
    "screening": Row((THERAPIST,), whose="own"),
    "section": Row((THERAPIST,), (GET, POST), whose="own", case="open"),
    "screening-answers": Row((THERAPIST,), whose="own"),
    "screening-submit": Row((THERAPIST,), (POST,), whose="own", case="open"),
    "screening-amend": Row((THERAPIST,), (GET, POST), whose="own"),
    "screening-drop-amendment": Row((THERAPIST,), (POST,), whose="own"),
    "screening-so-far": Row((THERAPIST,), whose="own", case="open"),
    "screening-result": Row((THERAPIST,), whose="own"),
    "screening-print": Row((THERAPIST,), whose="own"),
    "screening-summary": Row((THERAPIST,), whose="own"),
    "screening-pdf": Row((THERAPIST,), (POST,), whose="own"),
    "screening-openings": Row((THERAPIST,), whose="own"),
    "screening-openings-print": Row((THERAPIST,), whose="own"),
    # What a clinician opens: every submitted case of the practice.
    "queue": Row((CLINICIAN,)),
    "claim": Row((CLINICIAN,), (POST,), whose="practice"),
    "release": Row((CLINICIAN,), (POST,), whose="practice"),
    "review": Row((CLINICIAN,), (GET, POST), whose="practice"),
    "read-first": Row((CLINICIAN,), (GET, POST), whose="practice"),
    "send-back": Row((CLINICIAN,), (GET, POST), whose="practice"),
    "sign": Row((CLINICIAN,), (GET, POST), whose="practice"),
    "determination": Row((CLINICIAN,), whose="practice", case="signed"),
    # What an auditor opens: the same, to read.
    "audit-cases": Row((AUDITOR,)),
    "agreement": Row((AUDITOR, MANAGER)),
    "audit-ledger": Row((AUDITOR,), (GET, POST)),
    "audit-checkpoints": Row((AUDITOR,)),
    "audit-case": Row((AUDITOR,), whose="practice"),
    "audit-again": Row((AUDITOR,), whose="practice"),
    "audit-export": Row((AUDITOR,), (POST,), whose="practice"),
    # What those open who write and publish rules, and auditors to read.
    "rules": Row(RULE_READERS),
    "adopt": Row((AUTHOR,), (POST,)),
    "take-draft": Row((AUTHOR,), (POST,), whose="practice"),
    "rule-version": Row(RULE_READERS, whose="practice"),
    "rule-version-notes": Row((AUTHOR,), (GET, POST), whose="practice"),
    "rule-version-submit": Row((AUTHOR,), (POST,), whose="practice"),
    "rule-version-send-back": Row((APPROVER,), (GET, POST), whose="practice"),
    "rule-version-publish": Row((APPROVER,), (POST,), whose="practice"),
    "rule-version-withdraw": Row((AUTHOR,), (POST,), whose="practice"),
    "vignettes": Row(RULE_READERS, whose="practice"),
    "retell": Row((AUTHOR,), (POST,), whose="practice"),
    "replay": Row((AUTHOR, APPROVER), whose="practice"),
    "rule": Row(RULE_READERS, whose="practice"),
    "edit-rule": Row((AUTHOR,), (GET, POST), whose="practice"),
    "questionnaires": Row(RULE_READERS),
    "questionnaire-version": Row(RULE_READERS, whose="practice"),
    "questionnaire-fhir": Row(RULE_READERS, whose="practice"),
    # What a manager opens: the practice's own settings, and who works in it.
    "practice-settings": Row((MANAGER,), (GET, POST)),
    "give-role": Row((MANAGER,), (POST,)),
    "retention": Row((MANAGER,)),
    "ask-erasure": Row((MANAGER,), (POST,)),
    "erasure": Row((MANAGER,), (GET, POST), whose="practice"),
    "withdraw-erasure": Row((MANAGER,), (POST,), whose="practice"),
    "end-role": Row((MANAGER,), (GET, POST), whose="practice"),
    "reset-second-factor": Row((MANAGER,), (GET, POST), whose="practice"),
    # Who opened a case: for a manager of every case, for an auditor of what was submitted.
    "openings": Row((MANAGER, AUDITOR)),
    "case-openings": Row((MANAGER, AUDITOR), whose="practice"),
    "case-openings-print": Row((MANAGER, AUDITOR), whose="practice"),
    # A case in an emergency: read by whoever opened it, while that lasts, and looked into by somebody else.
    "emergency-open": Row((THERAPIST, CLINICIAN, MANAGER), (GET, POST)),
    "emergency-case": Row((THERAPIST, CLINICIAN, MANAGER), whose="grant"),
    "emergencies": Row((MANAGER, AUDITOR)),
    "emergency-acknowledge": Row((MANAGER, AUDITOR), (POST,), whose="practice"),
}
WITH_OBJECTS = {name: row for name, row in ROWS.items() if row.whose}
EVERYBODY = list(Role)
every_role = pytest.mark.parametrize("role", EVERYBODY)


@dataclass
class Scene:
    """One practice with two therapists, and another practice. ``people`` are of the first, by role."""

    people: dict[Role, Actor]
    own: dict[str, dict[str, Any]] = field(default_factory=dict)
    colleagues: dict[str, dict[str, Any]] = field(default_factory=dict)
    elsewhere: dict[str, dict[str, Any]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def played(shared_db: None) -> Scene:
    return play()


def play() -> Scene:
    """Play one case in each state, for a therapist, a colleague and somebody elsewhere."""
    house, other = playing.house(), playing.house()
    colleague = House(**{**vars(house), "therapist": actor(THERAPIST, practice=house.practice)})
    here, there = playing.published(house), playing.published(other)
    scene = Scene(
        {Role(found.role): found for found in vars(house).values() if isinstance(found, Actor)},
        own=objects(house, here),
        colleagues=objects(colleague, here),
        elsewhere=objects(other, there),
    )
    open_in_an_emergency(scene.own, scene.colleagues, house.therapist)
    open_in_an_emergency(scene.colleagues, scene.own, colleague.therapist)
    open_in_an_emergency(scene.elsewhere, scene.elsewhere, other.manager)
    return scene


def open_in_an_emergency(mine: dict[str, dict[str, Any]], theirs: dict[str, dict[str, Any]], by: Actor) -> None:
    """Have somebody open a case of others in an emergency, and note which opening is theirs."""
    case, now = Screening.objects.get(pk=theirs["open"]["screening_id"]), timezone.now()
    access = emergencies.open_case(screening=case, reason="They called and are in danger.", by=by, at=now)
    for found in mine.values():
        found["access_id"] = access.pk


@pytest.fixture
def scene(played: Scene) -> Scene:
    return copy.deepcopy(played)


def objects(house: House, protocol: Any) -> dict[str, dict[str, Any]]:
    """Return, by the state of a case, the objects that an address can name."""
    cases = {
        "open": playing.started(house, protocol),
        "in-review": playing.claimed(house, protocol, VIGNETTE),
        "signed": playing.signed(house, protocol, VIGNETTE),
    }
    return {
        state: {
            "client_id": case.client_id,
            "screening_id": case.pk,
            "protocol_id": protocol.pk,
            "version_id": playing.newest_version(protocol).pk,
            "membership_id": Membership.objects.get(user=house.clinician.user).pk,
            "erasure_id": erasures.ask(code=case.client.code, reason="client-asked", by=house.manager, at=NOON).pk,
            "questionnaire": playing.newest_version(protocol).questionnaire_version_id,
        }
        for state, case in cases.items()
    }


# What an address names besides an object of somebody: parts of documents, which are the same everywhere.
PARTS = {
    "section_id": "thoughts-today",
    "rule_id": "suicidal-thoughts-or-attempt",
    "vignette_id": VIGNETTE,
}


NOBODYS = {"membership_id": 987_654_321}


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for found in (resolver or get_resolver()).url_patterns:
        if isinstance(found, URLResolver):
            yield from patterns(found)
        else:
            yield found


NAMED = {str(pattern.name): pattern for pattern in patterns()}


def of_cases() -> list[str]:
    """Return the addresses that name a case."""
    return [name for name in ROWS if "screening_id" in NAMED[name].pattern.converters]


def address(name: str, among: dict[str, dict[str, Any]]) -> str:
    known = {**PARTS, **among[ROWS[name].case]} if among else {**PARTS}
    if name.startswith("questionnaire") and among:
        known["version_id"] = known["questionnaire"]
    kwargs = {part: known.get(part, NOBODYS.get(part, uuid.UUID(int=7))) for part in NAMED[name].pattern.converters}
    return reverse(name, kwargs=kwargs)


@contextmanager
def undone() -> Iterator[None]:
    """Let nothing that is done inside last, so that each address is tried on the same scene."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # what has to be durable may be tried inside
    with block:
        yield
        transaction.set_rollback(True)


def answers(client: Client, method: str, at: str) -> HttpResponse:
    with undone():
        return client.get(at) if method == GET else client.post(at)  # type: ignore[return-value]


def statuses(client: Client, names: Any, among: dict[str, dict[str, Any]]) -> dict[tuple[str, str], int]:
    """Return the status of every address, by each method."""
    return {
        (name, method): answers(client, method, address(name, among)).status_code
        for name in names
        for method in (GET, POST)
    }


def those(found: dict[tuple[str, str], int], wrong: Callable[[str, str, int], bool]) -> dict[tuple[str, str], int]:
    return {(name, method): status for (name, method), status in found.items() if wrong(name, method, status)}


def test_every_address_has_a_row_and_every_row_an_address():
    assert set(NAMED) == set(ROWS) | WITHOUT_A_ROLE


def test_what_a_view_says_of_its_readers_is_what_its_row_says():
    guarded = {name: access_of(NAMED[name].callback) for name in ROWS}
    assert {name: set(found.roles) for name, found in guarded.items() if found} == {
        name: set(row.roles) for name, row in ROWS.items()
    }


def test_whoever_is_signed_out_is_asked_to_sign_in(scene, client):
    for name in ROWS:
        for method in (GET, POST):
            response = answers(client, method, address(name, scene.own))
            assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, "/sign-in/"), name


def test_whoever_has_no_role_is_turned_away(scene, client):
    client.force_login(UserFactory.create())
    assert set(statuses(client, ROWS, scene.own).values()) == {403}


@every_role
def test_a_role_opens_its_own_addresses_and_no_others(scene, client, role):
    client.force_login(scene.people[role].user)

    def wrong(name: str, method: str, status: int) -> bool:
        if role not in ROWS[name].roles:
            return status != 403
        theirs = ROWS[name].whose != "grant" or role == THERAPIST
        return status != 405 if method not in ROWS[name].methods else status not in (OPEN if theirs else (404,))

    assert those(statuses(client, ROWS, scene.own), wrong) == {}


@every_role
def test_an_object_of_another_practice_is_not_there(scene, client, role):
    client.force_login(scene.people[role].user)
    names = [name for name, row in WITH_OBJECTS.items() if role in row.roles]
    found = statuses(client, names, scene.elsewhere)
    assert those(found, lambda name, method, status: status != (404 if method in ROWS[name].methods else 405)) == {}


@every_role
def test_an_object_that_nobody_has_is_answered_in_the_same_way(scene, client, role):
    client.force_login(scene.people[role].user)
    names = [name for name, row in WITH_OBJECTS.items() if role in row.roles]
    found = statuses(client, names, {})
    assert those(found, lambda name, method, status: status != (404 if method in ROWS[name].methods else 405)) == {}


def test_a_client_of_a_colleague_is_not_there(scene, client):
    client.force_login(scene.people[THERAPIST].user)
    names = [name for name, row in WITH_OBJECTS.items() if row.whose in ("own", "grant")]
    found = statuses(client, names, scene.colleagues)
    assert those(found, lambda name, method, status: status != (404 if method in ROWS[name].methods else 405)) == {}


@pytest.mark.parametrize("role", [CLINICIAN, AUDITOR])
def test_a_case_of_every_therapist_of_the_practice_is_there_to_be_read(scene, client, role):
    client.force_login(scene.people[role].user)
    names = [name for name, row in WITH_OBJECTS.items() if role in row.roles and row.whose == "practice"]
    found = statuses(client, names, scene.colleagues)
    assert those(found, lambda name, method, status: status in (403, 404)) == {}


@pytest.mark.parametrize("role", [CLINICIAN, AUDITOR])
def test_answers_that_are_not_submitted_are_the_therapists_own(scene, client, role):
    client.force_login(scene.people[role].user)
    names = [name for name in of_cases() if role in ROWS[name].roles]
    unsubmitted = dict.fromkeys(scene.own, scene.own["open"])
    found = statuses(client, names, unsubmitted)
    assert those(found, lambda name, method, status: method in ROWS[name].methods and status != 404) == {}


def test_being_turned_away_is_recorded(scene, client):
    user = scene.people[THERAPIST].user
    client.force_login(user)
    client.get(reverse("queue"))
    newest = Entry.objects.filter(stream__name=f"user:{user.pk}").order_by("-seq")[0]
    assert (newest.action, newest.actor_id) == ("access.refused", user.pk)


def test_reading_a_case_is_recorded_and_kept_out_of_caches(scene, client):
    for name in [name for name in of_cases() if GET in ROWS[name].methods]:
        reader = scene.people[ROWS[name].roles[0]].user
        client.force_login(reader)
        before = Entry.objects.filter(actor=reader).count()
        response = client.get(address(name, scene.own))
        assert response.headers["Cache-Control"] == "no-store", name
        if response.status_code == 200:
            assert Entry.objects.filter(actor=reader).count() > before, name
