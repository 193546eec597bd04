"""What a response says twice, in the wrong place or by a name that FHIR does not have is never dropped in silence."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from screening.engine.answers import Source
from screening.engine.documents import InvalidDocument
from screening.engine.responses import answers_from_fhir
from tests.spec.book import ON, QUESTIONNAIRE, Json

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
DECLINED = {"url": ABSENT, "valueCode": "asked-declined"}
RECORD = {"url": "urn:soundings:answer-source", "valueCode": "record"}
CLIENT = {"url": "urn:soundings:answer-source", "valueCode": "client"}
NOTE = {"url": "urn:soundings:answer-note", "valueString": "letter of May"}
ALL = {"url": "urn:soundings:rows-complete", "valueBoolean": True}
NOT_ALL = {"url": "urn:soundings:rows-complete", "valueBoolean": False}
ROW = {"linkId": "opioid", "answer": [{"valueBoolean": True}]}
OFTEN, ALONE = {"valueCoding": {"code": "often"}}, {"valueCoding": {"code": "alone"}}


def of(*items: Json, **more: Any) -> Json:
    section = {"linkId": "section", "item": list(items)}
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": [section], **more}


def a(**more: Any) -> Json:
    return {"linkId": "a", "answer": [{"valueBoolean": False}], **more}


def yes(*extensions: Any) -> Json:
    return {"linkId": "a", "answer": [{"valueBoolean": True, "extension": list(extensions)}]}


def medicines(**given: Any) -> Json:
    return {"linkId": "medicines", **given}


FAULTS: list[tuple[Json, str, str, str]] = [
    (of(medicines(extension=[ALL], answer=[{"item": [ROW]}])), "/item/0/item/0/answer", "is no question", '"item"'),
    (of(medicines(extension=[ALL], Item=[ROW])), "/item/0/item/0", 'FHIR has no "Item"', 'Did you mean "item"?'),
    (of(medicines(extension=[DECLINED, ALL], item=[])), "/item/0/item/0/extension", "is not read here", "an answer"),
    (
        of(medicines(extension=[ALL], item=[ROW]), medicines(extension=[NOT_ALL], item=[ROW])),
        "/item/0/item/1", "are said to be all, and not to be all", "neither is picked",
    ),
    (of(medicines(extension=[{**ALL, "valueBoolean": "false"}])), "/item/0/item/0/extension", "true or false", "Give"),
    (of(a(extension=[DECLINED])), "/item/0/item/0", "is answered, and the item says", "leave the answer out"),
    (of(a(extension=[RECORD])), "/item/0/item/0", "is answered, and the item says", "Put it on the answer"),
    (of({"linkId": "a", "extension": [NOTE]}), "/item/0/item/0", "no answer that it belongs to", "Send the answer"),
    (of(yes(RECORD, CLIENT)), "/item/0/item/0/answer/0/extension", "stands there twice", "neither is picked"),
    (of(yes(NOTE, NOTE)), "/item/0/item/0/answer/0/extension", "stands there twice", "neither is picked"),
    (
        of(yes({"url": RECORD["url"], "valueString": "record"})),
        "/item/0/item/0/answer/0/extension", 'no "valueCode" that is text', 'Give it a "valueCode".',
    ),
    (
        of(yes({"url": RECORD["url"], "valueCode": "record", "valueCoding": {"code": "client"}})),
        "/item/0/item/0/answer/0/extension", "answer-source", "Give it",
    ),
    (of(yes(RECORD["url"])), "/item/0/item/0/answer/0/extension", "not a list of extensions", "Send a list"),
    (
        of(yes({"url": "urn:soundings:answer-sorce", "valueCode": "record"})),
        "/item/0/item/0/answer/0/extension", "is not known here", "answer-source",
    ),
    (
        of({"linkId": "signs", "answer": [{**OFTEN, "extension": [RECORD]}, {**ALONE, "extension": [CLIENT]}]}),
        "/item/0/item/0/answer/1", "differ in", "Send the same on each",
    ),
    (of({"linkId": "a", "answers": [{"valueBoolean": True}]}), "/item/0/item/0", 'no "answers"', 'mean "answer"?'),
    (of({"linkId": "a", "answer": [{"valueBoolean": True, "vlaue": 1}]}), "/item/0/item/0/answer/0", "vlaue", "Use"),
    (of({"linkId": "a-help", "answer": [{"valueBoolean": True}]}), "/item/0/item/0/answer", "is no question", "Put"),
    (of({"linkId": "began", "answer": [{"valueDate": "2024-spring"}]}), "/item/0/item/0/answer/0", "as FHIR", "String"),
    (of({"linkId": "began", "answer": [{"valueDate": "٢٠٢٤"}]}), "/item/0/item/0/answer/0", "as FHIR", "2024-05"),
    (of(a(), Item=[]), "", 'FHIR has no "Item" here', 'Did you mean "item"?'),
    (of(a(), implicitRules="urn:x"), "/implicitRules", "changes what the response means", "without it"),
    (of(a(), status="completed "), "/status", "not a status", '"completed"'),
    (of(a(), status=None), "/status", "not a status", '"completed"'),
    (
        of({"linkId": "status", "answer": [{"valueCoding": {"code": "active", "system": "http://snomed.info/sct"}}]}),
        "/item/0/item/0/answer/0/valueCoding", "snomed", "without a system",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "pointer", "problem", "cure"), FAULTS, ids=range(len(FAULTS)))
def test_it_is_refused_with_its_place_and_the_cure(resource: Json, pointer: str, problem: str, cure: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        answers_from_fhir(resource, QUESTIONNAIRE, ON)
    (found,) = refused.value.findings
    assert found.pointer == pointer
    assert problem in found.problem
    assert cure in found.cure


def test_a_section_takes_no_answer() -> None:
    resource = of(a())
    resource["item"][0]["answer"] = [{"item": [a()]}]
    with pytest.raises(InvalidDocument, match='"section" is no question'):
        answers_from_fhir(resource, QUESTIONNAIRE, ON)


def _with_what_others_write(resource: Json) -> None:
    theirs = {"url": "https://example.org/rendering", "valueString": "bold"}
    resource |= {"id": "r1", "meta": {"profile": ["x"]}, "subject": {"reference": "Patient/1"}, "_status": {"id": "s"}}
    item = resource["item"][0]["item"][0]
    item |= {"text": "A?", "definition": "x", "extension": [theirs], "_text": {"extension": [theirs]}, "id": "i"}
    item["answer"][0] |= {"extension": [theirs, RECORD], "id": "v", "_valueBoolean": {"id": "w"}}


def _with_a_row_of_no_answers(resource: Json) -> None:
    row_id = {"url": "urn:soundings:row-id", "valueString": "first"}
    resource["item"][0]["item"].append(medicines(extension=[row_id, ALL]))


@pytest.mark.parametrize("more", [_with_what_others_write, _with_a_row_of_no_answers])
def test_what_fhir_has_is_taken(more: Callable[[Json], None]) -> None:
    resource = copy.deepcopy(of(a()))
    more(resource)
    assert answers_from_fhir(resource, QUESTIONNAIRE, ON).answers["a"].value is False


def test_a_row_that_has_an_id_is_a_row() -> None:
    resource = of(a())
    _with_a_row_of_no_answers(resource)
    read = answers_from_fhir(resource, QUESTIONNAIRE, ON).groups["medicines"]
    assert (read.complete, [row.row_id for row in read.rows]) == (True, ["first"])


def test_a_source_on_one_of_several_options_is_that_of_all() -> None:
    resource = of({"linkId": "signs", "answer": [OFTEN, {**ALONE, "extension": [RECORD, NOTE]}]})
    read = answers_from_fhir(resource, QUESTIONNAIRE, ON).answers["signs"]
    assert (read.value, read.source, read.note) == (("often", "alone"), Source.RECORD, "letter of May")
