"""enable_when: an answer under a question that is not asked feeds nothing; an open gate concludes nothing."""

from typing import Any

import pytest

from screening.engine.asking import asked, no_longer_asked, unanswered
from screening.engine.conditions import Truth
from screening.engine.guidance import Place, RuleState
from tests.spec.book import (
    WORDS,
    asked_when,
    check,
    choice,
    evaluated,
    given,
    question,
    questionnaire_of,
    response,
    rows,
    rule,
    yes,
)

ACTIVE = {"kind": "equals", "question": "diagnosis-status", "value": "active"}


def test_a_follow_up_is_read_only_where_it_is_asked() -> None:
    check(
        ACTIVE,
        """
        diagnosed | diagnosis-status | rule
        ----------+------------------+--------
        yes       | active           | met
        yes       | remission        | not met
        yes       | declined         | unknown
        yes       | -                | unknown
        no        | active           | not met
        no        | -                | not met
        declined  | active           | unknown
        declined  | -                | unknown
        -         | active           | unknown
        """,
    )


def test_where_a_question_is_not_asked_its_negation_holds() -> None:
    check(
        {"kind": "not", "condition": ACTIVE},
        """
        diagnosed | diagnosis-status | rule
        no        | active           | met
        no        | -                | met
        unknown   | -                | unknown
        """,
    )


def test_gates_are_followed_to_the_first_question() -> None:
    check(
        {"kind": "lasted", "since": "in-remission-since", "at_least": {"value": 1, "unit": "years"}},
        """
        diagnosed | diagnosis-status | in-remission-since | rule
        ----------+------------------+--------------------+--------
        yes       | remission        | 2020               | met
        yes       | active           | 2020               | not met
        no        | remission        | 2020               | not met
        declined  | remission        | 2020               | unknown
        yes       | declined         | 2020               | unknown
        """,
    )


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        ({"diagnosed": "declined"}, "diagnosed"),
        ({"diagnosed": "yes"}, "diagnosis-status"),
        ({"diagnosed": "yes", "diagnosis_status": "remission"}, "in-remission-since"),
    ],
)
def test_what_is_missing_is_the_gate_and_not_the_question_behind_it(cells: dict[str, str], missing: str) -> None:
    condition = {"kind": "lasted", "since": "in-remission-since", "at_least": {"value": 1, "unit": "years"}}
    outcome = evaluated(rule("rule", condition), answers=response(given(**cells))).outcome("rule")
    assert outcome.missing == (Place(missing),)


def test_a_question_in_a_row_is_asked_by_the_answers_of_that_row() -> None:
    where = {"kind": "equals", "question": "attempt-care", "value": "none"}
    condition = {"kind": "count", "group": "attempts", "where": where, "operator": ">=", "value": 1}
    ends = {"yes": "met", "no": "not met", "declined": "unknown"}
    for meant, ending in ends.items():
        row = {"attempt_meant": meant, "attempt_care": "none"}
        answers = response(given(attempted="yes"), attempts=rows(row))
        outcome = evaluated(rule("rule", condition), answers=answers).outcome("rule")
        assert outcome.state is WORDS[ending], meant


def gated(operator: str, wanted: Any, gate: dict[str, Any], behavior: str = "all") -> Any:
    follow_up = question("follow-up", "boolean", enable_when=asked_when("gate", wanted, operator))
    return questionnaire_of(gate, {**follow_up, "enable_behavior": behavior})


