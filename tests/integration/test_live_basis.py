"""What the answers raise so far, beside the questions: read when it is opened, unless the practice switched it off."""

import pytest
from django.test import Client
from django.urls import reverse

from core.ledger.models import Entry
from core.ledger.selectors import payload_of
from screening.forms.policies import as_typed
from screening.models import PracticePolicy, Screening
from screening.selectors.policies import policy_of
from tests.pages import signed_in, text_of, typed
from tests.playing import House, filled, published

pytestmark = pytest.mark.django_db
OFFERED = "What the answers raise so far"
RAISED = "A pattern of suicide attempts or threats"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def case(house: House) -> Screening:
    return filled(house, published(house, "intake"), "three-attempts")


@pytest.fixture
def browser(house: House) -> Client:
    return signed_in(house.therapist)


def at(case: Screening, section: str = "mood") -> str:
    return reverse("section", args=[case.pk, section])


def so_far(case: Screening) -> str:
    return reverse("screening-so-far", args=[case.pk])


def save(browser: Client, case: Screening, section: str = "mood", **more: str) -> str:
    """Save a section as it stands, beside the page."""
    sent = {**typed(browser.get(at(case, section)), "section-form"), **more}
    return browser.post(at(case, section), sent, headers=HTMX).content.decode()


def switch_off(house: House) -> None:
    sent = as_typed(policy_of(house.practice)) | {"live_basis": False}
    typed_in = {name: value for name, value in sent.items() if value is not False}
    assert signed_in(house.manager).post(reverse("practice-settings"), typed_in).status_code == 302


def test_it_is_folded_beside_the_questions_and_read_when_it_is_opened(browser, case):
    page = browser.get(at(case)).content.decode()
    assert OFFERED in page
    assert RAISED not in page
    beside = browser.get(so_far(case), headers=HTMX).content.decode()
    assert "<html" not in beside
    assert RAISED in beside
    assert "#q-" in beside  # what it rests on, with a link back
    assert "If someone may be in danger now" in beside
    where_they_stand = browser.get(f"{so_far(case)}?crisis=stands", headers=HTMX).content.decode()
    assert "If someone may be in danger now" not in where_they_stand


def test_a_save_brings_it_only_while_it_is_open(browser, case):
    assert 'id="basis"' not in save(browser, case)
    assert RAISED in save(browser, case, basis="open")


def test_a_practice_that_switched_it_off_is_not_offered_it_and_the_page_says_why(house, browser, case):
    switch_off(house)
    assert PracticePolicy.objects.get(practice=house.practice).live_basis is False
    assert payload_of(Entry.objects.get(action="policy.changed"))["live_basis"] is False
    for page in (at(case), reverse("screening-answers", args=[case.pk])):
        assert OFFERED not in browser.get(page).content.decode()
    told = text_of(browser.get(so_far(case)))
    assert "so that it does not lead the interview" in told
    assert RAISED not in told
    assert browser.get(so_far(case), headers=HTMX).content == b""
    assert 'id="basis"' not in save(browser, case, basis="open")
    assert "If someone may be in danger now" in browser.get(at(case, "suicidality")).content.decode()


def test_once_the_answers_are_submitted_it_is_read_all_the_same(house, browser, case):
    switch_off(house)
    sent = {"revision": case.draft.revision}
    assert browser.post(reverse("screening-submit", args=[case.pk]), sent).status_code == 302
    assert RAISED in text_of(browser.get(reverse("screening-result", args=[case.pk])))
    assert browser.get(so_far(case), headers=HTMX).content == b""
