"""What the guidance raises, ready to be read: the engine's output with the words of the versions it was made on.

Everything here comes from a stored evaluation and its pinned documents, or from a draft so far. Nothing is weighed,
added up or left out; the order is the engine's.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import chain

from screening.engine.asking import asked
from screening.engine.conditions import Truth
from screening.engine.drafts import DraftContent
from screening.engine.evaluation import evaluate
from screening.engine.guidance import Basis, ExceptionOutcome, Guidance, MissingAnswer, Place, RuleOutcome, RuleState
from screening.engine.library import GuidanceLibrary, Statement
from screening.engine.questionnaire import Questionnaire
from screening.engine.rules import Confirmer, Rule, RuleSet, Unless
from screening.engine.settling import smallest_settling
from screening.models import Draft, Evaluation, Screening
from screening.models.reviews import CANNOT_RULE_OUT
from screening.selectors import answers
from screening.selectors.answers import AnswerView
from screening.selectors.concerns import concern_label
from screening.selectors.documents import (
    draft_content,
    guidance_of,
    library_of,
    questionnaire_of,
    response_content,
    rule_set_of,
)
from screening.selectors.rule_parts import PartsView, SubGroupView, parts_view, sub_group_view
from screening.selectors.settling import SettlingView, settling_views
from screening.selectors.short_words import role_label

SUICIDALITY = "suicidality"
QuestionUrl = Callable[[str, str], str]
"""Given a section's ``link_id`` and a question's anchor, the address of that question; empty for no link."""


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source, and what kind of source it is."""

    title: str
    author: str
    grade: str

    @property
    def name(self) -> str:
        """Who says it: the author, or the title where none is named."""
        return self.author or self.title


@dataclass(frozen=True, slots=True)
class CitationView:
    """A guidance statement in our words, with the sources that make it."""

    id: str
    text: str
    sources: tuple[SourceView, ...]


@dataclass(frozen=True, slots=True)
class DisagreementView:
    """A place where sources disagree, with the statements of each side."""

    id: str
    title: str
    text: str
    statements: tuple[CitationView, ...]


@dataclass(frozen=True, slots=True)
class ExceptionView:
    """An exception that is claimed, or that may hold. It silences nothing: ``confirmed_by`` has to confirm it."""

    id: str
    title: str
    claimed: bool
    confirmed_by: str
    lifted_by: tuple[str, ...]
    exception_to: str
    because: tuple[AnswerView, ...]
    citations: tuple[CitationView, ...]


@dataclass(frozen=True, slots=True)
class MissingView:
    """An answer still missing: the question, why there is none, how many rules it would settle alone, which wait."""

    answer: AnswerView
    settles: int
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlagView:
    """One flag as it is read. ``concern`` is ``cannot-be-ruled-out`` where the rule waits for an answer."""

    rule_id: str
    title: str
    concern: str
    concern_label: str
    own_concern_label: str
    topic: str
    topic_title: str
    met: bool
    because: tuple[AnswerView, ...]
    exceptions: tuple[ExceptionView, ...]
    citations: tuple[CitationView, ...]
    weigh_with: tuple[CitationView, ...]
    disagreements: tuple[DisagreementView, ...]
    alongside: tuple[AnswerView, ...]
    missing: tuple[MissingView, ...]
    settling: tuple[SettlingView, ...]
    parts: PartsView
    explanation: str
    would_change: str

    @property
    def so_far(self) -> tuple[AnswerView, ...]:
        """What holds already of a flag that still waits for an answer."""
        waits = {(missing.answer.link_id, missing.answer.row_id) for missing in self.missing}
        return tuple(answer for answer in self.because if (answer.link_id, answer.row_id) not in waits)

    @property
    def sources(self) -> tuple[SourceView, ...]:
        """Every source that the flag cites, once, so that what kind of source it is can stand below them all."""
        disputed = (statement for disagreement in self.disagreements for statement in disagreement.statements)
        cited = (*self.citations, *self.weigh_with, *disputed)
        return tuple(dict.fromkeys(source for citation in cited for source in citation.sources))


@dataclass(frozen=True, slots=True)
class NotRaisedView:
    """A rule that was not raised, and the answers that say why."""

    rule_id: str
    title: str
    topic_title: str
    concern_label: str
    because: tuple[AnswerView, ...]
    only_for: SubGroupView | None
    explanation: str


@dataclass(frozen=True, slots=True)
class PersonCheckView:
    """What is left to a person to check, who that is, and the guidance behind it."""

    title: str
    text: str
    by: str
    citations: tuple[CitationView, ...]


