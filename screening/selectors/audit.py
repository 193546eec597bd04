"""What an auditor may see: every submitted case of the practice by client code, and its whole history."""

import datetime
import json
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext

from core.accounts.models import Actor
from core.canonical import digest
from core.encryption import DecryptionFailed
from screening.engine.evaluation import evaluate
from screening.models import (
    Determination,
    Erasure,
    Evaluation,
    Flag,
    FlagAnswer,
    ResponseVersion,
    RuleSetVersion,
    Screening,
)
from screening.models.versions import VersionStatus
from screening.selectors.answered import Changed, SectionView, changes, sections_of
from screening.selectors.answers_to_flags import all_answers
from screening.selectors.clients import code_begins
from screening.selectors.documents import library_of, questionnaire_of, response_content, rule_set_of
from screening.selectors.keyset import Order, Page, Place, page_of
from screening.selectors.results import FlagView, ResultView, stored_result
from screening.selectors.reviews import in_reading_order
from screening.selectors.screenings import WHO_AND_WHY, for_reviewer

NEWEST_FIRST = Order(("submitted_at", "pk"), newest_first=True)
PUBLISHED = (VersionStatus.ACTIVE, VersionStatus.RETIRED)
UNANSWERED, ANSWERED, UNFLAGGED = "unanswered", "answered", "unflagged"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of cases is narrowed to. Values come from lists, but for the dates and the client's code, of which
    the beginning will do, in capitals or not; empty narrows nothing."""

    code: str = ""
    status: str = ""
    topic: str = ""
    concern: str = ""
    rule: str = ""
    review: str = ""
    submitted_from: datetime.date | None = None
    submitted_to: datetime.date | None = None
    disagreed: bool = False


@dataclass(frozen=True, slots=True)
class CaseListed:
    """One case in the auditor's list."""

    screening: Screening
    concerns: tuple[tuple[str, int], ...]
    left: bool


@dataclass(frozen=True, slots=True)
class FlagAudited:
    """A flag with everything that was said to it, each with the title of the exception that it confirmed."""

    row: Flag
    view: FlagView
    said: tuple[tuple[FlagAnswer, str], ...]


@dataclass(frozen=True, slots=True)
class ResponseAudited:
    """One version of the answers: what changed in it, what the rules made of it, and what people said and signed."""

    response: ResponseVersion
    sections: list[SectionView]
    changed: list[Changed] | None
    evaluation: Evaluation
    result: ResultView
    flags: list[FlagAudited]
    determination: Determination | None


@dataclass(frozen=True, slots=True)
class ErasedVersion:
    """What stays of one version of the answers of an erased case: codes, times, who, and what was said by its code."""

    response: ResponseVersion
    evaluation: Evaluation
    flags: list[tuple[Flag, list[FlagAnswer]]]
    determination: Determination | None


@dataclass(frozen=True, slots=True)
class Again:
    """An evaluation made again from the stored answers on the pinned versions and the stored day.

    ``stored`` is the digest that was recorded, ``kept`` that of the document as it lies in the database now, ``now``
    that of the new evaluation.
    """

    response: ResponseVersion
    on: datetime.date
    stored: str
    kept: str
    now: str

    @property
    def same(self) -> bool:
        """Whether all three agree."""
        return self.stored == self.kept == self.now


def cases(by: Actor, filters: Filters, place: Place) -> tuple[Page[Screening], list[CaseListed]]:
    """Return one page of the submitted cases of the practice, newest first, narrowed by ``filters``."""
    found = for_reviewer(by).select_related(None).defer(None)
    found = found.select_related("client", "protocol").defer(*WHO_AND_WHY)
    shown = page_of(_narrowed(found, filters), NEWEST_FIRST, place)
    flags = Flag.objects.filter(evaluation__in=[screening.current_evaluation_id for screening in shown.rows])
    rows = list(flags.values_list("pk", "evaluation", "concern").order_by())
    said = FlagAnswer.objects.filter(flag__in=[flag for flag, _, _ in rows]).values_list("flag", flat=True)
    answered = set(said.order_by())
    return shown, [_listed(screening, rows, answered) for screening in shown.rows]


def flag_choices(by: Actor) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the rules and the topics, each with its title, that a case of the practice can be flagged with.

    They are those of its published versions, the newest title where one was changed: every flag comes from one, and
    to ask the flags themselves would be to read them all.
    """
    versions = RuleSetVersion.objects.filter(protocol__practice=by.practice, status__in=PUBLISHED)
    rules: dict[str, str] = {}
    topics: dict[str, str] = {}
    for version_id in versions.order_by("number", "pk").values_list("pk", flat=True):
        of_version = _choices_of(version_id)
        rules |= of_version[0]
        topics |= of_version[1]
    return sorted(rules.items()), sorted(topics.items(), key=lambda topic: topic[1].casefold())


def history(screening: Screening) -> list[ResponseAudited]:
    """Return every version of the answers of a case, newest first, with all that came of it."""
    evaluations = list(
        Evaluation.objects.filter(response__screening=screening)
        .select_related(
            "response__screening__questionnaire_version",
            "response__submitted_by",
            "rule_set_version",
            "determination__signer",
        )
        .order_by("response__number")
    )
    flags = list(Flag.objects.filter(evaluation__in=evaluations).order_by("position"))
    said = all_answers(flags)
    audited = []
    before: ResponseVersion | None = None
    for evaluation in evaluations:
        own = [flag for flag in flags if flag.evaluation_id == evaluation.pk]
        audited.append(_audited(evaluation, before, own, said))
        before = evaluation.response
    return audited[::-1]


def left_of(screening: Screening) -> list[ErasedVersion]:
    """Return what stays of an erased case, newest version first. Nothing that was encrypted is read."""
    found = Evaluation.objects.filter(response__screening=screening)
    found = found.select_related("response__submitted_by", "determination").order_by("-response__number")
    flags = list(Flag.objects.filter(evaluation__in=found).order_by("position"))
    said = all_answers(flags)
    return [
        ErasedVersion(
            evaluation.response,
            evaluation,
            [(flag, said.get(flag.pk, [])) for flag in flags if flag.evaluation_id == evaluation.pk],
            getattr(evaluation, "determination", None),
        )
        for evaluation in found
    ]


def erasure_of(screening: Screening) -> Erasure | None:
    """Return the request by which a case's client was erased: who asked, who confirmed it, when and why."""
    confirmed = Erasure.objects.filter(client=screening.client_id, confirmed_at__isnull=False)
    return confirmed.select_related("asked_by", "confirmed_by").first()


