"""The product at work behind the second wall: as the role that it connects to PostgreSQL as, held by every policy.

On SQLite, which knows no roles, the same is done without one.
"""

import copy
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from core import tenancy
from core.accounts.models import Actor, Role
from core.errors import Refused
from core.ledger import witness
from core.ledger.checkpointing import checkpoint_now, make_checkpoint
from core.ledger.checkpoints import Leaf, public_key_of
from core.ledger.models import CheckpointLeaf, Entry, Stream
from core.ledger.signing_keys import pinned_keys, private_key
from core.ledger.tasks import verify_practice
from core.ledger.verification import streams_of
from screening.evidence.verify_bundle import INTACT, verify
from tests.as_application import as_application, make_role
from tests.evidence_cases import unzipped
from tests.factories import PASSWORD, MembershipFactory
from tests.integration.acts import ACTS
from tests.integration.post_bodies import BODIES, house_of
from tests.integration.test_access_matrix import GET, ROWS, THERAPIST, WITH_OBJECTS, Scene, address, play, undone
from tests.playing import NOON, House

pytestmark = pytest.mark.django_db

BY_THE_SYSTEM = ("services.create_user", "services.open_practice")
"""Done on the command line, by whoever owns the tables."""
by_role = pytest.mark.parametrize("role", list(Role))


@pytest.fixture(scope="module")
def played(shared_db: None) -> Scene:
    scene = play()
    make_role()
    return scene


@pytest.fixture
def scene(played: Scene) -> Scene:
    return copy.deepcopy(played)


def opened(client: Client, name: str, among: dict[str, dict[str, Any]]) -> int:
    with undone():
        return client.get(address(name, among)).status_code


@by_role
def test_every_page_of_a_role_opens_alike(scene: Scene, client: Client, role: Role) -> None:
    client.force_login(scene.people[role].user)
    make_checkpoint(at=NOON)  # for the auditor to download
    grants = () if role == THERAPIST else ("emergency-case",)  # opened by the therapist, and theirs alone
    names = [name for name, row in ROWS.items() if role in row.roles and GET in row.methods and name not in grants]
    before = {name: opened(client, name, scene.own) for name in names}
    with as_application():
        assert {name: opened(client, name, scene.own) for name in names} == before
    assert set(before.values()) <= {200, 302, 409}


@by_role
def test_an_object_of_another_practice_is_not_there(scene: Scene, client: Client, role: Role) -> None:
    client.force_login(scene.people[role].user)
    names = [name for name, row in WITH_OBJECTS.items() if role in row.roles and GET in row.methods]
    with as_application():
        assert {opened(client, name, scene.elsewhere) for name in names} <= {404}


@pytest.mark.parametrize("name", BODIES)
def test_every_form_is_carried_out_alike(scene: Scene, client: Client, name: str) -> None:
    client.force_login(scene.people[ROWS[name].roles[0]].user)
    with undone():
        at, body = BODIES[name](scene, client)
        with as_application():
            answer = client.post(at, body)
    assert answer.status_code in (200, 302), answer.content.decode()[:400]


@pytest.mark.parametrize("verb", [verb for verb in ACTS if verb not in BY_THE_SYSTEM])
def test_every_verb_of_the_services_is_done(scene: Scene, verb: str) -> None:
    house: House = house_of(scene)
    act = ACTS[verb](house)
    with as_application(), tenancy.inside(practice=house.practice.pk, person=house.therapist.user.pk):
        act()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no row-level security")
def test_a_verb_that_names_no_practice_does_nothing(scene: Scene) -> None:
    """The tests above would be worth nothing if the wall were not there."""
    act = ACTS["reviews.claim"](house_of(scene))
    with as_application(), pytest.raises(Refused, match="Only a clinician"):
        act()


