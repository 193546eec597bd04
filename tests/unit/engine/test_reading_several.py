"""A condition on several answers that cannot mean what it says is refused, with the place and the cure."""

from typing import Any

import pytest

from screening.engine.documents import as_document, load
from screening.engine.rules import RuleSet
from tests.spec.book import Json, question
from tests.unit.engine.changes import documents, findings, when

SCORE: Json = {"kind": "score", "items": ["low", "tired"], "operator": ">=", "value": 5}
LASTED: Json = {"kind": "lasted", "since": "began", "until": "ended", "at_least": {"value": 6, "unit": "weeks"}}
AFTER: Json = {"kind": "after", "question": "began", "than": "episode-began"}
WASHED_OUT: Json = {"kind": "washed-out", "since": "began", "half_life": "half-life", "times": 4}
CLASSES: Json = {"kind": "count", "group": "medicines", "different": "medicine-class", "operator": ">=", "value": 2}
ALT: Json = {"kind": "multiple-of", "question": "alt", "operator": ">", "times": 3, "of": "alt-limit"}


@pytest.mark.parametrize(
    "condition", [SCORE, {**SCORE, "total": "instrument-total"}, LASTED, AFTER, WASHED_OUT, ALT, CLASSES]
)
def test_a_sound_condition_on_several_answers_has_no_finding_and_is_written_as_it_was_read(condition: Json) -> None:
    assert findings(when(condition)) == []
    found = documents()
    when(condition)(found)
    assert as_document(load(RuleSet, found["rules"], document="rules"))["rules"][0]["when"] == condition


@pytest.mark.parametrize(
    ("change", "pointer", "problem", "cure"),
    [
        pytest.param(
            when({**SCORE, "items": ["low", "tried"]}),
            "/rules/0/when/items/1", 'no question "tried"', 'Did you mean "tired"?',
            id="unknown item",
        ),
        pytest.param(
            when({**SCORE, "total": "status"}),
            "/rules/0/when/total", '"score" cannot read it', "integer or decimal",
            id="total with options",
        ),
        pytest.param(
            when({**SCORE, "items": ["low", "tired", "low"]}),
            "/rules/0/when/items/2", '"low" is read twice; the first stands at "items/0"', "another question",
            id="item twice",
        ),
        pytest.param(
            when({**SCORE, "value": 7}),
            "/rules/0/when", 'the rule "first" can never hold', "exclude each other",
            id="score beyond its items",
        ),
        pytest.param(
            when({**LASTED, "until": "endd"}),
            "/rules/0/when/until", 'there is no question "endd".', 'Did you mean "ended"?',
            id="unknown end",
        ),
        pytest.param(
            when({**LASTED, "until": "a"}),
            "/rules/0/when/until", '"a" is answered yes or no; "lasted" cannot read it.',
            "Read a question of type date.",
            id="end that is no date",
        ),
        pytest.param(
            when({**AFTER, "than": "began"}),
            "/rules/0/when/than", '"began" is read twice; the first stands at "question".',
            "Name another question, or take one of the two out.",
            id="after itself",
        ),
        pytest.param(
            when({**AFTER, "than": "alt"}),
            "/rules/0/when/than", '"alt" is answered with a number; "after" cannot read it.',
            "Read a question of type date.",
            id="after a number",
        ),
        pytest.param(
            when({**AFTER, "than": "since"}),
            "/rules/0/when/than", '"since" is answered row by row in "medicines"', 'a count over "medicines"',
            id="after a date in rows",
        ),
        pytest.param(
            when({**WASHED_OUT, "half_life": "dose"}),
            "/rules/0/when/half_life", '"dose" is given in "mg"; half-lives are read in hours.',
            'Ask for it in hours, with the unit "hours".',
            id="half-life in another unit",
        ),
        pytest.param(
            when({**WASHED_OUT, "half_life": "sessions"}),
            "/rules/0/when/half_life", '"sessions" is given without a unit; half-lives are read in hours.',
            'Ask for it in hours, with the unit "hours".',
            id="half-life without a unit",
        ),
        pytest.param(
            when({**WASHED_OUT, "half_life": "ended"}),
            "/rules/0/when/half_life", '"ended" is answered with a date; "washed-out" cannot read it.',
            "Read a question of type integer or decimal.",
            id="half-life that is a date",
        ),
        pytest.param(
            when({**CLASSES, "different": "medicine-clas"}),
            "/rules/0/when/different", '"medicine-clas" is not asked in each row of "medicines".',
            'Did you mean "medicine-class"?',
            id="differ in what nobody asks",
        ),
        pytest.param(
            when({**CLASSES, "different": "since"}),
            "/rules/0/when/different", '"since" is answered with a date; "different" cannot read it.',
            "Read a question of type choice.",
            id="differ in a date",
        ),
        pytest.param(
            when({**CLASSES, "value": 4}),
            "/rules/0/when", 'the rule "first" can never hold.', "Look for parts that exclude each other.",
            id="more than there are options",
        ),
        pytest.param(
            when({**ALT, "of": "dose"}),
            "/rules/0/when/of", '"dose" is given in "mg", "alt" in "U/l".', "Ask for both in one unit.",
            id="reference in another unit",
        ),
        pytest.param(
            when({**ALT, "of": "status"}),
            "/rules/0/when/of", '"status" is answered with an option; "multiple-of" cannot read it.',
            "Read a question of type integer or decimal.",
            id="reference with options",
        ),
        pytest.param(
            when({"kind": "multiple-of", "question": "low", "operator": ">", "times": 4, "of": "positive"}),
            "/rules/0/when", 'the rule "first" can never hold.', "Look for parts that exclude each other.",
            id="beyond every multiple",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(change: Any, pointer: str, problem: str, cure: str) -> None:
    def changed(found: dict[str, Any]) -> None:
        positive = question("positive", "integer", minimum=1, maximum=9)
        found["questionnaire"]["sections"][0]["items"].append(positive)
        change(found)

    (finding,) = findings(changed)
    assert (finding.document, finding.pointer) == ("rules", pointer)
    assert problem in finding.problem
    assert cure in finding.cure


def test_what_is_read_of_a_gate_is_still_tried_beside_a_count_behind_it() -> None:
    recorded = {"kind": "known-from", "question": "attempted", "sources": ["record"]}
    counted = {"kind": "count", "group": "attempts", "operator": ">=", "value": 1}
    assert findings(when({"kind": "all", "of": [recorded, counted]})) == []
