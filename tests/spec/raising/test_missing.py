"""What is still missing: ranked by how many rules each answer alone could settle."""

from screening.engine.guidance import MissingAnswer, Place, RuleState
from tests.spec.book import check_rule, evaluated, given, response, rows, rule, yes

BOTH = {"kind": "all", "of": [yes("a"), yes("b")]}


def test_an_answer_under_a_decided_part_is_not_missing() -> None:
    decided = {"kind": "any", "of": [BOTH, yes("c")]}
    found = evaluated(rule("rule", decided), answers=response(given(a="no")))
    assert found.missing == (MissingAnswer(Place("c"), could_settle=("rule",), read_by=("rule",)),)


def test_a_rule_waits_for_what_is_open_and_could_still_turn_it() -> None:
    check_rule(
        rule("rule", {"kind": "any", "of": [BOTH, yes("c")]}),
        """
        a   | b        | c   | rule    | waits for
        ----+----------+-----+---------+----------
        -   | -        | -   | unknown | a, b, c
        no  | -        | -   | unknown | c
        yes | -        | no  | unknown | b
        yes | declined | no  | unknown | b
        -   | -        | yes | met     | -
        no  | -        | no  | not met | -
        """,
    )


def test_the_answer_that_settles_most_rules_comes_first_then_the_one_most_rules_wait_for() -> None:
    rules = [
        rule("waits-for-both", BOTH),
        rule("waits-for-b", yes("b")),
        rule("waits-for-c", yes("c")),
        rule("needs-two", {"kind": "at-least", "n": 2, "of": [yes("a"), yes("b"), yes("c")]}),
    ]
    found = evaluated(*rules, answers=response())
    assert [answer.place.link_id for answer in found.missing] == ["b", "a", "c"]
    b, a, c = found.missing
    assert (b.could_settle, b.read_by) == (
        ("waits-for-both", "waits-for-b"),
        ("waits-for-both", "waits-for-b", "needs-two"),
    )
    assert (a.could_settle, a.read_by) == (("waits-for-both",), ("waits-for-both", "needs-two"))
    assert (c.could_settle, c.read_by) == (("waits-for-c",), ("waits-for-c", "needs-two"))


def test_an_answer_that_settles_nothing_alone_says_so() -> None:
    needs_two = {"kind": "at-least", "n": 2, "of": [yes("a"), yes("b"), yes("c")]}
    found = evaluated(rule("rule", needs_two), answers=response())
    assert [answer.could_settle for answer in found.missing] == [(), (), ()]
    assert [answer.place.link_id for answer in found.missing] == ["a", "b", "c"]


def test_to_hear_that_the_rows_are_all_can_settle_a_count() -> None:
    condition = {"kind": "count", "group": "medicines", "where": yes("opioid"), "operator": ">=", "value": 1}
    found = evaluated(rule("rule", condition), answers=response(medicines=rows({"opioid": "no"}, complete=False)))
    assert found.missing == (MissingAnswer(Place("medicines"), could_settle=("rule",), read_by=("rule",)),)


def test_a_closed_gate_could_settle_what_stands_behind_it() -> None:
    active = {"kind": "equals", "question": "diagnosis-status", "value": "active"}
    found = evaluated(rule("rule", active), answers=response())
    assert found.missing == (MissingAnswer(Place("diagnosed"), could_settle=("rule",), read_by=("rule",)),)


def test_a_date_too_vague_to_tell_is_missing_too() -> None:
    condition = {"kind": "within", "question": "began", "last": {"value": 12, "unit": "months"}}
    found = evaluated(rule("rule", condition), answers=response(given(began="2025")))
    assert found.outcome("rule").state is RuleState.CANNOT_RULE_OUT
    assert found.outcome("rule").trace.why == "vague-date"
    assert [answer.place.link_id for answer in found.missing] == ["began"]


def test_where_every_rule_is_known_nothing_is_missing() -> None:
    assert evaluated(rule("rule", BOTH), answers=response(given(a="no"))).missing == ()