@pytest.mark.parametrize(
    ("operator", "wanted", "gate", "cell", "ending"),
    [
        ("=", 2, question("gate", "integer"), "2", "met"),
        ("=", 2, question("gate", "integer"), "3", "not met"),
        ("!=", 2, question("gate", "integer"), "3", "met"),
        ("!=", 2, question("gate", "integer"), "2", "not met"),
        ("!=", 2, question("gate", "integer"), "declined", "unknown"),
        (">", 2, question("gate", "integer"), "3", "met"),
        (">", 2, question("gate", "integer"), "2", "not met"),
        (">=", 2, question("gate", "integer"), "2", "met"),
        ("<", 2, question("gate", "integer"), "1", "met"),
        ("<", 2, question("gate", "integer"), "2", "not met"),
        ("<=", 2, question("gate", "integer"), "2", "met"),
        ("<=", 2, question("gate", "integer"), "-", "unknown"),
        ("=", "x", choice("gate", "x", "y", "z", repeats=True), "y+x", "met"),
        ("=", "x", choice("gate", "x", "y", "z", repeats=True), "y+z", "not met"),
        ("!=", "x", choice("gate", "x", "y", "z", repeats=True), "y+z", "met"),
        ("exists", True, question("gate", "boolean"), "no", "met"),
        ("exists", False, question("gate", "boolean"), "no", "not met"),
        ("exists", False, question("gate", "boolean"), "declined", "met"),
        ("exists", False, question("gate", "boolean"), "-", "met"),
    ],
)
def test_every_operator_opens_and_closes(operator: str, wanted: Any, gate: Any, cell: str, ending: str) -> None:
    questionnaire = gated(operator, wanted, gate)
    answers = response(given(questionnaire, gate=cell, follow_up="yes"))
    found = evaluated(rule("rule", yes("follow-up")), answers=answers, questionnaire=questionnaire)
    assert found.outcome("rule").state is WORDS[ending]


@pytest.mark.parametrize("cell", ["declined", "unknown", "-"])
def test_an_absent_answer_never_closes_what_is_asked_where_there_is_one(cell: str) -> None:
    """``exists`` on an absent answer is not shown, and not concluded either: unknown is never "no"."""
    questionnaire = gated("exists", True, question("gate", "boolean"))
    answers = response(given(questionnaire, gate=cell, follow_up="yes"))
    found = evaluated(rule("rule", yes("follow-up")), answers=answers, questionnaire=questionnaire)
    assert found.outcome("rule").state is RuleState.CANNOT_RULE_OUT


@pytest.mark.parametrize(
    ("behavior", "a", "b", "ending"),
    [
        ("all", "yes", "yes", "met"),
        ("all", "yes", "no", "not met"),
        ("all", "yes", "-", "unknown"),
        ("all", "no", "-", "not met"),
        ("any", "yes", "no", "met"),
        ("any", "yes", "-", "met"),
        ("any", "no", "-", "unknown"),
        ("any", "no", "no", "not met"),
    ],
)
def test_several_gates_join_as_they_say(behavior: str, a: str, b: str, ending: str) -> None:
    both = [*asked_when("a"), *asked_when("b")]
    follow_up = question("follow-up", "boolean", enable_when=both, enable_behavior=behavior)
    questionnaire = questionnaire_of(question("a", "boolean"), question("b", "boolean"), follow_up)
    answers = response(given(questionnaire, a=a, b=b, follow_up="yes"))
    found = evaluated(rule("rule", yes("follow-up")), answers=answers, questionnaire=questionnaire)
    assert found.outcome("rule").state is WORDS[ending]


def test_a_form_shows_what_is_surely_asked_and_marks_what_no_longer_is() -> None:
    from tests.spec.book import QUESTIONNAIRE

    answers = response(given(diagnosed="no", diagnosis_status="active", attempted="declined"))
    truths = asked(QUESTIONNAIRE, answers)
    assert truths[Place("diagnosed")] is Truth.TRUE
    assert truths[Place("diagnosis-status")] is Truth.FALSE
    assert truths[Place("attempts")] is Truth.UNKNOWN
    assert no_longer_asked(QUESTIONNAIRE, answers) == (Place("diagnosis-status"),)


def test_what_is_left_to_answer_is_asked_and_has_neither_answer_nor_reason() -> None:
    from tests.spec.book import QUESTIONNAIRE

    row = {"attempt_when": "2020", "attempt_meant": "yes"}
    answers = response(given(a="declined", diagnosed="no", attempted="yes"), attempts=rows(row, complete=False))
    waiting = set(unanswered(QUESTIONNAIRE, answers))
    assert {Place("b"), Place("attempts"), Place("attempt-care", "row-1")} <= waiting
    assert not waiting & {Place("a"), Place("diagnosis-status"), Place("attempt-when", "row-1"), Place("attempt-care")}