@dataclass(frozen=True, slots=True)
class ResultView:
    """Everything that a result page shows, in reading order. There is no sum and no verdict in it."""

    on: datetime.date
    flags: tuple[FlagView, ...]
    not_raised: tuple[NotRaisedView, ...]
    missing: tuple[MissingView, ...]
    context: tuple[CitationView, ...]
    for_a_person: tuple[PersonCheckView, ...]
    note: str

    @property
    def about_suicidality(self) -> bool:
        """Whether a flag on suicidality is listed, so that the crisis panel stands first."""
        return any(flag.topic == SUICIDALITY for flag in self.flags)

    @property
    def met(self) -> int:
        """How many points are raised."""
        return sum(flag.met for flag in self.flags)

    @property
    def not_ruled_out(self) -> int:
        """How many points cannot be ruled out."""
        return len(self.flags) - self.met

    def flag(self, rule_id: str) -> FlagView:
        """Return the flag of one rule; raise ``KeyError`` where it was not raised."""
        found = {flag.rule_id: flag for flag in self.flags}
        return found[rule_id]


def stored_result(evaluation: Evaluation, *, question_url: QuestionUrl | None = None) -> ResultView:
    """Return a stored evaluation as it is read, with its own versions' words. Nothing is evaluated again.

    Select ``response__screening__questionnaire_version`` and ``rule_set_version`` with it to save queries.
    """
    version = evaluation.rule_set_version
    questionnaire = questionnaire_of(evaluation.response.screening.questionnaire_version)
    content = response_content(evaluation.response)
    reader = Reader(questionnaire, rule_set_of(version), library_of(version), content, question_url)
    return reader.result(guidance_of(evaluation))


def result_so_far(
    screening: Screening, draft: Draft, *, on: datetime.date, question_url: QuestionUrl | None = None
) -> ResultView:
    """Return what the answers given so far raise on the day ``on``. It is worked out for the reader and not stored."""
    questionnaire = questionnaire_of(screening.questionnaire_version)
    rule_set, library = rule_set_of(screening.rule_set_version), library_of(screening.rule_set_version)
    content = draft_content(draft)
    guidance = evaluate(rule_set, questionnaire, content.as_answers(), on=on)
    return Reader(questionnaire, rule_set, library, content, question_url).result(guidance)


