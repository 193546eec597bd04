"""FHIR R4: the questionnaire written, responses read, and everything that does not fit refused."""

import contextlib
import copy
import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from screening.engine.answers import Absence, Source
from screening.engine.documents import InvalidDocument
from screening.engine.fhir import questionnaire_to_fhir
from screening.engine.questionnaire import ItemType, Question
from screening.engine.response_writing import answers_to_fhir
from screening.engine.responses import answers_from_fhir
from tests.spec.book import ON, QUESTIONNAIRE, Json, choice, given, questionnaire_of, response, rows

SECTION: Json = {
    "linkId": "section",
    "item": [
        {"linkId": "a", "answer": [{"valueBoolean": True}]},
        {"linkId": "status", "answer": [{"valueCoding": {"code": "active", "display": "Active"}}]},
        {"linkId": "signs", "answer": [{"valueCoding": {"code": "often"}}, {"valueCoding": {"code": "alone"}}]},
        {"linkId": "sessions", "answer": [{"valueInteger": 3}]},
        {"linkId": "dose", "answer": [{"valueDecimal": 0.5}]},
        {"linkId": "began", "answer": [{"valueDate": "2024-05"}]},
        {"linkId": "medicines", "item": [{"linkId": "opioid", "answer": [{"valueBoolean": False}]}]},
        {"linkId": "medicines", "item": [{"linkId": "since", "answer": [{"valueString": "2024-spring"}]}]},
    ],
}
RESPONSE: Json = {"resourceType": "QuestionnaireResponse", "status": "completed", "item": [SECTION]}


def items(resource: Json) -> Iterator[Json]:
    for item in resource.get("item", []):
        yield item
        yield from items(item)


def test_a_response_is_read_by_its_types() -> None:
    read = answers_from_fhir(RESPONSE, QUESTIONNAIRE, ON)
    values = {link_id: answer.value for link_id, answer in read.answers.items()}
    assert values == {
        "a": True,
        "status": "active",
        "signs": ("often", "alone"),
        "sessions": 3,
        "dose": 0.5,
        "began": "2024-05",
    }
    medicines = read.groups["medicines"]
    assert [row.row_id for row in medicines.rows] == ["row-1", "row-2"]
    assert medicines.rows[1].answers["since"].value == "2024-spring"
    assert not medicines.complete


def test_an_absent_answer_keeps_its_reason_and_an_answer_its_source_and_note() -> None:
    declined = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "asked-declined"}
    record = {"url": "urn:soundings:answer-source", "valueCode": "record"}
    note = {"url": "urn:soundings:answer-note", "valueString": "letter of May"}
    section = {
        "linkId": "section",
        "item": [
            {"linkId": "a", "extension": [declined]},
            {"linkId": "b", "answer": [{"extension": [declined, record]}]},
            {"linkId": "c", "answer": [{"valueBoolean": False, "extension": [record, note]}]},
        ],
    }
    read = answers_from_fhir({**RESPONSE, "item": [section]}, QUESTIONNAIRE, ON).answers
    assert (read["a"].absent, read["b"].absent) == (Absence.DECLINED, Absence.DECLINED)
    assert read["b"].source is Source.RECORD
    assert (read["c"].value, read["c"].source, read["c"].note) == (False, Source.RECORD, "letter of May")


def test_an_item_without_an_answer_is_no_answer() -> None:
    section = {"linkId": "section", "item": [{"linkId": "a"}, {"linkId": "a-help"}]}
    assert answers_from_fhir({**RESPONSE, "item": [section]}, QUESTIONNAIRE, ON).answers == {}


def test_answers_come_back_as_they_were_written() -> None:
    answers = response(
        given(a="declined@record", status="active@clinician", signs="often+alone", began="2024-winter", dose="2.5"),
        medicines=rows({"opioid": "yes"}, {}),
        attempts=rows(complete=True),
    )
    assert answers_from_fhir(answers_to_fhir(answers, QUESTIONNAIRE), QUESTIONNAIRE, ON) == answers


def in_section(item: Json) -> Callable[[Json], Any]:
    return lambda resource: resource["item"][0]["item"].append(item)


