"""A rule as it reads, and why it came out as it did: in words, with the questions as they are asked."""

import pytest

from screening.engine.answers import Absence, Answer, Source
from screening.engine.explaining import exception_sentence, outcome_sentence
from screening.engine.sentences import Sentence, condition_sentence, rule_sentence
from screening.engine.words import answer_words, counted, date_words, sourced_words
from tests.spec.book import QUESTIONNAIRE, Json, evaluated, given, response, rows, rule, rule_set_of, yes

NO_A: Json = {"kind": "not", "condition": yes("a")}
STATUS: Json = {"kind": "equals", "question": "status", "value": "active"}
COUNT: Json = {"kind": "count", "group": "medicines", "where": yes("opioid"), "operator": ">=", "value": 2}
SCORE: Json = {"kind": "score", "items": ["low", "tired"], "operator": ">=", "value": 5}
LATELY: Json = {"kind": "within", "question": "began", "last": {"value": 6, "unit": "months"}}


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (yes("a"), "“a?” is answered yes"),
        (NO_A, "“a?” is not answered yes"),
        ({"kind": "not", "condition": NO_A}, "“a?” is answered yes"),
        (STATUS, "“status?” is “Active”"),
        (
            {"kind": "one-of", "question": "status", "values": ["active", "remission"]},
            "“status?” is one of “Active” or “Remission”",
        ),
        ({"kind": "contains", "question": "signs", "value": "alone"}, "“signs?” includes “Alone”"),
        (
            {"kind": "compare", "question": "dose", "operator": "<=", "value": 2},
            "“dose?” is at most 2 mg",
        ),
        ({"kind": "between", "question": "dose", "low": 1, "high": 2}, "“dose?” is from 1 to 2 mg"),
        (
            {
                "kind": "not",
                "condition": {"kind": "within", "question": "began", "last": {"value": 6, "unit": "months"}},
            },
            "“began?” does not lie in the last 6 months",
        ),
        (
            {"kind": "lasted", "since": "began", "at_least": {"value": 1, "unit": "years"}},
            "“began?” names a time that has lasted at least 1 year",
        ),
        (
            {"kind": "known-from", "question": "a", "sources": ["clinician", "record"]},
            "“a?” is known from an assessment at screening or a record",
        ),
        (SCORE, "“low?” plus “tired?” is at least 5"),
        (
            {"kind": "not", "condition": {**SCORE, "total": "instrument-total"}},
            "“low?” plus “tired?” or in place of these “instrument-total?” is not at least 5",
        ),
        (
            {"kind": "lasted", "since": "began", "until": "ended", "at_least": {"value": 6, "unit": "weeks"}},
            "“began?” until “ended?” is a time of at least 6 weeks",
        ),
        ({"kind": "after", "question": "began", "than": "episode-began"}, "“began?” is not before “episode-began?”"),
        (
            {"kind": "not", "condition": {"kind": "after", "question": "began", "than": "ended"}},
            "“began?” is before “ended?”",
        ),
        (
            {"kind": "washed-out", "since": "began", "half_life": "half-life", "times": 4},
            "“began?” lies back at least 4 times “half-life?”",
        ),
        (
            {"kind": "multiple-of", "question": "alt", "operator": ">", "times": 3, "of": "alt-limit"},
            "“alt?” is more than 3 times “alt-limit?”",
        ),
        (COUNT, "at least 2 medicines where “opioid?” is answered yes"),
        ({"kind": "count", "group": "medicines", "operator": "=", "value": 0}, "no medicine"),
        (
            {**COUNT, "different": "medicine-class"},
            "at least 2 medicines that differ in “medicine-class?” where “opioid?” is answered yes",
        ),
        ({"kind": "defined", "name": "both"}, "“both”"),
        (
            {"kind": "not", "condition": {"kind": "defined", "name": "both"}},
            "it is not so that “both”",
        ),
        ({"kind": "all", "of": [yes("a"), yes("b")]}, "“a?” is answered yes and “b?” is answered yes"),
        (
            {"kind": "any", "of": [STATUS, {"kind": "all", "of": [yes("a"), yes("b")]}]},
            "“status?” is “Active” or (“a?” is answered yes and “b?” is answered yes)",
        ),
        (
            {"kind": "at-least", "n": 2, "of": [yes("a"), yes("b"), yes("c")]},
            "at least 2 of these hold: “a?” is answered yes; “b?” is answered yes; “c?” is answered yes",
        ),
        (
            {"kind": "not", "condition": {"kind": "any", "of": [yes("a"), yes("b")]}},
            "none of these holds: “a?” is answered yes; “b?” is answered yes",
        ),
    ],
)
def test_every_form_reads_as_english(when: Json, words: str) -> None:
    rules = rule_set_of(rule("rule", when), both={"kind": "all", "of": [yes("a"), yes("b")]})
    assert str(condition_sentence(rules.rules[0].when, rules, QUESTIONNAIRE)) == words


