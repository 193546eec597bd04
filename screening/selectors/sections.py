"""The sections of a screening: what is asked in each, what is answered, and how much is left.

Whether an item is asked is the engine's own reading of the answers so far; nothing here decides it anew.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext, override

from screening.engine.answers import Absence, Answer, Row
from screening.engine.conditions import Truth
from screening.engine.drafts import DraftContent, only_notes
from screening.engine.questionnaire import Group, Question, Questionnaire, Section
from screening.engine.reading import Case
from screening.models import Draft, QuestionnaireVersion, Screening
from screening.selectors.answers import AnswerView, row_words, rows_view, view_of
from screening.selectors.documents import draft_content, questionnaire_of

QUESTION, GROUP = "question", "group"


@dataclass(frozen=True, slots=True)
class Line:
    """One answer of a section. ``asked`` is false for what is kept under an item that is not asked now.

    ``kind`` is ``group`` for the line that stands above the rows of a repeating group: ``given`` says whether it has
    any, ``answered`` whether somebody said that these are all. ``typed``: what was typed over the answer since, and
    cannot be read.
    """

    kind: str
    answer: AnswerView
    asked: bool
    answered: bool
    declined: bool
    required: bool
    given: bool
    typed: str = ""

    @property
    def left(self) -> bool:
        """Whether an answer is still to be given; for rows, whether it is still to be said that these are all."""
        return self.asked and self.required and not self.answered

    @property
    def open_to_more(self) -> bool:
        """Whether rows are given, and nobody has said yet whether they are all."""
        return self.kind == GROUP and self.left and self.given

    @property
    def may_stay_open(self) -> bool:
        """Whether it is asked and not answered, and need not be."""
        return self.asked and not self.required and not self.answered


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section as far as it is answered. ``unread`` counts where what was typed cannot be read.

    ``language``: the one that its questions and answers are in.
    """

    section: Section
    lines: tuple[Line, ...]
    unread: int
    language: str

    @property
    def left(self) -> int:
        """How many answers are still to be given."""
        return sum(line.left for line in self.lines)

    @property
    def declined(self) -> int:
        """How many questions that are asked were declined."""
        return sum(line.declined and line.asked for line in self.lines)

    @property
    def state(self) -> str:
        """The section's state in a word or two: ``1 to put right``, ``done``, ``2 left``, ``1 declined``."""
        if self.unread:
            return gettext("%(number)s to put right") % {"number": self.unread}
        if self.left:
            return gettext("%(left)s left") % {"left": self.left}
        return gettext("%(number)s declined") % {"number": self.declined} if self.declined else gettext("done")

    @property
    def kept(self) -> tuple[Line, ...]:
        """The answers that are kept though their question is not asked now."""
        return tuple(line for line in self.lines if not line.asked)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a screening is: sections done, sections in all, answers left."""

    done: int
    sections: int
    left: int


def is_asked(case: Case, link_id: str, row: Row | None = None) -> bool:
    """Return whether an item is surely asked now; what hangs on an open question is not asked yet."""
    return case.gate(link_id, row).truth is Truth.TRUE


def section_views(questionnaire: Questionnaire, content: DraftContent, on: datetime.date) -> tuple[SectionView, ...]:
    """Return every section with the answers given, those missing, and those kept though not asked now."""
    case, language = Case(questionnaire, content.as_answers(), on), questionnaire.language
    with override(language):
        return tuple(
            SectionView(section, tuple(_lines(case, content, section)), _unread(case, content, section), language)
            for section in questionnaire.sections
        )


def with_urls(views: Iterable[SectionView], url: str) -> Iterator[SectionView]:
    """Yield the sections with a link to each question; ``url`` has ``SECTION`` where the section's id goes."""
    for view in views:
        base = url.replace("SECTION", view.section.link_id)
        lines = (replace(line, answer=replace(line.answer, url=f"{base}#{line.answer.anchor}")) for line in view.lines)
        yield replace(view, lines=tuple(lines))


def progress_of(screenings: Iterable[Screening], *, on: datetime.date) -> dict[Screening, Progress]:
    """Return how far each screening is; their drafts and their questionnaires are read in a query each."""
    by_id = {screening.pk: screening for screening in screenings}
    versions = QuestionnaireVersion.objects.in_bulk({found.questionnaire_version_id for found in by_id.values()})
    progress = {}
    for draft in Draft.objects.filter(screening__in=by_id):
        screening = by_id[draft.screening_id]
        progress[screening] = _progress(versions[screening.questionnaire_version_id], draft, on)
    return progress


def _progress(version: QuestionnaireVersion, draft: Draft, on: datetime.date) -> Progress:
    views = section_views(questionnaire_of(version), draft_content(draft), on)
    return Progress(sum(not (view.left or view.unread) for view in views), len(views), sum(view.left for view in views))


def _unread(case: Case, content: DraftContent, section: Section) -> int:
    """Count where something typed is to be put right; a note that waits for its answer is not."""
    typed = {key: found for key, found in content.unread.items() if not only_notes(found)}
    return sum(item.link_id in typed and is_asked(case, item.link_id) for item in section.items)


def _lines(case: Case, content: DraftContent, section: Section) -> Iterator[Line]:
    for item in section.items:
        if isinstance(item, Group):
            yield from _group_lines(case, content, item)
        else:
            yield from _question_lines(case, item, content.answers.get(item.link_id), None)


def _question_lines(case: Case, question: Question, answer: Answer | None, row: Row | None) -> Iterator[Line]:
    """Yield a question that is asked, or one that was answered and is not asked now."""
    asked = is_asked(case, question.link_id, row)
    if asked or answer is not None:
        view = view_of(case.questionnaire, question, answer, row)
        given = answer is not None and answer.absent is not Absence.NOT_ASKED
        declined = answer is not None and answer.absent is Absence.DECLINED
        yield Line(QUESTION, view, asked, given, declined, question.required, given)


def _group_lines(case: Case, content: DraftContent, group: Group) -> Iterator[Line]:
    asked, rows = is_asked(case, group.link_id), content.groups.get(group.link_id)
    if not asked and (rows is None or not rows.rows):
        return
    view, complete = rows_view(case.questionnaire, group, content), rows is not None and rows.complete
    given = rows is not None and bool(rows.rows)
    yield Line(GROUP, view, asked, complete, declined=False, required=True, given=given)
    for number, row in enumerate(rows.rows if rows else (), start=1):
        for question in group.items:
            for line in _question_lines(case, question, row.answers.get(question.link_id), row):
                name = row_words(group, row, number)
                yield replace(line, answer=replace(line.answer, row=name), asked=line.asked and asked)
