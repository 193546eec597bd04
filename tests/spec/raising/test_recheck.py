"""recheck: when the answers behind a rule are asked again. It is shown, and changes nothing."""

import pytest

from tests.spec.book import check_rule, evaluated, given, response, rule, rule_set_of, yes

RULE = rule("use", yes("a"), recheck={"every": {"value": 30, "unit": "days"}})


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


def test_a_re_check_comes_every_so_often_or_before_each_session() -> None:
    before = rule("before", yes("a"), recheck={"before": "each-session"})
    every, each = (found.recheck for found in rule_set_of(RULE, before).rules)
    assert every is not None
    assert each is not None
    assert (str(every.every), every.before) == ("30 days", None)
    assert (each.every, each.before) == (None, "each-session")
