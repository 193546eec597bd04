"""A case under review, as the clinician's side has it, and a draft of rules; a module may begin elsewhere."""

import copy

import pytest
from django.test import Client

from screening.models import Protocol, RuleSetVersion, Screening
from tests import playing
from tests.pages import signed_in
from tests.playing import House, claimed, published
from tests.rule_drafts import draft_of

Played = tuple[House, Protocol, Screening]


@pytest.fixture(scope="module")
def once(shared_db: None) -> Played:
    """A practice, its published protocol and a case in which every rule waits, written once for a module."""
    at_house = playing.house()
    protocol = published(at_house)
    return at_house, protocol, claimed(at_house, protocol, "nothing-asked-yet")


@pytest.fixture
def played(once: Played) -> Played:
    """What was written once, for one test to change."""
    return copy.deepcopy(once)


@pytest.fixture
def riverside(played: Played) -> House:
    """A practice with somebody in each role."""
    return played[0]


@pytest.fixture
def session_day(played: Played) -> Protocol:
    """The practice's published protocol."""
    return played[1]


@pytest.fixture
def case(played: Played) -> Screening:
    """The case under review."""
    return played[2]


@pytest.fixture
def desk(client: Client, riverside: House) -> Client:
    """The browser in which the clinician is signed in."""
    client.force_login(riverside.clinician.user)
    return client


@pytest.fixture
def house() -> House:
    """A new practice with somebody in each role."""
    return playing.house()


@pytest.fixture
def draft(house: House) -> RuleSetVersion:
    """A draft of that practice's published rules."""
    return draft_of(house)


@pytest.fixture
def author(house: House) -> Client:
    """The browser in which the author of rules is signed in."""
    return signed_in(house.author)
