"""One's own account: the password, the sessions, when they end, and showing once more who one is at a signature."""

import io
import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from core.accounts.models import Membership, Role, Session, User
from core.accounts.proving import Given, confirm_identity
from core.config.sessions import LONGEST_SECONDS, SEEN, STARTED
from core.errors import Refused
from core.ledger.models import Entry
from tests.factories import PASSWORD, MembershipFactory, UserFactory, actor
from tests.pages import text_of
from tests.signing_in import code_of, recovery_codes, signs_in, with_an_app

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.guarded_urls")]

NEW = "seven grey herons at dawn"


@pytest.fixture
def tess() -> Membership:
    """A therapist at Riverside."""
    return MembershipFactory.create(user__username="tess", practice__name="Riverside", role=Role.THERAPIST)


@pytest.fixture
def desk(client: Client, tess: Membership) -> Client:
    """The browser in which Tess is signed in."""
    client.post("/sign-in/", {"username": "tess", "password": PASSWORD})
    return client


def change(client: Client, password: str = PASSWORD, new: str = NEW, again: str = "") -> Any:
    return client.post(
        "/account/password/", {"password": password, "new_password": new, "new_password_again": again or new}
    )


def actions(user: User) -> list[str]:
    return list(Entry.objects.filter(stream__name=f"user:{user.pk}").order_by("seq").values_list("action", flat=True))


def is_signed_in(client: Client) -> bool:
    return client.get("/practice/choose/").status_code == 200


