"""A section of a screening as one form: its questions, its repeating groups row by row, and the note.

Only what was on the page is read back: a question that was not shown keeps the answer it has. What cannot be read
holds nothing else back: it is kept as it was typed, and its question keeps the answer it has. Rows have ids of their
own, so that rows come and go without answers changing places.
"""

import datetime
from collections.abc import Collection, Iterator

from django.http import QueryDict
from django.utils.translation import gettext

from core.forms import Form, Problem, target_of
from core.quoting import quoted
from screening.engine.answers import Answer, Row, Rows, Source
from screening.engine.drafts import NOTE_KEY, Change, DraftContent, Typed, mark_of
from screening.engine.questionnaire import Group, Question, Section
from screening.engine.reading import Case
from screening.forms.items import MOST_ROWS, GroupForm, GroupItem, NoteForm, QuestionItem, RowForm, RowItem
from screening.forms.questions import QuestionForm
from screening.forms.rows import as_it_was, is_row_id, new_row_id, taken_rows
from screening.selectors.answer_words import answer_words
from screening.selectors.answers import anchor, row_words, rows_view, view_of
from screening.selectors.sections import is_asked
from screening.selectors.translations import Asked
from screening.selectors.unread import NOTE_FIELD, typed_at, typed_words

LOADED = "loaded"
"""The field in which a page says how each of its items stood when it was loaded."""


