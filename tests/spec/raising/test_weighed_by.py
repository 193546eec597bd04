"""weighed_by: a named role weighs the flag case by case. It is shown, and changes nothing."""

import pytest

from tests.spec.book import WORDS, evaluated, given, response, rule, rule_set_of, yes

RULE = rule("use", yes("a"), weighed_by=["medical-director", "prescriber"])


@pytest.mark.parametrize(("cell", "ending"), [("yes", "met"), ("no", "not met"), ("declined", "unknown")])
def test_the_rule_ends_as_it_would_without(cell: str, ending: str) -> None:
    answers = response(given(a=cell))
    found = evaluated(RULE, answers=answers).outcome("use")
    assert found.state is WORDS[ending]
    assert found == evaluated(rule("use", yes("a")), answers=answers).outcome("use")


def test_the_roles_stand_in_the_order_in_which_they_were_written() -> None:
    assert [role.value for role in rule_set_of(RULE).rules[0].weighed_by] == ["medical-director", "prescriber"]
