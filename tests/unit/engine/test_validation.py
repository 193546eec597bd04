"""A document that cannot mean what it says is refused, with the place and the cure, before anybody runs it."""

import datetime
import time
from collections.abc import Callable
from typing import Any

import pytest

from screening.engine.documents import InvalidDocument, load
from screening.engine.library import GuidanceLibrary
from screening.engine.questionnaire import Questionnaire
from screening.engine.rules import RuleSet
from screening.engine.validation import refusals, validate
from tests.spec.book import Json, asked_when, question, yes
from tests.unit.engine.changes import (
    BEYOND_MAXIMUM,
    COUNT,
    LIBRARY,
    defined,
    documents,
    findings,
    first_rule,
    item,
    unless,
    uses,
    when,
)


def test_the_documents_these_tests_change_are_without_a_finding() -> None:
    assert findings(lambda _: None) == []


@pytest.mark.parametrize(
    ("change", "document", "pointer", "problem", "cure"),
    [
        pytest.param(
            when(yes("status-of")), "rules", "/rules/0/when/question", 'no question "status-of"', '"status"?',
            id="unknown question",
        ),
        pytest.param(
            when({"kind": "equals", "question": "status", "value": "activ"}),
            "rules", "/rules/0/when/value", '"activ" is not an option of "status"', 'Did you mean "active"?',
            id="unknown option",
        ),
        pytest.param(
            when({"kind": "one-of", "question": "status", "values": ["active", "gone"]}),
            "rules", "/rules/0/when/values/1", '"gone" is not an option', "Use one that exists",
            id="unknown option in a list",
        ),
        pytest.param(
            when(uses("bth")), "rules", "/rules/0/when/name", 'no definition "bth"', 'Did you mean "both"?',
            id="unknown definition",
        ),
        pytest.param(
            when({**COUNT, "group": "medicine"}),
            "rules", "/rules/0/when/group", 'no repeating group "medicine"', 'Did you mean "medicines"?',
            id="unknown group",
        ),
        pytest.param(
            when(yes("medicines")), "rules", "/rules/0/when/question", "is a repeating group", "Count its rows",
            id="group read as a question",
        ),
        pytest.param(
            when(yes("opioid")), "rules", "/rules/0/when/question", "row by row", 'a count over "medicines"',
            id="grouped question outside a count",
        ),
        pytest.param(
            when({**COUNT, "where": yes("attempt-meant")}),
            "rules", "/rules/0/when/where/question", "row by row", 'a count over "attempts"',
            id="question of another group",
        ),
        pytest.param(
            when({**COUNT, "where": {**COUNT}}), "rules", "/rules/0/when/where", "inside a count", "side by side",
            id="count inside a count",
        ),
        pytest.param(
            when({"kind": "compare", "question": "a", "operator": "<", "value": 1}),
            "rules", "/rules/0/when/question", "answered yes or no", "integer or decimal",
            id="compare on a boolean",
        ),
        pytest.param(
            when({"kind": "within", "question": "sessions", "last": {"value": 1, "unit": "years"}}),
            "rules", "/rules/0/when/question", "whole number", "type date",
            id="window on a number",
        ),
        pytest.param(
            when({"kind": "lasted", "since": "a", "at_least": {"value": 1, "unit": "years"}}),
            "rules", "/rules/0/when/since", "yes or no", "type date",
            id="lasted on a boolean",
        ),
        pytest.param(
            when({"kind": "equals", "question": "a", "value": "yes"}),
            "rules", "/rules/0/when/value", "answered yes or no", "true or false",
            id="text for a boolean",
        ),
        pytest.param(
            when({"kind": "equals", "question": "sessions", "value": True}),
            "rules", "/rules/0/when/value", "answered with a number", "Write a number",
            id="boolean for a number",
        ),
        pytest.param(
            when({"kind": "equals", "question": "signs", "value": "often"}),
            "rules", "/rules/0/when/kind", "takes several options", '"contains"',
            id="equals on several options",
        ),
        pytest.param(
            when({"kind": "contains", "question": "status", "value": "active"}),
            "rules", "/rules/0/when/kind", "takes one option", '"equals"',
            id="contains on one option",
        ),
        pytest.param(
            when({"kind": "between", "question": "sessions", "low": 3, "high": 1}),
            "rules", "/rules/0/when/low", "no number lies between 3 and 1", "Exchange",
            id="empty range",
        ),
        pytest.param(
            when({"kind": "at-least", "n": 3, "of": [yes("a"), yes("b")]}),
            "rules", "/rules/0/when/n", "at least 3 of 2", "up to 2",
            id="more than there are",
        ),
        pytest.param(
            defined(one=uses("two"), two=uses("three"), three=uses("one")),
            "rules", "/definitions/0/condition", "one → two → three → one", "Take one of these steps out",
            id="cycle of definitions",
        ),
        pytest.param(
            defined(one=uses("one")), "rules", "/definitions/0/condition", "one → one", "Take one", id="own definition"
        ),
        pytest.param(
            lambda found: found["rules"]["rules"][2].update(id="first"),
            "rules", "/rules/2/id", 'a second rule is named "first"; the first stands at /rules/0/id', "Rename",
            id="two rules of one id",
        ),
        pytest.param(
            item(1, link_id="a"), "questionnaire", "/sections/0/items/1/link_id", 'second item is named "a"', "Rename",
            id="two questions of one id",
        ),
        pytest.param(
            lambda found: found["guidance"]["statements"].append(LIBRARY["statements"][0]),
            "guidance", "/statements/1/id", 'a second statement is named "TOP-1"', "Rename",
            id="two statements of one id",
        ),
        pytest.param(
            first_rule(unless=[unless("x", "x")]), "rules", "/rules/0/unless/0/to", "exception to itself", "another",
            id="unless on itself",
        ),
        pytest.param(
            first_rule(unless=[unless("x", "y"), unless("y", "x")]),
            "rules", "/rules/0/unless/0/to", "x → y → x", "Leave one",
            id="exceptions in a circle",
        ),
        pytest.param(
            first_rule(unless=[unless("abstinent"), unless("y", "abstinnt")]),
            "rules", "/rules/0/unless/1/to", 'no exception "abstinnt"', 'Did you mean "abstinent"?',
            id="unknown exception",
        ),
        pytest.param(
            first_rule(unless=[unless("x"), unless("x")]),
            "rules", "/rules/0/unless/1/id", "second exception", "Rename",
            id="two exceptions of one id",
        ),
        pytest.param(
            item(0, enable_when=asked_when("b")),
            "questionnaire", "/sections/0/items/0/enable_when/0/question", "comes later", "earlier question",
            id="gate on a later question",
        ),
        pytest.param(
            item(0, enable_when=asked_when("a")),
            "questionnaire", "/sections/0/items/0/enable_when/0/question", "answered itself", "earlier question",
            id="gate on itself",
        ),
        pytest.param(
            item(1, enable_when=asked_when("aa")),
            "questionnaire", "/sections/0/items/1/enable_when/0/question", 'no question "aa"', 'Did you mean "a"?',
            id="gate on an unknown question",
        ),
        pytest.param(
            item(5, enable_when=asked_when("status", "gone")),
            "questionnaire", "/sections/0/items/5/enable_when/0/answer", 'not an option of "status"', "Use one",
            id="gate on an unknown option",
        ),
        pytest.param(
            item(1, enable_when=asked_when("a", "yes")),
            "questionnaire", "/sections/0/items/1/enable_when/0/answer", "yes or no", "true or false",
            id="gate of the wrong type",
        ),
        pytest.param(
            item(8, enable_when=asked_when("began", "2020")),
            "questionnaire", "/sections/0/items/8/enable_when/0/operator", "words or a date", '"exists"',
            id="gate on a date",
        ),
        pytest.param(
            first_rule(cites=[]), "rules", "/rules/0/cites", "cites nothing", "Name the guidance", id="uncited"
        ),
        pytest.param(
            first_rule(cites=["TOP-2"]), "rules", "/rules/0/cites/0", '"TOP-2"', 'Did you mean "TOP-1"?',
            id="unknown statement",
        ),
        pytest.param(
            first_rule(disagreements=["timing"]),
            "rules", "/rules/0/disagreements/0", 'no disagreement "timing"', "none",
            id="unknown disagreement",
        ),
        pytest.param(
            first_rule(topic="topics"), "rules", "/rules/0/topic", 'no topic "topics"', '"topic"?', id="unknown topic"
        ),
        pytest.param(
            first_rule(alongside=["aa"]), "rules", "/rules/0/alongside/0", 'no question "aa"', '"a"?', id="alongside"
        ),
        pytest.param(
            lambda found: found["guidance"]["statements"].append({**LIBRARY["statements"][0], "id": "TOP-2"}),
            "guidance", "/statements/1", 'no rule cites or shows "TOP-2"', "context",
            id="statement that nothing shows",
        ),
        pytest.param(
            lambda found: found["guidance"]["disagreements"].append(
                {"id": "d", "topic": "topic", "title": "T", "text": "T", "statements": ["TOP-1"]}
            ),
            "guidance", "/disagreements/0", 'no rule shows the disagreement "d"', "rules that it concerns",
            id="disagreement that nothing shows",
        ),
        pytest.param(
            lambda found: found["rules"].update(questionnaire="other"),
            "rules", "/questionnaire", '"other"', "stands beside", id="another questionnaire",
        ),
        pytest.param(
            when({"kind": "all", "of": [yes("a"), {"kind": "not", "condition": yes("a")}]}),
            "rules", "/rules/0/when", '"first" can never hold', "exclude each other",
            id="never",
        ),
        pytest.param(
            when({"kind": "one-of", "question": "status", "values": ["active", "remission", "never"]}),
            "rules", "/rules/0/when", '"first" always holds', "cover every answer",
            id="always",
        ),
        pytest.param(
            when({"kind": "all", "of": [
                {"kind": "equals", "question": "diagnosed", "value": False},
                {"kind": "equals", "question": "diagnosis-status", "value": "active"}]}),
            "rules", "/rules/0/when", "can never hold", "exclude", id="a follow-up where it is not asked",
        ),
        pytest.param(
            first_rule(unless=[unless("x") | {"when": BEYOND_MAXIMUM}]),
            "rules", "/rules/0/unless/0/when", 'the exception "x" of "first" can never hold', "exclude",
            id="exception beyond what can be answered",
        ),
        pytest.param(
            first_rule(title="Not suitable"), "rules", "/rules/0/title", '"suitable" decides', "clinician weigh",
            id="deciding word",
        ),
        pytest.param(
            item(0, text="Are you an addict?"), "questionnaire", "/sections/0/items/0/text", '"addict" names a person',
            "person with an addiction", id="label",
        ),
    ],
)  # fmt: skip
def test_it_is_refused_with_its_place_and_its_cure(
    change: Callable[[dict[str, Any]], Any], document: str, pointer: str, problem: str, cure: str
) -> None:
    found = findings(change)
    assert [(f.document, f.pointer) for f in found] == [(document, pointer)], "\n".join(map(str, found))
    assert problem in found[0].problem
    assert cure in found[0].cure


