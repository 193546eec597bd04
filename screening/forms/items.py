"""What a section is made of on its page: a question, a repeating group with its rows, and their small forms."""

from dataclasses import dataclass, field

from django import forms
from django.utils.translation import gettext_lazy

from core.forms import Form, LongText
from screening.engine.answers import Absence, Answer, Source
from screening.engine.documents import LONGEST_NOTE
from screening.engine.drafts import Typed
from screening.engine.questionnaire import Group, Question
from screening.forms.questions import SOURCES, QuestionForm
from screening.forms.rows import TakenRow
from screening.selectors.answer_words import source_words
from screening.selectors.answers import AnswerView

MOST_ROWS = 50


class RowForm(Form):
    """How one row is known: said once, for all its answers. A row of several sources keeps them until one is chosen."""

    source = forms.ChoiceField(
        choices=SOURCES,
        required=False,
        label=gettext_lazy("How this row is known"),
        widget=forms.RadioSelect({"class": "form-check-input"}),
    )


class GroupForm(Form):
    """Whether the rows of a repeating group are all there are."""

    complete = forms.BooleanField(
        required=False,
        label=gettext_lazy("These are all of them"),
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )


class NoteForm(Form):
    """The note for the reviewer."""

    note = LongText(required=False, max_length=LONGEST_NOTE, label=gettext_lazy("Note for the reviewer"), strip=False)


@dataclass
class QuestionItem:
    """A question of the page: its form where it is asked, and what is kept where it is answered but not asked.

    ``unread`` is what was typed before and could not be read. ``opens``: whether others are asked only after some
    answer to it. ``pinned``: the question in its own language, where the page asks it in another.
    """

    question: Question
    prefix: str
    anchor: str
    answer: Answer | None = None
    form: QuestionForm | None = None
    kept: AnswerView | None = None
    meanwhile: str = ""
    unread: Typed = field(default_factory=dict)
    opens: bool = False
    pinned: Question | Group | None = None
    kind: str = "question"

    @property
    def link_id(self) -> str:
        """The id of the question."""
        return self.question.link_id

    @property
    def text(self) -> str:
        """The words of the question."""
        return self.question.text

    def given(self, source: Source | None = None) -> Answer | None:
        """Return the answer that the page gives; the one there was, where there is none on it that can be read.

        A reason for none counts from when it is chosen: no answer goes on counting that somebody took back.
        """
        if self.form is None or not self.form.is_bound or not (self.form.is_valid() or self.form.reason):
            return self.answer
        return self.form.to_answer(source)

    def given_in_row(self, source: Source | None) -> Answer | None:
        """Return the answer in a row. One that cannot be read is still to be asked for: its row counts as a row."""
        answer = self.given(source)
        if answer is None and self.kept_as_typed:
            return Answer(absent=Absence.NOT_ASKED, source=source or self.question.usual_source)
        emptied = self.unread and not self.kept_as_typed and answer and answer.absent is Absence.NOT_ASKED
        return None if emptied else answer

    @property
    def cannot_be_read(self) -> bool:
        """Whether something stands in the fields of the question that is no answer."""
        return self.form is not None and self.form.is_bound and not self.form.is_valid()

    @property
    def kept_as_typed(self) -> bool:
        """Whether what stands in the fields is kept as it was typed: it cannot be read, or is a note alone."""
        return self.cannot_be_read or (self.form is not None and self.form.note_waits)

    def left_unread(self) -> Typed:
        """Return what stands in the fields of the question, by their names, where it is kept as it was typed."""
        return self.form.typed() if self.form and self.kept_as_typed else {}


@dataclass
class RowItem:
    """One row of a repeating group, with the form of each question in it."""

    row_id: str
    name: str
    form: RowForm
    questions: list[QuestionItem]
    added: bool = False

    @property
    def known(self) -> list[tuple[str, str]]:
        """What is answered in the row, each with how it is known."""
        given = [(question.text, question.answer) for question in self.questions if question.answer]
        return [(text, source_words(answer)) for text, answer in given]

    @property
    def mixed(self) -> bool:
        """Whether its answers are not all known in the same way."""
        return len({source for _, source in self.known}) > 1


@dataclass
class GroupItem:
    """A repeating group of the page, or what is kept of it where it is not asked."""

    group: Group
    prefix: str
    anchor: str
    form: GroupForm | None = None
    rows: list[RowItem] = field(default_factory=list)
    taken: list[TakenRow] = field(default_factory=list)
    kept: AnswerView | None = None
    meanwhile: str = ""
    pinned: Question | Group | None = None
    kind: str = "group"

    @property
    def link_id(self) -> str:
        """The id of the group."""
        return self.group.link_id

    @property
    def text(self) -> str:
        """The words of the group."""
        return self.group.text

    @property
    def full(self) -> bool:
        """Whether no further row can be added."""
        return len(self.rows) >= MOST_ROWS
