"""What is found of a rule over every kind of answer: it ends one way only, or it adds nothing to another rule."""

from collections.abc import Callable
from typing import Any

import pytest

from screening.engine.unread import unread_findings
from screening.engine.validation import validate
from tests.spec.book import Json, asked_when, question, rule, yes
from tests.unit.engine.changes import as_loaded, documents, first_rule, unless, when

Change = Callable[[dict[str, Any]], Any]
NEVER, ALWAYS = "Look for parts that exclude each other.", "Look for parts that cover every answer."
NEVER_APPLIES = "Look for parts that exclude each other, or leave it out."


def no(link_id: str) -> Json:
    return {"kind": "equals", "question": link_id, "value": False}


def negated(condition: Json) -> Json:
    return {"kind": "not", "condition": condition}


def every(*parts: Json) -> Json:
    return {"kind": "all", "of": list(parts)}


def some(*parts: Json) -> Json:
    return {"kind": "any", "of": list(parts)}


def medicines(operator: str, value: int, where: Json) -> Json:
    return {"kind": "count", "group": "medicines", "where": where, "operator": operator, "value": value}


def within(value: int, unit: str) -> Json:
    return {"kind": "within", "question": "began", "last": {"value": value, "unit": unit}}


def sessions(operator: str, value: int) -> Json:
    return {"kind": "compare", "question": "sessions", "operator": operator, "value": value}


def exception(name: str, condition: Json, to: str | None = None) -> Json:
    return {**unless(name, to), "when": condition}


def beside(condition: Json, **more: Any) -> Change:
    """Return the change that sets a fourth rule beside the first, which is met with up to 10 sessions."""

    def change(found: dict[str, Any]) -> None:
        when(sessions("<=", 10))(found)
        found["rules"]["rules"].append(rule("fourth", condition, **more))

    return change


def found_on(change: Change) -> list[tuple[str, str, str, str]]:
    """Return what is said of the documents after ``change``, but for what no rule reads."""
    changed = documents()
    change(changed)
    library, questionnaire, rule_set = as_loaded(changed)
    unread = {finding.problem for finding in unread_findings(questionnaire, rule_set)}
    said = [found for found in validate(library, questionnaire, rule_set) if found.problem not in unread]
    return [(found.level, f"{found.document} at {found.pointer}", found.problem, found.cure) for found in said]


@pytest.mark.parametrize(
    ("change", "place", "problem", "cure"),
    [
        pytest.param(
            when(every(medicines(">=", 2, yes("opioid")), medicines("<=", 1, yes("opioid")))),
            "rules at /rules/0/when", 'the rule "first" can never hold.', NEVER,
            id="two or more rows, and one or none",
        ),
        pytest.param(
            when(medicines(">=", 1, every(yes("opioid"), no("opioid")))),
            "rules at /rules/0/when", 'the rule "first" can never hold.', NEVER,
            id="a row that excludes itself",
        ),
        pytest.param(
            when(some(medicines(">=", 1, yes("opioid")), medicines("=", 0, yes("opioid")))),
            "rules at /rules/0/when", 'the rule "first" always holds.', ALWAYS,
            id="some rows, or none",
        ),
        pytest.param(
            when(every(within(6, "months"), negated(within(1, "years")))),
            "rules at /rules/0/when", 'the rule "first" can never hold.', NEVER,
            id="in half a year, and not in a year",
        ),
        pytest.param(
            first_rule(only_for={"title": "few", "when": sessions("<", 6)}, when=sessions(">", 5)),
            "rules at /rules/0/when", 'the rule "first" can never hold.', NEVER,
            id="a rule that the sub-group excludes",
        ),
        pytest.param(
            first_rule(unless=[exception("x", no("a"))]),
            "rules at /rules/0/unless/0/when",
            'the exception "x" of "first" can never apply: it never holds where the rule is met or may be.',
            NEVER_APPLIES,
            id="exception where the rule is not met",
        ),
        pytest.param(
            first_rule(unless=[exception("x", yes("b")), exception("y", no("b"), to="x")]),
            "rules at /rules/0/unless/1/when",
            'the exception "y" of "first" can never apply: it never holds where "x" is claimed.',
            NEVER_APPLIES,
            id="exception where what it lifts is not claimed",
        ),
    ],
)  # fmt: skip
def test_what_can_come_out_one_way_only_is_refused(change: Change, place: str, problem: str, cure: str) -> None:
    assert found_on(change) == [("error", place, problem, cure)]


@pytest.mark.parametrize(
    ("change", "place", "problem", "cure"),
    [
        pytest.param(
            beside(sessions("<", 5)),
            "rules at /rules/3/when", 'everything that meets "fourth" meets "first" as well, for the same concern.',
            "Take it out, or narrow the other one.",
            id="contained",
        ),
        pytest.param(
            beside(sessions("<", 20)),
            "rules at /rules/0/when", 'everything that meets "first" meets "fourth" as well, for the same concern.',
            "Take it out, or narrow the other one.",
            id="contains",
        ),
        pytest.param(
            beside(sessions("<", 11)),
            "rules at /rules/3/when", '"fourth" comes out as "first" does, whatever is answered, for the same concern.',
            "Keep one of the two.",
            id="the same, in another form",
        ),
        pytest.param(
            beside(every(sessions("<=", 10))),
            "rules at /rules/3/when", '"fourth" comes out as "first" does, whatever is answered, for the same concern.',
            "Keep one of the two.",
            id="the same, in the same form",
        ),
    ],
)  # fmt: skip
def test_a_rule_that_adds_nothing_to_another_is_for_its_author_to_read(
    change: Change, place: str, problem: str, cure: str
) -> None:
    assert found_on(change) == [("notice", place, problem, cure)]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(beside(sessions("<", 5), concern="advises-against"), id="for another concern"),
        pytest.param(beside(sessions("<", 5), unless=[exception("x", yes("b"))]), id="with an exception of its own"),
        pytest.param(beside(every(sessions("<", 5), yes("c"))), id="narrowed by a further answer"),
        pytest.param(beside(sessions(">", 5)), id="overlapping"),
        pytest.param(first_rule(unless=[exception("x", some(no("a"), yes("b")))]), id="exception that can apply"),
        pytest.param(when(every(within(1, "months"), negated(within(30, "days")))), id="a month of 31 days"),
        pytest.param(when(every(within(30, "days"), negated(within(1, "months")))), id="a month of 28 days"),
        pytest.param(when(every(medicines(">=", 3, yes("opioid")), medicines(">=", 3, no("opioid")))), id="many rows"),
    ],
)
def test_nothing_is_said_where_it_would_not_be_true(change: Change) -> None:
    assert found_on(change) == []


def test_a_gate_on_a_number_without_a_maximum_leaves_what_it_opens_within_reach() -> None:
    def change(found: dict[str, Any]) -> None:
        items = found["questionnaire"]["sections"][0]["items"]
        items.append(question("last", "boolean", enable_when=asked_when("unbounded", 100, ">")))
        found["rules"]["rules"].append(rule("fourth", yes("last")))

    assert found_on(change) == []


def test_nothing_is_claimed_of_a_rule_that_takes_too_many_steps() -> None:
    pairs = [every(yes("opioid"), {"kind": "within", "question": "since", "last": {"value": n, "unit": "days"}})
             for n in range(1, 12)]  # fmt: skip
    many = [medicines("=", n, part) for n, part in enumerate(pairs)]
    assert found_on(when(every(*many, negated(many[0])))) == []