def test_a_rule_reads_with_its_concern_its_exceptions_and_who_confirms_them() -> None:
    unless = [
        {"id": "abstinent", "title": "Abstinent for a year", "when": yes("b"), "confirmed_by": "clinician"},
        {
            "id": "residential",
            "title": "Residential",
            "when": yes("c"),
            "confirmed_by": "addiction-physician",
            "to": "abstinent",
        },
    ]
    rules = rule_set_of(rule("rule", yes("a"), concern="treat-first", unless=unless))
    assert str(rule_sentence(rules.rules[0], rules, QUESTIONNAIRE)) == (
        "Raise “other treatment first” when “a?” is answered yes, "
        "unless “b?” is answered yes (a clinician confirms), "
        "and “Abstinent for a year” is lifted when “c?” is answered yes (the addiction physician confirms)."
    )


def told(when: Json, **cells: str) -> Sentence:
    rules = rule_set_of(rule("rule", when))
    answers = response(given(**cells))
    outcome = evaluated(rule("rule", when), answers=answers).outcome("rule")
    return outcome_sentence(outcome, rules, QUESTIONNAIRE, answers)


def test_an_outcome_tells_each_part_with_its_truth_and_its_answer() -> None:
    found = told({"kind": "all", "of": [yes("a"), STATUS]}, a="yes@record", status="declined")
    first, second = found.parts
    assert (first.truth, first.answer, first.why) == ("true", "Yes (on record)", "")
    assert (second.truth, second.answer, second.why) == ("unknown", "", "preferred not to say")
    assert found.truth == "unknown"


def test_a_negated_leaf_is_told_in_the_negative_with_its_own_truth() -> None:
    found = told(NO_A, a="no")
    assert (str(found), found.truth, found.answer) == ("“a?” is not answered yes", "true", "No (client says)")


@pytest.mark.parametrize(
    ("cells", "why", "gate"),
    [
        ({"diagnosed": "no"}, "not asked, because of an earlier answer", "No (client says)"),
        ({"diagnosed": "declined"}, "whether to ask it is not known yet", ""),
    ],
)
def test_a_question_behind_a_gate_tells_what_it_depends_on(cells: dict[str, str], why: str, gate: str) -> None:
    found = told({"kind": "equals", "question": "diagnosis-status", "value": "active"}, **cells)
    assert found.why == why
    assert str(found.parts[0]) == "it depends on “diagnosed?”"
    assert found.parts[0].answer == gate


def test_a_condition_on_several_answers_tells_each_of_them() -> None:
    found = told({**SCORE, "total": "instrument-total"}, low="3", tired="declined")
    assert (found.truth, found.why) == ("unknown", "")
    assert [(str(part), part.answer, part.why) for part in found.parts] == [
        ("“low?”", "3 (client says)", ""),
        ("“tired?”", "", "preferred not to say"),
        ("“instrument-total?”", "", "not answered"),
    ]


def test_answers_that_contradict_each_other_are_told_as_that() -> None:
    found = told({**SCORE, "total": "instrument-total"}, low="3", tired="3", instrument_total="2")
    assert (found.truth, found.why) == ("unknown", "the answers do not fit together")


def test_one_of_several_answers_tells_the_gate_that_it_waits_for() -> None:
    found = told({"kind": "score", "items": ["alone"], "operator": ">=", "value": 2})
    assert found.parts[0].why == "whether to ask it is not known yet"
    assert str(found.parts[0].parts[0]) == "it depends on “in-full?”"


