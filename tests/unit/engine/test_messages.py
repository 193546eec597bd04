"""Every finding on a document, word for word: the place, what is wrong, what to do about it, and what stands there."""

from collections.abc import Callable
from typing import Any

import pytest

from screening.engine.documents import Finding, InvalidDocument, load
from screening.engine.rules import RuleSet
from tests.spec.book import asked_when, yes
from tests.unit.engine.changes import (
    COUNT,
    LIBRARY,
    chained,
    defined,
    documents,
    findings,
    first_rule,
    item,
    nested,
    unless,
    uses,
    when,
)

NOT_NOT_NOT = '{"kind": "not", "condition": {"kind": "not", "condition": {"kind": "not", "cond…'
Change = Callable[[dict[str, Any]], Any]


def told(finding: Finding) -> tuple[str, str, str, str]:
    """Return a finding as it is printed, in its four parts."""
    place = f"{finding.document} at {finding.pointer or '/'}"
    assert str(finding) == f"{place}: {finding.problem} {finding.cure} It says: {finding.words}"
    return place, finding.problem, finding.cure, finding.words


@pytest.mark.parametrize(
    ("change", "place", "problem", "cure", "words"),
    [
        pytest.param(
            when(yes("status-of")),
            "rules at /rules/0/when/question", 'there is no question "status-of".', 'Did you mean "status"?',
            '"status-of"',
            id="unknown question",
        ),
        pytest.param(
            when({"kind": "equals", "question": "status", "value": "activ"}),
            "rules at /rules/0/when/value", '"activ" is not an option of "status".', 'Did you mean "active"?',
            '"activ"',
            id="unknown option",
        ),
        pytest.param(
            when({"kind": "one-of", "question": "status", "values": ["active", "gone"]}),
            "rules at /rules/0/when/values/1", '"gone" is not an option of "status".',
            'Use one that exists: "active", "never", "remission".', '"gone"',
            id="unknown option, far from any",
        ),
        pytest.param(
            when(uses("bth")),
            "rules at /rules/0/when/name", 'there is no definition "bth".', 'Did you mean "both"?', '"bth"',
            id="unknown definition",
        ),
        pytest.param(
            when({**COUNT, "group": "medicine"}),
            "rules at /rules/0/when/group", 'there is no repeating group "medicine".', 'Did you mean "medicines"?',
            '"medicine"',
            id="unknown group",
        ),
        pytest.param(
            when(yes("medicines")),
            "rules at /rules/0/when/question", '"medicines" is a repeating group, not a question.',
            'Count its rows with {"kind": "count"}.', '"medicines"',
            id="group read as a question",
        ),
        pytest.param(
            when(yes("opioid")),
            "rules at /rules/0/when/question",
            '"opioid" is answered row by row in "medicines"; outside its rows it has no one answer.',
            'Read it inside the "where" of a count over "medicines".', '"opioid"',
            id="question of a group outside its rows",
        ),
        pytest.param(
            when({**COUNT, "where": COUNT}),
            "rules at /rules/0/when/where", 'a count over "medicines" stands inside a count over "medicines".',
            "Put the two counts side by side.",
            '{"kind": "count", "group": "medicines", "where": {"kind": "equals", "question":…',
            id="count inside a count",
        ),
        pytest.param(
            when({"kind": "compare", "question": "a", "operator": "<", "value": 1}),
            "rules at /rules/0/when/question", '"a" is answered yes or no; "compare" cannot read it.',
            "Read a question of type integer or decimal.", '"a"',
            id="number compared with yes or no",
        ),
        pytest.param(
            when({"kind": "within", "question": "sessions", "last": {"value": 1, "unit": "years"}}),
            "rules at /rules/0/when/question", '"sessions" is answered with a whole number; "within" cannot read it.',
            "Read a question of type date.", '"sessions"',
            id="window on a number",
        ),
        pytest.param(
            when({"kind": "lasted", "since": "a", "at_least": {"value": 1, "unit": "years"}}),
            "rules at /rules/0/when/since", '"a" is answered yes or no; "lasted" cannot read it.',
            "Read a question of type date.", '"a"',
            id="length of time since yes or no",
        ),
        pytest.param(
            when({"kind": "equals", "question": "a", "value": "yes"}),
            "rules at /rules/0/when/value", '"a" is answered yes or no.', "Write true or false.", '"yes"',
            id="text for yes or no",
        ),
        pytest.param(
            when({"kind": "equals", "question": "sessions", "value": True}),
            "rules at /rules/0/when/value", '"sessions" is answered with a number.', "Write a number.", "true",
            id="yes or no for a number",
        ),
        pytest.param(
            when({"kind": "equals", "question": "signs", "value": "often"}),
            "rules at /rules/0/when/kind", '"signs" takes several options.', 'Use "contains".', '"equals"',
            id="equals on several options",
        ),
        pytest.param(
            when({"kind": "contains", "question": "status", "value": "active"}),
            "rules at /rules/0/when/kind", '"status" takes one option.', 'Use "equals".', '"contains"',
            id="contains on one option",
        ),
        pytest.param(
            when({"kind": "one-of", "question": "signs", "values": ["often"]}),
            "rules at /rules/0/when/kind", '"signs" takes several options.', 'Use "any" over "contains".', '"one-of"',
            id="one of, on several options",
        ),
        pytest.param(
            when({"kind": "between", "question": "sessions", "low": 3, "high": 1}),
            "rules at /rules/0/when/low", "no number lies between 3 and 1.", "Exchange the two limits.", "3",
            id="empty range",
        ),
        pytest.param(
            when({"kind": "at-least", "n": 3, "of": [yes("a"), yes("b")]}),
            "rules at /rules/0/when/n", "at least 3 of 2 can never hold.", "Write a number up to 2.", "3",
            id="more than there are",
        ),
        pytest.param(
            defined(one=uses("two"), two=uses("three"), three=uses("one")),
            "rules at /definitions/0/condition", "the definitions lead in a circle: one → two → three → one.",
            "Take one of these steps out.", '{"kind": "defined", "name": "two"}',
            id="circle of definitions",
        ),
        pytest.param(
            defined(one=uses("one")),
            "rules at /definitions/0/condition", "the definitions lead in a circle: one → one.",
            "Take one of these steps out.", '{"kind": "defined", "name": "one"}',
            id="definition of itself",
        ),
        pytest.param(
            lambda found: found["rules"]["rules"][2].update(id="first"),
            "rules at /rules/2/id", 'a second rule is named "first"; the first stands at /rules/0/id.',
            "Rename one of them, or remove it.", '"first"',
            id="two rules of one id",
        ),
        pytest.param(
            item(1, link_id="a"),
            "questionnaire at /sections/0/items/1/link_id",
            'a second item is named "a"; the first stands at /sections/0/items/0/link_id.',
            "Rename one of them, or remove it.", '"a"',
            id="two questions of one id",
        ),
        pytest.param(
            lambda found: found["guidance"]["statements"].append(LIBRARY["statements"][0]),
            "guidance at /statements/1/id",
            'a second statement is named "TOP-1"; the first stands at /statements/0/id.',
            "Rename one of them, or remove it.", '"TOP-1"',
            id="two statements of one id",
        ),
        pytest.param(
            first_rule(unless=[unless("x", "x")]),
            "rules at /rules/0/unless/0/to", 'the exception "x" is an exception to itself (an unless on itself).',
            'Name another exception, or leave "to" out: it is then one to the rule.', '"x"',
            id="exception to itself",
        ),
        pytest.param(
            first_rule(unless=[unless("x", "y"), unless("y", "x")]),
            "rules at /rules/0/unless/0/to", "these exceptions lift each other in a circle: x → y → x.",
            'Leave one "to" out.', '"y"',
            id="exceptions in a circle",
        ),
        pytest.param(
            first_rule(unless=[unless("abstinent"), unless("y", "abstinnt")]),
            "rules at /rules/0/unless/1/to", 'the rule has no exception "abstinnt".', 'Did you mean "abstinent"?',
            '"abstinnt"',
            id="unknown exception",
        ),
        pytest.param(
            first_rule(unless=[unless("x"), unless("x")]),
            "rules at /rules/0/unless/1/id",
            'a second exception of "first" is named "x"; the first stands at /rules/0/unless/0/id.',
            "Rename one of them, or remove it.", '"x"',
            id="two exceptions of one id",
        ),
        pytest.param(
            item(0, enable_when=asked_when("b")),
            "questionnaire at /sections/0/items/0/enable_when/0/question", '"b" comes later than "a".',
            "Name an earlier question, or move it up.", '"b"',
            id="gate on a later question",
        ),
        pytest.param(
            item(0, enable_when=asked_when("a")),
            "questionnaire at /sections/0/items/0/enable_when/0/question",
            '"a" is asked only when it was answered itself.', "Name an earlier question.", '"a"',
            id="gate on itself",
        ),
        pytest.param(
            item(1, enable_when=asked_when("aa")),
            "questionnaire at /sections/0/items/1/enable_when/0/question", 'there is no question "aa".',
            'Did you mean "a"?', '"aa"',
            id="gate on an unknown question",
        ),
        pytest.param(
            item(5, enable_when=asked_when("status", "gone")),
            "questionnaire at /sections/0/items/5/enable_when/0/answer", '"gone" is not an option of "status".',
            'Use one that exists: "active", "never", "remission".', '"gone"',
            id="gate on an unknown option",
        ),
        pytest.param(
            item(1, enable_when=asked_when("a", "yes")),
            "questionnaire at /sections/0/items/1/enable_when/0/answer", '"a" is answered yes or no.',
            "Write true or false.", '"yes"',
            id="gate of the wrong type",
        ),
        pytest.param(
            item(8, enable_when=asked_when("began", "2020")),
            "questionnaire at /sections/0/items/8/enable_when/0/operator", '"began" is answered in words or a date.',
            'Use "exists", or a question with options.', '"="',
            id="gate on a date",
        ),
        pytest.param(
            first_rule(cites=[]),
            "rules at /rules/0/cites", 'the rule "first" cites nothing.',
            "Name the guidance statements that it rests on.",
            '{"id": "first", "title": "first", "topic": "topic", "concern": "caution", "when…',
            id="rule that cites nothing",
        ),
        pytest.param(
            first_rule(cites=["TOP-2"]),
            "rules at /rules/0/cites/0", 'there is no guidance statement "TOP-2".', 'Did you mean "TOP-1"?',
            '"TOP-2"',
            id="unknown statement",
        ),
        pytest.param(
            first_rule(disagreements=["timing"]),
            "rules at /rules/0/disagreements/0", 'there is no disagreement "timing".',
            "There is none to choose from: add one, or take this out.", '"timing"',
            id="unknown disagreement",
        ),
        pytest.param(
            first_rule(topic="topics"),
            "rules at /rules/0/topic", 'there is no topic "topics".', 'Did you mean "topic"?', '"topics"',
            id="unknown topic",
        ),
        pytest.param(
            first_rule(alongside=["aa"]),
            "rules at /rules/0/alongside/0", 'there is no question "aa".', 'Did you mean "a"?', '"aa"',
            id="unknown question alongside",
        ),
        pytest.param(
            lambda found: found["guidance"]["statements"].append({**LIBRARY["statements"][0], "id": "TOP-2"}),
            "guidance at /statements/1", 'no rule cites or shows "TOP-2", and it is not in the context.',
            "Cite it in a rule, or add it to the context.",
            '{"id": "TOP-2", "topic": "topic", "sources": ["source"], "kind": "caution", "te…',
            id="statement that nothing shows",
        ),
        pytest.param(
            lambda found: found["guidance"]["statements"][0].update(sources=["sorce"]),
            "guidance at /statements/0/sources/0", 'there is no source "sorce".', 'Did you mean "source"?', '"sorce"',
            id="unknown source",
        ),
        pytest.param(
            lambda found: found["rules"].update(questionnaire="other"),
            "rules at /questionnaire", 'the rules are written for "other", the questionnaire is "book".',
            "Name the questionnaire that stands beside them.", '"other"',
            id="rules for another questionnaire",
        ),
        pytest.param(
            when(nested(12)),
            "rules at /rules/0/when", "the condition is nested 13 levels deep; 12 are read.",
            "Give an inner part a name among the definitions.", NOT_NOT_NOT,
            id="tree nested too deep",
        ),
        pytest.param(
            lambda found: found["rules"].update(definitions=chained(20)), "rules at /definitions/9/condition",
            "with its definitions written out the condition is 110 levels deep; 100 are read.",
            "Use fewer definitions within definitions.", NOT_NOT_NOT,
            id="definitions too deep within definitions",
        ),
        pytest.param(
            first_rule(title="Not suitable"),
            "rules at /rules/0/title", '"suitable" decides, and only a clinician does.',
            "Say what the guidance raises, and let the clinician weigh it.", '"Not suitable"',
            id="deciding word",
        ),
        pytest.param(
            item(0, text="Are you an addict?"),
            "questionnaire at /sections/0/items/0/text", '"addict" names a person by a condition or an act.',
            'Write "person with an addiction".', '"Are you an addict?"',
            id="label",
        ),
    ],
)  # fmt: skip
def test_it_is_said_so(change: Change, place: str, problem: str, cure: str, words: str) -> None:
    assert [told(finding) for finding in findings(change)] == [(place, problem, cure, words)]


