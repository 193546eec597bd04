"""A grade of concern: two rules read one answer, and each raises its own kind. No grade adds up to anything."""

from tests.spec.book import check_rule, evaluated, given, response, rule
from tests.spec.criteria import CRITERIA, is_option, one_of

SEVERE = rule("liver-severe", is_option("liver", "severe"), concern="advises-against")
MILDER = rule("liver-milder", one_of("liver", "mild", "moderate"), concern="caution")


def test_each_grade_is_a_rule_of_its_own_over_the_same_answer() -> None:
    check_rule(
        SEVERE,
        """
        liver    | rule
        severe   | met
        moderate | not met
        well     | not met
        declined | unknown
        """,
        CRITERIA,
    )
    check_rule(
        MILDER,
        """
        liver    | rule
        severe   | not met
        moderate | met
        mild     | met
        declined | unknown
        """,
        CRITERIA,
    )


def test_where_the_grade_is_not_known_every_grade_stays_open() -> None:
    found = evaluated(SEVERE, MILDER, answers=response(given(CRITERIA, liver="declined")), questionnaire=CRITERIA)
    assert found.flags == ("liver-severe", "liver-milder")