class TestAtTheDoor:
    @pytest.fixture
    def tess(self, scene: Scene) -> Actor:
        return scene.people[THERAPIST]

    def sent(self, client: Client, tess: Actor, password: str = PASSWORD) -> int:
        form = {"username": tess.user.get_username(), "password": password}
        return client.post("/sign-in/", form).status_code

    def newest(self, tess: Actor) -> str:
        found = Entry.objects.filter(stream__name=f"user:{tess.user.pk}").order_by("-seq")
        return found[0].action

    def test_signing_in_and_out_is_recorded_before_a_practice_is_known(self, client: Client, tess: Actor) -> None:
        with as_application():
            assert self.sent(client, tess) == 302
            assert client.get("/worklist/").status_code == 200
            assert client.post("/sign-out/").status_code == 302
        assert self.newest(tess) == "session.signed-out"

    def test_so_is_a_sign_in_that_failed(self, client: Client, tess: Actor) -> None:
        with as_application():
            assert self.sent(client, tess, "wrong") == 422
        assert self.newest(tess) == "session.failed"

    def test_being_turned_away_is_recorded_too(self, client: Client, tess: Actor) -> None:
        client.force_login(tess.user)
        with as_application():
            assert client.get("/queue/").status_code == 403
        assert self.newest(tess) == "access.refused"

    def test_two_practices_take_turns_on_one_connection(self, scene: Scene, client: Client, tess: Actor) -> None:
        there = MembershipFactory.create(user=tess.user, role=THERAPIST)
        client.force_login(tess.user)
        with as_application():
            assert client.get("/worklist/").status_code == 302
            for _ in range(2):
                client.post("/practice/choose/", {"practice": str(tess.practice.pk)})
                assert client.get(address("client", scene.own)).status_code == 200
                client.post("/practice/choose/", {"practice": str(there.practice_id)})
                assert client.get(address("client", scene.own)).status_code == 404

    def test_nothing_is_named_once_the_page_is_answered(self, client: Client, tess: Actor) -> None:
        client.force_login(tess.user)
        client.get("/worklist/")
        assert tenancy.current() == tenancy.NOBODY

    def test_the_ledger_of_the_practice_is_verified_in_the_background(self, scene: Scene, tess: Actor) -> None:
        with as_application():
            found = verify_practice.call(
                practice_id=str(tess.practice.pk), user_id=str(tess.user.pk), role=Role.AUDITOR.value
            )
        assert (found["findings"], found["missing_guards"]) == (0, [])
        assert found["entries"] > 20


class TestWhatLeavesTheHouse:
    @pytest.fixture
    def desk(self, scene: Scene, client: Client) -> Client:
        client.force_login(scene.people[Role.AUDITOR].user)
        return client

    @pytest.fixture
    def streams(self, scene: Scene) -> tuple[set[str], set[str]]:
        """The practice's own streams, and everybody else's."""
        own = set(streams_of(scene.people[Role.AUDITOR].practice).values_list("name", flat=True))
        return own, set(Stream.objects.values_list("name", flat=True)) - own

    def test_a_checkpoint_signs_every_stream_of_the_house(self, streams: tuple[set[str], set[str]]) -> None:
        with as_application():
            checkpoint_now.call()
        assert set(CheckpointLeaf.objects.values_list("stream", flat=True)) == set.union(*streams)

    def test_the_checkpoints_name_the_practices_own_streams_alone(
        self, desk: Client, streams: tuple[set[str], set[str]]
    ) -> None:
        make_checkpoint(at=NOON)
        with as_application():
            lines = desk.get("/audit/ledger/checkpoints/").getvalue().splitlines()
        held = [witness.read_line(line) for line in lines]
        named = {leaf.stream for one in held for leaf in one.leaves if isinstance(leaf, Leaf)}
        own, others = streams
        assert (named, others & named) == (own, set())
        assert any(isinstance(leaf, str) for one in held for leaf in one.leaves)
        assert not any(name.encode() in line for name in others for line in lines)
        assert [witness.verify(one, pinned_keys()).number for one in held] == [1]

    def test_a_case_is_exported_whole_and_is_covered(
        self, scene: Scene, desk: Client, streams: tuple[set[str], set[str]], tmp_path: Path
    ) -> None:
        with as_application():
            answer = desk.post(address("audit-export", scene.own))
        assert answer.status_code == 200
        (tmp_path / "case.zip").write_bytes(answer.content)
        findings, counts = verify(tmp_path / "case.zip", public_key=public_key_of(private_key()).hex())
        assert (findings.found, findings.code) == ([], INTACT)
        assert f"Entries 1 to {counts['entries']} are covered by checkpoint 1" in findings.notes[0]
        assert not any(name.encode() in part for part in unzipped(answer.content).values() for name in streams[1])


def test_the_wall_costs_no_query(scene: Scene, client: Client, django_assert_max_num_queries: Any) -> None:
    """Saying for whom travels with each statement, so that the guard's three stay three."""
    client.force_login(scene.people[THERAPIST].user)
    with undone():
        client.get("/clients/")
        with django_assert_max_num_queries(5) as captured:
            client.get("/clients/")
    named = sum("app.practice" in query["sql"] for query in captured.captured_queries)
    assert bool(named) == (connection.vendor == "postgresql")
