"""undertakings: what is to be agreed, such as not to drive. That it was given is recorded nowhere."""

import pytest

from tests.spec.book import check_rule, evaluated, given, response, rule, rule_set_of, yes

RULE = rule("use", yes("a"), undertakings=[{"id": "no-driving", "text": "no driving until the next day"}])


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


def test_it_is_the_client_who_undertakes_where_nobody_else_is_named() -> None:
    other = {"id": "drives", "text": "drives them home", "by": "a companion"}
    rules = rule_set_of(RULE, rule("other", yes("a"), undertakings=[other])).rules
    assert [undertaking.by for found in rules for undertaking in found.undertakings] == ["the client", "a companion"]
