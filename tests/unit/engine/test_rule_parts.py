"""The parts of a rule beside its condition: what is refused in them, with place and cure, and how they read."""

from typing import Any

import pytest

from screening.engine.documents import InvalidDocument, as_document
from screening.engine.explaining import need_sentence, outcome_sentence
from screening.engine.sentences import rule_sentence
from tests.spec.book import QUESTIONNAIRE, Json, evaluated, given, response, rule, rule_set_of, yes
from tests.unit.engine.changes import findings, first_rule

YOUNG: Json = {"title": "ages 18 to 24", "when": {"kind": "between", "question": "sessions", "low": 18, "high": 24}}
NO_DRIVING: Json = {"id": "no-driving", "text": "no driving until the next day"}
ECG: Json = {"id": "ecg", "title": "an ECG", "from": "prescriber", "good_for": {"value": 6, "unit": "months"}}
LETTER: Json = {"id": "letter", "title": "a letter", "from": "the family doctor", "in_hand": yes("b")}
CHECK: Json = {"id": "history", "title": "The whole history", "text": "No list is complete.", "by": "prescriber"}
ALWAYS: Json = {"kind": "compare", "question": "sessions", "operator": ">=", "value": 0}


def group(when: Json, title: str = "some") -> Any:
    return first_rule(only_for={"title": title, "when": when})


@pytest.mark.parametrize(
    ("change", "pointer", "problem", "cure"),
    [
        pytest.param(
            group(yes("diagnosd")), "/only_for/when/question", 'no question "diagnosd"', 'Did you mean "diagnosed"?',
            id="unknown question of a sub-group",
        ),
        pytest.param(
            group(ALWAYS), "/only_for/when", 'the sub-group of "first" always holds.', "cover every answer",
            id="sub-group of everybody",
        ),
        pytest.param(
            group({"kind": "not", "condition": yes("a")}), "/when", 'the rule "first" can never hold.', "exclude",
            id="sub-group that excludes the condition",
        ),
        pytest.param(
            group(yes("b"), "addicts"), "/only_for/title", '"addicts"', "person",
            id="words of a sub-group",
        ),
        pytest.param(
            first_rule(weighed_by=["prescriber", "clinician", "prescriber"]), "/weighed_by/2",
            'a second role that weighs "first" is named "prescriber"', "remove it",
            id="role that weighs twice",
        ),
        pytest.param(
            first_rule(undertakings=[NO_DRIVING, NO_DRIVING]), "/undertakings/1/id",
            'a second undertaking of "first" is named "no-driving"', "Rename",
            id="undertaking twice",
        ),
        pytest.param(
            first_rule(undertakings=[{**NO_DRIVING, "text": "stay clean from alcohol"}]), "/undertakings/0/text",
            '"stay clean" judges.', 'Write "abstinent".',
            id="words of an undertaking",
        ),
        pytest.param(
            first_rule(needs=[{**ECG, "from": "medical-directer"}]), "/needs/0/from",
            'there is no role "medical-directer".', 'Did you mean "medical-director"?',
            id="unknown role of a need",
        ),
        pytest.param(
            first_rule(needs=[ECG, ECG]), "/needs/1/id", 'a second need of "first" is named "ecg"', "Rename",
            id="need twice",
        ),
        pytest.param(
            first_rule(needs=[{**ECG, "in_hand": yes("statu")}]), "/needs/0/in_hand/question",
            'there is no question "statu".', 'Did you mean "status"?',
            id="unknown question of a need",
        ),
        pytest.param(
            first_rule(needs=[{**ECG, "in_hand": ALWAYS}]), "/needs/0/in_hand",
            'that "ecg" of "first" is in hand always holds.', "cover every answer",
            id="need that is always in hand",
        ),
        pytest.param(
            first_rule(needs=[{**ECG, "title": "a clearance as eligible"}]), "/needs/0/title", '"eligible"', "",
            id="words of a need",
        ),
    ],
)  # fmt: skip
def test_a_part_that_cannot_mean_what_it_says_is_refused(change: Any, pointer: str, problem: str, cure: str) -> None:
    (found,) = findings(change)
    assert (found.document, found.pointer) == ("rules", f"/rules/0{pointer}")
    assert problem in found.problem
    assert cure in found.cure


def reads(**parts: Any) -> str:
    rules = rule_set_of(rule("rule", yes("a"), **parts))
    return str(rule_sentence(rules.rules[0], rules, QUESTIONNAIRE))


def test_a_rule_reads_with_whom_it_is_for() -> None:
    assert reads(only_for=YOUNG) == (
        "Raise “caution”, only for “ages 18 to 24” (“sessions?” is from 18 to 24), when “a?” is answered yes."
    )


def test_why_a_rule_ended_so_tells_first_whom_it_is_for() -> None:
    document = rule("rule", yes("a"), only_for=YOUNG)
    answers = response(given(a="yes", sessions="30"))
    outcome = evaluated(document, answers=answers).outcome("rule")
    found = outcome_sentence(outcome, rule_set_of(document), QUESTIONNAIRE, answers)
    assert str(found) == "this rule is only for “ages 18 to 24” and “a?” is answered yes"
    assert [part.truth for part in (found, *found.parts)] == ["false", "false", "true"]
    assert found.parts[0].parts[0].answer == "30 (client says)"


