"""A whole response in words, section by section, and what changed from one response to the next."""

import datetime
from dataclasses import dataclass, replace

from django.utils.translation import override

from screening.engine.answers import Row, Rows
from screening.engine.conditions import Truth
from screening.engine.drafts import DraftContent
from screening.engine.questionnaire import Group, Question, Questionnaire, Section
from screening.engine.reading import Case
from screening.selectors.answers import AnswerView, row_words, rows_view, view_of
from screening.selectors.sections import is_asked

NOTHING = "nothing"
NOTE, NOTE_WORDS = "note", "Note for the reviewer"


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of a repeating group: what it is called, and its answers."""

    title: str
    answers: tuple[AnswerView, ...]

    @property
    def plain(self) -> tuple[AnswerView, ...]:
        """The answers as they read where the row's name stands before them all."""
        return tuple(replace(answer, row="") for answer in self.answers)


@dataclass(frozen=True, slots=True)
class ItemView:
    """One question with its answer, or a repeating group with its rows. ``fed`` is False where no rule reads it:
    it was answered under a question that is no longer asked."""

    answer: AnswerView
    rows: tuple[RowView, ...] = ()
    fed: bool = True


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section with what was asked in it."""

    title: str
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """One answer that reads otherwise in a later response."""

    answer: AnswerView
    before: str
    after: str


def sections_of(questionnaire: Questionnaire, content: DraftContent, on: datetime.date) -> list[SectionView]:
    """Return every section with the answers to what was surely asked in it, and those kept though it was not."""
    case = Case(questionnaire, content.as_answers(), on)
    return [SectionView(section.title, _items(section, case, content)) for section in questionnaire.sections]


def changes(questionnaire: Questionnaire, earlier: DraftContent, later: DraftContent) -> list[Changed]:
    """Return the answers that differ between two responses, in the order of asking, then the note for the reviewer."""
    before, after = _flat(questionnaire, earlier), _flat(questionnaire, later)
    places = sorted({*before, *after}, key=lambda place: (questionnaire.order[place[0]], place[1] or ""))
    answers = [
        Changed(after.get(place) or before[place], _words(before.get(place)), _words(after.get(place)))
        for place in places
        if _words(before.get(place)) != _words(after.get(place))
    ]
    return [*answers, *_note_changed(earlier.note, later.note)]


def _note_changed(earlier: str, later: str) -> list[Changed]:
    if earlier == later:
        return []
    note = AnswerView(NOTE, None, "", NOTE_WORDS, later, source="", note="", row="", absent=not later)
    return [Changed(note, earlier or NOTHING, later or NOTHING)]


def _items(section: Section, case: Case, content: DraftContent) -> tuple[ItemView, ...]:
    views = (
        _group(item, case, content) if isinstance(item, Group) else _question(item, case, content)
        for item in section.items
    )
    return tuple(view for view in views if view is not None)


def _question(question: Question, case: Case, content: DraftContent) -> ItemView | None:
    answer = content.answers.get(question.link_id)
    if answer is None and not is_asked(case, question.link_id):
        return None
    return ItemView(view_of(case.questionnaire, question, answer, None), fed=_fed(case, question.link_id))


def _group(group: Group, case: Case, content: DraftContent) -> ItemView | None:
    given = content.groups.get(group.link_id)
    if given is None and not is_asked(case, group.link_id):
        return None
    rows = row_views(group, given, case) if given else ()
    return ItemView(rows_view(case.questionnaire, group, content), rows=rows, fed=_fed(case, group.link_id))


def row_views(group: Group, given: Rows, case: Case) -> tuple[RowView, ...]:
    """Return the rows of a repeating group, each with what is asked in it and what was answered."""
    return tuple(_row(group, row, number, case) for number, row in enumerate(given.rows, start=1))


def _fed(case: Case, link_id: str) -> bool:
    """Say whether rules may read it: they do unless it is surely not asked."""
    return case.gate(link_id, None).truth is not Truth.FALSE


def _row(group: Group, row: Row, number: int, case: Case) -> RowView:
    asked = [
        question for question in group.items if question.link_id in row.answers or is_asked(case, question.link_id, row)
    ]
    views = (view_of(case.questionnaire, question, row.answers.get(question.link_id), row) for question in asked)
    with override(case.questionnaire.language):
        name = row_words(group, row, number)
    return RowView(name, tuple(views))


def _flat(questionnaire: Questionnaire, content: DraftContent) -> dict[tuple[str, str | None], AnswerView]:
    found: dict[tuple[str, str | None], AnswerView] = {
        (link_id, None): view_of(questionnaire, questionnaire.questions[link_id], answer, None)
        for link_id, answer in content.answers.items()
    }
    for link_id, rows in content.groups.items():
        found[link_id, None] = rows_view(questionnaire, questionnaire.groups[link_id], content)
        for row in rows.rows:
            for key, answer in row.answers.items():
                found[key, row.row_id] = view_of(questionnaire, questionnaire.questions[key], answer, row)
    return found


def in_words(answer: AnswerView) -> str:
    """Return an answer in one line: its words, where it comes from, its note."""
    said = f"{answer.words} ({answer.source})" if answer.source else answer.words
    return " – ".join(filter(None, [said, answer.note]))


def _words(answer: AnswerView | None) -> str:
    return in_words(answer) if answer else NOTHING
