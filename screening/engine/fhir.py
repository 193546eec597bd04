"""The questionnaire as a FHIR R4 ``Questionnaire``, and the names that both directions share.

Responses are read and written in ``responses``. What FHIR has no field for stands in extensions under ``OWN``.
"""

from typing import Any

from screening.engine.answers import Source
from screening.engine.questionnaire import AnswerOption, EnableWhen, Group, ItemType, Question, Questionnaire, Section

Json = dict[str, Any]

OWN = "urn:soundings"
ROW_ID = f"{OWN}:row-id"
ROWS_COMPLETE = f"{OWN}:rows-complete"
ANSWER_SOURCE = f"{OWN}:answer-source"
ANSWER_NOTE = f"{OWN}:answer-note"
PAST_ONLY = f"{OWN}:past-only"
USUAL_SOURCE = f"{OWN}:usual-source"
HL7 = "http://hl7.org/fhir/StructureDefinition"
ABSENT_REASON = f"{HL7}/data-absent-reason"
ITEM_CONTROL = f"{HL7}/questionnaire-itemControl"
UNIT = f"{HL7}/questionnaire-unit"
HELP_SUFFIX = "-help"
INTRODUCTION_SUFFIX = "-introduction"


def canonical_url(questionnaire: Questionnaire) -> str:
    """Return the address that responses name the questionnaire by."""
    return f"{OWN}:questionnaire:{questionnaire.name}"


def questionnaire_to_fhir(questionnaire: Questionnaire, version: str | None = None, url: str | None = None) -> Json:
    """Return ``questionnaire`` as a FHIR R4 ``Questionnaire`` resource."""
    resource: Json = {
        "resourceType": "Questionnaire",
        "language": questionnaire.language,
        "url": url or canonical_url(questionnaire),
        "name": "".join(part.capitalize() for part in questionnaire.name.split("-")),
        "title": questionnaire.title,
        "status": "active",
        "subjectType": ["Patient"],
        "description": questionnaire.description,
        "item": [_section(questionnaire, section) for section in questionnaire.sections],
    }
    return {**resource, "version": version} if version else resource


def _section(questionnaire: Questionnaire, section: Section) -> Json:
    introduction = [_display(f"{section.link_id}{INTRODUCTION_SUFFIX}", section.introduction)]
    items = [_group(questionnaire, i) if isinstance(i, Group) else _question(questionnaire, i) for i in section.items]
    opening = introduction if section.introduction else []
    return {"linkId": section.link_id, "text": section.title, "type": "group", "item": opening + items}


def _group(questionnaire: Questionnaire, group: Group) -> Json:
    return {
        "linkId": group.link_id,
        "text": group.text,
        "type": "group",
        **_asked_when(questionnaire, group),
        "repeats": True,
        "item": [_help(group), *(_question(questionnaire, question) for question in group.items)],
    }


def _question(questionnaire: Questionnaire, question: Question) -> Json:
    item: Json = {"extension": _extensions(question)} if _extensions(question) else {}
    item |= {"linkId": question.link_id, "text": question.text, "type": question.type.value}
    item |= _asked_when(questionnaire, question)
    item |= {"required": question.required}
    if question.repeats:
        item["repeats"] = True
    if question.type in (ItemType.STRING, ItemType.TEXT):
        item["maxLength"] = question.max_length
    if question.answer_options:
        item["answerOption"] = [_option(option) for option in question.answer_options]
    return {**item, "item": [_help(question)]}


def _option(option: AnswerOption) -> Json:
    alone: Json = {"extension": [{"url": f"{HL7}/questionnaire-optionExclusive", "valueBoolean": True}]}
    return {**(alone if option.exclusive else {}), "valueCoding": {"code": option.code, "display": option.text}}


def _extensions(question: Question) -> list[Json]:
    number = "valueInteger" if question.type is ItemType.INTEGER else "valueDecimal"
    found: list[Json] = []
    if question.minimum is not None:
        found.append({"url": f"{HL7}/minValue", number: question.minimum})
    if question.maximum is not None:
        found.append({"url": f"{HL7}/maxValue", number: question.maximum})
    if question.unit:
        found.append({"url": UNIT, "valueCoding": {"display": question.unit}})
    if question.type is ItemType.DATE and question.past:
        found.append({"url": PAST_ONLY, "valueBoolean": True})
    if question.usual_source is not Source.CLIENT:
        found.append({"url": USUAL_SOURCE, "valueCode": question.usual_source.value})
    return found


def _asked_when(questionnaire: Questionnaire, item: Question | Group) -> Json:
    if not item.enable_when:
        return {}
    found: Json = {"enableWhen": [_enable_when(questionnaire, condition) for condition in item.enable_when]}
    return {**found, "enableBehavior": item.enable_behavior} if len(item.enable_when) > 1 else found


def _enable_when(questionnaire: Questionnaire, condition: EnableWhen) -> Json:
    found: Json = {"question": condition.question, "operator": condition.operator}
    if isinstance(condition.answer, bool):
        return {**found, "answerBoolean": condition.answer}
    if isinstance(condition.answer, str):
        question = questionnaire.questions[condition.question]
        coding = {"code": condition.answer, "display": question.option_text(condition.answer)}
        return {**found, "answerCoding": coding}
    whole = questionnaire.questions[condition.question].type is ItemType.INTEGER
    return {**found, "answerInteger" if whole else "answerDecimal": condition.answer}


def _help(item: Question | Group) -> Json:
    control = {"system": "http://hl7.org/fhir/questionnaire-item-control", "code": "help", "display": "Help-Button"}
    extension = {"url": ITEM_CONTROL, "valueCodeableConcept": {"coding": [control]}}
    return {"extension": [extension], **_display(f"{item.link_id}{HELP_SUFFIX}", item.help)}


def _display(link_id: str, text: str) -> Json:
    return {"linkId": link_id, "text": text, "type": "display"}