class TestChangingThePassword:
    def test_it_takes_the_old_one_and_ends_every_other_session(self, desk: Client, tess: Membership) -> None:
        other = Client()
        other.force_login(tess.user)
        key = desk.session.session_key
        assert change(desk).headers["Location"] == "/account/"
        assert is_signed_in(desk)
        assert desk.session.session_key != key
        assert list(Session.objects.filter(user=tess.user).values_list("pk", flat=True)) == [desk.session.session_key]
        assert not is_signed_in(other)
        assert actions(tess.user)[-2:] == ["session.confirmed", "password.changed"]
        assert Client().post("/sign-in/", {"username": "tess", "password": NEW}).status_code == 302

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"password": "wrong"}, "That is not your password"),
            ({"password": ""}, "Type your password as it is now"),
            ({"new": "too short"}, "at least 12 characters"),
            ({"new": "1q2w3e4r5t6y7u8i9o0p"}, "This password is too common"),
            ({"new": "1-Football-2026"}, "a common password with something before or after it"),
            ({"new": "riversideriverside"}, "the same few characters"),
            ({"new": "soundings1234"}, "made of the product's name"),
            ({"new": "ababababababab"}, "the same few characters"),
            ({"again": "another one entirely"}, "The two new passwords differ"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_changes(
        self, desk: Client, tess: Membership, given: dict[str, str], words: str
    ) -> None:
        answer = change(desk, **given)
        assert answer.status_code == 422
        assert words in text_of(answer)
        tess.user.refresh_from_db()
        assert tess.user.check_password(PASSWORD)

    def test_wrong_ones_are_counted_as_at_the_door(self, desk: Client, tess: Membership) -> None:
        assert [change(desk, password="wrong").status_code for _ in range(5)] == [422, 422, 422, 422, 429]
        assert change(desk).status_code == 429
        assert actions(tess.user).count("session.confirmation-failed") == 6
        assert actions(tess.user).count("session.locked") == 1

    def test_the_command_gives_a_new_one_to_whoever_forgot_theirs(
        self, desk: Client, tess: Membership, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
        with pytest.raises(CommandError, match="at least 12 characters"):
            call_command("reset_password", "tess")
        assert is_signed_in(desk)
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{NEW}\n"))
        call_command("reset_password", "tess")
        assert not is_signed_in(desk)
        assert Client().post("/sign-in/", {"username": "tess", "password": NEW}).status_code == 302
        assert "password.changed" in actions(tess.user)

    def test_the_command_does_not_go_round_the_second_factor(
        self, client: Client, tess: Membership, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with_an_app(tess.user)
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{NEW}\n"))
        call_command("reset_password", "tess")
        answer = client.post("/sign-in/", {"username": "tess", "password": NEW})
        assert answer.headers["Location"].startswith("/sign-in/second-factor/")
        assert not is_signed_in(client)

    def test_a_long_one_counts_to_its_last_character(self, desk: Client) -> None:
        long = " ".join(["seven grey herons at dawn, and"] * 3) + " one more of them beside the weir"
        assert len(long) > 64
        assert change(desk, new=long).status_code == 302
        for typed, status in ((long[:-1], 422), (long.upper(), 422), (long, 302)):
            assert Client().post("/sign-in/", {"username": "tess", "password": typed}).status_code == status

    def test_any_characters_will_do_as_long_as_they_are_many_and_no_name(self) -> None:
        user = UserFactory.build(username="ana.ruiz", printed_name="Dr Ana Ruiz")
        for good in ("four plain words here", "ÄÖÜ — ß, и ещё слова", "1949-1950-1951-1953"):
            validate_password(good, user)
        for bad in ("dr ana ruiz!!", "ana.ruiz.2026", "Soundings-2026", "aaaaaaaaaaaa"):
            with pytest.raises(ValidationError):
                validate_password(bad, user)


class TestSessions:
    def test_ones_own_are_listed_and_another_can_be_ended(self, desk: Client, tess: Membership) -> None:
        other = Client()
        other.force_login(tess.user)
        is_signed_in(other)
        page = desk.get("/account/")
        assert [session.here for session in page.context["sessions"]].count(True) == 1
        theirs = next(session for session in page.context["sessions"] if not session.here)
        assert str(other.session.session_key) not in page.content.decode()
        assert desk.post(f"/account/sessions/{theirs.id}/end/").status_code == 302
        assert not is_signed_in(other)
        assert is_signed_in(desk)
        assert actions(tess.user)[-1] == "session.ended"

    def test_somebody_elses_is_not_there(self, desk: Client) -> None:
        colleague = MembershipFactory.create()
        other = Client()
        other.force_login(colleague.user)
        theirs = other.get("/account/").context["sessions"][0]
        assert desk.post(f"/account/sessions/{theirs.id}/end/").status_code == 404
        assert is_signed_in(other)

    def test_each_row_says_whose_it_is_and_nobodys_before_signing_in(self, client: Client, tess: Membership) -> None:
        client.post("/sign-in/", {"username": "tess", "password": PASSWORD})
        assert Session.objects.get().user == tess.user
        with_an_app(tess.user)
        waiting = Client()
        waiting.post("/sign-in/", {"username": "tess", "password": PASSWORD})
        assert Session.objects.get(pk=waiting.session.session_key).user is None

    def test_leaving_or_being_closed_acts_on_the_next_request_after_a_second_factor_too(
        self, client: Client, tess: Membership
    ) -> None:
        signs_in(client, with_an_app(tess.user))
        assert client.get("/therapists/").status_code == 200
        User.objects.filter(pk=tess.user.pk).update(is_active=False)
        assert client.get("/therapists/").headers["Location"].startswith("/sign-in/")


class TestTheEndOfASession:
    def test_each_page_says_until_when_it_lasts_and_how_it_is_kept(self, desk: Client) -> None:
        page = desk.get("/account/").content.decode()
        assert re.search(r"Signed in until \d\d:\d\d, if nothing more is opened or saved", page)
        idle, longest, warn = (int(re.search(rf'data-{name}="(\d+)"', page)[1]) for name in ("idle", "longest", "warn"))  # type: ignore[index]
        assert 3590 <= idle <= 3600
        assert LONGEST_SECONDS - 10 <= longest <= LONGEST_SECONDS
        assert warn == 300

    def test_nothing_is_said_to_whoever_is_signed_out(self, client: Client) -> None:
        page = client.get("/sign-in/").content.decode()
        assert "Signed in until" not in page
        assert "session-end" not in page

    def test_an_hour_in_which_nothing_was_asked_for_ends_it(
        self, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = timezone.now
        for minutes, still in ((59, True), (59 + 61, False)):
            monkeypatch.setattr(timezone, "now", lambda minutes=minutes: now() + timedelta(minutes=minutes))
            monkeypatch.setattr(time, "time", lambda: timezone.now().timestamp())
            assert is_signed_in(desk) == still

    def test_a_key_that_was_kept_from_before_signing_out_opens_nothing(self, desk: Client) -> None:
        kept = desk.cookies["sessionid"].value
        desk.post("/sign-out/")
        desk.cookies["sessionid"] = kept
        assert not is_signed_in(desk)

    def test_keeping_it_counts_from_now(self, desk: Client) -> None:
        session = desk.session
        session[SEEN] = int(time.time()) - 50
        session.save()
        assert desk.post("/session/keep/").status_code == 204
        assert desk.session[SEEN] >= int(time.time()) - 2

    def test_keeping_it_does_not_make_it_longer_than_a_days_work(self, desk: Client) -> None:
        session = desk.session
        session[STARTED] = int(time.time()) - LONGEST_SECONDS - 1
        session.save()
        assert desk.post("/session/keep/").status_code == 302
        assert not is_signed_in(desk)

    def test_whoever_is_signed_out_is_not_kept(self, client: Client) -> None:
        assert client.post("/session/keep/").headers["Location"].startswith("/sign-in/")


class TestAtASignature:
    @pytest.fixture
    def asked(self, rf: Any) -> Any:
        return rf.post("/sign/?case=7", {"words": "about a client"})

    def test_a_code_of_ones_app_stands_for_the_password(self, asked: Any) -> None:
        clinician = actor(Role.CLINICIAN)
        with_an_app(clinician.user)
        confirm_identity(asked, by=clinician, given=Given(code=code_of(clinician.user)), at=timezone.now())
        entry = Entry.objects.get(action="session.confirmed")
        assert (entry.actor, entry.role) == (clinician.user, "clinician")

    def test_the_same_code_signs_once(self, asked: Any) -> None:
        clinician = actor(Role.CLINICIAN)
        with_an_app(clinician.user)
        code = code_of(clinician.user)
        confirm_identity(asked, by=clinician, given=Given(code=code), at=timezone.now())
        with pytest.raises(Refused, match="does not fit"):
            confirm_identity(asked, by=clinician, given=Given(code=code), at=timezone.now())

    def test_a_recovery_code_signs_nothing_and_is_not_used_up(self, asked: Any) -> None:
        clinician = actor(Role.CLINICIAN)
        with_an_app(clinician.user)
        code = recovery_codes(clinician.user)[0]
        with pytest.raises(Refused):
            confirm_identity(asked, by=clinician, given=Given(code=code), at=timezone.now())
        assert code in recovery_codes(clinician.user)

    def test_somebody_elses_code_is_refused(self, asked: Any) -> None:
        clinician, colleague = actor(Role.CLINICIAN), actor(Role.CLINICIAN)
        with_an_app(clinician.user)
        with_an_app(colleague.user)
        with pytest.raises(Refused):
            confirm_identity(asked, by=clinician, given=Given(code=code_of(colleague.user)), at=timezone.now())

    def test_wrong_codes_are_recorded_counted_and_stopped(self, asked: Any) -> None:
        clinician = actor(Role.CLINICIAN)
        with_an_app(clinician.user)
        for words in ["does not fit"] * 4 + ["too often"]:
            with pytest.raises(Refused, match=words):
                confirm_identity(asked, by=clinician, given=Given(code="000000"), at=timezone.now())
        with pytest.raises(Refused, match="too often"):
            confirm_identity(asked, by=clinician, given=Given(code=code_of(clinician.user)), at=timezone.now())
        assert sorted(actions(clinician.user)) == ["session.confirmation-failed"] * 6 + ["session.locked"]
        assert signs_in(Client(), clinician.user) == 429

    def test_nothing_given_is_no_password(self, asked: Any) -> None:
        with pytest.raises(Refused):
            confirm_identity(asked, by=actor(Role.CLINICIAN), given=Given(), at=timezone.now())

    def test_a_password_is_in_no_repr(self) -> None:
        assert "river" not in repr(Given(password=PASSWORD))


@pytest.mark.parametrize("name", ["account/signup_closed.html", "account/account_inactive.html"])
def test_a_page_of_allauth_would_look_like_ours(rf: Any, name: str) -> None:
    """None has an address; should one ever be shown, it has a language, a main landmark and our header."""
    request = rf.get("/")
    request.user, request.session = AnonymousUser(), {}
    page = render_to_string(name, request=request)
    for part in ('<html lang="en">', '<main id="main"', 'class="brand"', "theme.css"):
        assert part in page


def test_no_page_of_allauth_has_an_address() -> None:
    for name in ("account_signup", "account_login", "account_reset_password", "account_email", "mfa_index"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
