"""count: rows that hold, rows that may, and rows that nobody has mentioned yet."""

from typing import Any

from screening.engine.guidance import Place, RuleState
from tests.spec.book import check, evaluated, given, response, rows, rule, state, yes

Cells = dict[str, str]
YES, NO, DECLINED = {"opioid": "yes"}, {"opioid": "no"}, {"opioid": "declined"}


def opioids(operator: str, value: int) -> dict[str, Any]:
    return {"kind": "count", "group": "medicines", "where": yes("opioid"), "operator": operator, "value": value}


def test_at_least_so_many_is_known_once_so_many_are_there() -> None:
    check(
        opioids(">=", 2),
        """
        opioid             | rule
        none               | not met
        ...                | unknown
        yes                | not met
        yes; ...           | unknown
        yes; yes           | met
        yes; yes; ...      | met
        yes; no            | not met
        yes; declined      | unknown
        yes; declined; ... | unknown
        no; declined       | not met
        no; no             | not met
        yes; yes; declined | met
        """,
    )


def test_at_most_so_many_is_known_once_the_rows_are_all_or_too_many_are_there() -> None:
    check(
        opioids("<=", 1),
        """
        opioid             | rule
        none               | met
        ...                | unknown
        yes                | met
        yes; ...           | unknown
        yes; yes           | not met
        yes; yes; ...      | not met
        yes; no            | met
        yes; declined      | unknown
        yes; declined; ... | unknown
        no; declined       | met
        no; no             | met
        yes; yes; declined | not met
        """,
    )


def test_exactly_so_many_is_known_once_the_rows_are_all_or_too_many_are_there() -> None:
    check(
        opioids("=", 1),
        """
        opioid             | rule
        none               | not met
        ...                | unknown
        yes                | met
        yes; ...           | unknown
        yes; yes           | not met
        yes; yes; ...      | not met
        yes; no            | met
        yes; declined      | unknown
        yes; declined; ... | unknown
        no; declined       | unknown
        no; no             | not met
        yes; yes; declined | not met
        """,
    )


def test_a_group_that_nobody_asked_about_has_no_upper_bound() -> None:
    assert state(opioids(">=", 1), response()) is RuleState.CANNOT_RULE_OUT
    assert state(opioids("<=", 0), response()) is RuleState.CANNOT_RULE_OUT


def test_without_a_where_every_row_counts() -> None:
    every = {"kind": "count", "group": "medicines", "operator": ">=", "value": 2}
    assert state(every, response(medicines=rows(NO, DECLINED))) is RuleState.MET
    assert state(every, response(medicines=rows(NO))) is RuleState.NOT_MET


def test_an_empty_list_that_is_complete_counts_none() -> None:
    assert state(opioids("=", 0), response(medicines=rows())) is RuleState.MET


def test_inside_a_count_a_question_outside_the_group_reads_the_case() -> None:
    where = {"kind": "all", "of": [yes("opioid"), yes("a")]}
    check(
        {"kind": "count", "group": "medicines", "where": where, "operator": ">=", "value": 1},
        """
        a        | opioid | rule
        yes      | yes    | met
        no       | yes    | not met
        declined | yes    | unknown
        declined | no     | not met
        """,
    )


def test_what_is_missing_is_the_row_that_is_not_known_and_whether_there_are_more() -> None:
    answers = response(medicines=rows(YES, DECLINED, complete=False))
    outcome = evaluated(rule("rule", opioids(">=", 2)), answers=answers).outcome("rule")
    assert set(outcome.missing) == {Place("medicines"), Place("opioid", "row-2")}


def test_where_the_rows_are_all_only_the_unknown_row_is_missing() -> None:
    answers = response(medicines=rows(YES, DECLINED))
    outcome = evaluated(rule("rule", opioids(">=", 2)), answers=answers).outcome("rule")
    assert outcome.missing == (Place("opioid", "row-2"),)


def test_a_group_that_is_surely_not_asked_has_no_rows() -> None:
    condition = {"kind": "count", "group": "attempts", "operator": ">=", "value": 1}
    stale = rows({"attempt_meant": "yes"})
    assert state(condition, response(given(attempted="no"), attempts=stale)) is RuleState.NOT_MET
    assert state({**condition, "operator": "=", "value": 0}, response(given(attempted="no"))) is RuleState.MET


def test_where_nobody_knows_whether_to_ask_for_rows_the_gate_is_missing() -> None:
    condition = {"kind": "count", "group": "attempts", "operator": ">=", "value": 1}
    answers = response(given(attempted="declined"), attempts=rows({"attempt_meant": "yes"}))
    outcome = evaluated(rule("rule", condition), answers=answers).outcome("rule")
    assert outcome.state is RuleState.CANNOT_RULE_OUT
    assert outcome.missing == (Place("attempted"),)
