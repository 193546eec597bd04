"""Signing in and out, being locked out, and finding again what was typed when a session ended."""

import pytest
from axes.models import AccessAttempt
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone

from core.accounts.models import Membership, Role, User
from core.accounts.proving import confirm_password
from core.errors import Refused
from core.ledger.models import Entry
from tests.factories import PASSWORD, MembershipFactory, UserFactory, actor

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.guarded_urls")]

STALE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def tess() -> Membership:
    """A therapist at Riverside."""
    return MembershipFactory.create(user__username="tess", practice__name="Riverside", role=Role.THERAPIST)


def sign_in(client: Client, username: str, password: str = PASSWORD, next: str = "/notes/") -> int:  # noqa: A002
    return client.post("/sign-in/", {"username": username, "password": password, "next": next}).status_code


def actions(user: User) -> list[str]:
    return list(Entry.objects.filter(stream__name=f"user:{user.pk}").order_by("seq").values_list("action", flat=True))


def end_session(client: Client) -> None:
    """Let the session run out, as the server sees it; the browser keeps its other cookies."""
    client.session.flush()


class TestSigningIn:
    def test_it_goes_on_to_the_page_that_was_asked_for(self, client: Client, tess: Membership) -> None:
        form = {"username": "tess", "password": PASSWORD, "next": "/notes/"}
        assert client.post("/sign-in/", form).headers["Location"] == "/notes/"

    def test_it_goes_to_no_other_site(self, client: Client, tess: Membership) -> None:
        form = {"username": "tess", "password": PASSWORD, "next": "https://elsewhere.example/"}
        assert client.post("/sign-in/", form).headers["Location"] == "/"

    def test_it_is_recorded_and_so_is_signing_out(self, client: Client, tess: Membership) -> None:
        sign_in(client, "tess")
        client.post("/sign-out/")
        assert actions(tess.user) == ["session.signed-in", "session.signed-out"]

    def test_a_sign_in_that_cannot_be_recorded_does_not_happen(
        self, client: Client, tess: Membership, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*args: object, **kwargs: object) -> None:
            raise RuntimeError("no ledger")

        monkeypatch.setattr("core.accounts.signals.append", broken)
        client.raise_request_exception = False
        assert sign_in(client, "tess") == 500
        assert client.get("/notes/").status_code == 302

    def test_a_wrong_password_is_recorded_and_answered_with_422(self, client: Client, tess: Membership) -> None:
        response = client.post("/sign-in/", {"username": "tess", "password": "wrong"})
        assert response.status_code == 422
        assert actions(tess.user) == ["session.failed"]

    def test_an_unknown_name_reads_like_a_wrong_password_and_is_written_nowhere(
        self, client: Client, tess: Membership
    ) -> None:
        known = client.post("/sign-in/", {"username": "tess", "password": "wrong"})
        unknown = client.post("/sign-in/", {"username": "hunter2", "password": "wrong"})
        assert known.context["form"].errors == unknown.context["form"].errors
        assert not [entry for entry in Entry.objects.all() if b"hunter2" in bytes(entry.bytes)]

    def test_signing_out_is_a_post(self, client: Client, tess: Membership) -> None:
        sign_in(client, "tess")
        opened = client.get("/sign-out/")
        assert (opened.status_code, opened.headers["Allow"]) == (405, "POST, OPTIONS")
        assert "This address takes what a form sends" in opened.content.decode()
        assert client.get("/notes/").status_code == 200

    def test_five_wrong_passwords_lock_the_name_even_for_the_right_one(self, client: Client, tess: Membership) -> None:
        statuses = [sign_in(client, "tess", "wrong") for _ in range(5)]
        assert statuses == [422, 422, 422, 422, 429]
        response = client.post("/sign-in/", {"username": "tess", "password": PASSWORD})
        assert response.status_code == 429
        assert "wrong 5 times" in response.content.decode()
        assert '<a href="/sign-in/">Back to signing in</a>' in response.content.decode()
        assert client.get("/notes/").status_code == 302
        assert actions(tess.user).count("session.locked") == 1

    def test_a_lock_is_one_names_alone(self, client: Client, tess: Membership) -> None:
        other = MembershipFactory.create()
        for _ in range(6):
            sign_in(client, "tess", "wrong")
        assert sign_in(client, other.user.username) == 302

    def test_the_sign_in_page_is_not_stored_by_a_cache(self, client: Client) -> None:
        assert "no-store" in client.get("/sign-in/").headers["Cache-Control"]