@pytest.mark.parametrize(
    ("change", "place", "problem", "cure", "words"),
    [
        pytest.param(
            first_rule(whn=1),
            "rules at /rules/0/whn", 'there is no field "whn" here.', 'Did you mean "when"?',
            "1",
            id="unknown field",
        ),
        pytest.param(
            lambda found: found["rules"]["rules"][0].pop("owner"),
            "rules at /rules/0/owner", 'the field "owner" is missing.', "Add this field.",
            '{"id": "first", "title": "first", "topic": "topic", "concern": "caution", "when…',
            id="missing field",
        ),
        pytest.param(
            when({"kind": "all", "of": [yes("a"), {"kind": "equal"}]}),
            "rules at /rules/0/when/of/1", 'there is no form "equal".', 'Did you mean "equals"?', '{"kind": "equal"}',
            id="unknown form",
        ),
        pytest.param(
            when({"question": "a", "value": True}),
            "rules at /rules/0/when", 'it has no "kind".', 'Say with "kind" which form it is.',
            '{"question": "a", "value": true}',
            id="no form",
        ),
        pytest.param(
            first_rule(concern="veto"),
            "rules at /rules/0/concern", "this is none of the words that can stand here.",
            ("Use one of: 'advises-against', 'treat-first', 'prepare', 'caution', 'differential', "
             "'condition-missing' or 'safeguard-missing'."),
            '"veto"',
            id="unknown concern",
        ),
        pytest.param(
            first_rule(id="Not An Id"),
            "rules at /rules/0/id", "this is not written as names are.",
            "Use lower-case letters, digits and single hyphens, beginning with a letter.", '"Not An Id"',
            id="not an id",
        ),
        pytest.param(
            first_rule(title=3),
            "rules at /rules/0/title", "this is not text.", "Correct the value at this place.", "3",
            id="number for words",
        ),
        pytest.param(
            first_rule(cites="TOP-1"),
            "rules at /rules/0/cites", "this is not a list.", "Correct the value at this place.", '"TOP-1"',
            id="words for a list",
        ),
        pytest.param(
            first_rule(cites=["top-1"]),
            "rules at /rules/0/cites/0", "this is not written as names are.",
            'Use two to eight capital letters, a hyphen and a number, such as "ABC-1".', '"top-1"',
            id="not a statement's id",
        ),
        pytest.param(
            first_rule(review_by="soon"),
            "rules at /rules/0/review_by",
            "input should be a valid date in the format YYYY-MM-DD, input is too short.",
            "Correct the value at this place.", '"soon"',
            id="not a day",
        ),
        pytest.param(
            when({"kind": "any", "of": [yes("a")] * 51}),
            "rules at /rules/0/when/of", "more than 50 stand here, which is as many as are read.",
            "Split it, or take some out.",
            '[{"kind": "equals", "question": "a", "value": true}, {"kind": "equals", "questi…',
            id="too many parts",
        ),
        pytest.param(
            first_rule(title=""),
            "rules at /rules/0/title", "string should have at least 1 character.", "Correct the value at this place.",
            '""',
            id="no words",
        ),
        pytest.param(
            when({"kind": "any", "of": []}),
            "rules at /rules/0/when/of", "at least 1 has to stand here.", "Correct the value at this place.", "[]",
            id="no part",
        ),
    ],
)  # fmt: skip
def test_a_wrong_shape_is_said_so(change: Change, place: str, problem: str, cure: str, words: str) -> None:
    found = documents()
    change(found)
    with pytest.raises(InvalidDocument) as refused:
        load(RuleSet, found["rules"], document="rules")
    assert told(refused.value.findings[0]) == (place, problem, cure, words)
