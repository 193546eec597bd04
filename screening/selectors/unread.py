"""What was typed and cannot be read as an answer: where it stands, and in which words. It is no answer, to anything."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from screening.engine.answers import Row
from screening.engine.drafts import NOTE_KEY, DraftContent, Typed
from screening.engine.questionnaire import Group, Question, Questionnaire
from screening.engine.reading import Case
from screening.selectors.answers import anchor, row_words
from screening.selectors.sections import is_asked

NOTE_FIELD = "note"


@dataclass(frozen=True, slots=True)
class Unread:
    """One place where what was typed cannot be read: its section (empty for the note), question, row and words."""

    section: str
    question: str
    row: str
    words: str
    anchor: str


def unread_of(questionnaire: Questionnaire, content: DraftContent, on: datetime.date) -> list[Unread]:
    """Return every place that is asked now and holds what cannot be read, in the order of asking."""
    if not content.unread:
        return []
    case = Case(questionnaire, content.as_answers(), on)
    found = [place for section, item in questionnaire.items() for place in _in(case, content, section.link_id, item)]
    note = content.unread.get(NOTE_KEY, {}).get(NOTE_FIELD)
    return [*found, Unread("", "Note for the reviewer", "", note[0], NOTE_FIELD)] if note else found


def typed_words(typed: Typed) -> str:
    """Return what was typed, in one line."""
    return ", ".join(
        value for name, values in typed.items() if not name.endswith("-source") for value in values if value
    )


def typed_at(typed: Typed, prefix: str) -> Typed:
    """Return what was typed in the fields of one question."""
    return {name: values for name, values in typed.items() if name.rpartition("-")[0] == prefix}


def _in(case: Case, content: DraftContent, section: str, item: Question | Group) -> Iterator[Unread]:
    typed = content.unread.get(item.link_id, {})
    if not typed or not is_asked(case, item.link_id):
        return
    if isinstance(item, Question):
        yield Unread(section, item.text, "", typed_words(typed), anchor(item.link_id))
        return
    rows = content.groups[item.link_id].rows if item.link_id in content.groups else ()
    for number, row in enumerate(rows, start=1):
        yield from _in_row(case, typed, section, item, row, number)


def _in_row(case: Case, typed: Typed, section: str, group: Group, row: Row, number: int) -> Iterator[Unread]:
    for question in group.items:
        here = typed_at(typed, f"g-{group.link_id}-{row.row_id}-{question.link_id}")
        if here and is_asked(case, question.link_id, row):
            name, place = row_words(group, row, number), anchor(question.link_id, row.row_id)
            yield Unread(section, question.text, name, typed_words(here), place)