class SectionForm:
    """The form of one section over the answers so far (``content``). With ``data`` it holds what was typed instead.

    ``revision`` is that of the draft the page was loaded at. ``add_row_to`` names a group to show one empty row more.
    ``taken`` is what was sent with rows taken away, which the page offers to put back.
    """

    def __init__(
        self,
        asked: Asked,
        section: Section,
        content: DraftContent,
        *,
        revision: int,
        on: datetime.date,
        data: QueryDict | None = None,
        add_row_to: str = "",
        taken: QueryDict | None = None,
    ) -> None:
        self.asked, self.section, self.content, self.on = asked, section, content, on
        self.data, self.revision, self._add_row_to = data, revision, add_row_to
        self._newer = False
        self._taken = data if taken is None else taken
        self._pinned = asked.pinned.item_by_id if asked.pinned else {}
        self._case = Case(asked.questionnaire, content.as_answers(), on)
        self._opening = frozenset(_opening(section))
        before = content.unread.get(NOTE_KEY, {}).get(NOTE_FIELD, (content.note,))[0]
        self.note = before if data is None else data.get(NOTE_FIELD, before).replace("\r\n", "\n")
        self.note_form = NoteForm({NOTE_FIELD: self.note}, auto_id="%s")
        self.note_meanwhile = ""
        self.items = [self._item(item) for item in section.items]

    def is_valid(self) -> bool:
        """Whether everything that was typed, now or before, can be read."""
        return all(form.is_valid() for form in self._forms() if form.is_bound)

    @property
    def is_bound(self) -> bool:
        """Whether it holds what was typed, now or before; the page's error summary asks."""
        return self.data is not None or any(form.is_bound for form in self._forms())

    @property
    def problems(self) -> list[Problem]:
        """Every error with its question and a link to the control that puts it right."""
        bound = (form for form in self._forms() if form.is_bound)
        return [problem for form in bound for problem in _problems(form)]

    def change(self) -> Change:
        """Return what the form gives: answers of the questions shown, rows, the note, and what cannot be read."""
        shown = [item for item in self.items if item.form is not None and item.form.is_bound]
        questions = [item for item in shown if isinstance(item, QuestionItem)]
        groups = [item for item in shown if isinstance(item, GroupItem)]
        noted = self.data is not None and NOTE_FIELD in self.data
        left: Typed = {} if self.note_form.is_valid() else {NOTE_FIELD: (self.note,)}
        return Change(
            answers={item.question.link_id: item.given() for item in questions},
            groups={item.group.link_id: _rows(item) for item in groups},
            note=self.note if noted and not left else None,
            unread={
                **{item.question.link_id: item.left_unread() for item in questions},
                **{item.group.link_id: _left_in_rows(item) for item in groups},
                **({NOTE_KEY: left} if noted else {}),
            },
            loaded=_marks_in(self.data.get(LOADED, "")) if self.data is not None else {},
        )

    @property
    def loaded(self) -> str:
        """Return how each item stands on the page before anything is typed, for the page to send along."""
        if self.data is not None and not self._newer:
            return str(self.data.get(LOADED, ""))
        shown = [item.link_id for item in self.items if item.form is not None]
        return _marks_sent({key: mark_of(self.content, key) for key in (*shown, NOTE_KEY)})

    def loaded_after(self, before: "SectionForm") -> str:
        """Return the same for a page that stays as it was typed (``before``), now that it is saved."""
        return _marks_sent({**_marks_in(self.loaded), **before.change().marks()})

    def touched(self) -> QueryDict | None:
        """Return what was typed, less what stands as the page was loaded with it."""
        if self.data is None:
            return None
        kept = self.data.copy()
        for key in self.change().untouched():
            for name in (f"a-{key}-source", f"g-{key}-shown", *([NOTE_FIELD] if key == NOTE_KEY else [])):
                kept.pop(name, None)
        return kept

    def has_empty_row(self, group: str) -> bool:
        """Say whether a row of this group was left without an answer."""
        rows = [
            row
            for item in self.items
            if isinstance(item, GroupItem) and item.group.link_id == group
            for row in item.rows
        ]
        return any(not dict(_row_answers(row)) for row in rows if row.form.is_bound)

    def show_conflicts(self, keys: tuple[str, ...], now: DraftContent, revision: int) -> None:
        """Set what was saved elsewhere beside what was typed here, and take the newer revision as this page's own."""
        self.revision, self._newer = revision, True
        self._show_elsewhere(keys, now)

    def show_elsewhere(self, now: DraftContent) -> None:
        """Set what was saved elsewhere beside what this page still shows as it was loaded."""
        change = self.change()
        stale = [key for key in change.untouched() if change.loaded[key] != mark_of(now, key)]
        self._show_elsewhere(stale, now)

    def _show_elsewhere(self, keys: Collection[str], now: DraftContent) -> None:
        for item in self.items:
            if item.link_id in keys:
                item.meanwhile = (
                    _told(item.question, now.answers.get(item.link_id))
                    if isinstance(item, QuestionItem)
                    else _rows_told(item.group, now.groups.get(item.link_id, Rows()))
                ) + _unread_told(now, item.link_id, item.question if isinstance(item, QuestionItem) else item.group)
        told = (now.note or gettext("nothing")) + _unread_told(now, NOTE_KEY, None)
        self.note_meanwhile = told if NOTE_KEY in keys else ""

    @property
    def differing(self) -> list[tuple[str, str]]:
        """What was changed here and elsewhere: each question with the place where it stands."""
        found = [(item.anchor, item.text) for item in self.items if item.meanwhile]
        return [*found, *([(NOTE_FIELD, gettext("Note for the reviewer"))] if self.note_meanwhile else [])]

    def opened_since(self, before: "SectionForm") -> list[QuestionItem | GroupItem]:
        """Return the items that are on this page and were not on the one ``before``, or the other way round."""
        shown = {item.prefix: item.form is not None for item in before.every_item()}
        return [item for item in self.every_item() if shown.get(item.prefix) is (item.form is None)]

    def every_item(self) -> Iterator[QuestionItem | GroupItem]:
        """Yield every question and group on the page, those in rows too."""
        for item in self.items:
            yield item
            if isinstance(item, GroupItem):
                yield from (question for row in item.rows for question in row.questions)

    def rows(self) -> Iterator[RowItem]:
        """Yield every row on the page."""
        yield from (row for item in self.items if isinstance(item, GroupItem) for row in item.rows)

    def _forms(self) -> Iterator[Form]:
        for item in self.items:
            if item.form is not None:
                yield item.form
            if isinstance(item, GroupItem):
                for row in item.rows:
                    yield row.form
                    yield from (question.form for question in row.questions if question.form)
        yield self.note_form

    def _item(self, item: Question | Group) -> QuestionItem | GroupItem:
        return self._group(item) if isinstance(item, Group) else self._question(item)

    def _question(self, question: Question) -> QuestionItem:
        prefix, answer = f"a-{question.link_id}", self.content.answers.get(question.link_id)
        found = QuestionItem(question, prefix, anchor(question.link_id), answer)
        found.pinned = self._pinned.get(question.link_id)
        found.opens = question.link_id in self._opening
        found.unread = self.content.unread.get(question.link_id, {})
        if (data := self._data_of(f"{prefix}-source")) is not None or is_asked(self._case, question.link_id):
            data = _as_typed(found.unread) if data is None else data
            found.form = QuestionForm(question, answer, on=self.on, prefix=prefix, data=data, unread=found.unread)
        elif answer is not None:
            found.kept = view_of(self.asked.questionnaire, question, answer, None)
        return found

    def _group(self, group: Group) -> GroupItem:
        prefix, given = f"g-{group.link_id}", self.content.groups.get(group.link_id)
        found = GroupItem(group, prefix, anchor(group.link_id), pinned=self._pinned.get(group.link_id))
        data = self._data_of(f"{prefix}-shown")
        if data is not None or is_asked(self._case, group.link_id):
            initial = {"complete": bool(given and given.complete)}
            found.form = GroupForm(data, prefix=prefix, initial=initial)
            found.rows = [self._row(group, row, n, data) for n, row in enumerate(self._rows_of(group, data), start=1)]
            found.taken = list(taken_rows(group, self._taken)) if self._taken is not None else []
        elif given is not None and given.rows:
            found.kept = rows_view(self.asked.questionnaire, group, self.content)
        return found

    def _rows_of(self, group: Group, data: QueryDict | None) -> list[Row]:
        """Return the rows on the page: those posted, or those given; and an empty one to begin with, or asked for."""
        given = self.content.groups.get(group.link_id) or Rows()
        if data is not None:
            known = {row.row_id: row for row in given.rows}
            ids = list(dict.fromkeys(data.getlist(f"g-{group.link_id}-row")))[:MOST_ROWS]
            return [known.get(row_id) or as_it_was(data, group, row_id) for row_id in ids if is_row_id(row_id)]
        wanted = self._add_row_to == group.link_id and len(given.rows) < MOST_ROWS
        empty = wanted or not (given.rows or given.complete)
        return [*given.rows, *([Row(row_id=new_row_id())] if empty else [])]

    def _row(self, group: Group, row: Row, number: int, data: QueryDict | None) -> RowItem:
        prefix = f"g-{group.link_id}-{row.row_id}"
        sources = {answer.source.value for answer in row.answers.values()} or {
            question.usual_source.value for question in group.items
        }
        form = RowForm(data, prefix=prefix, initial={"source": sources.pop() if len(sources) == 1 else ""})
        questions = [
            self._row_question(question, row, f"{prefix}-{question.link_id}", data) for question in group.items
        ]
        added = data is None and not row.answers and self._add_row_to == group.link_id
        return RowItem(row.row_id, row_words(group, row, number), form, questions, added)

    def _row_question(self, question: Question, row: Row, prefix: str, data: QueryDict | None) -> QuestionItem:
        answer = row.answers.get(question.link_id)
        found = QuestionItem(question, prefix, anchor(question.link_id, row.row_id), answer)
        found.pinned = self._pinned.get(question.link_id)
        found.opens = question.link_id in self._opening
        group = self.asked.questionnaire.group_of[question.link_id]
        found.unread = typed_at(self.content.unread.get(group, {}), prefix)
        shown = data is not None and f"{prefix}-shown" in data
        if shown or is_asked(self._case, question.link_id, row):
            typed = data if shown else _as_typed(found.unread)
            found.form = QuestionForm(
                question, answer, on=self.on, prefix=prefix, data=typed, sourced=False, unread=found.unread
            )
        elif answer is not None:
            found.kept = view_of(self.asked.questionnaire, question, answer, row)
        return found

    def _data_of(self, marker: str) -> QueryDict | None:
        """Return what was typed where the field that marks a shown question was sent along."""
        return self.data if self.data is not None and marker in self.data else None


