"""A practice with a case under review, as the tests of the clinician's side have it; a module may begin elsewhere."""

import copy

import pytest
from django.test import Client

from screening.models import Protocol, Screening
from tests.playing import House, claimed, house, published

Played = tuple[House, Protocol, Screening]


@pytest.fixture(scope="module")
def once(shared_db: None) -> Played:
    """A practice, its published protocol and a case in which every rule waits, written once for a module."""
    at_house = house()
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
