"""Whom an erasure means, and that it waits where an emergency does."""

from datetime import timedelta

import pytest

from core.accounts.models import Role
from core.errors import Refused
from screening.models import EmergencyAccess, Screening
from screening.services import emergencies, erasures
from tests import playing
from tests.factories import actor
from tests.playing import NOON, REASON, House

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


@pytest.fixture
def house() -> House:
    return playing.house()


@pytest.fixture
def case(house: House) -> Screening:
    return playing.filled(house, playing.published(house), "two-beers-at-lunch")


def opened(house: House, case: Screening) -> EmergencyAccess:
    return emergencies.open_case(screening=case, reason=REASON, by=house.manager, at=LATER)


def test_nobody_asks_while_an_emergency_waits_for_a_second_person(house: House, case: Screening) -> None:
    """Nobody could read its reason any more."""
    opened(house, case)
    with pytest.raises(Refused, match="nobody has looked into it yet"):
        erasures.ask(code=case.client.code, reason="client-asked", by=house.manager, at=LATER)


def test_one_that_came_meanwhile_stops_the_confirmation(house: House, case: Screening) -> None:
    second = actor(Role.MANAGER, practice=house.practice)
    erasure = erasures.ask(code=case.client.code, reason="client-asked", by=house.manager, at=LATER)
    access = opened(house, case)
    with pytest.raises(Refused, match="nobody has looked into it yet"):
        erasures.confirm(erasure=erasure, by=second, at=LATER)
    emergencies.acknowledge(access=access, words="It was right.", by=house.auditor, at=LATER)
    erasures.confirm(erasure=erasure, by=second, at=LATER)
    assert playing.again(case).erased_at == LATER


def test_capitals_and_spaces_of_the_code_make_nobody_else(house: House, case: Screening) -> None:
    code = f" {case.client.code.lower()} "
    assert erasures.ask(code=code, reason="client-asked", by=house.manager, at=LATER).client == case.client
