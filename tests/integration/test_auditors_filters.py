"""What the auditor's list is narrowed to in its address, and what it says where that is no filter."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from screening.models import Screening
from tests.playing import House, house, published, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def riverside() -> House:
    """A practice with somebody in each role."""
    return house()


@pytest.fixture
def case(riverside: House) -> Screening:
    """A case with flags, submitted."""
    return submitted(riverside, published(riverside), "a-first-attempt")


@pytest.fixture
def desk(client: Client, riverside: House) -> Client:
    """The browser in which the auditor is signed in."""
    client.force_login(riverside.auditor.user)
    return client


def test_a_code_is_sought_from_the_page_and_stays_in_its_field(desk: Client, riverside: House, case: Screening) -> None:
    one, other = case, submitted(riverside, case.protocol, "an-ordinary-session-day")
    page = desk.get(reverse("audit-cases"), {"code": one.client.code.lower()}).content.decode()
    assert reverse("audit-case", args=[one.pk]) in page
    assert reverse("audit-case", args=[other.pk]) not in page
    assert f'name="code" value="{one.client.code.lower()}"' in page


@pytest.mark.parametrize(
    "query",
    [{"status": "made-up"}, {"code": "x" * 21}, {"rule": "' OR 1=1"}, {"submitted_from": "soon"}, {"page": "x"}],
)
def test_a_filter_that_no_list_holds_narrows_nothing(desk: Client, case: Screening, query: dict[str, str]) -> None:
    assert case.client.code in desk.get(f"{reverse('audit-cases')}?{urlencode(query)}").content.decode()


def test_days_between_which_none_lies_are_told_and_narrow_nothing(desk: Client, case: Screening) -> None:
    days = {"submitted_from": "2031-02-02", "submitted_to": "2031-02-01", "status": "submitted"}
    answer = desk.get(reverse("audit-cases"), days)
    page = answer.content.decode()
    assert "No day lies between" in page
    assert '<details class="why mb-3" open>' in page
    assert case.client.code in page
    assert [words for _, words, _ in answer.context["filters"]] == ["Waiting for review"]
    assert 'value="2031-02-02"' in page
    assert 'value="2031-02-01"' in page


def test_what_narrows_it_is_said_and_taken_off_one_by_one(desk: Client, case: Screening) -> None:
    query = {"code": "T-", "submitted_from": "2026-01-02", "disagreed": "on"}
    filters = desk.get(reverse("audit-cases"), query).context["filters"]
    assert filters == [
        ("Client code", "T-", "submitted_from=2026-01-02&disagreed=on&"),
        ("Submitted from", "2 January 2026", "code=T-&disagreed=on&"),
        ("A clinician disagreed with a flag", "", "code=T-&submitted_from=2026-01-02&"),
    ]