def test_a_rule_past_its_review_date_is_named_with_its_owner() -> None:
    found = findings(lambda _: None, datetime.date(2027, 1, 2))
    assert {f.pointer for f in found} == {f"/rules/{index}/review_by" for index in range(3)}
    assert "Somebody" in found[0].cure
    assert findings(lambda _: None, datetime.date(2027, 1, 1)) == []


def test_no_rule_may_read_who_somebody_is() -> None:
    def change(found: dict[str, Any]) -> None:
        found["questionnaire"]["sections"][0]["items"][0]["text"] = "What is your gender?"

    found = findings(change)
    assert {f.pointer for f in found} == {"/rules/0/when", "/definitions/0/condition/of/0"}
    assert "who somebody is" in found[0].problem


def test_every_fault_is_named_at_once() -> None:
    def change(found: dict[str, Any]) -> None:
        first_rule(when=yes("x"), cites=[])(found)
        item(1, text="An addict?")(found)

    assert len(findings(change)) == 3


def test_a_definition_that_nothing_uses_and_options_that_nothing_reads_are_notices_and_refuse_nothing() -> None:
    found = documents()
    found["rules"]["rules"][0]["when"] = {"kind": "equals", "question": "status", "value": "active"}
    found["rules"]["rules"][1]["when"] = yes("b")
    loaded = validate(
        load(GuidanceLibrary, found["guidance"], document="guidance"),
        load(Questionnaire, found["questionnaire"], document="questionnaire"),
        load(RuleSet, found["rules"], document="rules"),
    )
    assert refusals(loaded) == []
    said = " ".join(finding.problem for finding in loaded)
    assert 'nothing uses the definition "both"' in said
    assert 'these options of "status": "remission", "never"' in said
    assert 'no rule reads or shows "dose"' in said


