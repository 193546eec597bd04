"""Second factors: at the door, set up, required, lost. Passkeys are tried in a browser (tests/functional)."""

import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from core.accounts import second_factors
from core.accounts.models import Membership, Role, Session, User
from core.accounts.selectors import has_second_factor, recovery_codes_left
from core.encryption import decrypt
from core.ledger.models import Entry
from tests.factories import PASSWORD, MembershipFactory
from tests.pages import text_of
from tests.signing_in import code_for, code_of, recovery_codes, signs_in, with_an_app

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.guarded_urls")]

STEP = "/sign-in/second-factor/"


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


@pytest.fixture
def _required(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True


required = pytest.mark.usefixtures("_required")


def give_password(client: Client, username: str = "tess", after: str = "/notes/", **extra: Any) -> Any:
    return client.post("/sign-in/", {"username": username, "password": PASSWORD, "next": after}, **extra)


def give_code(client: Client, code: str, **extra: Any) -> Any:
    return client.post(STEP, {"one_time_code": code}, **extra)


def actions(user: User) -> list[str]:
    return list(Entry.objects.filter(stream__name=f"user:{user.pk}").order_by("seq").values_list("action", flat=True))


def is_signed_in(client: Client) -> bool:
    return client.get("/practice/choose/").status_code == 200


def sets_up_an_app(client: Client) -> Any:
    """Set up an app as its page asks: with the key that it shows."""
    shown = client.get("/account/app/").context["secret"].replace(" ", "")
    return client.post("/account/app/", {"one_time_code": code_for(shown)})


class TestAtTheDoor:
    def test_a_password_alone_does_not_sign_in_who_has_a_second_factor(self, client: Client, tess: Membership) -> None:
        assert give_password(client).headers["Location"] == f"{STEP}?next=%2Fnotes%2F"
        assert not is_signed_in(client)
        assert actions(tess.user) == []

    def test_it_goes_on_to_what_was_searched_for(self, client: Client, tess: Membership) -> None:
        waits = give_password(client, after="/notes/?code=A-1").headers["Location"]
        assert client.post(waits, {"one_time_code": code_of(tess.user)}).headers["Location"] == "/notes/?code=A-1"

    def test_the_code_signs_in_goes_on_and_is_recorded(self, client: Client, tess: Membership) -> None:
        give_password(client)
        assert give_code(client, code_of(tess.user)).headers["Location"] == "/notes/"
        assert is_signed_in(client)
        assert actions(tess.user) == ["second-factor.used", "session.signed-in"]

    def test_a_wrong_code_signs_nobody_in_and_is_recorded(self, client: Client, tess: Membership) -> None:
        give_password(client)
        answer = give_code(client, "000 000")
        assert answer.status_code == 422
        assert "That code does not fit" in text_of(answer)
        assert not is_signed_in(client)
        assert actions(tess.user) == ["session.second-factor-failed"]

    def test_no_code_is_asked_for_again(self, client: Client, tess: Membership) -> None:
        give_password(client)
        assert "Type the code" in text_of(give_code(client, ""))

    def test_a_code_is_worth_something_once_in_whichever_process(self, client: Client, tess: Membership) -> None:
        code = code_of(tess.user)
        signs_in(client, tess.user, code=code)
        cache.clear()  # each process has a cache of its own
        other = Client()
        assert signs_in(other, tess.user, code=code) == 422
        assert not is_signed_in(other)

    def test_a_clock_may_be_half_a_minute_off_and_not_more(self, tess: Membership) -> None:
        assert signs_in(Client(), tess.user, code=code_of(tess.user, later=3)) == 422
        assert signs_in(Client(), tess.user, code=code_of(tess.user, later=1)) == 302

    def test_a_recovery_code_signs_in_once(self, tess: Membership) -> None:
        code = recovery_codes(tess.user)[3]
        assert signs_in(Client(), tess.user, code=f"{code[:5]}-{code[5:]}") == 302
        assert signs_in(Client(), tess.user, code=code) == 422
        assert recovery_codes_left(tess.user) == 9
        assert actions(tess.user)[:2] == ["recovery-codes.used", "session.signed-in"]

    def test_the_session_has_a_new_key_once_somebody_is_signed_in(self, client: Client, tess: Membership) -> None:
        give_password(client)
        before = client.session.session_key
        give_code(client, code_of(tess.user))
        assert client.session.session_key != before
        assert not Session.objects.filter(session_key=before).exists()

    def test_nobody_gets_to_the_second_step_past_the_first(self, client: Client, tess: Membership) -> None:
        assert client.get(STEP).headers["Location"] == "/sign-in/?next=%2F"
        assert give_code(client, code_of(tess.user)).status_code == 302
        assert not is_signed_in(client)

    def test_what_waits_too_long_is_begun_again(self, client: Client, tess: Membership) -> None:
        give_password(client)
        session = client.session
        session["account_login"] = {**session["account_login"], "initiated_at": time.time() - 901}
        session.save()
        assert give_code(client, code_of(tess.user)).status_code == 302
        assert not is_signed_in(client)

    def test_an_account_closed_meanwhile_is_not_signed_in(self, client: Client, tess: Membership) -> None:
        give_password(client)
        User.objects.filter(pk=tess.user.pk).update(is_active=False)
        give_code(client, code_of(tess.user))
        assert not is_signed_in(client)

    def test_a_second_factor_reset_meanwhile_does_not_make_the_password_enough(
        self, client: Client, tess: Membership
    ) -> None:
        give_password(client)
        second_factors.reset(user=tess.user, by=None, at=timezone.now())
        assert give_code(client, "123456").status_code == 302
        assert not is_signed_in(client)

    def test_a_passkey_that_is_none_is_said_to_be_none(self, client: Client, tess: Membership) -> None:
        for nonsense in ("", "no json", "[]", "{}", '{"response": {"userHandle": 7}}', '{"rawId": "AA", "id": "AA"}'):
            answer = client.post("/sign-in/passkey/", {"passkey": nonsense, "next": "/notes/"})
            assert answer.status_code == 422, nonsense
            assert "That passkey is not known here" in text_of(answer)
        give_password(client)
        assert client.post(STEP, {"passkey": '{"id": "AA"}'}).status_code == 422
        assert not is_signed_in(client)

    def test_what_was_typed_waits_until_after_the_second_factor(self, client: Client, tess: Membership) -> None:
        signs_in(client, tess.user)
        client.session.flush()
        turned_away = client.post("/notes/", {"note": "an hour of typing", "one_time_code": "1", "passkey": "2"})
        kept = decrypt(client.session["typed"]["/notes/"]["fields"].encode())
        assert kept == b"note=an+hour+of+typing"
        give_password(client, after=turned_away.headers["Location"].partition("next=")[2].replace("%2F", "/"))
        assert "What you typed is kept" in text_of(client.get(STEP))
        assert give_code(client, code_of(tess.user, later=1)).headers["Location"] == "/notes/"
        assert client.get("/notes/").content == b"restored ['an hour of typing']"


class TestGuessing:
    def guess(self, client: Client, times: int, **extra: Any) -> list[int]:
        statuses = []
        for _ in range(times):
            give_password(client, **extra)
            statuses.append(give_code(client, "000000", **extra).status_code)
        return statuses

    def test_five_wrong_codes_lock_them_even_for_the_right_one(self, client: Client, tess: Membership) -> None:
        assert self.guess(client, 5) == [422, 422, 422, 422, 429]
        give_password(client)
        answer = give_code(client, code_of(tess.user))
        assert answer.status_code == 429
        assert "wrong 5 times" in text_of(answer)
        assert not is_signed_in(client)
        assert actions(tess.user).count("session.locked") == 1
        assert actions(tess.user).count("session.second-factor-failed") == 6

    def test_recovery_codes_are_locked_with_them(self, client: Client, tess: Membership) -> None:
        self.guess(client, 5)
        give_password(client)
        assert give_code(client, recovery_codes(tess.user)[0]).status_code == 429
        assert recovery_codes_left(tess.user) == 10

    def test_trying_from_many_addresses_gains_nothing(self, tess: Membership) -> None:
        for number in range(5):
            self.guess(Client(), 1, REMOTE_ADDR=f"192.0.2.{number}", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
        assert signs_in(Client(REMOTE_ADDR="192.0.2.99"), tess.user) == 429

    def test_the_lock_lies_in_the_database_and_ends_after_a_while(self, client: Client, tess: Membership) -> None:
        self.guess(client, 5)
        cache.clear()  # a restart
        assert signs_in(Client(), tess.user) == 429
        AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
        assert signs_in(Client(), tess.user) == 302

    def test_nothing_that_was_typed_lies_beside_it(self, client: Client, tess: Membership) -> None:
        self.guess(client, 2)
        assert "000000" not in "".join(f"{row.post_data}{row.get_data}" for row in AccessAttempt.objects.all())

    def test_wrong_passwords_elsewhere_lock_nobodys_codes(self, tess: Membership) -> None:
        stranger = Client(REMOTE_ADDR="192.0.2.7")
        for name in ("tess", AccessAttempt.__name__, f"{tess.user.pk}"):
            for _ in range(6):
                stranger.post("/sign-in/", {"username": name, "password": "wrong"})
        assert signs_in(Client(), tess.user) == 302

    def test_where_no_address_is_known_passwords_are_counted_all_the_same(self, tess: Membership) -> None:
        nowhere = Client(REMOTE_ADDR="")
        wrong = {"username": "tess", "password": "wrong"}
        assert [nowhere.post("/sign-in/", wrong).status_code for _ in range(5)] == [422, 422, 422, 422, 429]

    def test_a_code_that_fits_begins_the_count_anew(self, client: Client, tess: Membership) -> None:
        self.guess(client, 4)
        signs_in(client, tess.user)
        client.post("/sign-out/")
        assert self.guess(client, 4) == [422] * 4


@required
class TestRequired:
    def test_whoever_has_none_is_led_to_set_one_up_and_only_to_that(self, client: Client, newcomer: Membership) -> None:
        assert give_password(client, "nora").headers["Location"] == "/notes/"
        assert client.get("/notes/").headers["Location"] == "/account/?next=%2Fnotes%2F"
        for address in ("/therapists/", "/practice/choose/", "/account/password/"):
            assert client.get(address).headers["Location"].startswith("/account/?next="), address
        page = text_of(client.get("/account/?next=/notes/"))
        assert "Set up a second factor first" in page
        assert "Change your password" not in page
        assert "No second factor is required" not in page

    def test_from_there_they_go_on_to_where_they_were_going(self, client: Client, newcomer: Membership) -> None:
        give_password(client, "nora")
        client.get("/account/?next=/notes/")
        before = client.session.session_key
        assert sets_up_an_app(client).headers["Location"] == "/account/recovery-codes/"
        assert client.session.session_key != before
        shown = client.get("/account/recovery-codes/")
        assert len(shown.context["codes"]) == 10
        assert shown.context["after"] == "/notes/"
        assert client.get("/notes/").status_code == 200
        assert actions(newcomer.user) == ["session.signed-in", "second-factor.added"]

    def test_what_was_typed_before_is_kept(self, client: Client, newcomer: Membership) -> None:
        give_password(client, "nora")
        assert client.post("/notes/", {"note": "typed"}).headers["Location"] == "/account/?next=%2Fnotes%2F"
        sets_up_an_app(client)
        assert client.get("/notes/").content == b"restored ['typed']"

    def test_htmx_is_led_there_too(self, client: Client, newcomer: Membership) -> None:
        give_password(client, "nora")
        answer = client.get("/notes/", headers={"HX-Request": "true"})
        assert answer.headers["HX-Redirect"].startswith("/account/")

    def test_having_one_is_not_having_used_it(self, client: Client, tess: Membership) -> None:
        client.force_login(tess.user)
        assert client.get("/notes/").headers["Location"] == "/account/confirm/?next=%2Fnotes%2F"
        page = client.get("/account/confirm/?next=/notes/")
        assert b'name="password"' not in page.content
        refused = client.post("/account/confirm/", {"password": PASSWORD, "next": "/notes/"})
        assert refused.status_code == 422
        assert client.get("/notes/").status_code == 302
        before = client.session.session_key
        done = client.post("/account/confirm/", {"one_time_code": code_of(tess.user), "next": "/notes/"})
        assert done.headers["Location"] == "/notes/"
        assert client.session.session_key != before
        assert client.get("/notes/").status_code == 200

    def test_with_only_a_password_nobody_adds_one_beside_another(self, client: Client, newcomer: Membership) -> None:
        give_password(client, "nora")
        with_an_app(newcomer.user)  # set up in another session meanwhile
        for address in ("/account/", "/account/app/", "/account/passkey/", "/account/recovery-codes/"):
            assert client.get(address).headers["Location"].startswith("/account/confirm/"), address
        assert client.post("/account/recovery-codes/new/").headers["Location"].startswith("/account/confirm/")
        assert Authenticator.objects.filter(user=newcomer.user).count() == 2

    def test_it_counts_in_the_session_in_which_it_was_used(self, client: Client, tess: Membership) -> None:
        signs_in(client, tess.user)
        assert client.get("/notes/").status_code == 200
        other = Client()
        other.force_login(tess.user)
        assert other.get("/notes/").status_code == 302

    def test_the_last_one_stays(self, client: Client, tess: Membership) -> None:
        signs_in(client, tess.user)
        mine = Authenticator.objects.get(user=tess.user, type="totp")
        answer = client.post(f"/account/factors/{mine.pk}/remove/")
        assert answer.status_code == 409
        assert "your only second factor" in text_of(answer)
        assert has_second_factor(tess.user)


class TestSettingUp:
    def test_it_is_offered_and_not_asked_for_where_it_is_not_required(
        self, client: Client, newcomer: Membership
    ) -> None:
        assert "No second factor is required here" in text_of(client.get("/sign-in/"))
        give_password(client, "nora")
        assert client.get("/notes/").status_code == 200
        page = text_of(client.get("/account/"))
        assert "No second factor is required here. One can be set up all the same." in page
        assert "Set up an authenticator app" in page

    def test_secrets_lie_encrypted_in_the_table_and_in_the_session(self, client: Client, newcomer: Membership) -> None:
        give_password(client, "nora")
        secret = client.get("/account/app/").context["secret"].replace(" ", "")
        assert secret not in str(dict(client.session))
        assert client.get("/account/app/").context["secret"].replace(" ", "") == secret
        client.post("/account/app/", {"one_time_code": code_for(secret)})
        app, codes = Authenticator.objects.filter(user=newcomer.user).order_by("pk")
        assert secret not in str(app.data)
        assert second_factors.open_secret(app.data["secret"]) == secret
        assert len(second_factors.open_secret(codes.data["seed"])) == 80
        assert "new_app" not in client.session

    def test_a_wrong_first_code_sets_up_nothing_and_keeps_the_key(self, client: Client, newcomer: Membership) -> None:
        give_password(client, "nora")
        secret = client.get("/account/app/").context["secret"]
        answer = client.post("/account/app/", {"one_time_code": "000000"})
        assert (answer.status_code, answer.context["secret"]) == (422, secret)
        assert "That code does not fit" in text_of(answer)
        assert not has_second_factor(newcomer.user)

    def test_the_first_code_cannot_be_used_again_to_sign_in(self, client: Client, newcomer: Membership) -> None:
        give_password(client, "nora")
        secret = client.get("/account/app/").context["secret"].replace(" ", "")
        client.post("/account/app/", {"one_time_code": code_for(secret)})
        assert signs_in(Client(), newcomer.user, code=code_for(secret)) == 422

    def test_a_second_app_is_refused(self, client: Client, tess: Membership) -> None:
        signs_in(client, tess.user)
        assert "an authenticator app already" in text_of(sets_up_an_app(client))

    def test_recovery_codes_are_shown_once(self, client: Client, newcomer: Membership) -> None:
        give_password(client, "nora")
        sets_up_an_app(client)
        first = client.get("/account/recovery-codes/").context["codes"]
        again = client.get("/account/recovery-codes/")
        assert again.context["codes"] == []
        assert not any(code in text_of(again) for code in first)
        client.post("/account/recovery-codes/new/")
        new = client.get("/account/recovery-codes/").context["codes"]
        assert not set(first) & set(new)
        assert signs_in(Client(), newcomer.user, code=first[0]) == 422
        assert actions(newcomer.user)[-2:] == ["recovery-codes.made", "session.second-factor-failed"]

    def test_codes_need_something_that_they_stand_in_for(self, client: Client, newcomer: Membership) -> None:
        give_password(client, "nora")
        assert client.post("/account/recovery-codes/new/").status_code == 409

    def test_after_a_while_it_is_asked_who_one_is(self, client: Client, newcomer: Membership) -> None:
        give_password(client, "nora")
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 301}]
        session.save()
        assert client.get("/account/app/").headers["Location"] == "/account/confirm/?next=%2Faccount%2Fapp%2F"
        wrong = client.post("/account/confirm/", {"password": "wrong", "next": "/account/app/"})
        assert "That is not your password" in text_of(wrong)
        right = client.post("/account/confirm/", {"password": PASSWORD, "next": "/account/app/"})
        assert right.headers["Location"] == "/account/app/"
        assert client.get("/account/app/").status_code == 200
        assert actions(newcomer.user)[-2:] == ["session.confirmation-failed", "session.confirmed"]

    def test_one_that_is_removed_signs_nobody_in_and_its_recovery_codes_go_too(
        self, client: Client, tess: Membership
    ) -> None:
        signs_in(client, tess.user)
        mine = Authenticator.objects.get(user=tess.user, type="totp")
        assert "the authenticator app" in text_of(client.get(f"/account/factors/{mine.pk}/remove/"))
        client.post(f"/account/factors/{mine.pk}/remove/")
        assert not Authenticator.objects.filter(user=tess.user).exists()
        assert actions(tess.user)[-1] == "second-factor.removed"

    def test_somebody_elses_is_not_there(self, client: Client, tess: Membership, newcomer: Membership) -> None:
        give_password(client, "nora")
        theirs = Authenticator.objects.get(user=tess.user, type="totp")
        assert client.get(f"/account/factors/{theirs.pk}/remove/").status_code == 404
        assert client.post(f"/account/factors/{theirs.pk}/remove/").status_code == 404
        assert has_second_factor(tess.user)
