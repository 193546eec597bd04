"""Single sign-on against an issuer that runs: whose account it is, what is believed, and what makes no account."""

import dataclasses
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from core.accounts import single_sign_on
from core.accounts.models import Membership, Role, SingleSignOn, User
from core.config.single_sign_on import SingleSignOnSettings, problems
from core.errors import Conflict, Refused
from core.ledger.models import Entry
from tests import issuer as issuers
from tests.factories import MembershipFactory, UserFactory
from tests.issuer import Issuer
from tests.pages import text_of
from tests.signing_in import code_of, with_an_app

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.guarded_urls")]


@pytest.fixture(scope="module")
def _running() -> Iterator[Issuer]:
    with issuers.running() as found:
        yield found


@pytest.fixture
def issuer(_running: Issuer, settings: Any) -> Issuer:
    """The practice's sign-in service, as it is at first."""
    _running.claims = {"sub": "0042", "preferred_username": "tess"}
    _running.key, _running.algorithm, _running.breaks = _running.published, "RS256", False
    issuers.trust(settings, _running)
    return _running


@pytest.fixture
def tess() -> Membership:
    """A therapist, linked to nothing yet."""
    return MembershipFactory.create(user__username="tess", role=Role.THERAPIST)


def link(user: User, issuer: Issuer, subject: str = "0042") -> None:
    single_sign_on.link(user=user, issuer=issuer.url, subject=subject, by=None, at=timezone.now())


def sign_in(client: Client, issuer: Issuer, after: str = "/therapists/") -> Any:
    """Go there and come back, as a browser does; return the last answer."""
    to_there = client.get("/sign-in/service/", {"next": after})
    back = urlsplit(issuer.asked_to_authorize(to_there.headers["Location"]))
    return client.get(f"{back.path}?{back.query}")


def is_signed_in(client: Client) -> bool:
    return client.get("/practice/choose/").status_code == 200


def actions(user: User) -> list[str]:
    return list(Entry.objects.filter(stream__name=f"user:{user.pk}").order_by("seq").values_list("action", flat=True))


def test_what_was_searched_for_on_the_way_lies_in_no_session(client: Client, issuer: Issuer, tess: Membership) -> None:
    link(tess.user, issuer)
    client.get("/sign-in/service/", {"next": "/therapists/?code=Ada"})
    assert client.session["socialaccount_states"]
    assert "Ada" not in str(dict(client.session))
    assert sign_in(client, issuer, "/therapists/?code=Ada").headers["Location"] == "/therapists/"


