"""What two versions of a rule raise differently: each pair says what a person who reads both would say."""

from typing import Any

import pytest

from screening.engine.difference_words import example_sentence, questionnaire_differences, raises_words
from screening.engine.differences import RuleDifference, rule_differences
from screening.engine.questionnaire import Questionnaire
from screening.engine.unfolding import Side
from tests.spec.book import QUESTIONNAIRE, Json, asked_when, choice, question, questionnaire_of, rule, rule_set_of, yes
from tests.unit.engine.changes import unless

STABLE = {"kind": "equals", "question": "status", "value": "remission"}
SAID = {"kind": "known-from", "question": "status", "sources": ["clinician", "record"]}
BOTH = {"kind": "all", "of": [yes("a"), STABLE]}


def negated(condition: Json) -> Json:
    return {"kind": "not", "condition": condition}


def every(*parts: Json) -> Json:
    return {"kind": "all", "of": list(parts)}


def some(*parts: Json) -> Json:
    return {"kind": "any", "of": list(parts)}


def sessions(operator: str, value: int) -> Json:
    return {"kind": "compare", "question": "sessions", "operator": operator, "value": value}


def opioids(value: int) -> Json:
    return {"kind": "count", "group": "medicines", "where": yes("opioid"), "operator": ">=", "value": value}


def began(**months: int) -> Json:
    return {"kind": "within", "question": "began", "last": {"value": months["months"], "unit": "months"}}


def between(
    before: Json, now: Json, asked_before: Questionnaire = QUESTIONNAIRE, asked_now: Questionnaire = QUESTIONNAIRE
) -> tuple[RuleDifference, list[str]]:
    """Return what is said of one rule in two versions."""
    sides = Side(rule_set_of(before), asked_before), Side(rule_set_of(now), asked_now)
    (found,) = rule_differences(*sides)
    sentences = [example_sentence(example, asked_before, asked_now) for example in found.examples]
    return found, [raises_words(found), *sentences]


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        pytest.param(
            BOTH, every(BOTH, SAID),
            ["raises less",
             "No longer raised for: “a?” Yes; “status?” Remission (client says) (met before, not met now)."],
            id="only where somebody else confirms it",
        ),
        pytest.param(
            sessions("<", 6), sessions("<=", 6),
            ["raises more", "Newly raised for: “sessions?” 6 (not met before, met now)."],
            id="a limit that is included now",
        ),
        pytest.param(
            sessions("<", 6), sessions(">", 5),
            ["raises more in some cases and less in others",
             "No longer raised for: “sessions?” 0 (met before, not met now).",
             "Newly raised for: “sessions?” 6 (not met before, met now)."],
            id="the other way round",
        ),
        pytest.param(
            began(months=12), began(months=6),
            ["raises less", "No longer raised for: “began?” 14 January 2026 (met before, not met now)."],
            id="a shorter window",
        ),
        pytest.param(
            opioids(1), opioids(2),
            ["raises less",
             "No longer raised for: medicine 1: “opioid?” Yes; no other medicine (met before, not met now)."],
            id="one row more",
        ),
        pytest.param(
            opioids(3), opioids(2),
            ["raises more",
             ("Newly raised for: medicine 1: “opioid?” Yes; medicine 2: “opioid?” Yes; no other medicine"
             " (not met before, met now).")],
            id="one row less",
        ),
        pytest.param(
            yes("a"), some(yes("a"), yes("b")),
            ["raises more", "Newly raised for: “a?” No; “b?” Yes (not met before, met now)."],
            id="one answer more that raises it",
        ),
        pytest.param(
            negated(some(yes("a"), yes("b"))), every(negated(yes("a")), negated(yes("b"))),
            ["raised alike; also changed: how its condition is written"],
            id="the same in another form",
        ),
        pytest.param(
            {"kind": "contains", "question": "signs", "value": "often"},
            some({"kind": "contains", "question": "signs", "value": "often"},
                 {"kind": "contains", "question": "signs", "value": "alone"}),
            ["raises more", "Newly raised for: “signs?” Alone (not met before, met now)."],
            id="one option more",
        ),
        pytest.param(
            yes("a"), every(yes("a"), some(yes("b"), negated(yes("b")))),
            ["raises less", "No longer raised for: “a?” Yes (met before, cannot be ruled out now)."],
            id="an answer that it waits for now",
        ),
        pytest.param(
            {"kind": "equals", "question": "diagnosis-status", "value": "active"}, yes("diagnosed"),
            ["raises more",
             "Newly raised for: “diagnosed?” Yes; “diagnosis-status?” Remission (not met before, met now)."],
            id="what opens a question, in place of the question",
        ),
    ],
)  # fmt: skip
def test_a_changed_condition_is_told_with_its_smallest_case(before: Json, now: Json, said: list[str]) -> None:
    found, told = between(rule("first", before), rule("first", now))
    assert told == said
    assert found.decided


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "raised alike"),
        ({"title": "Other"}, "raised alike; also changed: title"),
        ({"explanation": "Other.", "would_change": "Other."}, "raised alike; also changed: wording"),
        ({"unless": [unless("x")], "cites": ["TOP-2"]}, "raised alike; also changed: exceptions, sources"),
        ({"concern": "advises-against"}, "raised alike; also changed: concern"),
    ],
)  # fmt: skip
def test_what_else_was_changed_of_a_rule_that_is_raised_alike_is_listed(changed: Json, said: str) -> None:
    assert between(rule("first", yes("a")), rule("first", yes("a"), **changed))[1] == [said]