@pytest.mark.parametrize(
    ("part", "pointer", "problem", "cure"),
    [
        ({"weighed_by": ["medical-directer"]}, "/weighed_by/0", "none of the words", "'medical-director'"),
        ({"recheck": {}}, "/recheck", 'either "every" or "before"', "Correct"),
        (
            {"recheck": {"every": {"value": 30, "unit": "days"}, "before": "each-session"}},
            "/recheck", 'either "every" or "before"', "Correct",
        ),
        ({"recheck": {"before": "each-seson"}}, "/recheck/before", "none of the words", "'each-session'"),
        ({"recheck": {"evry": {"value": 30, "unit": "days"}}}, "/recheck/evry", 'no field "evry"', '"every"?'),
    ],
)  # fmt: skip
def test_a_part_of_another_shape_is_no_document(part: Json, pointer: str, problem: str, cure: str) -> None:
    with pytest.raises(InvalidDocument) as wrong:
        findings(first_rule(**part))
    found = wrong.value.findings[0]
    assert (found.document, found.pointer) == ("rules", f"/rules/0{pointer}")
    assert problem in found.problem
    assert cure in found.cure


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"needs": [ECG]}, "To have first: an ECG, from the prescriber, good for 6 months."),
        ({"needs": [LETTER]}, "To have first: a letter, from the family doctor; in hand when “b?” is answered yes."),
        ({"weighed_by": ["medical-director"]}, "To be weighed by the medical director."),
        ({"weighed_by": ["prescriber", "therapist"]}, "To be weighed by the prescriber and the therapist."),
        (
            {"recheck": {"every": {"value": 30, "unit": "days"}}},
            "The answers behind it are asked again every 30 days.",
        ),
        ({"recheck": {"before": "each-session"}}, "The answers behind it are asked again before each session."),
        ({"undertakings": [NO_DRIVING]}, "To be agreed by the client: “no driving until the next day”."),
        (
            {"undertakings": [{**NO_DRIVING, "by": "whoever drives"}]},
            "To be agreed by whoever drives: “no driving until the next day”.",
        ),
        (
            {"undertakings": [{**NO_DRIVING, "text": "Tells the team before taking anything."}]},
            "To be agreed by the client: “Tells the team before taking anything”.",
        ),
    ],
)
def test_what_stands_beside_a_rule_reads_after_it(parts: Json, words: str) -> None:
    assert reads(**parts) == f"Raise “caution” when “a?” is answered yes. {words}"


def test_why_something_is_in_hand_is_told_part_by_part() -> None:
    document = rule("rule", yes("a"), needs=[ECG, LETTER])
    answers = response(given(a="yes", b="no"))
    ecg, letter = evaluated(document, answers=answers).outcome("rule").needs
    assert need_sentence("rule", ecg, rule_set_of(document), QUESTIONNAIRE, answers) is None
    found = need_sentence("rule", letter, rule_set_of(document), QUESTIONNAIRE, answers)
    assert found is not None
    assert (str(found), found.truth, found.answer) == ("“b?” is answered yes", "false", "No (client says)")


def test_a_need_is_written_as_it_was_read() -> None:
    document = rule("rule", yes("a"), needs=[ECG, LETTER])
    assert as_document(rule_set_of(document))["rules"][0]["needs"] == [ECG, LETTER]


def checks(*found: Json) -> Any:
    return lambda documents: documents["rules"].update(for_a_person=list(found))


@pytest.mark.parametrize(
    ("change", "pointer", "problem", "cure"),
    [
        pytest.param(
            checks(CHECK, CHECK), "/for_a_person/1/id", 'a second check for a person is named "history"', "Rename",
            id="check twice",
        ),
        pytest.param(
            checks({**CHECK, "cites": ["TOP-1", "TOP-11"]}), "/for_a_person/0/cites/1",
            'there is no guidance statement "TOP-11".', 'Did you mean "TOP-1"?',
            id="unknown statement of a check",
        ),
        pytest.param(
            checks({**CHECK, "text": "Whether they are eligible."}), "/for_a_person/0/text", '"eligible"', "",
            id="words of a check",
        ),
    ],
)  # fmt: skip
def test_a_check_for_a_person_is_looked_at_like_any_other_part(
    change: Any, pointer: str, problem: str, cure: str
) -> None:
    (found,) = findings(change)
    assert (found.document, found.pointer) == ("rules", pointer)
    assert problem in found.problem
    assert cure in found.cure


def test_a_statement_that_only_a_check_for_a_person_cites_is_shown() -> None:
    def another(documents: dict[str, Any]) -> None:
        statement = {**documents["guidance"]["statements"][0], "id": "TOP-2"}
        documents["guidance"]["statements"].append(statement)

    def another_checked(documents: dict[str, Any]) -> None:
        another(documents)
        checks({**CHECK, "cites": ["TOP-2"]})(documents)

    assert [found.pointer for found in findings(another)] == ["/statements/1"]
    assert findings(another_checked) == []
