"""A questionnaire version as people read it: every question as asked, with its help, options, and when it is asked."""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from screening.engine.asked_when import asked_when
from screening.engine.questionnaire import Group, ItemType, Question, Questionnaire
from screening.models import QuestionnaireVersion
from screening.selectors.documents import questionnaire_of
from screening.selectors.translations import Asked

TYPE_WORDS = {
    ItemType.BOOLEAN: gettext_noop("yes or no"),
    ItemType.CHOICE: gettext_noop("one of"),
    ItemType.INTEGER: gettext_noop("a whole number"),
    ItemType.DECIMAL: gettext_noop("a number"),
    ItemType.DATE: gettext_noop("a date, as vague as it is known"),
    ItemType.STRING: gettext_noop("a few words"),
    ItemType.TEXT: gettext_noop("words"),
}


@dataclass(frozen=True)
class QuestionView:
    """One question or list as it is asked. ``questions`` are those asked for each row of a list.

    ``own`` is the pinned question where ``text``, ``help`` and ``options`` are a translation of it; None elsewhere.
    """

    link_id: str
    text: str
    help: str
    answered_with: str
    options: tuple[str, ...]
    asked_when: str
    questions: tuple["QuestionView", ...] = ()
    own: Question | Group | None = None


@dataclass(frozen=True)
class SectionView:
    """One section with its questions."""

    link_id: str
    title: str
    introduction: str
    questions: tuple[QuestionView, ...]


def sections_shown(version: QuestionnaireVersion, asked: Asked) -> list[SectionView]:
    """Return the sections of a questionnaire version in the order of asking, in the words in which they are read."""
    own = questionnaire_of(version)
    return [
        SectionView(s.link_id, s.title, s.introduction, tuple(_view(item, own, asked) for item in s.items))
        for s in asked.questionnaire.sections
    ]


def _view(item: Question | Group, own: Questionnaire, asked: Asked) -> QuestionView:
    pinned = own.item_by_id[item.link_id]
    return QuestionView(
        link_id=item.link_id,
        text=item.text,
        help=item.help,
        answered_with=_listed(item) if isinstance(item, Group) else _answered_with(item),
        options=() if isinstance(item, Group) else tuple(option.text for option in item.answer_options),
        asked_when=asked_when(pinned, own),
        questions=tuple(_view(one, own, asked) for one in item.items) if isinstance(item, Group) else (),
        own=pinned if asked.translation else None,
    )


def _listed(group: Group) -> str:
    return gettext("a list: a row for each %(row_name)s") % {"row_name": group.row_name}


def _answered_with(question: Question) -> str:
    if question.repeats:
        return gettext("any of")
    unit = f" ({question.unit})" if question.unit else ""
    return f"{gettext(TYPE_WORDS[question.type])}{unit}"
