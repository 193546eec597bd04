"""Passkeys in a browser that holds one, and the pages around signing in: second factors, the account, the end."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from core.accounts import single_sign_on
from core.accounts.models import Membership, Role
from core.ledger.models import Entry
from screening.models import Determination
from tests import issuer as issuers
from tests import playing
from tests.factories import PASSWORD, MembershipFactory
from tests.functional.axe import axe_findings
from tests.functional.pages import PHONE
from tests.signing_in import code_for, code_of, with_an_app

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOLDER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A phone that can hold passkeys. What its console complains of fails the test."""
    context = browser.new_context(base_url=live_server.url, viewport=PHONE, reduced_motion="reduce")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Security Policy" in message.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def holder(page: Page) -> tuple[Any, str]:
    """What holds passkeys in that phone, and what the browser calls it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": HOLDER})["authenticatorId"]


@pytest.fixture
def tess() -> Membership:
    """A therapist."""
    return MembershipFactory.create(user__username="tess", role=Role.THERAPIST)


def sign_in(page: Page, name: str = "tess") -> None:
    page.get_by_label("Name you sign in with").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():  # until its scripts have run
        page.get_by_role("button", name="Sign in", exact=True).click()


def sees(page: Page, heading: str) -> None:
    """The page of that heading is open, axe finds nothing, and it fits a phone."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def sets_up_a_passkey(page: Page) -> None:
    page.goto("/account/passkey/")
    page.get_by_label("What to call it").fill("Phone")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")


def signs_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_passkey_is_made_signs_in_by_itself_and_stands_beside_a_password(
    page: Page, holder: tuple[Any, str], tess: Membership
) -> None:
    page.goto("/account/")
    sign_in(page)
    sees(page, "Your sign-in")
    page.get_by_role("link", name="Set up a passkey").click()
    sees(page, "Set up a passkey")
    sets_up_a_passkey(page)
    expect(page.locator(".codes li")).to_have_count(10)
    sees(page, "Recovery codes")
    page.get_by_role("link", name="I have kept them. Go on").click()
    expect(page.locator("main")).to_contain_text("Passkey Phone")
    sees(page, "Your sign-in")
    signs_out(page)
    page.goto("/sign-in/?next=/account/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your sign-in")
    signs_out(page)
    page.goto("/sign-in/?next=/account/")
    sign_in(page)
    sees(page, "Your second factor")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your sign-in")
    done = list(Entry.objects.filter(object=f"user:{tess.user.pk}").order_by("pk").values_list("action", flat=True))
    used = ["second-factor.used", "session.signed-in"]
    assert done == ["session.signed-in", "second-factor.added", *("session.signed-out", *used) * 2]


def test_where_no_passkey_fits_it_says_so_and_the_password_still_does(
    page: Page, holder: tuple[Any, str], tess: Membership
) -> None:
    page.goto("/sign-in/")
    sign_in(page)
    sets_up_a_passkey(page)
    signs_out(page)
    devtools, held_by = holder
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": held_by, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("main")).to_contain_text("No passkey was used. Try again, or go on without one.")
    devtools.send("WebAuthn.clearCredentials", {"authenticatorId": held_by})
    Authenticator.objects.filter(user=tess.user).delete()
    sign_in(page)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_a_determination_is_signed_by_a_passkey(page: Page, holder: tuple[Any, str]) -> None:
    house = playing.house()
    case = playing.answered(house, playing.published(house), "nothing-asked-yet")
    page.goto(f"/screenings/{case.pk}/sign/")
    sign_in(page, house.clinician.user.get_username())
    sets_up_a_passkey(page)
    page.goto(f"/screenings/{case.pk}/sign/")
    page.locator('input[name="outcome"]').first.check()
    page.get_by_label("Reasons").fill("I want the earlier records.")
    assert axe_findings(page) == []
    page.get_by_role("button", name="Sign with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Determination")
    expect(page.locator("main")).to_contain_text("I want the earlier records.")
    assert Determination.objects.get().signer == house.clinician.user
    confirmed = Entry.objects.get(action="session.confirmed")
    assert confirmed.actor == house.clinician.user


def test_an_authenticator_app_where_one_is_required(page: Page, tess: Membership, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    page.goto("/clients/add/")
    sign_in(page)
    sees(page, "Set up a second factor first")
    page.get_by_role("link", name="Set up an authenticator app").click()
    sees(page, "Set up an authenticator app")
    page.get_by_label("Code that the app shows").fill("000000")
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator("#error-summary")).to_be_focused()
    sees(page, "Set up an authenticator app")
    page.get_by_label("Code that the app shows").fill(
        code_for(page.locator(".steps .digest").inner_text().replace(" ", ""))
    )
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.get_by_role("link", name="I have kept them. Go on").click()
    expect(page).to_have_url(f"{page.url.split('/clients')[0]}/clients/add/")


def test_the_pages_of_ones_account_are_open_to_everybody(page: Page, tess: Membership) -> None:
    with_an_app(tess.user)
    page.goto("/account/")
    sign_in(page)
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("#error-summary")).to_be_focused()
    sees(page, "Your second factor")
    page.get_by_label("Code", exact=True).fill(code_of(tess.user))
    page.get_by_role("button", name="Sign in", exact=True).click()
    sees(page, "Your sign-in")
    page.get_by_role("link", name="Remove the authenticator app").click()
    sees(page, "Remove the authenticator app?")
    page.goto("/account/recovery-codes/")
    sees(page, "Recovery codes")
    page.goto("/account/confirm/")
    sees(page, "Who you are, once more")
    page.goto("/account/password/")
    page.get_by_role("button", name="Change the password").click()
    expect(page.locator("#error-summary")).to_be_focused()
    sees(page, "Change your password")


def test_the_practices_own_service_leads_there_and_back(page: Page, tess: Membership, settings: Any) -> None:
    with issuers.running() as issuer:
        issuers.trust(settings, issuer)
        page.goto("/sign-in/?next=/account/")
        assert axe_findings(page) == []
        page.get_by_role("link", name="Sign in with Harbour ID").click()
        sees(page, "Not signed in")
        single_sign_on.link(user=tess.user, issuer=issuer.url, subject="0042", by=None, at=timezone.now())
        page.goto("/sign-in/?next=/account/")
        page.get_by_role("link", name="Sign in with Harbour ID").click()
        sees(page, "Your sign-in")
        expect(page.locator("main")).to_contain_text("You also sign in with Harbour ID.")


def test_before_a_session_ends_it_is_said_and_can_be_kept(page: Page, tess: Membership) -> None:
    page.clock.install(time=timezone.now())
    page.goto("/clients/add/")
    sign_in(page)
    expect(page.get_by_label("Code")).to_be_visible()
    bar = page.locator("#session-end")
    expect(bar.get_by_role("status")).to_be_empty()
    page.get_by_label("Code").fill("C-77")
    page.clock.fast_forward("56:00")
    expect(bar.get_by_role("status")).to_contain_text("You will be signed out in 4 minutes")
    assert axe_findings(page) == []
    bar.get_by_role("button", name="Stay signed in").click()
    expect(bar.get_by_role("status")).to_be_empty()
    expect(page.get_by_label("Code")).to_have_value("C-77")
    page.clock.fast_forward("56:00")
    expect(bar.get_by_role("button", name="Stay signed in")).to_be_visible()
    page.clock.fast_forward("05:00")
    expect(bar.get_by_role("status")).to_contain_text("You are signed out. Sign in again to go on.")
    expect(bar.get_by_role("button", name="Stay signed in")).to_be_hidden()