class Reader:
    """Puts the engine's output into the words of one questionnaire, one rule set and one library."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        rule_set: RuleSet,
        library: GuidanceLibrary,
        content: DraftContent,
        question_url: QuestionUrl | None = None,
    ) -> None:
        self._questionnaire = questionnaire
        self._rule_set = rule_set
        self._library = library
        self._content = content
        self._question_url = question_url
        self._asked = asked(questionnaire, content.as_answers())

    def result(self, guidance: Guidance) -> ResultView:
        """Return the whole result, flags in the engine's reading order."""
        missing = tuple(self._missing(answer) for answer in guidance.missing)
        by_rule: dict[str, list[MissingView]] = {rule_id: [] for rule_id in guidance.flags}
        for view in missing:
            for rule_id in view.rules:
                by_rule[rule_id].append(view)
        settling = {rule_id: self._settling(rule_id, guidance) for rule_id in guidance.flags}
        outcomes = {outcome.rule_id: outcome for outcome in guidance.outcomes}
        return ResultView(
            on=guidance.on,
            flags=tuple(
                self._flag(outcomes[rule_id], tuple(by_rule[rule_id]), settling[rule_id]) for rule_id in guidance.flags
            ),
            not_raised=tuple(self._not_raised(o) for o in guidance.outcomes if o.state is RuleState.NOT_MET),
            missing=missing,
            context=self._citations(self._rule_set.context),
            for_a_person=tuple(
                PersonCheckView(check.title, check.text, role_label(check.by), self._citations(check.cites))
                for check in self._rule_set.for_a_person
            ),
            note=self._content.note,
        )

    def _settling(self, rule_id: str, guidance: Guidance) -> tuple[SettlingView, ...]:
        outcome = guidance.outcome(rule_id)
        if outcome.state is RuleState.MET:
            return ()
        rule, given = self._rule_set.rule_by_id[rule_id], self._content.as_answers()
        settled = smallest_settling(self._rule_set, self._questionnaire, given, guidance.on, rule)
        return settling_views(settled, outcome.missing, self._asked_or_would_be)

    def _asked_or_would_be(self, place: Place) -> AnswerView:
        """Return an answer that could be given. A question that is only asked then is nowhere to be led to yet."""
        view = self._answer(place.link_id, place.row_id)
        return view if self._asked[place] is Truth.TRUE else replace(view, url="")

    def _flag(
        self, outcome: RuleOutcome, missing: tuple[MissingView, ...], settling: tuple[SettlingView, ...]
    ) -> FlagView:
        rule = self._rule_set.rule_by_id[outcome.rule_id]
        met = outcome.state is RuleState.MET
        concern = rule.concern.value if met else CANNOT_RULE_OUT
        return FlagView(
            rule_id=rule.id,
            title=rule.title,
            concern=concern,
            concern_label=concern_label(concern),
            own_concern_label=concern_label(rule.concern.value),
            topic=rule.topic,
            topic_title=self._topic(rule),
            met=met,
            because=self._because(outcome.because),
            exceptions=self._exceptions(rule, outcome.exceptions),
            citations=self._citations(rule.cites),
            weigh_with=self._citations(rule.weigh_with),
            disagreements=tuple(self._disagreement(key) for key in rule.disagreements),
            alongside=self._alongside(rule, outcome),
            missing=missing,
            settling=settling,
            parts=parts_view(rule, outcome, self._because),
            explanation=rule.explanation,
            would_change=rule.would_change,
        )

    def _not_raised(self, outcome: RuleOutcome) -> NotRaisedView:
        rule = self._rule_set.rule_by_id[outcome.rule_id]
        return NotRaisedView(
            rule_id=rule.id,
            title=rule.title,
            topic_title=self._topic(rule),
            concern_label=concern_label(rule.concern.value),
            because=self._because(outcome.because),
            only_for=sub_group_view(rule, outcome),
            explanation=rule.explanation,
        )

    def _topic(self, rule: Rule) -> str:
        return self._library.topic_title.get(rule.topic, rule.topic)

    def _missing(self, missing: MissingAnswer) -> MissingView:
        answer = self._answer(missing.place.link_id, missing.place.row_id)
        return MissingView(answer, len(missing.could_settle), missing.read_by)

    def _because(self, basis: Iterable[Basis]) -> tuple[AnswerView, ...]:
        return tuple(self._answer(part.place.link_id, part.place.row_id) for part in basis)

    def _answer(self, link_id: str, row_id: str | None = None) -> AnswerView:
        view = answers.find(self._questionnaire, self._content, link_id, row_id)
        return replace(view, url=self._question_url(view.section, view.anchor)) if self._question_url else view

    def _alongside(self, rule: Rule, outcome: RuleOutcome) -> tuple[AnswerView, ...]:
        """Return the answers shown beside a flag, less those that stand on it already, or are not asked."""
        claims = (one.because for one in outcome.exceptions if one.claimed is not Truth.FALSE)
        shown = {basis.place.link_id for basis in chain(outcome.because, *claims)}
        views = (
            self._answer(link_id, row_id)
            for link_id in rule.alongside
            if link_id not in shown
            for row_id in self._rows_of(link_id)
        )
        return tuple(view for view in views if self._bears_on_the_case(view))

    def _bears_on_the_case(self, view: AnswerView) -> bool:
        """Say whether a question is asked here; while that is open, only an answer to it says anything."""
        truth = self._asked[Place(view.link_id, view.row_id)]
        return truth is Truth.TRUE or (truth is Truth.UNKNOWN and not view.absent)

    def _rows_of(self, link_id: str) -> list[str | None]:
        group = self._questionnaire.group_of.get(link_id)
        if group is None:
            return [None]
        rows = self._content.groups.get(group)
        return [row.row_id for row in rows.rows] if rows else []

    def _exceptions(self, rule: Rule, outcomes: tuple[ExceptionOutcome, ...]) -> tuple[ExceptionView, ...]:
        """Return what is claimed or may hold; an exception to an exception only where the latter is shown too."""
        by_id = {unless.id: unless for unless in rule.unless}
        open_ones = {outcome.exception_id for outcome in outcomes if outcome.claimed is not Truth.FALSE}
        shown = [one for one in outcomes if one.exception_id in open_ones]
        return tuple(
            self._exception(by_id, one)
            for one in shown
            if (by_id[one.exception_id].to or one.exception_id) in open_ones
        )

    def _exception(self, by_id: dict[str, Unless], outcome: ExceptionOutcome) -> ExceptionView:
        unless = by_id[outcome.exception_id]
        return ExceptionView(
            id=unless.id,
            title=unless.title,
            claimed=outcome.claimed is Truth.TRUE,
            confirmed_by=role_label(Confirmer(outcome.confirmed_by)),
            lifted_by=tuple(by_id[other].title for other in outcome.lifted_by),
            exception_to=by_id[unless.to].title if unless.to else "",
            because=self._because(outcome.because),
            citations=self._citations(unless.cites),
        )

    def _citations(self, statement_ids: Iterable[str]) -> tuple[CitationView, ...]:
        known = self._library.statement_by_id
        return tuple(self._citation(known[key]) for key in statement_ids if key in known)

    def _citation(self, statement: Statement) -> CitationView:
        sources = (self._library.source_by_key[key] for key in statement.sources)
        views = tuple(SourceView(source.title, source.author, source.grade) for source in sources)
        return CitationView(statement.id, statement.text, views)

    def _disagreement(self, key: str) -> DisagreementView:
        found = self._library.disagreement_by_id[key]
        return DisagreementView(found.id, found.title, found.text, self._citations(found.statements))
