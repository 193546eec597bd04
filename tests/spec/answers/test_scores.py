"""score: an instrument, entered item by item or as a total."""

import pytest

from screening.engine.guidance import Basis, Place, RuleState
from tests.spec.book import Json, check, evaluated, given, response, rule

ITEMS = {"kind": "score", "items": ["low", "tired", "restless"], "operator": ">=", "value": 5}
BOTH = {**ITEMS, "total": "instrument-total"}
EITHER = {"kind": "score", "items": ["alone"], "total": "alone-total", "operator": ">=", "value": 2}


def test_items_are_added_up() -> None:
    check(
        ITEMS,
        """
        low | tired | restless | rule
        ----+-------+----------+--------
        2   | 2     | 1        | met
        2   | 2     | 0        | not met
        """,
    )


def test_an_item_without_an_answer_may_be_anything_within_its_bounds() -> None:
    check(
        ITEMS,
        """
        low      | tired    | restless | rule
        ---------+----------+----------+--------
        2        | 3        | -        | met
        2        | 2        | declined | unknown
        0        | 1        | -        | not met
        0        | 2        | -        | unknown
        declined | unknown  | -        | unknown
        """,
    )


def test_without_bounds_one_missing_item_leaves_all_open() -> None:
    check(
        {"kind": "score", "items": ["low", "unbounded"], "operator": ">=", "value": 2},
        """
        low | unbounded | rule
        3   | -1        | met
        3   | -2        | not met
        3   | -         | unknown
        """,
    )


def test_a_total_decides_where_items_are_missing() -> None:
    check(
        BOTH,
        """
        low | tired | restless | instrument-total | rule
        ----+-------+----------+------------------+--------
        -   | -     | -        | 5                | met
        -   | -     | -        | 4                | not met
        1   | -     | -        | 6                | met
        -   | -     | -        | declined         | unknown
        2   | 2     | 2        | -                | met
        2   | 2     | 1        | 5                | met
        """,
    )


def test_a_total_that_the_items_exclude_is_shown_and_never_resolved() -> None:
    check(
        BOTH,
        """
        low | tired | restless | instrument-total | rule
        ----+-------+----------+------------------+--------
        3   | 3     | 3        | 8                | unknown
        0   | 0     | 0        | 5                | unknown
        3   | 3     | -        | 5                | unknown
        0   | 0     | -        | 4                | unknown
        """,
    )
    answers = response(given(low="0", tired="0", restless="0", instrument_total="5"))
    outcome = evaluated(rule("rule", BOTH), answers=answers).outcome("rule")
    assert outcome.trace.why == "contradiction"
    assert [place.link_id for place in outcome.missing] == ["low", "tired", "restless", "instrument-total"]
    assert [basis.value for basis in outcome.because] == [0, 0, 0, 5]


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        ("<", "met", "not met", "not met"),
        ("<=", "met", "met", "not met"),
        (">", "not met", "not met", "met"),
        (">=", "not met", "met", "met"),
    ],
)
def test_a_score_is_exact_at_its_limit(operator: str, below: str, at: str, above: str) -> None:
    check(
        {**BOTH, "operator": operator},
        f"""
        low | tired | restless | instrument-total | rule
        2   | 2     | 0        | -                | {below}
        -   | -     | -        | 5                | {at}
        2   | 2     | 2        | 6                | {above}
        """,
    )


def test_only_what_is_asked_counts_and_where_neither_is_asked_the_condition_does_not_hold() -> None:
    check(
        EITHER,
        """
        in-full  | alone | alone-total | rule
        ---------+-------+-------------+--------
        yes      | 2     | 1           | met
        yes      | 1     | 2           | not met
        no       | 1     | 2           | met
        no       | 2     | 1           | not met
        no       | 2     | -           | unknown
        declined | 2     | 2           | unknown
        """,
    )
    alone = {key: value for key, value in EITHER.items() if key != "total"}
    check(
        alone,
        """
        in-full  | alone | rule
        no       | 3     | not met
        declined | 3     | unknown
        yes      | 3     | met
        """,
    )


def test_it_rests_on_the_answers_that_tell_it() -> None:
    def because(condition: Json, **cells: str) -> list[str]:
        outcome = evaluated(rule("rule", condition), answers=response(given(**cells))).outcome("rule")
        return [basis.place.link_id for basis in outcome.because]

    assert because(BOTH, low="2", tired="3") == ["low", "tired"]
    assert because(BOTH, low="2", instrument_total="5") == ["instrument-total"]
    assert because(EITHER, in_full="no", alone="1", alone_total="2") == ["alone-total"]
    assert because({**EITHER, "total": None}, in_full="no", alone="1") == ["in-full"]


def test_what_is_missing_are_the_items_and_the_total_that_could_take_their_place() -> None:
    found = evaluated(rule("rule", BOTH), answers=response(given(low="1")))
    assert found.outcome("rule").state is RuleState.CANNOT_RULE_OUT
    assert found.outcome("rule").because[0] == Basis(Place("low"), 1, None, found.outcome("rule").because[0].source)
    settle = {answer.place.link_id: bool(answer.could_settle) for answer in found.missing}
    assert settle == {"instrument-total": True, "tired": True, "restless": True}


def test_an_item_that_can_settle_nothing_alone_says_so() -> None:
    found = evaluated(rule("rule", {**ITEMS, "value": 8}), answers=response(given(low="3")))
    assert {answer.place.link_id: bool(answer.could_settle) for answer in found.missing} == {
        "tired": True,
        "restless": True,
    }
    high = evaluated(rule("rule", {**ITEMS, "value": 4}), answers=response())
    assert [answer.could_settle for answer in high.missing] == [(), (), ()]


def test_while_it_is_not_known_what_is_asked_the_gate_is_missing() -> None:
    found = evaluated(rule("rule", {**EITHER, "total": None}), answers=response(given(alone="3")))
    assert [answer.place.link_id for answer in found.missing] == ["in-full"]
    assert found.missing[0].could_settle == ("rule",)