def test_a_count_tells_its_rows_one_by_one() -> None:
    rules = rule_set_of(rule("rule", COUNT))
    answers = response(medicines=rows({"opioid": "yes"}, {"opioid": "unknown"}, complete=False))
    outcome = evaluated(rule("rule", COUNT), answers=answers).outcome("rule")
    found = outcome_sentence(outcome, rules, QUESTIONNAIRE, answers)
    assert (found.answer, found.why) == ("2 medicines recorded", "there may be more")
    assert [(str(row), row.truth) for row in found.parts] == [("medicine 1", "true"), ("medicine 2", "unknown")]
    assert found.parts[1].parts[0].why == "not known"


def test_a_count_of_rows_that_differ_tells_in_each_what_it_differs_in() -> None:
    condition = {**COUNT, "different": "medicine-class"}
    answers = response(medicines=rows({"opioid": "yes", "medicine_class": "ssri"}, {"opioid": "yes"}))
    outcome = evaluated(rule("rule", condition), answers=answers).outcome("rule")
    found = outcome_sentence(outcome, rule_set_of(rule("rule", condition)), QUESTIONNAIRE, answers)
    assert [(row.truth, str(row.parts[1]), row.parts[1].answer, row.parts[1].why) for row in found.parts] == [
        ("true", "“medicine-class?”", "Ssri (client says)", ""),
        ("unknown", "“medicine-class?”", "", "not answered"),
    ]


def test_an_exception_is_told_as_a_rule_is() -> None:
    unless = [{"id": "x", "title": "X", "when": yes("b"), "confirmed_by": "clinician"}]
    document = rule("rule", yes("a"), unless=unless)
    answers = response(given(a="yes", b="yes"))
    outcome = evaluated(document, answers=answers).outcome("rule")
    found = exception_sentence("rule", outcome.exceptions[0], rule_set_of(document), QUESTIONNAIRE, answers)
    assert (str(found), found.truth) == ("“b?” is answered yes", "true")


ONE_OF: Json = {"kind": "one-of", "question": "status", "values": ["active", "remission"]}


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([yes("a"), yes("b")], "“a?” is answered yes or “b?” is answered yes"),
        ([ONE_OF, yes("b")], "“status?” is one of “Active” or “Remission”, or “b?” is answered yes"),
        (
            [{"kind": "all", "of": [ONE_OF, yes("a")]}, yes("b")],
            "(“status?” is one of “Active” or “Remission” and “a?” is answered yes) or “b?” is answered yes",
        ),
        (
            [{"kind": "all", "of": [ONE_OF]}, yes("b")],
            "“status?” is one of “Active” or “Remission”, or “b?” is answered yes",
        ),
    ],
)
def test_two_ors_do_not_run_together(parts: list[Json], words: str) -> None:
    rules = rule_set_of(rule("rule", {"kind": "any", "of": parts}))
    assert str(condition_sentence(rules.rules[0].when, rules, QUESTIONNAIRE)) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [("2021-05-03", "3 May 2021"), ("2021-05", "May 2021"), ("2021", "2021"), ("2021-spring", "spring 2021")],
)
def test_a_date_reads_as_vague_as_it_was_given(text: str, words: str) -> None:
    assert date_words(text) == words


def test_an_answer_reads_with_its_source_and_an_absence_without_one() -> None:
    question = QUESTIONNAIRE.questions["sessions"]
    assert sourced_words(question, Answer(value=3, source=Source.CLINICIAN)) == "3 (assessed at screening)"
    assert sourced_words(question, Answer(absent=Absence.DECLINED)) == "preferred not to say"
    assert sourced_words(question, None) == "not answered"


def test_a_fact_that_the_client_is_not_asked_was_not_told_rather_than_kept_back() -> None:
    question = QUESTIONNAIRE.questions["sessions"].model_copy(update={"usual_source": Source.CLINICIAN})
    assert answer_words(question, Answer(absent=Absence.DECLINED)) == "asked, not told"
    assert answer_words(question, Answer(absent=Absence.UNKNOWN)) == "not known"


def test_rows_are_counted_in_english() -> None:
    assert [counted(n, noun) for n, noun in [(1, "attempt"), (2, "therapy"), (0, "day"), (3, "dose")]] == [
        "1 attempt",
        "2 therapies",
        "0 days",
        "3 doses",
    ]
