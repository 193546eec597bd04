"""Second factors that are lost: reset by a manager or a command, and their secrets under a new key."""

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from core.accounts import second_factors
from core.accounts.forms import NewPasskeyForm
from core.accounts.models import Membership, Role
from core.accounts.selectors import has_second_factor
from core.encryption import DecryptionFailed
from core.errors import NotForThisUser, Refused
from core.ledger.models import Entry
from tests.factories import PASSWORD, MembershipFactory, UserFactory, actor
from tests.pages import text_of
from tests.signing_in import code_of, recovery_codes, signs_in, with_an_app

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.guarded_urls")]


@pytest.fixture
def tess() -> Membership:
    """A therapist at Riverside, with an authenticator app."""
    membership = MembershipFactory.create(user__username="tess", practice__name="Riverside", role=Role.THERAPIST)
    with_an_app(membership.user)
    return membership


@pytest.fixture
def newcomer() -> Membership:
    """A therapist who has no second factor."""
    return MembershipFactory.create(user__username="nora", role=Role.THERAPIST)


def test_whoever_has_none_is_sent_to_set_one_up_and_not_to_recovery_codes(client: Client, newcomer: Membership) -> None:
    client.post("/sign-in/", {"username": "nora", "password": PASSWORD})
    shown = client.get("/account/recovery-codes/", follow=True)
    assert shown.redirect_chain == [("/account/", 302)]
    assert "Recovery codes stand in for a second factor. Set one up first." in text_of(shown)


def test_nobody_who_has_one_is_told_that_none_is_required(client: Client, newcomer: Membership) -> None:
    with_an_app(newcomer.user)
    client.post("/sign-in/", {"username": "nora", "password": PASSWORD})
    assert "No second factor is required" not in text_of(client.get("/sign-in/second-factor/"))
    signs_in(client, newcomer.user)
    page = client.get("/account/")
    assert page.status_code == 200
    assert "No second factor is required" not in text_of(page)


def test_a_recovery_code_that_is_not_taken_is_told_what_holds_for_those(client: Client, tess: Membership) -> None:
    code = recovery_codes(tess.user)[0]
    assert signs_in(Client(), tess.user, code=code) == 302
    client.post("/sign-in/", {"username": "tess", "password": PASSWORD})
    again = text_of(client.post("/sign-in/second-factor/", {"one_time_code": code}))
    assert "That recovery code does not fit, or was used before. Each is good once" in again
    assert "half minute" not in again
    assert "half minute" in text_of(client.post("/sign-in/second-factor/", {"one_time_code": "000000"}))


@pytest.mark.parametrize("name", ["Work\u202elaptop", "Work\u200blaptop", "Work\u2066laptop"])
def test_a_passkeys_name_holds_nothing_that_nobody_sees(name: str) -> None:
    form = NewPasskeyForm({"name": name, "passkey": "{}"})
    assert form.errors["name"] == ["This holds characters that nobody sees. Type it by hand."]
    assert NewPasskeyForm({"name": "Zo\u00eb\u2019s laptop \U0001f511", "passkey": "{}"}).is_valid()


class TestReset:
    def test_a_manager_resets_a_members_which_ends_their_sessions(self, client: Client, tess: Membership) -> None:
        signs_in(client, tess.user)
        manager = actor(Role.MANAGER, practice=tess.practice)
        second_factors.reset(user=tess.user, by=manager, at=timezone.now())
        assert not has_second_factor(tess.user)
        assert client.get("/notes/").headers["Location"].startswith("/sign-in/")
        entry = Entry.objects.get(action="second-factor.reset")
        assert (entry.actor, entry.object, entry.practice) == (manager.user, f"user:{tess.user.pk}", tess.practice)

    def test_nobody_else_does_and_no_manager_elsewhere_or_of_themselves(self, tess: Membership) -> None:
        now, manager = timezone.now(), actor(Role.MANAGER, practice=tess.practice)
        with pytest.raises(Refused, match="Only a practice manager"):
            second_factors.reset(user=tess.user, by=actor(Role.AUDITOR, practice=tess.practice), at=now)
        with pytest.raises(NotForThisUser):
            second_factors.reset(user=tess.user, by=actor(Role.MANAGER), at=now)
        with pytest.raises(Refused, match="your own second factors"):
            second_factors.reset(user=with_an_app(manager.user), by=manager, at=now)
        assert has_second_factor(tess.user)

    def test_a_role_that_ended_is_no_member(self, tess: Membership) -> None:
        Membership.objects.filter(pk=tess.pk).update(ended_at=timezone.now())
        with pytest.raises(NotForThisUser):
            second_factors.reset(user=tess.user, by=actor(Role.MANAGER, practice=tess.practice), at=timezone.now())

    def test_where_there_is_none_it_says_so(self, newcomer: Membership) -> None:
        with pytest.raises(Refused, match="has no second factor"):
            second_factors.reset(user=newcomer.user, by=None, at=timezone.now())

    def test_the_command_does_it_and_says_so(self, tess: Membership, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("reset_second_factor", "tess")
        assert "tess has no second factor now" in capsys.readouterr().out
        assert Entry.objects.get(action="second-factor.reset").actor is None

    def test_the_command_refuses_in_words(self, tess: Membership) -> None:
        with pytest.raises(CommandError, match="Nobody signs in with that name"):
            call_command("reset_second_factor", "nobody")

    def test_the_managers_page_offers_it_for_whoever_has_one(self, client: Client, tess: Membership) -> None:
        client.force_login(actor(Role.MANAGER, practice=tess.practice).user)
        assert "Reset the second factor of" in text_of(client.get("/practice/settings/"))
        at = f"/practice/roles/{tess.pk}/reset-second-factor/"
        assert "Make sure that it is" in text_of(client.get(at))
        assert client.post(at).status_code == 422
        assert client.post(at, {"password": "not mine at all"}).status_code == 409
        assert has_second_factor(tess.user)
        done = client.post(at, {"password": PASSWORD}, follow=True)
        assert "has no second factor now" in text_of(done)
        assert "Reset the second factor of" not in text_of(done)


class TestRotation:
    def test_every_secret_is_wrapped_anew_and_works_without_the_old_key(self, settings: Any, tess: Membership) -> None:
        old, new = settings.FIELD_KEYS[0], Fernet.generate_key().decode()
        other = with_an_app(UserFactory.create())
        settings.FIELD_KEYS = [new, old]
        with pytest.raises(SystemExit) as left:
            call_command("rotate_keys", stdout=StringIO())
        assert left.value.code == 0
        settings.FIELD_KEYS = [new]
        assert signs_in(Client(), tess.user) == 302
        assert len(recovery_codes(other)) == 10

    def test_without_it_they_do_not_open(self, settings: Any, tess: Membership) -> None:
        settings.FIELD_KEYS = [Fernet.generate_key().decode()]
        with pytest.raises(DecryptionFailed):
            code_of(tess.user)
