"""Every id, digest and token that a form carries in its body or a hidden field, as somebody would forge it.

Each is tried with that of a colleague's, of another practice's, and of nobody's. Nothing of theirs may be done, shown
or changed, and nothing of one's own either; what is refused is refused in words, never as a fault.
"""

import copy
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import Max
from django.test import Client

from core import stash
from core.access import REFUSALS
from core.accounts.models import Membership, Role, Session
from core.ledger.events import ACT_REFUSED, OBJECT_REFUSED
from core.ledger.models import Entry
from core.ledger.selectors import payload_of
from screening.models import Protocol, RuleSetVersion, Screening
from tests import rule_drafts
from tests.factories import PASSWORD
from tests.integration.footprints import Footprint, changed, footprint
from tests.integration.post_bodies import BODIES, case, house_of
from tests.integration.test_access_matrix import ROWS, Scene, address, play, undone

pytestmark = pytest.mark.django_db

REFUSED = (302, 403, 404, 409, 422)
HARMLESS = (
    *("session.confirmed", "session.confirmation-failed", "access.refused", "stream.opened"),
    *("screening.viewed", "client.viewed"),
)
"""What may be recorded of a try: that it was made, and what was read on the page that says no."""

REFUSALS_BY_STATUS = {404: OBJECT_REFUSED, 409: ACT_REFUSED}

Forged = Callable[[Scene, str], Any]


@pytest.fixture(scope="module")
def played(shared_db: None) -> Scene:
    return play()


@pytest.fixture
def scene(played: Scene) -> Scene:
    return copy.deepcopy(played)