class TestWhoseAccount:
    def test_a_linked_account_is_signed_in_and_goes_on(self, client: Client, issuer: Issuer, tess: Membership) -> None:
        link(tess.user, issuer)
        assert sign_in(client, issuer).headers["Location"] == "/therapists/"
        assert client.get("/therapists/").status_code == 200
        assert actions(tess.user) == ["single-sign-on.linked", "session.signed-in"]

    def test_nobody_is_signed_in_by_a_name_alone(self, client: Client, issuer: Issuer, tess: Membership) -> None:
        answer = sign_in(client, issuer)
        assert answer.status_code == 403
        assert "Nobody here signs in with that account" in text_of(answer)
        assert not is_signed_in(client)
        assert not SingleSignOn.objects.exists()

    def test_no_account_is_ever_made(self, client: Client, settings: Any, issuer: Issuer) -> None:
        issuers.trust(settings, issuer, link_at_first_sign_in=True)
        issuer.claims = {"sub": "77", "preferred_username": "newcomer", "email": "new@example.org"}
        assert sign_in(client, issuer).status_code == 403
        assert not User.objects.exists()
        assert not SocialAccount.objects.exists()

    def test_where_the_settings_allow_it_a_name_links_once(
        self, client: Client, settings: Any, issuer: Issuer, tess: Membership
    ) -> None:
        issuers.trust(settings, issuer, link_at_first_sign_in=True)
        assert sign_in(client, issuer).status_code == 302
        assert SingleSignOn.objects.get().subject == "0042"
        issuer.claims = {"sub": "666", "preferred_username": "tess"}  # somebody took the name over there
        assert sign_in(Client(), issuer).status_code == 403
        issuer.claims = {"sub": "0042", "preferred_username": "renamed"}
        assert sign_in(Client(), issuer).status_code == 302

    def test_a_name_in_other_letters_is_another_name(
        self, client: Client, settings: Any, issuer: Issuer, tess: Membership
    ) -> None:
        issuers.trust(settings, issuer, link_at_first_sign_in=True)
        for name in ("Tess", "tess ", "", None, ["tess"]):
            issuer.claims = {"sub": "0042", "preferred_username": name}
            assert sign_in(Client(), issuer).status_code == 403, name

    def test_a_mail_address_links_only_when_it_is_verified(self, settings: Any, issuer: Issuer) -> None:
        issuers.trust(settings, issuer, link_at_first_sign_in=True, claim="email")
        UserFactory.create(username="tess@example.org")
        issuer.claims = {"sub": "0042", "email": "tess@example.org"}
        assert sign_in(Client(), issuer).status_code == 403
        issuer.claims["email_verified"] = True
        assert sign_in(Client(), issuer).status_code == 302

    def test_a_closed_account_is_turned_away(self, client: Client, issuer: Issuer, tess: Membership) -> None:
        link(tess.user, issuer)
        User.objects.filter(pk=tess.user.pk).update(is_active=False)
        assert sign_in(client, issuer).headers["Location"] == "/sign-in/"
        assert not is_signed_in(client)

    def test_being_closed_or_leaving_acts_on_the_next_request(
        self, client: Client, issuer: Issuer, tess: Membership
    ) -> None:
        link(tess.user, issuer)
        sign_in(client, issuer)
        Membership.objects.filter(pk=tess.pk).update(ended_at=timezone.now())
        assert client.get("/therapists/").status_code == 403
        User.objects.filter(pk=tess.user.pk).update(is_active=False)
        assert client.get("/therapists/").headers["Location"].startswith("/sign-in/")

    def test_another_issuer_with_the_same_id_is_somebody_else(
        self, client: Client, issuer: Issuer, tess: Membership
    ) -> None:
        single_sign_on.link(user=tess.user, issuer="https://other.example", subject="0042", by=None, at=timezone.now())
        assert sign_in(client, issuer).status_code == 403

    def test_nothing_that_it_told_is_kept(self, client: Client, issuer: Issuer, tess: Membership) -> None:
        link(with_an_app(tess.user), issuer)
        issuer.claims |= {"email": "tess@example.org", "name": "Tess Canary"}
        sign_in(client, issuer)  # and waits for the second factor
        kept = str(dict(client.session))
        assert "Canary" not in kept
        assert tess.user.password not in kept

    def test_whoever_is_signed_in_is_not_linked_by_going_there(
        self, client: Client, issuer: Issuer, tess: Membership
    ) -> None:
        client.force_login(tess.user)
        to_there = client.get("/sign-in/service/", {"process": "connect"})
        back = urlsplit(issuer.asked_to_authorize(to_there.headers["Location"]))
        assert client.get(f"{back.path}?{back.query}").status_code == 401
        assert not SocialAccount.objects.exists()


class TestWhatIsBelieved:
    @pytest.mark.parametrize(
        "claims",
        [{"iss": "https://elsewhere.example"}, {"aud": "another"}, {"exp": 1}],
        ids=lambda claims: next(iter(claims)),
    )
    def test_a_token_for_others_or_of_old_is_not(
        self, client: Client, issuer: Issuer, tess: Membership, claims: dict[str, Any]
    ) -> None:
        link(tess.user, issuer)
        issuer.claims |= claims
        assert sign_in(client, issuer).status_code == 401
        assert not is_signed_in(client)

    def test_a_token_that_somebody_else_signed_is_not(self, client: Client, issuer: Issuer, tess: Membership) -> None:
        link(tess.user, issuer)
        issuer.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        answer = sign_in(client, issuer)
        assert answer.status_code == 401
        assert "Nobody was signed in" in text_of(answer)
        assert not is_signed_in(client)

    @pytest.mark.parametrize(("algorithm", "key"), [(None, None), ("HS256", "a secret that both sides may know")])
    def test_a_token_that_no_private_key_signed_is_not(
        self, client: Client, issuer: Issuer, tess: Membership, algorithm: str | None, key: str | None
    ) -> None:
        link(tess.user, issuer)
        issuer.algorithm, issuer.key = algorithm, key
        assert sign_in(client, issuer).status_code == 401
        assert not is_signed_in(client)

    def test_an_answer_is_taken_once(self, client: Client, issuer: Issuer, tess: Membership) -> None:
        link(tess.user, issuer)
        back = urlsplit(issuer.asked_to_authorize(client.get("/sign-in/service/").headers["Location"]))
        assert client.get(f"{back.path}?{back.query}").status_code == 302
        client.post("/sign-out/")
        assert client.get(f"{back.path}?{back.query}").status_code == 401
        assert not is_signed_in(client)

    def test_coming_back_without_having_gone_is_not(self, client: Client, issuer: Issuer, tess: Membership) -> None:
        link(tess.user, issuer)
        back = urlsplit(issuer.asked_to_authorize(Client().get("/sign-in/service/").headers["Location"]))
        assert client.get(f"{back.path}?{back.query}").status_code == 401
        assert not is_signed_in(client)

    def test_saying_no_there_is_a_page_here(self, client: Client, issuer: Issuer) -> None:
        assert client.get("/sign-in/service/done/?error=access_denied").status_code == 401

    def test_a_service_that_does_not_answer_is_a_page_and_no_fault(self, client: Client, issuer: Issuer) -> None:
        issuer.breaks = True
        assert client.get("/sign-in/service/").status_code == 401

    def test_no_other_site_is_gone_on_to(self, client: Client, issuer: Issuer, tess: Membership) -> None:
        link(tess.user, issuer)
        assert sign_in(client, issuer, after="https://elsewhere.example/").headers["Location"] == "/"


