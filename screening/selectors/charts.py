"""A submitted case as it goes into a chart: what the guidance raises, what was said and signed, and the answers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from core.accounts.models import Role
from screening.models import Determination, Evaluation, FlagAnswer, PracticePolicy, Return, Screening
from screening.models.screenings import ScreeningStatus
from screening.selectors.answered import SectionView, sections_of
from screening.selectors.answers_to_flags import flags_of, standing_answers
from screening.selectors.determinations import determinations_of
from screening.selectors.documents import questionnaire_of, response_content
from screening.selectors.last_screening import SinceLast, since_last
from screening.selectors.policies import policy_of
from screening.selectors.redisclosure import notice_for
from screening.selectors.results import (
    SUICIDALITY,
    CitationView,
    DisagreementView,
    FlagView,
    ResultView,
    SourceView,
    stored_result,
)
from screening.selectors.returns import returns_of

REVIEWED = (ScreeningStatus.DETERMINED, ScreeningStatus.RETURNED)
SIGNS_AS = Role.CLINICIAN.label
"""The one role that signs."""

Seen = TypeVar("Seen", CitationView, DisagreementView, SourceView)
Answered = tuple[FlagView, FlagAnswer | None]
"""A flag, and the clinician's answer to it once the review is through."""


@dataclass(frozen=True, slots=True)
class GuidanceNamed:
    """The guidance that a result names, each statement, disagreement and source once."""

    statements: tuple[CitationView, ...]
    disagreements: tuple[DisagreementView, ...]
    sources: tuple[SourceView, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A submitted case with everything that its result page and its papers show."""

    screening: Screening
    evaluation: Evaluation
    result: ResultView
    flags: tuple[Answered, ...]
    determinations: tuple[Determination, ...]
    returns: tuple[Return, ...]
    since: SinceLast | None
    policy: PracticePolicy
    notice: str

    @property
    def raised(self) -> tuple[Answered, ...]:
        """The flags whose rule is met, in reading order."""
        return tuple(answered for answered in self.flags if answered[0].met)

    @property
    def open(self) -> tuple[Answered, ...]:
        """The flags that cannot be ruled out, in reading order."""
        return tuple(answered for answered in self.flags if not answered[0].met)

    @property
    def reviewed(self) -> bool:
        """Whether a clinician's answers stand beside the flags."""
        return any(said for _, said in self.flags)

    @property
    def signed(self) -> Determination | None:
        """The determination of these answers; ``None`` where what is signed, if anything, was of earlier ones."""
        return next((one for one in self.determinations if one.evaluation_id == self.evaluation.pk), None)

    @property
    def signed_before(self) -> tuple[Determination, ...]:
        """What was signed on earlier answers, newest first."""
        return tuple(one for one in self.determinations if one.evaluation_id != self.evaluation.pk)

    @property
    def signs_as(self) -> str:
        """The role in which a determination is signed."""
        return str(SIGNS_AS)

    @property
    def sections(self) -> list[SectionView]:
        """Every section with what was answered in it."""
        evaluation = self.evaluation
        questionnaire = questionnaire_of(self.screening.questionnaire_version)
        return sections_of(questionnaire, response_content(evaluation.response), evaluation.on)

    @property
    def asks_about_suicidality(self) -> bool:
        """Whether the answers hold a section about it, so that the practice's crisis steps stand with them."""
        return any(
            part.topic == SUICIDALITY for part in questionnaire_of(self.screening.questionnaire_version).sections
        )

    @property
    def guidance(self) -> GuidanceNamed:
        """The guidance that the result names, to be read once beside all that refers to it."""
        flags, cited = self.result.flags, list[CitationView]()
        disagreements = _once(one for flag in flags for one in flag.disagreements)
        for flag in flags:
            cited += (*flag.citations, *flag.weigh_with)
            cited += (statement for exception in flag.exceptions for statement in exception.citations)
        cited += (statement for check in self.result.for_a_person for statement in check.citations)
        cited += (statement for one in disagreements for statement in one.statements)
        statements = tuple(sorted(_once([*cited, *self.result.context]), key=lambda statement: statement.id))
        return GuidanceNamed(statements, disagreements, _once(s for one in statements for s in one.sources))


def chart_of(screening: Screening, *, question_url: Callable[[str, str], str] | None = None) -> Chart:
    """Return a submitted case as it stands now; ``question_url`` leads from its answers to their questions."""
    evaluation = _evaluation(screening)
    result = stored_result(evaluation, question_url=question_url)
    return Chart(
        screening=screening,
        evaluation=evaluation,
        result=result,
        flags=_with_what_was_said(screening, evaluation, result),
        determinations=tuple(determinations_of(screening)),
        returns=tuple(returns_of(screening)),
        since=since_last(evaluation),
        policy=policy_of(screening.practice),
        notice=notice_for(screening.practice),
    )


def _evaluation(screening: Screening) -> Evaluation:
    whole = Evaluation.objects.select_related(
        "response__submitted_by", "response__screening__questionnaire_version", "rule_set_version"
    )
    return whole.get(response__screening=screening, pk=screening.current_evaluation_id or "")


def _with_what_was_said(screening: Screening, evaluation: Evaluation, result: ResultView) -> tuple[Answered, ...]:
    rows = flags_of(evaluation) if screening.status in REVIEWED else []
    said = standing_answers(rows)
    by_rule = {row.rule_id: said[row.pk] for row in rows if row.pk in said}
    return tuple((flag, by_rule.get(flag.rule_id)) for flag in result.flags)


def _once(found: Iterable[Seen]) -> tuple[Seen, ...]:
    return tuple(dict.fromkeys(found))