def evaluate_again(screening: Screening) -> list[Again]:
    """Evaluate every stored response of a case again, on its pinned versions and its stored day. Nothing is stored."""
    evaluations = Evaluation.objects.filter(response__screening=screening).select_related(
        "response__screening__questionnaire_version", "rule_set_version"
    )
    return [_again(evaluation) for evaluation in evaluations.order_by("response__number")]


@lru_cache(maxsize=256)
def _choices_of(version_id: UUID) -> tuple[dict[str, str], dict[str, str]]:
    """Return the titles of the rules and of their topics in a published version, which never changes."""
    version = RuleSetVersion.objects.only("rules", "library").get(pk=version_id)
    rules, titles = rule_set_of(version).rules, library_of(version).topic_title
    topics = {rule.topic: titles.get(rule.topic, rule.topic) for rule in rules}
    return {rule.id: rule.title for rule in rules}, topics


def _left() -> QuerySet[Flag]:
    said = FlagAnswer.objects.filter(flag=OuterRef("pk"))
    return Flag.objects.filter(evaluation=OuterRef("current_evaluation")).exclude(Exists(said))


def _narrowed(found: QuerySet[Screening], filters: Filters) -> QuerySet[Screening]:
    wanted = {"topic": filters.topic, "concern": filters.concern, "rule_id": filters.rule}
    wanted = {field: value for field, value in wanted.items() if value}
    if wanted:
        found = found.filter(Exists(Flag.objects.filter(evaluation=OuterRef("current_evaluation"), **wanted)))
    if filters.code:
        found = found.filter(code_begins(filters.code, of="client__code_found"))
    if filters.status:
        found = found.filter(status=filters.status)
    if filters.submitted_from:
        found = found.filter(submitted_at__date__gte=filters.submitted_from)
    if filters.submitted_to:
        found = found.filter(submitted_at__date__lte=filters.submitted_to)
    if filters.disagreed:
        found = found.filter(disagreed=True)
    return _in_state(found, filters.review)


def _in_state(found: QuerySet[Screening], review: str) -> QuerySet[Screening]:
    flagged = Exists(Flag.objects.filter(evaluation=OuterRef("current_evaluation")))
    if review == UNANSWERED:
        return found.filter(Exists(_left()))
    if review == ANSWERED:
        return found.filter(flagged, ~Exists(_left()))
    return found.exclude(flagged) if review == UNFLAGGED else found


def _listed(screening: Screening, rows: list[tuple[UUID, UUID, str]], answered: set[UUID]) -> CaseListed:
    own = [(flag, concern) for flag, evaluation, concern in rows if evaluation == screening.current_evaluation_id]
    left = any(flag not in answered for flag, _ in own)
    return CaseListed(screening, in_reading_order(Counter(concern for _, concern in own)), left)


def _audited(
    evaluation: Evaluation, before: ResponseVersion | None, flags: list[Flag], said: dict[UUID, list[FlagAnswer]]
) -> ResponseAudited:
    response = evaluation.response
    questionnaire = questionnaire_of(response.screening.questionnaire_version)
    content, result = response_content(response), stored_result(evaluation)
    return ResponseAudited(
        response=response,
        sections=sections_of(questionnaire, content, evaluation.on),
        changed=changes(questionnaire, response_content(before), content) if before else None,
        evaluation=evaluation,
        result=result,
        flags=[_flag(flag, result.flag(flag.rule_id), said.get(flag.pk, [])) for flag in flags],
        determination=getattr(evaluation, "determination", None),
    )


def _flag(flag: Flag, view: FlagView, answers: list[FlagAnswer]) -> FlagAudited:
    titles = {exception.id: exception.title for exception in view.exceptions}
    said = tuple((answer, titles.get(answer.exception_id, answer.exception_id)) for answer in answers)
    return FlagAudited(flag, view, said)


def _kept(evaluation: Evaluation) -> str:
    try:
        return digest(json.loads(evaluation.document))
    except (DecryptionFailed, ValueError):
        return gettext("It cannot be opened any more.")


def _again(evaluation: Evaluation) -> Again:
    questionnaire = questionnaire_of(evaluation.response.screening.questionnaire_version)
    answers = response_content(evaluation.response).as_answers()
    made = evaluate(rule_set_of(evaluation.rule_set_version), questionnaire, answers, on=evaluation.on)
    return Again(
        response=evaluation.response,
        on=evaluation.on,
        stored=evaluation.digest,
        kept=_kept(evaluation),
        now=digest(made.as_document()),
    )
