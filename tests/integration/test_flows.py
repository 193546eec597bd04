"""Whatever people of two practices do, in whichever order: what must never be false is never false (``tests.flows``).

``HYPOTHESIS_PROFILE=long`` plays many more and longer stories.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests import playing
from tests.flows import Flows

pytestmark = pytest.mark.django_db

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
EXAMPLES, STEPS = (60, 50) if LONG else (6, 22)


@pytest.fixture(scope="module")
def two_practices(shared_db: None) -> Iterator[None]:
    """Two practices with a published protocol and a client each, and in the first somebody who holds several roles."""
    houses = playing.house(), playing.house()
    for house in houses:
        protocol = playing.published(house)
        playing.filled(house, protocol, "thoughts-are-back")
        playing.signed(house, protocol, "thoughts-are-back")
    Flows.houses = houses
    yield
    del Flows.houses


@pytest.mark.long
def test_whatever_they_do_nothing_is_ever_false_that_must_not_be(two_practices: None) -> None:
    Flows.accepted = Flows.refused = 0
    tried = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        phases=[phase for phase in Phase if LONG or phase is not Phase.shrink],
    )
    run_state_machine_as_test(Flows, settings=tried)
    print(f"{EXAMPLES} stories: {Flows.accepted} commands accepted, {Flows.refused} refused")  # noqa: T201 - for -s
    fewest = EXAMPLES if LONG else 0  # a few short stories may hold little; many long ones never do
    assert Flows.accepted > fewest
    assert Flows.refused > fewest