class TestWhatWasTyped:
    def test_it_survives_the_end_of_the_session(self, client: Client, tess: Membership) -> None:
        sign_in(client, "tess")
        end_session(client)
        turned_away = client.post("/notes/", {"note": ["first", "second"]})
        assert turned_away.headers["Location"] == "/sign-in/?next=%2Fnotes%2F"
        assert "What you typed is kept" in client.get("/sign-in/").content.decode()
        sign_in(client, "tess")
        assert client.get("/notes/").content.decode() == "restored ['first', 'second']"

    def test_it_is_handed_back_once_with_a_word_that_says_so(self, client: Client, tess: Membership) -> None:
        sign_in(client, "tess")
        end_session(client)
        client.post("/notes/", {"note": "typed"})
        sign_in(client, "tess")
        client.get("/notes/")
        assert "What you typed is still here" in client.get("/practice/choose/").content.decode()
        assert client.get("/notes/").content == b"empty"

    def test_it_is_not_shown_to_the_next_person_at_the_same_desk(self, client: Client, tess: Membership) -> None:
        colleague = MembershipFactory.create(practice=tess.practice, role=Role.THERAPIST)
        sign_in(client, "tess")
        end_session(client)
        client.post("/notes/", {"note": "typed by Tess"})
        sign_in(client, colleague.user.username)
        assert client.get("/notes/").content == b"empty"
        client.post("/sign-out/")
        sign_in(client, "tess")
        assert client.get("/notes/").content == b"empty"

    def test_the_form_itself_says_who_typed_where_two_shared_a_browser(self, client: Client, tess: Membership) -> None:
        colleague = MembershipFactory.create(practice=tess.practice, role=Role.THERAPIST)
        sign_in(client, "tess")
        token = client.get("/practice/choose/").context["typed_by"]
        client.post("/sign-out/")
        sign_in(client, colleague.user.username)
        end_session(client)
        client.post("/notes/", {"note": "typed by Tess", "typed_by": token})
        sign_in(client, colleague.user.username)
        assert client.get("/notes/").content == b"empty"

    def test_a_forged_word_on_who_typed_keeps_nothing(self, client: Client, tess: Membership) -> None:
        sign_in(client, "tess")
        end_session(client)
        client.post("/notes/", {"note": "typed", "typed_by": f"{tess.user.pk}:forged"})
        sign_in(client, "tess")
        assert client.get("/notes/").content == b"empty"

    def test_a_browser_that_nobody_signed_in_with_keeps_nothing(self, client: Client) -> None:
        client.post("/notes/", {"note": "typed"})
        assert "typed" not in client.session

    def test_it_lies_encrypted_and_without_passwords(self, client: Client, tess: Membership) -> None:
        from core.encryption import decrypt

        sign_in(client, "tess")
        end_session(client)
        client.post("/notes/", {"note": "about a client", "password": "my secret"})
        kept = client.session["typed"]["/notes/"]
        assert "client" not in str(kept)
        assert b"secret" not in decrypt(kept["fields"].encode())

    def test_more_than_200_kilobytes_are_not_kept(self, client: Client, tess: Membership) -> None:
        sign_in(client, "tess")
        end_session(client)
        client.post("/notes/", {"note": "x" * 200_001})
        assert "typed" not in client.session

    def test_htmx_is_sent_to_the_sign_in_page_and_the_text_is_kept(self, client: Client, tess: Membership) -> None:
        sign_in(client, "tess")
        end_session(client)
        response = client.post("/notes/", {"note": "typed"}, headers={"HX-Request": "true"})
        assert response.headers["HX-Redirect"] == "/sign-in/?next=%2Fnotes%2F"
        sign_in(client, "tess")
        assert client.get("/notes/").content == b"restored ['typed']"

    def test_htmx_on_a_page_that_keeps_nothing_leaves_the_page_as_it_is(self, client: Client, tess: Membership) -> None:
        response = client.post("/therapists/", {"note": "typed"}, headers={"HX-Request": "true"})
        assert response.status_code == 401
        assert response.headers["HX-Retarget"] == "#messages"

    def test_it_survives_a_refusal(self, client: Client, tess: Membership) -> None:
        sign_in(client, "tess")
        assert client.post("/notes/", {"note": "refuse me"}).status_code == 409
        assert client.get("/notes/").content == b"restored ['refuse me']"


