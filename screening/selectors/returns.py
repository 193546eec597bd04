"""Cases that were handed back: what the reviewer asked, and the questions they pointed at."""

from dataclasses import replace

from screening.models import Return, Screening
from screening.selectors.answers import AnswerView, find
from screening.selectors.documents import questionnaire_of, response_content
from screening.selectors.results import QuestionUrl

MOST_SHOWN = 10


def returns_of(screening: Screening) -> list[Return]:
    """Return the times a case was handed back, newest first, with the answers that the reviewer had read."""
    found = Return.objects.filter(evaluation__response__screening=screening)
    return list(found.select_related("returned_by", "evaluation__response").order_by("-returned_at")[:MOST_SHOWN])


def questions_of(screening: Screening, returned: Return, url: QuestionUrl) -> list[AnswerView]:
    """Return the questions that a reviewer pointed at, as they were answered then, each with its link."""
    questionnaire = questionnaire_of(screening.questionnaire_version)
    content = response_content(returned.evaluation.response)
    pointed_at = [link_id for link_id in returned.questions if link_id in questionnaire.item_by_id]
    views = [find(questionnaire, content, link_id, None) for link_id in pointed_at]
    return [replace(view, url=url(view.section, view.anchor)) for view in views]
