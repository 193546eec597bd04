"""Answers in words: how a value, its source and its absence read on a page. Nothing here says what they mean.

They read in the language of the questionnaire that is given: of the pinned one, or of its translation.
"""

from dataclasses import dataclass

from django.utils.translation import get_language, gettext, override

from screening.engine.answers import Answer, Row
from screening.engine.drafts import DraftContent
from screening.engine.questionnaire import Group, ItemType, Question, Questionnaire
from screening.selectors.answer_words import NOT_ANSWERED, answer_words, source_words, value_words


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One answer as people read it. ``row`` names the row it stands in; ``url`` leads to its question, or is empty."""

    link_id: str
    row_id: str | None
    section: str
    question: str
    words: str
    source: str
    note: str
    row: str
    absent: bool
    url: str = ""

    @property
    def anchor(self) -> str:
        """The id that the question carries on a page of questions."""
        return anchor(self.link_id, self.row_id)


def anchor(link_id: str, row_id: str | None = None) -> str:
    """Return the id of a question on a page: that of its row where it stands in one."""
    return f"q-{link_id}--{row_id}" if row_id else f"q-{link_id}"


def view_of(questionnaire: Questionnaire, question: Question, answer: Answer | None, row: Row | None) -> AnswerView:
    """Return one answer as people read it, or that there is none."""
    if get_language() == questionnaire.language:  # as where many are asked for: to change to it takes long
        return _view(questionnaire, question, answer, row)
    with override(questionnaire.language):
        return _view(questionnaire, question, answer, row)


def _view(questionnaire: Questionnaire, question: Question, answer: Answer | None, row: Row | None) -> AnswerView:
    group = questionnaire.group_of.get(question.link_id) if row else None
    return AnswerView(
        link_id=question.link_id,
        row_id=row.row_id if row and group else None,
        section=questionnaire.section_of[question.link_id],
        question=question.text,
        words=answer_words(question, answer),
        source=source_words(answer),
        note=answer.note if answer else "",
        row=row_words(questionnaire.groups[group], row) if group else "",
        absent=answer is None or answer.absent is not None,
    )


def rows_view(questionnaire: Questionnaire, group: Group, content: DraftContent) -> AnswerView:
    """Return how many rows a repeating group has, as one answer."""
    with override(questionnaire.language):
        given = content.groups.get(group.link_id)
        count = len(given.rows) if given else 0
        whole = given is not None and given.complete
        said = gettext("%(count)s given, and no more") if whole else gettext("%(count)s given, there may be more")
        return AnswerView(
            link_id=group.link_id,
            row_id=None,
            section=questionnaire.section_of[group.link_id],
            question=group.text,
            words=said % {"count": count} if count or whole else gettext(NOT_ANSWERED),
            source="",
            note="",
            row=group.row_name,
            absent=not whole,
        )


def row_words(group: Group, row: Row | None, number: int = 0) -> str:
    """Return what a row is called: its kind, and its first choice or name where it has one ("substance: Alcohol")."""
    for question in group.items:
        answer = row.answers.get(question.link_id) if row else None
        named = question.type in (ItemType.CHOICE, ItemType.STRING, ItemType.DATE)
        if named and answer is not None and answer.value is not None:
            return f"{group.row_name}: {value_words(question, answer.value)}"
    return f"{group.row_name} {number}" if number else group.row_name


def find(questionnaire: Questionnaire, content: DraftContent, link_id: str, row_id: str | None) -> AnswerView:
    """Return the answer at one place as people read it: a question's, one in a row, or the rows of a group."""
    if link_id in questionnaire.groups:
        return rows_view(questionnaire, questionnaire.groups[link_id], content)
    question = questionnaire.questions[link_id]
    if row_id is None:
        return view_of(questionnaire, question, content.answers.get(link_id), None)
    rows = content.groups.get(questionnaire.group_of[link_id])
    row = next((row for row in rows.rows if row.row_id == row_id), None) if rows else None
    return view_of(questionnaire, question, row.answers.get(link_id) if row else None, row)