def first(**changed: Any) -> Callable[[Json], Any]:
    return lambda resource: resource["item"][0]["item"][0].update(changed)


@pytest.mark.parametrize(
    ("change", "pointer", "problem", "cure"),
    [
        (in_section({"linkId": "sesions"}), "/item/0/item/8", 'no question "sesions"', 'Did you mean "sessions"?'),
        (in_section(SECTION["item"][0]), "/item/0/item/8", '"a" is answered twice', "neither is picked"),
        (
            first(answer=[{"valueBoolean": True}, {"valueBoolean": False}]),
            "/item/0/item/0/answer",
            "takes one answer, and 2 were given",
            "repeated single answer",
        ),
        (first(answer=[{"valueString": "yes"}]), "/item/0/item/0/answer/0", "with valueString", "Use valueBoolean."),
        (first(answer=[{}]), "/item/0/item/0/answer/0", "without a value", "Use valueBoolean."),
        (first(answer={}), "/item/0/item/0/answer", "not a list of answers", "Send a list"),
        (first(answer=[{"valueBoolean": "true"}]), "/item/0/item/0/answer", "takes yes or no", "true or false"),
        (first(item=[{"linkId": "b"}]), "/item/0/item/0", 'nested under "a"', "beside it"),
        (first(linkId=7), "/item/0/item/0", "no linkId", "Give the linkId"),
        (first(modifierExtension=[{}]), "/item/0/item/0", "modifierExtension", "without"),
        (
            lambda resource: resource["item"][0]["item"][1].update(answer=[{"valueCoding": {"code": "activ"}}]),
            "/item/0/item/1/answer",
            "not an option",
            'Did you mean "active"?',
        ),
        (
            lambda resource: resource["item"][0]["item"][5].update(answer=[{"valueDate": "2027-01"}]),
            "/item/0/item/5/answer",
            "lies in the future",
            "Check the year",
        ),
        (in_section({"linkId": "opioid"}), "/item/0/item/8", "stands outside of them", 'linkId "medicines"'),
        (
            in_section({"linkId": "medicines", "item": [{"linkId": "opiod"}]}),
            "/item/0/item/8/item/0",
            'no question "opiod"',
            'Did you mean "opioid"?',
        ),
        (
            in_section({"linkId": "section", "item": []}), "/item/0/item/8", "inside a section", "at the top",
        ),
        (
            first(answer=[], extension=[{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
                                         "valueCode": "masked"}]),
            "/item/0/item/0",
            '"masked" is not a reason',
            "asked-declined",
        ),
        (lambda resource: resource.update(item={}), "/item", "not a list", "list of items"),
        (lambda resource: resource.update(resourceType="Patient"), "/resourceType", "is not a Questionnaire", "R4"),
        (lambda resource: resource.update(status="entered-in-error"), "/status", "entered in error", "corrected"),
        (lambda resource: resource.update(questionnaire="urn:x:other|3"), "/questionnaire", "urn:x:other", "protocol"),
    ],
)  # fmt: skip
def test_a_response_that_does_not_fit_is_refused(
    change: Callable[[Json], Any], pointer: str, problem: str, cure: str
) -> None:
    resource = copy.deepcopy(RESPONSE)
    change(resource)
    with pytest.raises(InvalidDocument) as refused:
        answers_from_fhir(resource, QUESTIONNAIRE, ON)
    found = refused.value.findings
    assert [finding.pointer for finding in found] == [pointer]
    assert problem in found[0].problem
    assert cure in found[0].cure


@pytest.mark.parametrize("junk", [None, [], "text", 3, {}, {"item": 3}, {"resourceType": ["QuestionnaireResponse"]}])
def test_junk_is_refused_and_never_a_crash(junk: Any) -> None:
    with pytest.raises(InvalidDocument):
        answers_from_fhir(junk, QUESTIONNAIRE, ON)


@pytest.mark.parametrize("place", ["item", "answer", "extension", "linkId"])
@pytest.mark.parametrize("junk", [None, 3, "text", [3], [[]], [None], {"a": 1}])
def test_junk_inside_is_refused_or_ignored_and_never_a_crash(place: str, junk: Any) -> None:
    resource = copy.deepcopy(RESPONSE)
    for index in (0, 6):
        resource["item"][0]["item"][index][place] = junk
    with contextlib.suppress(InvalidDocument):
        answers_from_fhir(resource, QUESTIONNAIRE, ON)


