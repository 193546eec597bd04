"""weighed_by: a named role weighs the flag case by case. It is shown, and changes nothing."""

import pytest

from tests.spec.book import check_rule, evaluated, given, response, rule, rule_set_of, yes

RULE = rule("use", yes("a"), weighed_by=["medical-director", "prescriber"])


def test_the_rule_ends_as_it_would_without() -> None:
    check_rule(
        RULE,
        """
        a        | rule
        yes      | met
        no       | not met
        declined | unknown
        """,
    )


@pytest.mark.parametrize("cell", ["yes", "no", "declined"])
def test_its_whole_outcome_is_that_of_the_rule_without(cell: str) -> None:
    answers = response(given(a=cell))
    found = evaluated(RULE, answers=answers).outcome("use")
    assert found == evaluated(rule("use", yes("a")), answers=answers).outcome("use")


def test_the_roles_stand_in_the_order_in_which_they_were_written() -> None:
    assert [role.value for role in rule_set_of(RULE).rules[0].weighed_by] == ["medical-director", "prescriber"]
