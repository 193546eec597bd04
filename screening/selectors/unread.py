"""What was typed and cannot be read as an answer: where it stands, and in which words. It is no answer, to anything."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from screening.engine.answers import Absence, Answer, Row
from screening.engine.drafts import NOTE_KEY, DraftContent, Typed, only_notes
from screening.engine.questionnaire import Group, ItemType, Question, Questionnaire, Section
from screening.engine.reading import Case
from screening.selectors.answer_words import absence_label, answer_words
from screening.selectors.answers import anchor, row_words
from screening.selectors.sections import SectionView, is_asked

NOTE_FIELD = "note"
ABSENT_MARK = "~"
"""What a reason for no answer begins with, where it is sent as the value of a field."""


@dataclass(frozen=True, slots=True)
class Unread:
    """One place where something is kept as it was typed: its section (none for the note), question, row and words.

    ``stands``: the answer there was before, which counts until then; empty where there is none. ``only_note``: whether
    it is a note that was typed before its answer.
    """

    section: Section | None
    question: str
    row: str
    words: str
    anchor: str
    stands: str = ""
    only_note: bool = False


def unread_of(questionnaire: Questionnaire, content: DraftContent, on: datetime.date) -> list[Unread]:
    """Return every place that is asked now and holds what cannot be read, in the order of asking."""
    if not content.unread:
        return []
    case = Case(questionnaire, content.as_answers(), on)
    found = [place for section, item in questionnaire.items() for place in _in(case, content, section, item)]
    note = content.unread.get(NOTE_KEY, {}).get(NOTE_FIELD)
    return [*found, _of_the_note(content, note[0])] if note else found


def with_typed(views: Iterable[SectionView], unread: Iterable[Unread]) -> tuple[SectionView, ...]:
    """Return the sections with what was typed over an answer, and cannot be read, beside the answer that counts."""
    typed = {place.anchor: place.words for place in unread if not place.only_note}
    return tuple(
        replace(view, lines=tuple(replace(line, typed=typed.get(line.answer.anchor, "")) for line in view.lines))
        for view in views
    )


def typed_words(item: Question | Group | None, typed: Typed) -> str:
    """Return what was typed or chosen for an item (none for the note) as its page has it, in one line.

    A reason for no answer counts beside what was typed, and is named only where nothing else stands there.
    """
    fields = [(name, values) for name, values in typed.items() if any(values) and not name.endswith("-source")]
    said = [field for field in fields if not field[0].endswith("-absent")] or fields
    ordered = sorted(said, key=lambda field: (field[0].rpartition("-")[0], field[0].endswith("-note")))
    return ", ".join(
        _as_shown(_question_of(item, name), name, value) for name, values in ordered for value in values if value
    )


def _question_of(item: Question | Group | None, name: str) -> Question | None:
    """Return the question whose field this is; of those in a row, it is the longest name that fits."""
    if not isinstance(item, Group):
        return item
    here = name.rpartition("-")[0]
    fitting = [question for question in item.items if here.endswith(f"-{question.link_id}")]
    return max(fitting, key=lambda question: len(question.link_id), default=None)


def _as_shown(question: Question | None, name: str, value: str) -> str:
    """Return a value in the words of its page: those of an option, or of a reason for no answer, rather than a code."""
    if question is None or not name.endswith(("-value", "-absent")):
        return value
    reason = next((reason for reason in Absence if value == ABSENT_MARK + reason.value), None)
    if reason is not None:
        return absence_label(question, reason)
    if question.type is ItemType.BOOLEAN:
        return {"yes": gettext("Yes"), "no": gettext("No")}.get(value, value)
    return question.option_text(value)


def typed_at(typed: Typed, prefix: str) -> Typed:
    """Return what was typed in the fields of one question."""
    return {name: values for name, values in typed.items() if name.rpartition("-")[0] == prefix}


def _of_the_note(content: DraftContent, words: str) -> Unread:
    return Unread(None, gettext("Note for the reviewer"), "", words, NOTE_FIELD, stands=content.note)


def _in(case: Case, content: DraftContent, section: Section, item: Question | Group) -> Iterator[Unread]:
    typed = content.unread.get(item.link_id, {})
    if not typed or not is_asked(case, item.link_id):
        return
    if isinstance(item, Question):
        stands = _stands(item, content.answers.get(item.link_id))
        place = anchor(item.link_id)
        yield Unread(section, item.text, "", typed_words(item, typed), place, stands, only_notes(typed))
        return
    rows = content.groups[item.link_id].rows if item.link_id in content.groups else ()
    for number, row in enumerate(rows, start=1):
        yield from _in_row(case, typed, section, item, row, number)


def _in_row(case: Case, typed: Typed, section: Section, group: Group, row: Row, number: int) -> Iterator[Unread]:
    for question in group.items:
        here = typed_at(typed, f"g-{group.link_id}-{row.row_id}-{question.link_id}")
        if here and is_asked(case, question.link_id, row):
            name, place = row_words(group, row, number), anchor(question.link_id, row.row_id)
            stands = _stands(question, row.answers.get(question.link_id))
            yield Unread(section, question.text, name, typed_words(question, here), place, stands, only_notes(here))


def _stands(question: Question, answer: Answer | None) -> str:
    return answer_words(question, answer) if answer and answer.absent is not Absence.NOT_ASKED else ""
