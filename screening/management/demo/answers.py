"""The answers of a demo case: those of a vignette, with its dates moved to where today is."""

import datetime
import re

from screening.engine.answers import Answer, Answers, Row, Rows
from screening.engine.drafts import Change
from screening.engine.protocol import Protocol
from screening.engine.questionnaire import Group, ItemType, Questionnaire, Section

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"(\d{4})-(\d{2})")


def answers_for(documents: Protocol, vignette_id: str, *, on: datetime.date) -> Answers:
    """Return the answers of a vignette as if its own day were ``on``."""
    vignette = next(found for found in documents.vignettes.vignettes if found.id == vignette_id)
    answers, days = documents.vignettes.answers_of(vignette), (on - vignette.on).days
    dated = {key for key, question in documents.questionnaire.questions.items() if question.type is ItemType.DATE}
    return Answers(
        answers=_moved(answers.answers, dated, days),
        groups={
            key: Rows(
                complete=rows.complete,
                rows=tuple(Row(row_id=row.row_id, answers=_moved(row.answers, dated, days)) for row in rows.rows),
            )
            for key, rows in answers.groups.items()
        },
    )


def change_of_section(questionnaire: Questionnaire, section: Section, answers: Answers) -> Change:
    """Return what saving one section would give."""
    return Change(
        answers={
            item.link_id: answers.answers[item.link_id] for item in section.items if item.link_id in answers.answers
        },
        groups={
            item.link_id: answers.groups[item.link_id]
            for item in section.items
            if isinstance(item, Group) and item.link_id in answers.groups
        },
    )


def _moved(answers: dict[str, Answer], dated: set[str], days: int) -> dict[str, Answer]:
    return {
        key: answer.model_copy(update={"value": _moved_date(answer.value, days)})
        if key in dated and isinstance(answer.value, str)
        else answer
        for key, answer in answers.items()
    }


def _moved_date(text: str, days: int) -> str:
    """Move a date, as vague as it was: a day by days, a month by whole months, a year or a season by whole years."""
    if _DAY.fullmatch(text):
        return (datetime.date.fromisoformat(text) + datetime.timedelta(days=days)).isoformat()
    if month := _MONTH.fullmatch(text):
        index = int(month[1]) * 12 + int(month[2]) - 1 + days // 30
        return f"{index // 12}-{index % 12 + 1:02d}"
    return f"{int(text[:4]) + days // 365}{text[4:]}"