def test_more_items_than_any_response_has_are_refused() -> None:
    resource = {**RESPONSE, "item": [{"linkId": "section", "item": [{"linkId": "a-help"}] * 5_001}]}
    with pytest.raises(InvalidDocument, match="5,000 items"):
        answers_from_fhir(resource, QUESTIONNAIRE, ON)


def test_the_questionnaire_is_written_with_its_gates_options_limits_and_helps() -> None:
    resource = questionnaire_to_fhir(QUESTIONNAIRE, version="3", url="https://example.org/q")
    found = {item["linkId"]: item for item in items(resource)}
    assert (resource["resourceType"], resource["status"], resource["version"]) == ("Questionnaire", "active", "3")
    assert (found["a"]["type"], found["signs"]["type"], found["signs"]["repeats"]) == ("boolean", "choice", True)
    assert found["status"]["answerOption"][0] == {"valueCoding": {"code": "active", "display": "Active"}}
    assert found["attempts"]["enableWhen"] == [{"question": "attempted", "operator": "=", "answerBoolean": True}]
    assert found["in-remission-since"]["enableWhen"][0]["answerCoding"]["code"] == "remission"
    assert {"url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueInteger": 50} in found["sessions"][
        "extension"
    ]
    assert (found["medicines"]["type"], found["medicines"]["repeats"]) == ("group", True)
    assert found["a-help"]["type"] == "display"
    assert found["a-help"]["extension"][0]["valueCodeableConcept"]["coding"][0]["code"] == "help"


def test_a_question_says_how_its_answers_are_usually_known_only_where_that_is_not_the_client() -> None:
    filled = Question(link_id="b", type=ItemType.BOOLEAN, text="B?", help="B.", usual_source=Source.CLINICIAN)
    section = QUESTIONNAIRE.sections[0].model_copy(update={"items": (QUESTIONNAIRE.questions["a"], filled)})
    written = questionnaire_to_fhir(QUESTIONNAIRE.model_copy(update={"sections": (section,)}))
    found = {item["linkId"]: item for item in items(written)}
    assert found["b"]["extension"] == [{"url": "urn:soundings:usual-source", "valueCode": "clinician"}]
    assert "extension" not in found["a"]


def test_every_item_has_the_fields_that_fhir_asks_for_and_no_link_id_twice() -> None:
    found = list(items(questionnaire_to_fhir(QUESTIONNAIRE)))
    types = {"group", "display", "boolean", "decimal", "integer", "date", "string", "text", "choice"}
    assert len({item["linkId"] for item in found}) == len(found)
    for item in found:
        assert item["type"] in types
        assert "answerOption" not in item or item["type"] == "choice"
        assert "enableBehavior" not in item or len(item["enableWhen"]) > 1
        assert item["type"] not in ("group", "display") or "required" not in item
        assert all(sum(key.startswith("answer") for key in gate) == 1 for gate in item.get("enableWhen", []))


def test_a_response_is_read_as_of_the_day_it_was_given() -> None:
    with pytest.raises(InvalidDocument, match="future"):
        answers_from_fhir(RESPONSE, QUESTIONNAIRE, datetime.date(2024, 4, 30))


def test_an_option_that_stands_alone_says_so_in_fhirs_words() -> None:
    asked = choice("signs-now", "often", "none", repeats=True)
    asked["answer_options"][1]["exclusive"] = True
    written = {item["linkId"]: item for item in items(questionnaire_to_fhir(questionnaire_of(asked)))}
    often, none = written["signs-now"]["answerOption"]
    alone = "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive"
    assert none["extension"] == [{"url": alone, "valueBoolean": True}]
    assert "extension" not in often


def test_an_option_stands_alone_only_where_several_can_be_chosen() -> None:
    asked = choice("status-now", "active", "none")
    asked["answer_options"][1]["exclusive"] = True
    with pytest.raises(InvalidDocument, match="exclusive only where several can be chosen"):
        questionnaire_of(asked)
