"""The queue narrowed by what stands in its address, and how it says so."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.accounts.models import Role
from screening.models import Protocol, Screening
from screening.services import reviews
from tests.factories import actor
from tests.pages import signed_in, text_of
from tests.playing import NOON, House, claimed, house, published, submitted

pytestmark = pytest.mark.django_db

ATTEMPT, QUIET, UNASKED = "a-first-attempt", "an-ordinary-session-day", "nothing-asked-yet"


@pytest.fixture
def riverside() -> House:
    return house()


@pytest.fixture
def session_day(riverside: House) -> Protocol:
    return published(riverside)


@pytest.fixture
def desk(riverside: House) -> Client:
    return signed_in(riverside.clinician)


def shown(desk: Client, **query: Any) -> set[Any]:
    answer = desk.get(f"{reverse('queue')}?{urlencode(query)}")
    assert answer.status_code == 200
    return {case.screening.pk for case in answer.context["queue"].waiting}


def elsewhere(desk: Client, **query: Any) -> set[Any]:
    return {case.pk for case in desk.get(reverse("queue"), query).context["queue"].elsewhere}


def test_each_filter_narrows_to_what_it_names(riverside, session_day, desk):
    attempt, quiet = submitted(riverside, session_day, ATTEMPT), submitted(riverside, session_day, QUIET)
    unasked = claimed(riverside, session_day, UNASKED)
    reviews.release(screening=unasked, by=riverside.clinician, at=NOON)
    fresh = timezone.now() - timedelta(hours=1)
    Screening.objects.filter(pk=quiet.pk).update(submitted_at=fresh, returned_before=True)
    everything = {attempt.pk, quiet.pk, unasked.pk}
    colleague = actor(Role.THERAPIST, practice=riverside.practice)
    Screening.objects.filter(pk=attempt.pk).update(therapist=colleague.user)
    assert shown(desk) == everything
    assert shown(desk, code=quiet.client.code.lower()) == {quiet.pk}
    assert shown(desk, code="nobody") == set()
    assert shown(desk, protocol=session_day.pk) == everything
    assert shown(desk, therapist=colleague.user.pk) == {attempt.pk}
    assert shown(desk, concern="cannot-be-ruled-out") == {unasked.pk}
    assert shown(desk, waits=1) == {attempt.pk, unasked.pk}
    assert shown(desk, returned="on") == {quiet.pk}
    assert shown(desk, returned="on", waits=1) == set()


def test_a_whole_code_also_finds_the_case_that_waits_no_more(riverside, session_day, desk):
    case, waiting = claimed(riverside, session_day, QUIET), submitted(riverside, session_day, ATTEMPT)
    reviews.send_back(screening=case, words="Ask again.", questions=[], by=riverside.clinician, at=NOON)
    assert elsewhere(desk, code=case.client.code.lower()) == {case.pk}
    assert elsewhere(desk, code=case.client.code[:-1]) == set()
    assert elsewhere(desk, code=waiting.client.code) == set()
    assert elsewhere(desk) == set()
    assert elsewhere(signed_in(house().clinician), code=case.client.code) == set()
    page = desk.get(reverse("queue"), {"code": case.client.code})
    assert reverse("review", args=[case.pk]) in page.content.decode()
    assert "Returned with questions" in text_of(page)


def test_what_was_returned_once_is_marked_for_good(riverside, session_day, desk):
    case = claimed(riverside, session_day, QUIET)
    reviews.send_back(screening=case, words="Ask again.", questions=[], by=riverside.clinician, at=NOON)
    assert Screening.objects.get(pk=case.pk).returned_before


@pytest.mark.parametrize(
    "query",
    [
        {"protocol": "x"},
        {"therapist": "00000000-0000-0000-0000-000000000000"},
        {"concern": "verdict"},
        {"waits": "-1"},
        {"waits": "9" * 40},
        {"code": "C" * 21},
        {"unknown": "x"},
        {"page": "2"},
    ],
)
def test_what_is_no_choice_narrows_nothing(riverside, session_day, desk, query):
    case = submitted(riverside, session_day, QUIET)
    assert shown(desk, **query) == {case.pk}
    assert "Narrowed" not in text_of(desk.get(reverse("queue"), query))


def test_another_practices_protocol_is_no_choice(riverside, session_day, desk):
    other = published(house())
    page = desk.get(reverse("queue")).content.decode()
    assert str(session_day.pk) in page
    assert str(other.pk) not in page


def test_it_says_what_is_on_how_to_take_it_off_and_keeps_it_in_links(riverside, session_day, desk):
    for _ in range(26):
        submitted(riverside, session_day, UNASKED)
    query = {"concern": "cannot-be-ruled-out", "waits": "7"}
    page = desk.get(reverse("queue"), query)
    said, written = text_of(page), page.content.decode()
    assert "Narrowed: Kind of flag raised: Cannot be ruled out take off" in said
    assert "Waits longer than: a week take off" in said
    assert 'href="?waits=7&amp;"' in written
    assert 'href="?concern=cannot-be-ruled-out&amp;waits=7&amp;after=' in written
    assert "Nothing that waits fits." in text_of(desk.get(reverse("queue"), {**query, "code": "nobody"}))


def test_ones_own_cases_stay_in_sight(riverside, session_day, desk):
    mine = claimed(riverside, session_day, QUIET)
    narrowed = desk.get(reverse("queue"), {"code": "nobody"})
    assert [case.screening.pk for case in narrowed.context["queue"].mine] == [mine.pk]
    assert "Not narrowed: what you have in review is always shown." in text_of(narrowed)
    assert "Not narrowed" not in text_of(desk.get(reverse("queue")))
