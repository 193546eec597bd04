"""A manager gives and ends roles in a browser; and lists of long names and codes fit a narrow screen."""

import uuid

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone

from core.accounts.models import Role
from core.accounts.selectors import current_memberships
from screening.services import clients
from tests.factories import PASSWORD, UserFactory
from tests.functional.pages import Open
from tests.playing import House, filled, published, submitted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
FITS = "document.documentElement.scrollWidth <= window.innerWidth"


@pytest.mark.parametrize("script", [True, False])
def test_a_role_is_given_and_ended_by_whoever_shows_who_they_are(practice: House, open_for: Open, script: bool) -> None:
    newcomer = UserFactory.create()
    me = open_for(practice.manager, script=script)
    me.arrive(reverse("practice-settings"))
    me.sees("Practice settings")
    me.page.get_by_label("Name they sign in with").fill(newcomer.username)
    me.page.get_by_label("Role", exact=True).select_option("auditor")
    me.page.get_by_label("Your password, again").fill(PASSWORD)
    me.press("Give the role")
    me.reads("is auditor here now.")
    assert [held.role for held in current_memberships(newcomer)] == [Role.AUDITOR]
    me.page.get_by_role("link", name=f"End {newcomer.printed_name} as auditor").click()
    me.sees("End a role")
    me.page.get_by_label("Your password, again").fill(PASSWORD)
    me.press("End the role")
    me.reads("is no longer auditor here.")
    assert current_memberships(newcomer) == []


def test_long_names_and_codes_do_not_make_a_page_scroll_sideways(practice: House, open_for: Open) -> None:
    by = practice.therapist
    Authenticator.objects.create(user=by.user, type="webauthn", data={"name": "W" * 60, "credential": {}})
    clients.create(client_id=uuid.uuid4(), code="W" * 20, name="", birth_date=None, by=by, at=timezone.now())
    me = open_for(by)
    for address, width in ((reverse("account"), 390), (reverse("clients"), 320)):
        me.page.set_viewport_size({"width": width, "height": 800})
        me.arrive(address)
        assert me.page.evaluate(FITS), address


def test_a_link_pasted_into_a_note_does_not_make_a_page_scroll_sideways(practice: House, open_for: Open) -> None:
    case = filled(practice, published(practice, "intake"), "steady")
    me = open_for(practice.therapist)
    me.page.set_viewport_size({"width": 390, "height": 800})
    me.arrive(reverse("section", args=[case.pk, "psychosis"]))
    me.page.locator("details:has(> summary + textarea), details:has(textarea)").evaluate_all(
        "(folds) => { for (const fold of folds) fold.open = true; }"
    )
    for field in me.page.locator("textarea").all():
        field.fill("W" * 300)
        assert me.page.evaluate(FITS), field.get_attribute("name")


def test_a_chart_is_told_in_words_and_fits_a_phone(practice: House, open_for: Open) -> None:
    case = submitted(practice, published(practice, "after-session"), "cannot-put-a-number-on-it")
    me = open_for(practice.therapist)
    me.page.set_viewport_size({"width": 320, "height": 800})
    me.arrive(reverse("client", args=[case.client_id]))
    me.sees(f"Client {case.client.code}")
    me.reads("No number: not known")
    assert me.page.get_by_role("img", name="Cravings, check by check").count() == 1
    assert me.page.evaluate(FITS)
