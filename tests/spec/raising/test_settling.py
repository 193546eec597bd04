"""The fewest missing answers that could settle a rule: for each end, every smallest set, with answers that do."""

from typing import Any

import pytest

from screening.engine.answers import Answers
from screening.engine.guidance import RuleState
from screening.engine.settling import Settled, smallest_settling
from tests.spec.book import ON, QUESTIONNAIRE, given, response, rows, rule, rule_set_of, yes

ENDS = {"not met": RuleState.NOT_MET, "met": RuleState.MET}
OPIOIDS = {"kind": "count", "group": "medicines", "where": yes("opioid"), "operator": ">=", "value": 1}
SEVERAL = [{"kind": "compare", "question": name, "operator": ">=", "value": 2} for name in ("low", "tired", "restless")]
NUMBERS = [{"kind": "compare", "question": "sessions", "operator": ">=", "value": limit} for limit in range(1, 50)]


CONDITIONS: dict[str, dict[str, Any]] = {
    "a": yes("a"),
    "a or b": {"kind": "any", "of": [yes("a"), yes("b")]},
    "a and b": {"kind": "all", "of": [yes("a"), yes("b")]},
    "two of a, b and c": {"kind": "at-least", "n": 2, "of": [yes("a"), yes("b"), yes("c")]},
    "a and not a and b": {"kind": "all", "of": [yes("a"), {"kind": "not", "condition": yes("a")}, yes("b")]},
    "diagnosis-status is active": {"kind": "equals", "question": "diagnosis-status", "value": "active"},
}


def ways(cell: str) -> set[str]:
    """Read one cell: the sets that would do, with ";" between."""
    return set(cell.split("; ")) if cell else set()


def settled(when: dict[str, Any], answers: Answers | None = None) -> Settled:
    rules = rule_set_of(rule("rule", when))
    return smallest_settling(rules, QUESTIONNAIRE, answers or response(), ON, rules.rules[0])


def sets(found: Settled, end: str) -> set[str]:
    named = [[f"{p.link_id}/{p.row_id}" if p.row_id else p.link_id for p in one.places] for one in found.sets]
    return {" with ".join(names) for names, one in zip(named, found.sets, strict=True) if one.state is ENDS[end]}


@pytest.mark.parametrize(
    ("condition", "not_met", "met"),
    [
        ("a", "a", "a"),
        ("a or b", "a with b", "a; b"),
        ("a and b", "a; b", "a with b"),
        ("two of a, b and c", "a with b; a with c; b with c", "a with b; a with c; b with c"),
        ("a and not a and b", "a; b", ""),
        ("diagnosis-status is active", "diagnosed", "diagnosed with diagnosis-status"),
    ],
)
def test_the_fewest_answers_are_named_for_each_end(condition: str, not_met: str, met: str) -> None:
    found = settled(CONDITIONS[condition])
    assert (sets(found, "not met"), sets(found, "met")) == (ways(not_met), ways(met))
    assert found.complete


def test_what_is_answered_already_counts() -> None:
    found = settled({"kind": "any", "of": [yes("a"), yes("b")]}, response(given(a="no")))
    assert (sets(found, "not met"), sets(found, "met")) == ({"b"}, {"b"})


def test_a_declined_answer_is_missing_too() -> None:
    assert sets(settled(yes("a"), response(given(a="declined"))), "met") == {"a"}


def test_an_answer_in_a_row_is_named_with_its_row_and_that_the_rows_are_all_is_one_answer() -> None:
    found = settled(OPIOIDS, response(medicines=rows({"opioid": "unknown"}, {"opioid": "no"}, complete=False)))
    assert sets(found, "not met") == {"medicines with opioid/row-1"}
    assert sets(found, "met") == {"opioid/row-1"}


def test_a_vague_date_is_made_exact_within_what_was_said() -> None:
    last_year = {"kind": "within", "question": "began", "last": {"value": 1, "unit": "years"}}
    found = settled(last_year, response(given(began="2025")))
    days = {one.state: one.example.answers["began"].value for one in found.sets}
    assert days == {RuleState.NOT_MET: "2025-01-01", RuleState.MET: "2025-12-31"}


def test_answers_that_contradict_each_other_are_not_put_right_by_others() -> None:
    score = {"kind": "score", "items": ["low", "tired"], "total": "instrument-total", "operator": ">=", "value": 5}
    assert settled(score, response(given(low="0", tired="0", instrument_total="9"))).sets == ()


def test_a_rule_that_is_known_has_nothing_that_settles_it() -> None:
    assert settled(yes("a"), response(given(a="no"))) == Settled((), complete=True)


def test_more_than_three_answers_together_are_not_looked_at() -> None:
    found = settled({"kind": "all", "of": [yes("a"), *SEVERAL]})
    assert (len(sets(found, "not met")), sets(found, "met")) == (4, set())


def test_where_there_is_too_much_to_try_it_says_so() -> None:
    most = {"kind": "at-least", "n": 40, "of": NUMBERS}
    found = settled({"kind": "all", "of": [{"kind": "any", "of": [yes("a"), most]}, *SEVERAL]})
    assert not found.complete
