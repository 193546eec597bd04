"""unless: a claimed exception is shown beside the flag and never silences it."""

import pytest

from screening.engine.conditions import Truth
from screening.engine.guidance import RuleState
from tests.spec.book import evaluated, given, response, rule, yes

ABSTINENT = {"id": "abstinent", "title": "Abstinent", "when": yes("b"), "confirmed_by": "clinician"}
RESIDENTIAL = {
    "id": "residential",
    "title": "In residential treatment",
    "when": yes("c"),
    "confirmed_by": "addiction-physician",
    "to": "abstinent",
}
RULE = rule("use", yes("a"), unless=[ABSTINENT, RESIDENTIAL])


@pytest.mark.parametrize(("cell", "truth"), [("yes", Truth.TRUE), ("no", Truth.FALSE), ("declined", Truth.UNKNOWN)])
def test_an_exception_is_claimed_possible_or_not_and_the_rule_stays_met(cell: str, truth: Truth) -> None:
    found = evaluated(RULE, answers=response(given(a="yes", b=cell))).outcome("use")
    assert found.state is RuleState.MET
    assert found.exceptions[0].claimed is truth
    assert found.exceptions[0].confirmed_by == "clinician"


def test_an_exception_does_not_make_an_unknown_rule_known() -> None:
    found = evaluated(RULE, answers=response(given(a="declined", b="yes"))).outcome("use")
    assert found.state is RuleState.CANNOT_RULE_OUT
    assert [place.link_id for place in found.missing] == ["a"]


@pytest.mark.parametrize(("cell", "lifted_by"), [("yes", ("residential",)), ("no", ()), ("declined", ())])
def test_an_exception_to_an_exception_lifts_it_only_where_it_is_claimed(cell: str, lifted_by: tuple[str, ...]) -> None:
    found = evaluated(RULE, answers=response(given(a="yes", b="yes", c=cell))).outcome("use")
    assert found.exceptions[0].lifted_by == lifted_by
    assert found.exceptions[1].lifted_by == ()


def test_an_exception_says_what_it_rests_on() -> None:
    found = evaluated(RULE, answers=response(given(a="yes", b="yes"))).outcome("use")
    assert [basis.place.link_id for basis in found.exceptions[0].because] == ["b"]
