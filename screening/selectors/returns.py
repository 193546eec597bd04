"""Cases that were handed back: what the reviewer asked, and the questions they pointed at, each in its own row.

A question is written ``link_id``, and ``link_id/row_id`` where it is asked once for each row. Older returns name a
row's question without its row, and questions that were not asked: both are still read.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from screening.models import Evaluation, Return, Screening
from screening.models.screenings import ScreeningStatus
from screening.selectors.answers import AnswerView, find
from screening.selectors.documents import questionnaire_of, response_content
from screening.selectors.results import QuestionUrl
from screening.selectors.sections import section_views

MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class AskedIn:
    """The questions of one section that a case asks, each as it is answered."""

    link_id: str
    title: str
    questions: tuple[AnswerView, ...]


def written(view: AnswerView) -> str:
    """Return how a return writes a question: with its row where it stands in one."""
    return f"{view.link_id}/{view.row_id}" if view.row_id else view.link_id


def in_full(view: AnswerView) -> str:
    """Return a question with the name of its row, in one line of text."""
    return f"{view.row[0].upper()}{view.row[1:]}: {view.question}" if view.row_id and view.row else view.question


def asked_in(evaluation: Evaluation) -> tuple[AskedIn, ...]:
    """Return the questions that the answers of ``evaluation`` are asked, section by section, those without left out."""
    questionnaire = questionnaire_of(evaluation.response.screening.questionnaire_version)
    views = section_views(questionnaire, response_content(evaluation.response), evaluation.on)
    sections = (
        AskedIn(view.section.link_id, view.section.title, tuple(line.answer for line in view.lines if line.asked))
        for view in views
    )
    return tuple(section for section in sections if section.questions)


def questions_asked(sections: Iterable[AskedIn]) -> dict[str, AnswerView]:
    """Return every question of these sections by how a return writes it."""
    return {written(view): view for section in sections for view in section.questions}


def returns_of(screening: Screening) -> list[Return]:
    """Return the times a case was handed back, newest first, with the answers that the reviewer had read."""
    found = Return.objects.filter(evaluation__response__screening=screening)
    whole = found.select_related("returned_by", "evaluation__response__screening__questionnaire_version")
    return list(whole.order_by("-returned_at")[:MOST_SHOWN])


def asked_back(screening: Screening, url: QuestionUrl) -> list[tuple[Return, list[AnswerView]]]:
    """Return what the reviewer asks now with the questions they point at, while a case is handed back; else nothing."""
    if screening.status != ScreeningStatus.RETURNED:
        return []
    return [(returned, questions_of(returned, url)) for returned in returns_of(screening)[:1]]


def questions_of(returned: Return, url: QuestionUrl) -> list[AnswerView]:
    """Return the questions that a reviewer pointed at, as they were answered then, each with its link.

    What was not asked then has none.
    """
    asked = questions_asked(asked_in(returned.evaluation))
    found: list[AnswerView] = []
    for question in returned.questions:
        views = [view for key, view in asked.items() if question in (key, view.link_id)]
        found += [replace(view, url=url(view.section, view.anchor)) for view in views] or _not_asked(returned, question)
    return found


def _not_asked(returned: Return, question: str) -> list[AnswerView]:
    questionnaire = questionnaire_of(returned.evaluation.response.screening.questionnaire_version)
    if question not in questionnaire.item_by_id:
        return []
    return [find(questionnaire, response_content(returned.evaluation.response), question, None)]
