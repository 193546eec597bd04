"""Answers written as a FHIR R4 ``QuestionnaireResponse``, which ``responses`` reads back as they were."""

from typing import Any

from screening.engine.answers import Answer, Answers, Rows
from screening.engine.fhir import (
    ABSENT_REASON,
    ANSWER_NOTE,
    ANSWER_SOURCE,
    ROW_ID,
    ROWS_COMPLETE,
    Json,
    canonical_url,
)
from screening.engine.questionnaire import Group, ItemType, Question, Questionnaire
from screening.engine.response_elements import FHIR_DATE, VALUE_NAMES


def answers_to_fhir(answers: Answers, questionnaire: Questionnaire) -> Json:
    """Return ``answers`` as a FHIR R4 ``QuestionnaireResponse``, which ``answers_from_fhir`` reads back as it was."""
    sections = []
    for section in questionnaire.sections:
        items = [written for item in section.items for written in _written(answers, item)]
        if items:
            sections.append({"linkId": section.link_id, "text": section.title, "item": items})
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": canonical_url(questionnaire),
        "status": "completed",
        "item": sections,
    }


def _written(answers: Answers, item: Question | Group) -> list[Json]:
    if isinstance(item, Group):
        return _written_rows(answers.groups.get(item.link_id), item)
    answer = answers.answers.get(item.link_id)
    return [_written_answer(item, answer)] if answer else []


def _written_rows(rows: Rows | None, group: Group) -> list[Json]:
    if rows is None:
        return []
    complete = [{"url": ROWS_COMPLETE, "valueBoolean": True}] if rows.complete else []
    head = {"linkId": group.link_id, "text": group.text}
    found: list[Json] = [{**head, "extension": complete}] if complete else []
    for row in rows.rows:
        given = [(question, row.answers.get(question.link_id)) for question in group.items]
        items = [_written_answer(question, answer) for question, answer in given if answer]
        row_id = {"url": ROW_ID, "valueString": row.row_id}
        found.append({**head, "extension": [row_id], "item": items or [_no_answer(group.items[0])]})
    return found


def _no_answer(question: Question) -> Json:
    return {"linkId": question.link_id, "text": question.text}


def _written_answer(question: Question, answer: Answer) -> Json:
    extensions = [{"url": ANSWER_SOURCE, "valueCode": answer.source.value}]
    if answer.note:
        extensions.append({"url": ANSWER_NOTE, "valueString": answer.note})
    if answer.absent is not None:
        absent = {"url": ABSENT_REASON, "valueCode": answer.absent.value}
        return {**_no_answer(question), "answer": [{"extension": [absent, *extensions]}]}
    values = answer.value if isinstance(answer.value, tuple) else (answer.value,)
    return {
        **_no_answer(question),
        "answer": [{"extension": extensions, **_typed(question, value)} for value in values],
    }


def _typed(question: Question, value: Any) -> Json:
    if question.type is ItemType.CHOICE:
        return {"valueCoding": {"code": value, "display": question.option_text(value)}}
    if question.type is ItemType.DATE:
        return {"valueDate" if FHIR_DATE.fullmatch(str(value)) else "valueString": value}
    return {VALUE_NAMES[question.type][0]: value}