def nested(levels: int) -> Json:
    condition = yes("a")
    for _ in range(levels):
        condition = {"kind": "not", "condition": condition}
    return condition


def test_a_tree_nested_too_deep_is_refused() -> None:
    assert findings(when(nested(11))) == []
    found = findings(when(nested(12)))
    assert [f.pointer for f in found] == ["/rules/0/when"]
    assert "13 levels deep; 12 are read" in found[0].problem


def test_definitions_that_double_at_every_step_are_refused_fast() -> None:
    doubling = {f"d{n}": {"kind": "all", "of": [uses(f"d{n + 1}"), uses(f"d{n + 1}")]} for n in range(40)}
    started = time.monotonic()
    found = findings(defined(**doubling, d40=yes("a")))
    assert time.monotonic() - started < 2
    assert any("parts; 5,000 are read" in finding.problem for finding in found)


@pytest.mark.parametrize(
    ("change", "pointer", "cure"),
    [
        (lambda rules: rules["rules"][0].update(whn=1), "/rules/0/whn", "Did you mean"),
        (lambda rules: rules["rules"][0].pop("owner"), "/rules/0/owner", "Add this field."),
        (
            lambda rules: rules["rules"][0].update(when={"kind": "all", "of": [yes("a"), {"kind": "equal"}]}),
            "/rules/0/when/of/1",
            'Did you mean "equals"?',
        ),
        (
            lambda rules: rules["rules"][0].update(when={"kind": "all", "of": [{"kind": "not", "condition": {
                "kind": "equals", "question": "a"}}]}),
            "/rules/0/when/of/0/condition/value",
            "Add this field.",
        ),
        (lambda rules: rules["rules"][0].update(concern="veto"), "/rules/0/concern", "advises-against"),
        (lambda rules: rules["rules"][0].update(id="Not An Id"), "/rules/0/id", "lower-case"),
        (lambda rules: rules["rules"][0].update(title=3), "/rules/0/title", "Correct the value"),
    ],
)  # fmt: skip
def test_a_document_of_the_wrong_shape_is_refused_with_a_true_json_pointer(
    change: Callable[[Json], Any], pointer: str, cure: str
) -> None:
    found = documents()["rules"]
    change(found)
    with pytest.raises(InvalidDocument) as refused:
        load(RuleSet, found, document="rules")
    assert pointer in [finding.pointer for finding in refused.value.findings]
    assert any(cure in finding.cure for finding in refused.value.findings)


def test_a_question_without_a_help_text_cannot_be_loaded() -> None:
    found = documents()["questionnaire"]
    del found["sections"][0]["items"][0]["help"]
    with pytest.raises(InvalidDocument, match="/help"):
        load(Questionnaire, found, document="questionnaire")


def test_a_questionnaire_may_ask_what_no_rule_reads() -> None:
    def change(found: dict[str, Any]) -> None:
        found["questionnaire"]["sections"][0]["items"].append(question("words", "text"))

    assert findings(change) == []