def test_an_exception_whose_definition_was_changed_is_listed_though_it_is_written_alike() -> None:
    lifted = {**unless("x"), "when": {"kind": "defined", "name": "few"}}
    before, now = (rule_set_of(rule("first", yes("a"), unless=[lifted]), few=sessions("<", n)) for n in (5, 6))
    (found,) = rule_differences(Side(before, QUESTIONNAIRE), Side(now, QUESTIONNAIRE))
    assert raises_words(found) == "raised alike; also changed: exceptions"


def test_a_changed_definition_changes_each_rule_that_uses_it() -> None:
    uses = rule("first", {"kind": "defined", "name": "few"})
    before, now = (rule_set_of(uses, rule("second", yes("a")), few=sessions("<", n)) for n in (5, 6))
    found = rule_differences(Side(before, QUESTIONNAIRE), Side(now, QUESTIONNAIRE))
    assert [raises_words(difference) for difference in found] == ["raises more", "raised alike"]


def test_a_rule_that_one_version_alone_has_is_told_with_a_case_that_meets_it() -> None:
    before, now = rule_set_of(rule("old", yes("a"))), rule_set_of(rule("new", sessions(">", 5)))
    found = rule_differences(Side(before, QUESTIONNAIRE), Side(now, QUESTIONNAIRE))
    assert [(difference.rule.id, raises_words(difference)) for difference in found] == [
        ("new", "added"), ("old", "removed")
    ]  # fmt: skip
    told = [example_sentence(difference.examples[0], QUESTIONNAIRE, QUESTIONNAIRE) for difference in found]
    assert told == [
        "Raised for: “sessions?” 6 (no such rule before, met now).",
        "Was raised for: “a?” Yes (met before, no such rule now).",
    ]


def test_a_sub_group_is_part_of_what_a_rule_raises() -> None:
    grouped = rule("first", yes("a"), only_for={"title": "few", "when": sessions("<", 6)})
    assert between(rule("first", yes("a")), grouped)[1] == [
        "raises less", "No longer raised for: “a?” Yes; “sessions?” 6 (met before, not met now)."
    ]  # fmt: skip


def test_each_version_is_read_on_the_answers_that_its_own_questionnaire_knows() -> None:
    smoking = choice("smoking", "never", "daily")
    before = questionnaire_of(smoking, question("gone", "boolean"))
    now = questionnaire_of(
        {**smoking, "answer_options": [*smoking["answer_options"], {"code": "weekly", "text": "Weekly"}]},
        question("new", "boolean", enable_when=asked_when("smoking", "daily")),
    )
    old = rule("first", {"kind": "equals", "question": "smoking", "value": "daily"})
    wider = rule("first", {"kind": "one-of", "question": "smoking", "values": ["daily", "weekly"]})
    assert between(old, wider, before, now)[1] == [
        "raises more",
        "Newly raised for: “smoking?” Weekly (not offered before) (cannot be ruled out before, met now).",
    ]
    assert questionnaire_differences(before, now) == [
        "“gone?” is only asked before.", "“new?” is only asked now.", "“Weekly” to “smoking?” is only offered now."
    ]  # fmt: skip


def test_what_a_questionnaire_asks_and_takes_otherwise_is_told() -> None:
    before = questionnaire_of(question("a", "boolean"), question("age", "integer", maximum=100))
    now = questionnaire_of(
        question("a", "boolean"), question("age", "integer", maximum=120, enable_when=asked_when("a"))
    )
    assert questionnaire_differences(before, now) == [
        "“age?” is asked in other cases than before.", "“age?” takes other answers than before."
    ]  # fmt: skip
    assert questionnaire_differences(before, before) == []


def test_nothing_is_claimed_of_a_difference_that_was_not_looked_for_to_its_end() -> None:
    after: Json = {"kind": "after", "question": "began", "than": "ended"}
    found, told = between(rule("first", after), rule("first", some(after, every(after, yes("a")))))
    assert told == ["not decided"]
    assert not found.decided


def test_a_version_beside_itself_is_raised_alike_without_a_search() -> None:
    rules: Any = rule_set_of(*(rule(f"rule-{n}", every(sessions("<", n), opioids(n))) for n in range(1, 9)))
    side = Side(rules, QUESTIONNAIRE)
    assert {raises_words(found) for found in rule_differences(side, side, steps=5_000)} == {"raised alike"}
