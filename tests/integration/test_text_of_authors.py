"""What rule authors, managers and everybody else write is text to every page, also where it looks like markup.

A practice in which every title, sentence, name and reason holds a script: every page that shows any of it is opened.
"""

import copy
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.accounts.models import User
from core.canonical import canonical_bytes, digest
from screening.models import Protocol, QuestionnaireVersion, RuleSetVersion, Screening
from screening.selectors.documents import rules_digest
from screening.services import emergencies, policies, protocols, reviews, rule_sets
from screening.services.reviews import GivenAnswer
from tests import playing, rule_drafts
from tests.factories import actor
from tests.integration.test_access_matrix import GET, ROWS, VIGNETTE, Scene, address, objects, undone
from tests.playing import NOON, House

pytestmark = pytest.mark.django_db

MARK = "<script>x(1)</script>\"'><img src=x onerror=x(1)>"
WRITTEN = {
    *("title", "text", "help", "hint", "description", "introduction", "explanation", "would_change", "owner"),
    *("story", "author", "grade", "publisher"),
}
"""The keys of a document under which its author writes for readers."""
RAW = ("<script>x(1)", "<img src=x", "onerror=x(1)>")
SHOWS = 30
"""How many addresses show something of it, at least: fewer, and the test has lost sight of what it is about."""


def marked(document: Any, key: str = "") -> Any:
    """Return a document with the mark after every text that its author writes."""
    if isinstance(document, dict):
        return {name: marked(value, name) for name, value in document.items()}
    if isinstance(document, list):
        return [marked(value, key) for value in document]
    return f"{document} {MARK}" if key in WRITTEN and isinstance(document, str) else document


def publish_marked(house: House, name: str) -> Protocol:
    """Adopt a shipped protocol, mark its drafts as an author could, and have a second person publish them."""
    protocol = protocols.adopt(name=name, by=house.author, at=NOON)
    Protocol.objects.filter(pk=protocol.pk).update(title=f"Session {MARK}")
    version = RuleSetVersion.objects.select_related("questionnaire_version").get(protocol=protocol)
    asked = marked(json.loads(version.questionnaire_version.document))
    QuestionnaireVersion.objects.filter(pk=version.questionnaire_version_id).update(
        document=canonical_bytes(asked).decode(), digest=digest(asked)
    )
    texts = {part: canonical_bytes(marked(json.loads(getattr(version, part)))).decode() for part in PARTS}
    RuleSetVersion.objects.filter(pk=version.pk).update(**texts, digest=rules_digest(**texts))
    version = rule_drafts.now(version)
    version = rule_sets.note_changes(
        version=version, change_notes=f"Why {MARK}", expected_revision=version.revision, by=house.author, at=NOON
    )
    version = rule_drafts.sent(house, version)
    version = rule_sets.send_back(version=version, words=f"More {MARK}", by=house.approver, at=NOON)
    version = rule_drafts.sent(house, version)
    rule_sets.publish(version=version, shown_digest=version.digest, by=house.approver, at=NOON)
    return Protocol.objects.get(pk=protocol.pk)


PARTS = ("library", "rules", "vignettes")


def set_policy(house: House) -> None:
    listed = [{"code": "more-information", "text": f"More {MARK}"[:200]}]
    policies.change(
        crisis_steps=f"Call {MARK}",
        determinations=listed,
        disagreement_reasons=listed,
        own_review=False,
        by=house.manager,
        at=NOON,
    )


def write_on_cases(house: House, protocol: Protocol) -> None:
    """Answer with words, hand back with words, amend with words."""
    case = playing.claimed(house, protocol, VIGNETTE)
    given = [GivenAnswer("suicidal-thoughts-or-attempt", "disagree", f"No {MARK}", reason_code="more-information")]
    assert case.current_evaluation
    reviews.answer_flags(
        screening=case, evaluation_id=case.current_evaluation.pk, given=given, by=house.clinician, at=NOON
    )
    reviews.send_back(screening=case, words=f"Ask {MARK}", questions=[], by=house.clinician, at=NOON)


def open_marked(house: House, protocol: Protocol, own: dict[str, dict[str, Any]]) -> None:
    """Have the therapist open a colleague's case in an emergency, and the manager theirs."""
    colleague = House(**{**vars(house), "therapist": actor(practice=house.practice)})
    now, reason = timezone.now(), f"They called {MARK}"
    theirs, mine = playing.started(colleague, protocol), Screening.objects.get(pk=own["signed"]["screening_id"])
    access = emergencies.open_case(screening=theirs, reason=reason, by=house.therapist, at=now)
    other = emergencies.open_case(screening=mine, reason=reason, by=house.manager, at=now)
    emergencies.acknowledge(access=other, words=f"Looked {MARK}", by=house.auditor, at=now)
    for found in own.values():
        found["access_id"] = access.pk


