"""A questionnaire version as people read it: every question as asked, with its help, options, and when it is asked."""

from dataclasses import dataclass

from screening.engine.asked_when import asked_when
from screening.engine.questionnaire import Group, ItemType, Question, Questionnaire
from screening.models import QuestionnaireVersion
from screening.selectors.documents import questionnaire_of

TYPE_WORDS = {
    ItemType.BOOLEAN: "yes or no",
    ItemType.CHOICE: "one of",
    ItemType.INTEGER: "a whole number",
    ItemType.DECIMAL: "a number",
    ItemType.DATE: "a date, as vague as it is known",
    ItemType.STRING: "a few words",
    ItemType.TEXT: "words",
}


@dataclass(frozen=True)
class QuestionView:
    """One question or list as it is asked. ``questions`` are those asked for each row of a list."""

    link_id: str
    text: str
    help: str
    answered_with: str
    options: tuple[str, ...]
    asked_when: str
    questions: tuple["QuestionView", ...] = ()


@dataclass(frozen=True)
class SectionView:
    """One section with its questions."""

    link_id: str
    title: str
    introduction: str
    questions: tuple[QuestionView, ...]


def sections_shown(version: QuestionnaireVersion) -> list[SectionView]:
    """Return the sections of a questionnaire version in the order of asking."""
    questionnaire = questionnaire_of(version)
    return [
        SectionView(s.link_id, s.title, s.introduction, tuple(_view(item, questionnaire) for item in s.items))
        for s in questionnaire.sections
    ]


def _view(item: Question | Group, questionnaire: Questionnaire) -> QuestionView:
    group = isinstance(item, Group)
    return QuestionView(
        link_id=item.link_id,
        text=item.text,
        help=item.help,
        answered_with=f"a list: a row for each {item.row_name}" if isinstance(item, Group) else _answered_with(item),
        options=() if isinstance(item, Group) else tuple(option.text for option in item.answer_options),
        asked_when=asked_when(item, questionnaire),
        questions=tuple(_view(question, questionnaire) for question in item.items) if group else (),  # type: ignore[union-attr]
    )


def _answered_with(question: Question) -> str:
    if question.repeats:
        return "any of"
    unit = f" ({question.unit})" if question.unit else ""
    return f"{TYPE_WORDS[question.type]}{unit}"
