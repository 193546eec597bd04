"""A grade of concern: two rules read one answer, and each raises its own kind. No grade adds up to anything."""

import pytest

from tests.spec.book import evaluated, given, response, rule
from tests.spec.criteria import CRITERIA, is_option, one_of

SEVERE = rule("liver-severe", is_option("liver", "severe"), concern="advises-against")
MILDER = rule("liver-milder", one_of("liver", "mild", "moderate"), concern="caution")


@pytest.mark.parametrize(
    ("liver", "severe", "milder"),
    [
        ("severe", "met", "not-met"),
        ("moderate", "not-met", "met"),
        ("well", "not-met", "not-met"),
        ("declined", "cannot-be-ruled-out", "cannot-be-ruled-out"),
    ],
)
def test_one_answer_is_read_by_a_rule_for_each_grade(liver: str, severe: str, milder: str) -> None:
    found = evaluated(SEVERE, MILDER, answers=response(given(CRITERIA, liver=liver)), questionnaire=CRITERIA)
    assert [outcome.state.value for outcome in found.outcomes] == [severe, milder]
