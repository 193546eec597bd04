"""because: the answers that made it so, in the order of asking, and no others."""

from screening.engine.answers import Absence, Source
from screening.engine.guidance import Basis, Place
from tests.spec.book import Json, check_rule, evaluated, given, response, rows, rule, yes

ALL: Json = {"kind": "all", "of": [yes("b"), yes("a")]}
ANY: Json = {"kind": "any", "of": [yes("b"), yes("a")]}


def test_all_rests_on_every_part_where_it_is_met_and_else_on_those_that_fail_or_are_open() -> None:
    check_rule(
        rule("rule", ALL),
        """
        a        | b        | rule    | rests on
        ---------+----------+---------+---------
        yes      | yes      | met     | a, b
        no       | yes      | not met | a
        no       | declined | not met | a
        no       | no       | not met | a, b
        yes      | declined | unknown | a, b
        """,
    )


def test_any_rests_on_the_parts_that_hold_and_on_every_part_where_none_does() -> None:
    check_rule(
        rule("rule", ANY),
        """
        a        | b        | rule    | rests on
        ---------+----------+---------+---------
        yes      | no       | met     | a
        declined | yes      | met     | b
        no       | no       | not met | a, b
        no       | declined | unknown | b
        """,
    )


def test_one_answer_that_two_parts_read_is_named_once() -> None:
    known = {"kind": "known-from", "question": "a", "sources": ["client"]}
    check_rule(
        rule("rule", {"kind": "all", "of": [yes("a"), known]}),
        """
        a   | rule | rests on
        yes | met  | a
        """,
    )


def test_a_question_that_was_not_asked_rests_on_the_answer_that_closed_it() -> None:
    check_rule(
        rule("rule", {"kind": "equals", "question": "diagnosis-status", "value": "active"}),
        """
        diagnosed | diagnosis-status | rule    | rests on
        no        | active           | not met | diagnosed
        declined  | -                | unknown | diagnosed
        yes       | active           | met     | diagnosis-status
        """,
    )


def test_a_count_rests_on_the_rows_that_decide_it() -> None:
    check_rule(
        rule("rule", {"kind": "count", "group": "medicines", "where": yes("opioid"), "operator": ">=", "value": 1}),
        """
        opioid       | rule    | rests on
        no; yes      | met     | opioid of row-2
        no; no       | not met | opioid of row-1, opioid of row-2
        no; declined | unknown | opioid of row-2
        """,
    )


def test_a_basis_is_the_answer_as_it_was_given() -> None:
    outcome = evaluated(rule("rule", ALL), answers=response(given(a="yes@record", b="declined"))).outcome("rule")
    assert outcome.because == (
        Basis(Place("a"), value=True, absent=None, source=Source.RECORD),
        Basis(Place("b"), value=None, absent=Absence.DECLINED, source=Source.CLIENT),
    )


def test_a_count_of_rows_alone_rests_on_how_many_there_are() -> None:
    every = {"kind": "count", "group": "medicines", "operator": ">=", "value": 2}
    answers = response(medicines=rows({}, {}))
    outcome = evaluated(rule("rule", every), answers=answers).outcome("rule")
    assert outcome.because == (Basis(Place("medicines"), value=2, absent=None, source=None),)
