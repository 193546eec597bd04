"""A form that is sent after the session ended: nothing is done, and the way leads back to the page it stood on."""

from typing import Any

import pytest
from django.test import Client
from django.urls import resolve, reverse

from core.accounts.models import Actor, Role, Session
from screening.models import EmergencyAccess, EmergencyAcknowledgement, Erasure
from tests import playing
from tests.factories import PASSWORD, actor
from tests.integration.acts import ACTS
from tests.integration.test_access_matrix import ROWS, address
from tests.pages import fields, text_of
from tests.playing import House

pytestmark = pytest.mark.django_db

ENDED = "Your session had ended, so nothing was done. If you still want it, do it again."
KEPT = "You were signed out. What you typed is still here; save it again."


def at_the_door(person: Actor) -> Client:
    """Return a browser in which this person signed in at the door, so that it knows who was here last."""
    browser = Client()
    sign_in(browser, person)
    return browser


def sign_in(browser: Client, person: Actor, after: str = "/sign-in/") -> str:
    given = {"username": person.user.username, "password": PASSWORD}
    return str(browser.post(after, given).headers["Location"])


def sessions_end() -> None:
    Session.objects.all().delete()


def emergency(house: House) -> EmergencyAccess:
    playing.published(house)
    ACTS["emergencies.acknowledge"](house)
    return EmergencyAccess.objects.get(opened_by=house.therapist.user)


def test_every_address_says_rightly_whether_it_can_be_opened() -> None:
    for name, row in ROWS.items():
        view: Any = resolve(address(name, {})).func
        assert view.can_be_opened == ("GET" in row.methods), name


def test_the_way_leads_back_to_the_page_it_was_sent_from(house: House) -> None:
    case = playing.submitted(house, playing.published(house), "two-beers-at-lunch")
    browser, queue = at_the_door(house.clinician), reverse("queue")
    sessions_end()
    sent_from = {"referer": f"http://testserver{queue}?about=ada"}
    sent = browser.post(reverse("claim", args=[case.pk]), headers=sent_from)
    assert sent.headers["Location"] == f"/sign-in/?next={queue.replace('/', '%2F')}"
    assert "Your session had ended, so nothing was done." in text_of(browser.get(sent.headers["Location"]))
    assert sign_in(browser, house.clinician, sent.headers["Location"]) == queue
    assert ENDED in text_of(browser.get(queue))
    assert ENDED not in text_of(browser.get(queue))
    case.refresh_from_db()
    assert case.status == "submitted"


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "http://elsewhere.example/queue/",
        "http://testserver/nowhere/",
        "http://testserver/practice/retention/ask/",
        "http://testserver//elsewhere.example/",
    ],
)
def test_where_that_is_no_page_of_this_site_it_leads_to_the_first(house: House, sender: str) -> None:
    case = playing.submitted(house, playing.published(house), "two-beers-at-lunch")
    sent = Client().post(reverse("claim", args=[case.pk]), headers={"referer": sender} if sender else {})
    assert sent.headers["Location"] == "/sign-in/?next=%2F"


def test_somebody_else_who_signs_in_is_told_nothing_of_it(house: House) -> None:
    browser = at_the_door(house.clinician)
    sessions_end()
    case = playing.submitted(house, playing.published(house), "two-beers-at-lunch")
    browser.post(reverse("claim", args=[case.pk]), headers={"referer": f"http://testserver{reverse('queue')}"})
    sign_in(browser, actor(Role.CLINICIAN, practice=house.practice))
    assert ENDED not in text_of(browser.get(reverse("queue")))


def test_whoever_was_signed_in_and_opens_a_page_is_told_that_they_are_not(house: House) -> None:
    said = "You are signed out here. Sign in to go on."
    browser = at_the_door(house.clinician)
    sessions_end()
    assert said in text_of(browser.get(reverse("queue"), follow=True))
    assert said not in text_of(Client().get(reverse("queue"), follow=True))


def test_the_words_of_an_acknowledgement_are_kept(house: House) -> None:
    at = reverse("emergency-acknowledge", args=[emergency(house).pk])
    browser = at_the_door(house.manager)
    form = {**fields(browser.get(reverse("emergencies"))), "words": "I asked them both."}
    sessions_end()
    sent = browser.post(at, form)
    assert sent.headers["Location"] == "/sign-in/?next=%2Femergency%2Fopened%2F"
    assert sign_in(browser, house.manager, sent.headers["Location"]) == reverse("emergencies")
    again = browser.get(reverse("emergencies"))
    assert KEPT in text_of(again)
    assert fields(again)["words"] == ["I asked them both."]
    assert not EmergencyAcknowledgement.objects.exists()


def test_the_words_of_whoever_comes_second_are_shown(house: House) -> None:
    access = emergency(house)
    at = reverse("emergency-acknowledge", args=[access.pk])
    first, second = at_the_door(house.auditor), at_the_door(house.manager)
    assert first.post(at, {"words": "I was first."}).status_code == 302
    refused = second.post(at, {"words": "And I was second."})
    assert refused.status_code == 409
    assert "as therapist, " in text_of(refused)
    assert "What you had typed is not saved: And I was second." in text_of(refused)


def test_what_was_to_be_erased_is_kept(house: House) -> None:
    code = playing.a_client(house).code
    browser = at_the_door(house.manager)
    form = {**fields(browser.get(reverse("retention"))), "code": code, "reason": "client-asked"}
    sessions_end()
    sent = browser.post(reverse("ask-erasure"), form)
    assert sign_in(browser, house.manager, sent.headers["Location"]) == reverse("retention")
    again = fields(browser.get(reverse("retention")))
    assert (again["code"], again["reason"]) == ([code], ["client-asked"])
    assert not Erasure.objects.exists()


def test_what_was_typed_to_give_a_role_is_kept_without_the_password(house: House) -> None:
    browser = at_the_door(house.manager)
    sessions_end()
    sent = browser.post(reverse("give-role"), {"username": "mara", "role": "auditor", "password": PASSWORD})
    assert sign_in(browser, house.manager, sent.headers["Location"]) == reverse("practice-settings")
    page = browser.get(reverse("practice-settings")).content.decode()
    assert KEPT in page
    assert 'value="mara"' in page
    assert PASSWORD not in page


def test_where_a_second_factor_is_needed_first_it_says_that_nothing_was_done(house: House, settings: Any) -> None:
    case = playing.submitted(house, playing.published(house), "two-beers-at-lunch")
    browser = at_the_door(house.clinician)
    settings.REQUIRE_SECOND_FACTOR = True
    sent_from = {"referer": f"http://testserver{reverse('queue')}"}
    sent = browser.post(reverse("claim", args=[case.pk]), headers=sent_from)
    assert sent.headers["Location"] == f"/account/?next={reverse('queue').replace('/', '%2F')}"
    said = "A second factor is needed first, so nothing was done."
    assert said in text_of(browser.get(sent.headers["Location"]))
    case.refresh_from_db()
    assert case.status == "submitted"


def test_a_page_from_before_the_last_sign_in_leads_to_a_page_that_can_be_opened(house: House) -> None:
    case = playing.submitted(house, playing.published(house), "two-beers-at-lunch")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(house.clinician.user)
    stale = {"sec-fetch-site": "same-origin", "referer": f"http://testserver{reverse('queue')}"}
    refused = browser.post(reverse("claim", args=[case.pk]), headers=stale)
    assert refused.status_code == 403
    assert f'<a href="{reverse("queue")}">Open the page again</a>' in refused.content.decode()
