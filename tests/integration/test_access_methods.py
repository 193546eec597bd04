"""The access matrix beyond GET and POST, and for people whose roles are several, ended, or in several practices."""

import copy
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from core.accounts.models import Actor, Membership, Role
from core.ledger.models import Entry
from tests.factories import actor
from tests.integration.test_access_matrix import (
    AUDITOR,
    CLINICIAN,
    MANAGER,
    NAMED,
    ROWS,
    THERAPIST,
    WITH_OBJECTS,
    WITHOUT_A_ROLE,
    Scene,
    address,
    every_role,
    play,
    statuses,
    those,
    undone,
)

pytestmark = pytest.mark.django_db

OTHER_METHODS = ("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@pytest.fixture(scope="module")
def played(shared_db: None) -> Scene:
    return play()


@pytest.fixture
def scene(played: Scene) -> Scene:
    return copy.deepcopy(played)


def answer(client: Client, method: str, at: str) -> HttpResponse:
    with undone():
        return client.generic(method, at)  # type: ignore[return-value]


@every_role
def test_no_other_method_reaches_an_object_of_anybody(scene: Scene, client: Client, role: Role) -> None:
    """Neither an object of their own nor a colleague's, one elsewhere or nobody's; many addresses name the same."""
    client.force_login(scene.people[role].user)
    names = [name for name, row in ROWS.items() if role in row.roles]
    among = [scene.own, scene.colleagues, scene.elsewhere, {}]
    addresses = {address(name, objects) for objects in among for name in names}
    found = {(at, method): answer(client, method, at).status_code for at in addresses for method in OTHER_METHODS}
    assert those(found, lambda at, method, status: status != 405) == {}


@every_role
def test_another_method_is_no_way_round_the_role(scene: Scene, client: Client, role: Role) -> None:
    client.force_login(scene.people[role].user)
    names = [name for name, row in ROWS.items() if role not in row.roles]
    found = {
        (name, m): answer(client, m, address(name, scene.own)).status_code for name in names for m in ("PUT", "HEAD")
    }
    assert those(found, lambda name, method, status: status != 403) == {}


def test_what_is_open_without_a_role_takes_no_other_method_either(scene: Scene, client: Client) -> None:
    client.force_login(scene.people[THERAPIST].user)
    found = {
        (name, method): answer(client, method, f"/{NAMED[name].pattern}").status_code
        for name in ("health-live", "health-ready", "choose-practice")
        for method in ("PUT", "DELETE", "PATCH")
    }
    assert set(found.values()) == {405}
    assert {"health-live", "health-ready", "choose-practice"} < WITHOUT_A_ROLE


@every_role
def test_nothing_of_a_practice_opens_before_a_second_factor_where_one_is_required(
    scene: Scene, client: Client, settings: Any, role: Role
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    client.force_login(scene.people[role].user)
    for name in ROWS:
        for method in ("GET", "POST"):
            turned = answer(client, method, address(name, scene.own))
            assert (turned.status_code, turned.headers["Location"].partition("?")[0]) == (302, "/account/"), name


class TestTwoRoles:
    @pytest.fixture
    def both(self, scene: Scene) -> Actor:
        """A clinician of the practice who is its manager too."""
        clinician = scene.people[CLINICIAN]
        return actor(MANAGER, practice=clinician.practice, user=clinician.user)

    def test_open_what_either_opens_and_nothing_more(self, scene: Scene, client: Client, both: Actor) -> None:
        client.force_login(both.user)
        found = statuses(client, ROWS, scene.own)

        def wrong(name: str, method: str, status: int) -> bool:
            either = {CLINICIAN, MANAGER} & set(ROWS[name].roles)
            return (status == 403) == bool(either)

        assert those(found, wrong) == {}

    def test_widen_nothing_of_whose_object_it_is(self, scene: Scene, client: Client) -> None:
        """A therapist who audits reads a colleague's case as an auditor, and still not on a therapist's pages."""
        therapist = scene.people[THERAPIST]
        actor(AUDITOR, practice=therapist.practice, user=therapist.user)
        client.force_login(therapist.user)
        own = [name for name, row in WITH_OBJECTS.items() if row.whose == "own"]
        found = statuses(client, own, scene.colleagues)
        assert those(found, lambda name, method, status: method in ROWS[name].methods and status != 404) == {}
        assert answer(client, "GET", address("audit-case", scene.colleagues)).status_code == 200

    def test_ending_one_leaves_the_other(self, scene: Scene, client: Client, both: Actor) -> None:
        client.force_login(both.user)
        assert client.get(address("practice-settings", {})).status_code == 200
        _end(both)
        assert client.get(address("practice-settings", {})).status_code == 403
        assert client.get(address("queue", {})).status_code == 200


class TestAnOpenSession:
    @every_role
    def test_opens_nothing_from_the_moment_that_the_role_ended(self, scene: Scene, client: Client, role: Role) -> None:
        by = scene.people[role]
        client.force_login(by.user)
        _end(by)
        names = [name for name, row in ROWS.items() if role in row.roles]
        assert set(statuses(client, names, scene.own).values()) == {403}

    @every_role
    def test_opens_nothing_from_the_moment_that_the_account_was_closed(
        self, scene: Scene, client: Client, role: Role
    ) -> None:
        by = scene.people[role]
        client.force_login(by.user)
        by.user.is_active = False
        by.user.save(update_fields=["is_active"])
        names = [name for name, row in ROWS.items() if role in row.roles]
        found = statuses(client, names, scene.own)
        assert set(found.values()) == {302}
        assert client.get(address("home", {})).headers["Location"].startswith("/sign-in/")

    def test_does_not_change_the_practice_with_the_role(self, scene: Scene, client: Client) -> None:
        """Whoever loses their role here, and has one elsewhere, is not let in there with an object of here."""
        by = scene.people[THERAPIST]
        elsewhere = actor(THERAPIST, user=by.user)
        client.force_login(by.user)
        client.post("/practice/choose/", {"practice": str(by.practice.pk)})
        assert client.get(address("client", scene.own)).status_code == 200
        _end(by)
        assert client.get(address("client", scene.own)).status_code == 404
        newest = Entry.objects.filter(action="client.viewed", actor=by.user).order_by("-pk")[0]
        assert newest.practice_id != elsewhere.practice.pk


class TestAPersonInTwoPractices:
    @pytest.fixture
    def there(self, scene: Scene) -> Actor:
        """The therapist of one practice, who audits in the other."""
        practice = Membership.objects.get(pk=scene.elsewhere["open"]["membership_id"]).practice
        return actor(AUDITOR, practice=practice, user=scene.people[THERAPIST].user)

    def test_reaches_in_each_only_what_is_in_it(self, scene: Scene, client: Client, there: Actor) -> None:
        client.force_login(there.user)
        client.post("/practice/choose/", {"practice": str(there.practice.pk)})
        assert answer(client, "GET", address("audit-case", scene.elsewhere)).status_code == 200
        assert answer(client, "GET", address("audit-case", scene.own)).status_code == 404
        assert answer(client, "GET", address("client", scene.own)).status_code == 403
        client.post("/practice/choose/", {"practice": str(scene.people[THERAPIST].practice.pk)})
        assert answer(client, "GET", address("client", scene.own)).status_code == 200
        assert answer(client, "GET", address("audit-case", scene.elsewhere)).status_code == 403

    def test_has_to_say_in_which_first(self, scene: Scene, client: Client, there: Actor) -> None:
        client.force_login(there.user)
        names = [name for name, row in ROWS.items() if {THERAPIST, AUDITOR} & set(row.roles)]
        assert set(statuses(client, names, scene.own).values()) == {302}


def _end(by: Actor) -> None:
    found = Membership.objects.filter(user=by.user, practice=by.practice, role=by.role, ended_at__isnull=True)
    assert found.update(ended_at=timezone.now()) == 1
