"""A condition on several answers in the rule editor: shown as it is, offered what fits, and taken back unchanged."""

import re

import pytest
from django.http import QueryDict

from screening.engine.conditions import Condition
from screening.engine.rules import RuleSet
from screening.forms.lines import LinesForm, write_lines
from tests.spec.book import QUESTIONNAIRE, Json, rule, rule_set_of, yes

SIX_WEEKS = {"value": 6, "unit": "weeks"}
SCORE: Json = {"kind": "score", "items": ["low", "tired"], "operator": ">=", "value": 5}
CLASSES: Json = {"kind": "count", "group": "medicines", "different": "medicine-class", "operator": ">=", "value": 2}
LASTED: Json = {"kind": "lasted", "since": "since", "until": "till", "at_least": SIX_WEEKS}
CONDITIONS: list[Json] = [
    SCORE,
    {**SCORE, "total": "instrument-total", "operator": "<"},
    CLASSES,
    {**CLASSES, "where": {"kind": "all", "of": [yes("opioid"), LASTED]}},
    {"kind": "lasted", "since": "began", "until": "ended", "at_least": SIX_WEEKS},
    {"kind": "after", "question": "began", "than": "episode-began"},
    {"kind": "washed-out", "since": "began", "half_life": "half-life", "times": 4.5},
    {"kind": "multiple-of", "question": "alt", "operator": "<=", "times": 3, "of": "alt-limit"},
]


def form_of(document: Json) -> tuple[Condition, LinesForm]:
    rules: RuleSet = rule_set_of(rule("rule", document))
    data, condition = QueryDict(mutable=True), rules.rules[0].when
    write_lines(data, "when", condition)
    return condition, LinesForm("when", data, questionnaire=QUESTIONNAIRE, rules=rules, legend="Condition")


@pytest.mark.parametrize("document", CONDITIONS)
def test_what_is_not_changed_comes_back_as_it_was(document: Json) -> None:
    condition, form = form_of(document)
    assert form.condition() == condition
    assert form.problems == []


@pytest.mark.parametrize("document", CONDITIONS)
def test_every_question_that_is_chosen_is_shown_as_chosen(document: Json) -> None:
    _, form = form_of(document)
    for row in form.rows:
        page = str(row.as_p())
        for link_id in filter(None, (row.line.other, *row.line.values)):
            assert re.search(f'value="{link_id}"[^>]* (selected|checked)', page), link_id
        assert ("other" in row.shown) == bool(row.other_label)


@pytest.mark.parametrize(
    ("document", "offered"),
    [
        (CONDITIONS[2], ["medicine-class"]),
        (CONDITIONS[4], ["began", "planned", "in-remission-since", "attempt-when", "since", "till", "ended"]),
        (CONDITIONS[6], ["sessions", "dose", "low"]),
    ],
)
def test_only_questions_that_fit_are_offered_beside_the_first(document: Json, offered: list[str]) -> None:
    _, form = form_of(document)
    choices = [value for value, _ in form.rows[0].fields["other"].choices if value]  # type: ignore[attr-defined]
    assert choices[: len(offered)] == offered
