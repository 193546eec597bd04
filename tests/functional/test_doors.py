"""The pages around the product, in a browser: signing in, choosing a practice, being refused, losing a session."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from core.accounts.models import Membership, Role
from tests.factories import PASSWORD, MembershipFactory
from tests.functional.axe import axe_findings

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DOORS = "tests.integration.guarded_urls"


@pytest.fixture
def tess() -> Membership:
    """A therapist of two practices."""
    riverside = MembershipFactory.create(user__username="tess", practice__name="Riverside", role=Role.THERAPIST)
    MembershipFactory.create(user=riverside.user, practice__name="Hill", role=Role.THERAPIST)
    return riverside


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A phone, by day unless asked for dark; what the browser's console complains of fails the test."""
    context = browser.new_context(
        base_url=live_server.url,
        color_scheme=getattr(request, "param", "light"),
        viewport={"width": 390, "height": 800},
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Security Policy" in message.text else None)
    yield page
    context.close()
    assert complaints == []


def sign_in(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("Name you sign in with").fill("tess")
    page.get_by_label("Password").fill(password)
    with page.expect_navigation():  # until its scripts have run
        page.get_by_role("button", name="Sign in", exact=True).click()


def looks_right(page: Page) -> None:
    """No axe finding, one main heading, nothing wider than the phone."""
    assert axe_findings(page) == []
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.urls(DOORS)
@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
def test_the_way_in_is_open_to_everybody(page: Page, tess: Membership) -> None:
    page.goto("/therapists/")
    looks_right(page)
    sign_in(page, "wrong")
    expect(page.locator("#error-summary")).to_be_focused()
    looks_right(page)
    sign_in(page)
    looks_right(page)
    page.get_by_role("button", name="Riverside").click()
    expect(page.locator("body")).to_contain_text("Riverside therapist")
    for address in ("/no/refused/", "/nowhere/", "/forgotten/"):
        page.goto(address)
        looks_right(page)
        expect(page.get_by_role("banner")).to_contain_text("Person")


@pytest.mark.urls(DOORS)
def test_what_was_typed_is_there_after_signing_in_again(page: Page, tess: Membership) -> None:
    page.goto("/notes/form/")
    sign_in(page)
    page.get_by_role("button", name="Riverside").click()
    page.get_by_label("Note").fill("Slept badly; wants to go on.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("What you typed is kept")
    sign_in(page)  # and goes on in the practice in which it was typed
    expect(page.get_by_label("Note")).to_have_value("Slept badly; wants to go on.")
    expect(page.locator("#messages")).to_contain_text("What you typed is still here; save it again.")
    looks_right(page)


@pytest.mark.urls(DOORS)
def test_signing_in_again_in_another_tab_costs_nothing_that_was_typed(page: Page, tess: Membership) -> None:
    page.goto("/notes/form/")
    sign_in(page)
    page.get_by_role("button", name="Riverside").click()
    page.get_by_label("Note").fill("Slept badly; wants to go on.")
    page.context.clear_cookies(name="sessionid")
    other = page.context.new_page()
    other.goto("/notes/form/")
    sign_in(other)
    other.get_by_role("button", name="Riverside").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Note")).to_have_value("Slept badly; wants to go on.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Saved: Slept badly; wants to go on.")


@pytest.mark.urls(DOORS)
@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
def test_a_form_of_a_practice_that_was_left_says_so_and_is_not_carried_out_in_another(
    page: Page, tess: Membership
) -> None:
    page.goto("/notes/form/")
    sign_in(page)
    page.get_by_role("button", name="Riverside").click()
    page.get_by_label("Note").fill("Slept badly; wants to go on.")
    Membership.objects.filter(pk=tess.pk).update(ended_at=timezone.now())
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("a practice in which you hold no role any more")
    looks_right(page)
    page.goto("/notes/form/")
    expect(page.get_by_role("banner")).to_contain_text("Hill")
    expect(page.get_by_label("Note")).to_have_value("")
