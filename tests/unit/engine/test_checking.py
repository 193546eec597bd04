"""A response that does not fit its questionnaire is refused answer by answer; nothing is bent or read as "no"."""

import datetime

import pytest

from screening.engine.answers import Answers
from screening.engine.checking import answers_problems
from screening.engine.documents import InvalidDocument, load
from screening.engine.evaluation import evaluate
from tests.spec.book import ON, QUESTIONNAIRE, Json, response, rule, rule_set_of, yes


def value(given: object) -> Json:
    return {"value": given}


@pytest.mark.parametrize(
    ("answers", "pointer", "problem", "cure"),
    [
        ({"diagnosd": value(True)}, "/answers/diagnosd", 'no question "diagnosd"', 'Did you mean "diagnosed"?'),
        ({"a": value("yes")}, "/answers/a/value", "takes yes or no", "true or false"),
        ({"a": value(1)}, "/answers/a/value", "takes yes or no", "true or false"),
        ({"status": value("activ")}, "/answers/status/value", "not an option", 'Did you mean "active"?'),
        ({"status": value(True)}, "/answers/status/value", "true is not an option", "Use one that exists"),
        ({"status": value(["active"])}, "/answers/status/value", "takes one option", "not a list"),
        ({"signs": value("often")}, "/answers/signs/value", "takes a list", "as a list"),
        ({"signs": value(["often", "often"])}, "/answers/signs/value", "same option twice", "once"),
        ({"signs": value(["often", "alon"])}, "/answers/signs/value", '"alon" is not an option', '"alone"?'),
        ({"signs": value([])}, "/answers/signs/value", "an empty list", "Leave the answer out"),
        ({"sessions": value(51)}, "/answers/sessions/value", "51 lies outside", "from 0 to 50"),
        ({"sessions": value(-1)}, "/answers/sessions/value", "-1 lies outside", "from 0 to 50"),
        ({"sessions": value(2.5)}, "/answers/sessions/value", "a whole number, not 2.5", "without quotes"),
        ({"sessions": value("3")}, "/answers/sessions/value", "a whole number", "without quotes"),
        ({"sessions": value(True)}, "/answers/sessions/value", "a whole number", "without quotes"),
        ({"dose": value(10**13)}, "/answers/dose/value", "lies outside", "below"),
        ({"began": value("2026-07-02")}, "/answers/began/value", "lies in the future", "Check the year"),
        ({"began": value("2027")}, "/answers/began/value", "lies in the future", "Check the year"),
        ({"began": value("soon")}, "/answers/began/value", "is not a date", "2024-spring"),
        ({"began": value("2025-02-30")}, "/answers/began/value", "not a day in the calendar", "month and the day"),
        ({"began": value("1066")}, "/answers/began/value", "before 1900", "Check the year"),
        ({"opioid": value(True)}, "/answers/opioid", 'the rows of "medicines"', "in a row"),
        ({"medicines": value(True)}, "/answers/medicines", "repeating group, answered here as a single", '"groups"'),
    ],
)
def test_an_answer_that_does_not_fit_is_named(answers: Json, pointer: str, problem: str, cure: str) -> None:
    found = answers_problems(QUESTIONNAIRE, response(answers), ON)
    assert [finding.pointer for finding in found] == [pointer]
    assert problem in found[0].problem
    assert cure in found[0].cure


@pytest.mark.parametrize(
    ("groups", "pointer", "problem"),
    [
        ({"medicine": {}}, "/groups/medicine", 'no repeating group "medicine"'),
        ({"a": {}}, "/groups/a", "a single question, answered here as rows"),
        (
            {"medicines": {"rows": [{"row_id": "r", "answers": {"attempt-meant": value(True)}}]}},
            "/groups/medicines/rows/0/answers/attempt-meant",
            'belongs to the rows of "attempts"',
        ),
        (
            {"medicines": {"rows": [{"row_id": "r", "answers": {"a": value(True)}}]}},
            "/groups/medicines/rows/0/answers/a",
            'no question of the repeating group "medicines"',
        ),
        (
            {"medicines": {"rows": [{"row_id": "r", "answers": {"opioid": value("x")}}]}},
            "/groups/medicines/rows/0/answers/opioid/value",
            "takes yes or no",
        ),
    ],
)
def test_a_row_that_does_not_fit_is_named(groups: Json, pointer: str, problem: str) -> None:
    found = answers_problems(QUESTIONNAIRE, response({}, **groups), ON)
    assert [finding.pointer for finding in found] == [pointer]
    assert problem in found[0].problem


def test_every_fault_is_named_at_once() -> None:
    found = answers_problems(QUESTIONNAIRE, response({"a": value(1), "x": value(1), "status": value("y")}), ON)
    assert {finding.pointer for finding in found} == {"/answers/a/value", "/answers/x", "/answers/status/value"}


def test_what_fits_has_no_finding() -> None:
    fits = {
        "sessions": value(50),
        "dose": value(2),
        "began": value("2026"),
        "planned": value("2030"),
        "a": value(False),
    }
    declined = {"status": {"absent": "asked-declined"}}
    assert answers_problems(QUESTIONNAIRE, response({**fits, **declined}), ON) == []


def test_a_vague_date_that_began_before_today_is_no_date_in_the_future() -> None:
    assert answers_problems(QUESTIONNAIRE, response({"began": value("2026-07")}), ON) == []
    day_before = ON - datetime.timedelta(days=1)
    assert len(answers_problems(QUESTIONNAIRE, response({"began": value("2026-07")}), day_before)) == 1


def test_the_engine_refuses_what_does_not_fit_instead_of_reading_it_as_no() -> None:
    with pytest.raises(InvalidDocument, match="status"):
        evaluate(rule_set_of(rule("rule", yes("a"))), QUESTIONNAIRE, response({"status": value("activ")}), ON)


@pytest.mark.parametrize(
    "answer",
    [{}, {"value": True, "absent": "asked-declined"}, {"value": None}, {"value": float("nan")}, {"absent": "no"}],
)
def test_an_answer_has_either_a_value_or_a_reason(answer: Json) -> None:
    with pytest.raises(InvalidDocument):
        load(Answers, {"answers": {"a": answer}}, document="answers")