class TestStalePages:
    @pytest.fixture
    def strict(self, tess: Membership) -> Client:
        """A browser in which Tess signed in again, so that the tokens of her open pages are old."""
        client = Client(enforce_csrf_checks=True)
        client.force_login(tess.user)
        return client

    def test_a_page_from_before_signing_in_again_gets_its_text_back(self, strict: Client) -> None:
        token = strict.get("/practice/choose/").context["typed_by"]
        response = strict.post("/notes/", {"note": "typed", "typed_by": token}, headers=STALE)
        assert response.headers["Location"] == "/notes/"
        assert strict.get("/notes/").content == b"restored ['typed']"

    def test_a_page_that_somebody_else_had_open_gives_its_text_to_nobody(
        self, strict: Client, tess: Membership
    ) -> None:
        colleague = MembershipFactory.create(practice=tess.practice, role=Role.THERAPIST)
        token = strict.get("/practice/choose/").context["typed_by"]
        strict.force_login(colleague.user)
        strict.post("/notes/", {"note": "typed by Tess", "typed_by": token}, headers=STALE)
        assert strict.get("/notes/").content == b"empty"

    def test_a_stale_page_that_does_not_say_who_typed_keeps_nothing(self, strict: Client) -> None:
        assert strict.post("/notes/", {"note": "typed"}, headers=STALE).status_code == 403
        assert strict.get("/notes/").content == b"empty"

    def test_a_form_from_another_site_is_refused_and_leaves_nothing(self, strict: Client) -> None:
        token = strict.get("/practice/choose/").context["typed_by"]
        form = {"note": "planted", "typed_by": token}
        response = strict.post("/notes/", form, headers={"Sec-Fetch-Site": "cross-site"})
        assert response.status_code == 403
        assert strict.get("/notes/").content == b"empty"

    def test_a_browser_that_does_not_say_where_a_form_came_from_is_refused(self, strict: Client) -> None:
        token = strict.get("/practice/choose/").context["typed_by"]
        assert strict.post("/notes/", {"note": "typed", "typed_by": token}).status_code == 403

    def test_a_stale_form_of_a_page_that_keeps_nothing_says_what_to_do(self, strict: Client) -> None:
        response = strict.post("/therapists/", {}, headers=STALE)
        assert response.status_code == 403
        assert "Open the page again" in response.content.decode()

    def test_a_stale_sign_in_page_is_opened_afresh(self, tess: Membership) -> None:
        client = Client(enforce_csrf_checks=True)
        response = client.post("/sign-in/?next=/notes/", {"username": "tess"}, headers=STALE)
        assert response.headers["Location"] == "/sign-in/?next=/notes/"


class TestConfirmingAPassword:
    @pytest.fixture
    def request_of_a_signature(self, rf: RequestFactory) -> HttpRequest:
        return rf.post("/sign/?case=7", {"words": "about a client", "password": "x"})

    def test_the_right_password_is_recorded(self, request_of_a_signature: HttpRequest) -> None:
        clinician = actor(Role.CLINICIAN)
        confirm_password(request_of_a_signature, by=clinician, password=PASSWORD, at=timezone.now())
        assert actions(clinician.user) == ["session.confirmed"]

    def test_a_wrong_one_is_refused_and_recorded(self, request_of_a_signature: HttpRequest) -> None:
        clinician = actor(Role.CLINICIAN)
        with pytest.raises(Refused, match="not your password"):
            confirm_password(request_of_a_signature, by=clinician, password="wrong", at=timezone.now())
        assert actions(clinician.user) == ["session.confirmation-failed"]

    def test_the_lockout_keeps_nothing_of_the_signed_form(self, request_of_a_signature: HttpRequest) -> None:
        clinician = actor(Role.CLINICIAN)
        with pytest.raises(Refused):
            confirm_password(request_of_a_signature, by=clinician, password="wrong", at=timezone.now())
        attempt = AccessAttempt.objects.get()
        assert "client" not in attempt.post_data
        assert "case" not in attempt.get_data

    def test_guessing_is_stopped_even_with_the_right_password(self, request_of_a_signature: HttpRequest) -> None:
        clinician = actor(Role.CLINICIAN)
        for _ in range(5):
            with pytest.raises(Refused):
                confirm_password(request_of_a_signature, by=clinician, password="wrong", at=timezone.now())
        with pytest.raises(Refused, match="too often"):
            confirm_password(request_of_a_signature, by=clinician, password=PASSWORD, at=timezone.now())


def test_a_user_without_a_role_can_sign_in_and_is_told_so(client: Client) -> None:
    nobody = UserFactory.create()
    sign_in(client, nobody.username)
    assert "no role in any practice" in client.get("/practice/choose/").content.decode()