def among(scene: Scene, whose: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = getattr(scene, whose)
    return found


def _object(state: str, name: str) -> Forged:
    def found(scene: Scene, whose: str) -> Any:
        return uuid.UUID(int=7) if whose == "nobodys" else among(scene, whose)[state][name]

    return found


def _code_of_a_client(scene: Scene, whose: str) -> str:
    if whose == "nobodys":
        return "T-nobody"
    return Screening.objects.get(pk=among(scene, whose)["open"]["screening_id"]).client.code


def _evaluation(scene: Scene, whose: str) -> Any:
    if whose == "nobodys":
        return uuid.UUID(int=7)
    return Screening.objects.get(pk=among(scene, whose)["in-review"]["screening_id"]).current_evaluation_id


def _digest_of_rules(scene: Scene, whose: str) -> str:
    if whose == "nobodys":
        return "0" * 64
    return RuleSetVersion.objects.get(pk=among(scene, whose)["open"]["version_id"]).digest + "0"


def _digest_of_a_case(scene: Scene, whose: str) -> str:
    signed = uuid.UUID(int=7) if whose == "nobodys" else among(scene, whose)["signed"]["screening_id"]
    found = Screening.objects.filter(pk=signed).select_related("current_evaluation__determination")
    return found[0].current_evaluation.determination.read_digest if found else "0" * 64  # type: ignore[union-attr]


@dataclass(frozen=True)
class Carried:
    """A field of a form that carries an id: where it is sent, what a forged one holds, and of whom it is tried."""

    name: str
    field: str
    forged: Forged
    whose: tuple[str, ...] = ("colleagues", "elsewhere", "nobodys")

    def __str__(self) -> str:
        return f"{self.name}-{self.field}"


CARRIED = (
    Carried("client-add", "client_id", _object("open", "client_id"), ("colleagues", "elsewhere")),
    Carried("screening-start", "screening_id", _object("open", "screening_id"), ("colleagues", "elsewhere")),
    Carried("screening-start", "protocol", _object("open", "protocol_id"), ("elsewhere", "nobodys")),
    Carried("review", "evaluation", _evaluation),
    Carried("sign", "shown", _digest_of_a_case),
    Carried("sign", "outcome", lambda scene, whose: "an-outcome-of-another-practice", ("elsewhere",)),
    Carried("rule-version-publish", "shown", _digest_of_rules, ("elsewhere", "nobodys")),
    Carried("send-back", "missing", lambda scene, whose: "a-question-of-another-case", ("elsewhere",)),
    Carried("adopt", "name", lambda scene, whose: "kriya", ("nobodys",)),
    Carried("ask-erasure", "code", _code_of_a_client, ("elsewhere", "nobodys")),
    Carried("ask-erasure", "reason", lambda scene, whose: "because", ("nobodys",)),
    Carried("emergency-open", "code", _code_of_a_client, ("elsewhere", "nobodys")),
    Carried("give-role", "role", lambda scene, whose: "superuser", ("nobodys",)),
    Carried("give-role", "username", lambda scene, whose: "nobody-of-that-name", ("nobodys",)),
)
TRIES = [(carried, whose) for carried in CARRIED for whose in carried.whose]


@pytest.mark.parametrize(("carried", "whose"), TRIES, ids=str)
def test_an_id_that_is_not_theirs_does_nothing(scene: Scene, client: Client, carried: Carried, whose: str) -> None:
    client.force_login(scene.people[ROWS[carried.name].roles[0]].user)
    with undone():
        at, body = BODIES[carried.name](scene, client)
        before, newest = _as_stored(), _newest()
        answer = client.post(at, {**body, carried.field: str(carried.forged(scene, whose))})
        assert answer.status_code in REFUSED
        assert _done(newest) == _refusal(carried.name, answer.status_code)
        assert [line for line in changed(before, _as_stored()) if " ledger." not in line] == []


def test_what_is_tried_succeeds_with_ones_own(scene: Scene, client: Client) -> None:
    """The tries above fail for the id alone: the same forms, as they are, are carried out."""
    for name in {carried.name for carried in CARRIED}:
        client.force_login(scene.people[ROWS[name].roles[0]].user)
        with undone():
            at, body = BODIES[name](scene, client)
            newest = _newest()
            assert client.post(at, body).status_code == 302, name
            assert _done(newest), name


class TestNamesOfFields:
    """Rules, exceptions, rows and questions stand in the names of fields: those of another case do nothing."""

    def test_a_flag_of_another_case_is_not_answered(self, scene: Scene, client: Client) -> None:
        client.force_login(scene.people[Role.CLINICIAN].user)
        with undone():
            at, body = BODIES["review"](scene, client)
            foreign = {"made-up-rule-answer": "agree", "made-up-rule-words": "Read.", "again": "made-up-rule"}
            own = {name: value for name, value in body.items() if not name.endswith(("-answer", "-words"))}
            newest = _newest()
            assert client.post(at, {**own, **foreign}).status_code == 302
            assert _done(newest) == []

    @pytest.mark.parametrize("exception", ["made-up", "no-thoughts-today", ""])
    def test_an_exception_that_nobody_claimed_is_not_confirmed(
        self, scene: Scene, client: Client, exception: str
    ) -> None:
        client.force_login(scene.people[Role.CLINICIAN].user)
        with undone():
            at, body = BODIES["review"](scene, client)
            field = next(name for name in body if name.endswith("-answer") and body[name] == "agree")
            newest = _newest()
            answer = client.post(at, {**body, field: f"exception-confirmed:{exception}"})
            assert answer.status_code in (409, 422)
            assert _done(newest) == []

    def test_a_question_of_another_questionnaire_is_not_stored(self, scene: Scene, client: Client) -> None:
        client.force_login(scene.people[Role.THERAPIST].user)
        with undone():
            at, body = BODIES["section"](scene, client)
            client.post(at, {**body, "a-of-another-value": "yes", "g-of-another-row": "1", "g-of-another-shown": "1"})
            assert "of-another" not in case(scene, "open").draft.content


class TestTokens:
    """``typed_in`` and ``typed_by`` say where and by whom a form was opened; both are signed."""

    def form(self, scene: Scene, client: Client) -> tuple[str, dict[str, Any]]:
        client.force_login(scene.people[Role.THERAPIST].user)
        return BODIES["client-edit"](scene, client)

    @pytest.mark.parametrize("forged", ["{id}", "{id}:forged", ":", ""])
    def test_a_practice_that_was_not_signed_counts_for_nothing(self, scene: Scene, client: Client, forged: str) -> None:
        practice = _practice_elsewhere(scene)
        with undone():
            at, body = self.form(scene, client)
            assert client.post(at, {**body, "typed_in": forged.format(id=practice)}).status_code == 302
            assert not Entry.objects.filter(action="client.changed", practice_id=practice).exists()

    def test_a_signed_token_of_another_practice_carries_nothing_there(self, scene: Scene, client: Client) -> None:
        token = stash._practice_signer.sign(_practice_elsewhere(scene))
        with undone():
            at, body = self.form(scene, client)
            newest = _newest()
            assert client.post(at, {**body, "typed_in": token}).status_code == 403
            assert _done(newest) == []

    def test_what_was_typed_for_somebody_else_is_theirs_and_no_act_in_their_name(
        self, scene: Scene, client: Client
    ) -> None:
        other = scene.people[Role.CLINICIAN].user
        with undone():
            at, body = self.form(scene, client)
            newest = _newest()
            client.post(at, {**body, "typed_by": stash._signer.sign(str(other.pk))})
            done = Entry.objects.filter(pk__gt=newest, action="client.changed").get()
            assert done.actor_id == scene.people[Role.THERAPIST].user.pk

    def test_one_token_does_not_serve_as_the_other(self, scene: Scene, client: Client) -> None:
        practice = _practice_elsewhere(scene)
        with undone():
            at, body = self.form(scene, client)
            assert client.post(at, {**body, "typed_in": stash._signer.sign(practice)}).status_code == 302


class TestChoosingAPractice:
    @pytest.mark.parametrize("wanted", ["elsewhere", "nobodys", "nonsense"])
    def test_takes_only_ones_own(self, scene: Scene, client: Client, wanted: str) -> None:
        client.force_login(scene.people[Role.THERAPIST].user)
        ids = {"elsewhere": _practice_elsewhere(scene), "nobodys": str(uuid.UUID(int=7)), "nonsense": "1 OR 1=1"}
        assert client.post("/practice/choose/", {"practice": ids[wanted]}).status_code == 404
        assert "practice_id" not in client.session
        assert client.get(address("client", scene.elsewhere)).status_code == 404

    def test_a_practice_written_into_the_session_counts_only_with_a_role_there(
        self, scene: Scene, client: Client
    ) -> None:
        client.force_login(scene.people[Role.THERAPIST].user)
        session = client.session
        session["practice_id"] = _practice_elsewhere(scene)
        session.save()
        assert client.get(address("client", scene.elsewhere)).status_code == 404


def test_publishing_with_the_digest_of_another_draft_publishes_neither(scene: Scene, client: Client) -> None:
    house = house_of(scene)
    version = rule_drafts.in_review(house, Protocol.objects.get(pk=scene.own["open"]["protocol_id"]))
    client.force_login(house.approver.user)
    sent = {"password": PASSWORD, "shown": _digest_of_rules(scene, "own")}
    client.post(f"/rules/versions/{version.pk}/publish/", sent)
    assert rule_drafts.now(version).status == "in-review"


def _practice_elsewhere(scene: Scene) -> str:
    return str(Membership.objects.get(pk=scene.elsewhere["open"]["membership_id"]).practice_id)


def _newest() -> int:
    return int(Entry.objects.aggregate(newest=Max("pk"))["newest"])


def _as_stored() -> Footprint:
    """Return what is stored, but for what was typed: a refusal keeps it in the session, for whoever typed it."""
    found = footprint()
    for (table, _), row in found.items():
        if table == Session._meta.label:
            row["holds"] = [(name, value) for name, value in row["holds"] if name != stash._SESSION_KEY]
    return found


def _done(newest: int) -> list[str]:
    """Return what was recorded since, but for what a try may leave behind: of a refusal, what was refused and where."""
    since = Entry.objects.filter(pk__gt=newest).exclude(action__in=HARMLESS).order_by("pk")
    return [_told(entry) for entry in since]


def _told(entry: Entry) -> str:
    said = payload_of(entry)
    return f"{entry.action} {said['page']}" if entry.action in REFUSALS and said.get("code", "-") else str(entry)


def _refusal(page: str, status: int) -> list[str]:
    """Return the one entry that an answer leaves which refuses: every refusal is recorded, and nothing beside it."""
    return [f"{REFUSALS_BY_STATUS[status]} {page}"] if status in REFUSALS_BY_STATUS else []