class TestSecondFactor:
    def test_ones_own_is_asked_for_all_the_same(self, client: Client, issuer: Issuer, tess: Membership) -> None:
        link(with_an_app(tess.user), issuer)
        issuer.claims["amr"] = ["pwd", "otp", "mfa"]
        assert sign_in(client, issuer).headers["Location"] == "/sign-in/second-factor/?next=%2Ftherapists%2F"
        client.post("/sign-in/second-factor/", {"one_time_code": code_of(tess.user)})
        assert client.get("/therapists/").status_code == 200

    @pytest.mark.parametrize(
        ("said", "counts"),
        [
            ({"amr": ["mfa"]}, True),
            ({"amr": ["pwd", "otp"]}, True),
            ({"amr": ["pwd"]}, False),
            ({"amr": ["otp"]}, False),
            ({"amr": []}, False),
            ({"amr": "mfa"}, False),
            ({"acr": "0"}, False),
            ({}, True),
        ],
    )
    def test_where_the_settings_let_it_count_it_counts_as_far_as_it_tells(
        self, client: Client, settings: Any, issuer: Issuer, tess: Membership, said: dict[str, Any], counts: bool
    ) -> None:
        settings.REQUIRE_SECOND_FACTOR = True
        issuers.trust(settings, issuer, counts_as_second_factor=True)
        link(tess.user, issuer)
        issuer.claims |= said
        sign_in(client, issuer)
        assert (client.get("/therapists/").status_code == 200) == counts

    def test_where_the_settings_name_levels_only_those_count(self, settings: Any, issuer: Issuer) -> None:
        issuers.trust(settings, issuer, counts_as_second_factor=True, acr_values=("gold",))
        assert single_sign_on.counts_as_second_factor({"acr": "gold"})
        assert not single_sign_on.counts_as_second_factor({"acr": "bronze", "amr": ["mfa"]})
        assert not single_sign_on.counts_as_second_factor({"amr": ["mfa"]})

    def test_where_they_do_not_it_does_not(
        self, client: Client, settings: Any, issuer: Issuer, tess: Membership
    ) -> None:
        settings.REQUIRE_SECOND_FACTOR = True
        link(tess.user, issuer)
        issuer.claims["amr"] = ["mfa"]
        sign_in(client, issuer)
        assert client.get("/therapists/").headers["Location"].startswith("/account/")


class TestSettingUp:
    def test_it_is_offered_where_it_is_set_up_and_nowhere_else(
        self, client: Client, settings: Any, issuer: Issuer
    ) -> None:
        assert "Sign in with Harbour ID" in text_of(client.get("/sign-in/?next=/notes/"))
        settings.SINGLE_SIGN_ON = SingleSignOnSettings()
        assert "Harbour ID" not in text_of(client.get("/sign-in/"))
        assert client.get("/sign-in/service/").status_code == 404
        assert client.get("/sign-in/service/done/").status_code == 404

    def test_the_command_links_and_takes_away(
        self, client: Client, issuer: Issuer, tess: Membership, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("link_single_sign_on", "tess", "0042")
        assert sign_in(client, issuer).status_code == 302
        call_command("link_single_sign_on", "tess", "--remove")
        assert sign_in(Client(), issuer).status_code == 403
        with pytest.raises(CommandError, match="linked to no account"):
            call_command("link_single_sign_on", "tess", "--remove")
        with pytest.raises(CommandError, match="Neither may be empty"):
            call_command("link_single_sign_on", "tess")
        assert capsys.readouterr().out.count("tess is linked") == 2

    def test_one_person_for_a_subject_and_one_subject_for_a_person(self, issuer: Issuer, tess: Membership) -> None:
        link(tess.user, issuer)
        with pytest.raises(Conflict):
            link(UserFactory.create(), issuer)
        with pytest.raises(Conflict):
            link(tess.user, issuer, "0043")
        with pytest.raises(Refused, match="Neither may be empty"):
            link(UserFactory.create(), issuer, " ")

    def test_half_a_setting_does_not_start_nor_one_without_tls_in_production(self) -> None:
        half = SingleSignOnSettings(server_url="https://id.example", client_id="soundings")
        assert [problem.split()[0] for problem in problems(half, production=False)] == ["OIDC_CLIENT_SECRET"]
        plain = dataclasses.replace(half, server_url="http://id.example", client_secret="x")
        assert problems(plain, production=False) == []
        assert "https://" in problems(plain, production=True)[0]
        assert problems(SingleSignOnSettings(), production=True) == []