def revision_in(data: QueryDict) -> int:
    """Return the revision that a page says it was loaded at; the first one where it says nothing that counts."""
    said = data.get("revision", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else 0


def _marks_sent(marks: dict[str, str]) -> str:
    return " ".join(f"{key}={said}" for key, said in marks.items())


def _marks_in(sent: str) -> dict[str, str]:
    return {key: said for key, _, said in (part.partition("=") for part in sent.split())}


def without_answer(data: QueryDict, prefix: str) -> QueryDict:
    """Return what was typed with the answer, the absence and the note of one question taken out."""
    kept = data.copy()
    for name in ("value", "absent", "note"):
        kept.pop(f"{prefix}-{name}", None)
    return kept


def _opening(section: Section) -> Iterator[str]:
    """Yield the questions that the section's own questions, or rows, hang on."""
    for item in section.items:
        within = item.items if isinstance(item, Group) else ()
        yield from (condition.question for one in (item, *within) for condition in one.enable_when)


def _as_typed(unread: Typed) -> QueryDict | None:
    """Return what could not be read as a page would send it; None where there is nothing."""
    sent = QueryDict(mutable=True)
    for name, values in unread.items():
        sent.setlist(name, list(values))
    return sent if unread else None


def _left_in_rows(item: GroupItem) -> Typed:
    return {
        name: values
        for row in item.rows
        for question in row.questions
        for name, values in question.left_unread().items()
    }


def _rows(item: GroupItem) -> Rows:
    """Return the rows that say something: an empty one was never given."""
    rows = [Row(row_id=row.row_id, answers=dict(_row_answers(row))) for row in item.rows]
    complete = bool(item.form and item.form.is_valid() and item.form.cleaned_data["complete"])
    return Rows(complete=complete, rows=tuple(row for row in rows if row.answers))


def _row_answers(row: RowItem) -> Iterator[tuple[str, Answer]]:
    said = row.form.cleaned_data.get("source") if row.form.is_valid() else None
    source = Source(said) if said else None
    for item in row.questions:
        answer = item.given_in_row(source)
        if answer is not None:
            yield item.question.link_id, answer


def _problems(form: Form) -> Iterator[Problem]:
    label = form.question.text.removeprefix("¿").removesuffix("?") if isinstance(form, QuestionForm) else ""
    for name, messages in form.errors.items():
        bound = form[name]
        yield from (Problem(label or str(bound.label), str(message), target_of(bound)) for message in messages)


def _told(question: Question, answer: Answer | None) -> str:
    return answer_words(question, answer) if answer else gettext("taken away")


def _unread_told(now: DraftContent, key: str, item: Question | Group | None) -> str:
    words = typed_words(item, now.unread.get(key, {}))
    return gettext(", and %(words)s, which cannot be read") % {"words": quoted(words)} if words else ""


def _rows_told(group: Group, rows: Rows) -> str:
    told = [
        ", ".join(answer_words(question, row.answers.get(question.link_id)) for question in group.items)
        for row in rows.rows
    ]
    return "; ".join(told) or gettext("no rows")