@pytest.fixture(scope="module")
def played(shared_db: None) -> Scene:
    house = playing.house()
    for number, user in enumerate(User.objects.filter(memberships__practice=house.practice)):
        User.objects.filter(pk=user.pk).update(printed_name=f"{number} {MARK}")
    type(house.practice).objects.filter(pk=house.practice.pk).update(name=f"House {MARK}")
    house = House(**{name: _fresh(value) for name, value in vars(house).items()})
    set_policy(house)
    protocol = publish_marked(house, "session-day")
    write_on_cases(house, protocol)
    own = objects(house, protocol)
    open_marked(house, protocol, own)
    people = {ROLE_OF[name]: getattr(house, name) for name in ROLE_OF}
    return Scene(people, own=own)  # type: ignore[arg-type]


ROLE_OF = {
    "therapist": "therapist",
    "clinician": "clinician",
    "author": "rule-author",
    "approver": "rule-approver",
    "auditor": "auditor",
    "manager": "manager",
}


def _fresh(value: Any) -> Any:
    """Read somebody, or the practice, again: their names were changed behind the services' back."""
    if hasattr(value, "user"):
        value.user.refresh_from_db()
        value.practice.refresh_from_db()
        return value
    value.refresh_from_db()
    return value


@pytest.fixture
def scene(played: Scene) -> Scene:
    return copy.deepcopy(played)


def body_of(answer: Any) -> str:
    """Return what was answered, handed out piece by piece or not."""
    return answer.getvalue().decode()


def test_no_page_takes_it_for_markup(scene: Scene, client: Client) -> None:
    shown = set()
    for name, row in ROWS.items():
        for role in row.roles if GET in row.methods else ():
            client.force_login(scene.people[role].user)
            with undone():
                page = body_of(client.get(address(name, scene.own)))
            assert [raw for raw in RAW if raw in page] == [] or name == "questionnaire-fhir", (name, role)
            shown |= {name} if "&lt;script&gt;x(1)" in page else set()
    assert len(shown) >= SHOWS
    assert {"section", "review", "sign", "audit-case", "rule", "vignettes", "practice-settings"} <= shown
    assert {"queue", "emergencies", "emergency-case", "worklist"} <= shown


def test_the_export_is_handed_out_as_data_and_never_as_a_page(scene: Scene, client: Client) -> None:
    client.force_login(scene.people[ROWS["questionnaire-fhir"].roles[0]].user)
    answer = client.get(address("questionnaire-fhir", scene.own))
    assert answer.headers["Content-Type"].startswith("application/fhir+json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("sent", [{"code": MARK}, {"page": MARK}, {"status": MARK, "topic": MARK, "rule": MARK}])
@pytest.mark.parametrize("name", ["clients", "audit-cases", "queue"])
def test_nor_what_stands_in_an_address(scene: Scene, client: Client, name: str, sent: dict[str, str]) -> None:
    client.force_login(scene.people[ROWS[name].roles[0]].user)
    page = client.get(address(name, scene.own), sent)
    assert page.status_code == 200
    assert [raw for raw in RAW if raw in page.content.decode()] == []


NAMES = ("practice_id", "client__name", "therapist__password", "?", "-pk; DROP TABLE x", "1) OR (1=1", "status__regex")
ASKED = (
    "order_by",
    "sort",
    "ordering",
    "filter",
    "status",
    "topic",
    "concern",
    "rule",
    "review",
    "page",
    "work",
    "add",
)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if GET in row.methods])
def test_no_name_in_an_address_reaches_a_sorting_or_a_filter(scene: Scene, client: Client, name: str) -> None:
    """Whatever name is asked for, the page is the one without it, or says that there is no such thing."""
    client.force_login(scene.people[ROWS[name].roles[0]].user)
    at = address(name, scene.own)
    with undone():
        plain = client.get(at)
    for wanted in NAMES[:3] if name not in LISTS else NAMES:
        with undone():
            answer = client.get(at, dict.fromkeys(ASKED, wanted))
        assert answer.status_code in (plain.status_code, 404), wanted
        if name in LISTS and answer.status_code == 200:
            assert _listed(answer, at) == _listed(plain, at), wanted


LISTS = ("clients", "audit-cases", "queue", "worklist", "rules", "questionnaires")


def _listed(answer: Any, at: str) -> list[str]:
    """Return the objects that a list links to, in their order."""
    linked = [part.split('"')[0] for part in answer.content.decode().split('href="')[1:]]
    return [link for link in linked if link.startswith("/") and "?" not in link and link != at]
