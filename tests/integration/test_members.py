"""People, practices and roles: who may change them, what is recorded, and how an installation begins."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.accounts import services
from core.accounts.models import Actor, Membership, Practice, Role, User
from core.accounts.selectors import current_memberships, practices_of
from core.errors import Conflict, NotForThisUser, Refused
from core.ledger.models import Entry
from tests.factories import PASSWORD, MembershipFactory, PracticeFactory, UserFactory, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> Actor:
    return actor(Role.MANAGER)


def add(user: User, by: Actor, role: str = Role.THERAPIST) -> Membership:
    return services.add_member(user=user, practice=by.practice, role=role, by=by, at=timezone.now())


def end(membership: Membership, by: Actor) -> None:
    services.end_membership(membership=membership, by=by, at=timezone.now())


class TestRoles:
    def test_a_manager_gives_and_ends_a_role_and_both_are_recorded(self, manager: Actor) -> None:
        tess = UserFactory.create()
        membership = add(tess, manager)
        end(membership, manager)
        recorded = Entry.objects.filter(object=f"user:{tess.pk}").order_by("seq")
        assert [(entry.action, entry.actor) for entry in recorded] == [
            ("member.added", manager.user),
            ("member.ended", manager.user),
        ]
        assert current_memberships(tess) == []

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.MANAGER])
    def test_nobody_else_gives_a_role(self, role: Role) -> None:
        with pytest.raises(Refused, match="Only a practice manager"):
            add(UserFactory.create(), actor(role))

    def test_a_manager_of_one_practice_changes_nothing_in_another(self, manager: Actor) -> None:
        elsewhere = MembershipFactory.create()
        with pytest.raises(NotForThisUser):
            end(elsewhere, manager)
        with pytest.raises(NotForThisUser):
            services.add_member(
                user=manager.user, practice=elsewhere.practice, role=Role.CLINICIAN, by=manager, at=timezone.now()
            )
        elsewhere.refresh_from_db()
        assert elsewhere.ended_at is None

    def test_a_role_is_held_once(self, manager: Actor) -> None:
        tess = UserFactory.create()
        add(tess, manager)
        with pytest.raises(Conflict, match="therapist in the practice already"):
            add(tess, manager)
        assert Membership.objects.filter(user=tess).count() == 1

    def test_a_role_that_ended_may_be_given_again(self, manager: Actor) -> None:
        tess = UserFactory.create()
        end(add(tess, manager), manager)
        add(tess, manager)
        assert [membership.role for membership in current_memberships(tess)] == ["therapist"]

    def test_a_role_ends_once(self, manager: Actor) -> None:
        membership = add(UserFactory.create(), manager)
        end(membership, manager)
        with pytest.raises(Conflict, match="ended already"):
            end(membership, manager)

    def test_a_practice_keeps_its_last_manager(self, manager: Actor) -> None:
        own = Membership.objects.get(user=manager.user)
        with pytest.raises(Refused, match="only manager"):
            end(own, manager)
        add(UserFactory.create(), manager, Role.MANAGER)
        end(own, manager)
        assert current_memberships(manager.user) == []

    def test_a_role_that_does_not_exist_is_refused(self, manager: Actor) -> None:
        with pytest.raises(Refused, match="no such role"):
            add(UserFactory.create(), manager, "surgeon")

    def test_a_closed_account_gets_no_role(self, manager: Actor) -> None:
        with pytest.raises(Refused, match="closed"):
            add(UserFactory.create(is_active=False), manager)

    def test_nothing_changes_where_it_cannot_be_recorded(self, manager: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*args: object, **kwargs: object) -> None:
            raise RuntimeError("no ledger")

        tess = UserFactory.create()
        monkeypatch.setattr("core.accounts.services.append", broken)
        with pytest.raises(RuntimeError):
            add(tess, manager)
        assert current_memberships(tess) == []

    def test_practices_are_listed_once_however_many_roles(self) -> None:
        tess = MembershipFactory.create(role=Role.THERAPIST)
        MembershipFactory.create(user=tess.user, practice=tess.practice, role=Role.AUDITOR)
        assert practices_of(tess.user) == [tess.practice]


class TestAccounts:
    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"password": "short"}, "at least 12"),
            ({"password": "password1234"}, "common"),
            ({"printed_name": "  "}, "under a signature"),
            ({"username": "no spaces allowed"}, "username"),
            ({"username": "taken"}, "already exists"),
        ],
    )
    def test_an_account_that_will_not_do_is_refused_with_the_reason(self, change: dict[str, str], why: str) -> None:
        UserFactory.create(username="taken")
        good: dict[str, Any] = {"username": "tess", "printed_name": "Tess Quinn, LMFT", "password": PASSWORD}
        with pytest.raises(Refused, match=why):
            services.create_user(**{**good, **change}, by=None, at=timezone.now())
        assert not User.objects.filter(username="tess").exists()


class TestCommands:
    def test_an_installation_begins_with_a_practice_and_its_manager(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))
        call_command("create_practice", "Riverside", stdout=StringIO())
        command = ["add_member", "mara", "--practice", "riverside", "--role", "manager", "rule-author"]
        call_command(*command, "--printed-name", "Mara Lind", stdout=StringIO())
        mara = User.objects.get(username="mara")
        assert mara.check_password(PASSWORD)
        assert [m.role for m in current_memberships(mara)] == ["manager", "rule-author"]
        practice = Practice.objects.get()
        recorded = Entry.objects.filter(stream__name=f"practice:{practice.pk}").values_list("action", flat=True)
        assert {"practice.created", "member.added"} <= set(recorded)

    def test_without_a_password_it_says_that_none_came(self, monkeypatch: pytest.MonkeyPatch) -> None:
        PracticeFactory.create(name="Riverside")
        monkeypatch.setattr("sys.stdin", StringIO(""))
        with pytest.raises(CommandError, match="No password came on standard input"):
            call_command("add_member", "x", "--practice", "Riverside", "--role", "auditor", "--printed-name", "X Y")
        assert not User.objects.filter(username="x").exists()

    def test_a_known_person_keeps_their_password(self) -> None:
        tess = UserFactory.create(username="tess")
        PracticeFactory.create(name="Riverside")
        call_command("add_member", "tess", "--practice", "Riverside", "--role", "therapist", stdout=StringIO())
        assert User.objects.get(pk=tess.pk).check_password(PASSWORD)

    @pytest.mark.parametrize(
        ("command", "why"),
        [
            (["create_practice", " "], "2 to 200"),
            (["create_practice", "riverside"], "of that name already"),
            (["add_member", "x", "--practice", "Nowhere", "--role", "auditor"], "no one practice"),
            (["add_member", "x", "--practice", "Riverside", "--role", "auditor", "--printed-name", "X"], "at least 12"),
            (["add_member", "tess", "--practice", "Riverside", "--role", "auditor"], "already"),
        ],
    )
    def test_nonsense_is_refused_with_exit_code_2_and_changes_nothing(
        self, command: list[str], why: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        MembershipFactory.create(practice__name="Riverside", user__username="tess", role=Role.AUDITOR)
        monkeypatch.setattr("sys.stdin", StringIO("short\n"))
        with pytest.raises(CommandError, match=why) as refused:
            call_command(*command, stdout=StringIO())
        assert refused.value.returncode == 2
        assert (Practice.objects.count(), User.objects.count(), Membership.objects.count()) == (1, 1, 1)
