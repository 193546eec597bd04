"""Submitting answers, and amending what was submitted: a new response beside the old one, evaluated and stored."""

import zoneinfo
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from core.accounts.models import Actor
from core.canonical import canonical_bytes, digest
from core.commands import command
from core.errors import Conflict, Refused
from core.ledger.services import Event, append
from core.quoting import quoted
from screening.engine.checking import answers_problems
from screening.engine.documents import as_document
from screening.engine.drafts import DraftContent
from screening.engine.evaluation import evaluate
from screening.engine.guidance import Guidance, RuleState
from screening.engine.rules import RuleSet
from screening.models import Draft, Evaluation, Flag, ReadingDraw, ResponseVersion, Screening
from screening.models.screenings import ScreeningStatus
from screening.selectors.documents import draft_content, questionnaire_of, response_content, rule_set_of
from screening.selectors.policies import policy_of
from screening.selectors.unread import unread_of
from screening.services import streams
from screening.services.drafts import lock_open
from screening.services.erased import refuse_erased
from screening.services.reading_draws import draw_for

CANNOT_RULE_OUT = "cannot-be-ruled-out"
SUICIDALITY = "suicidality"


@command
def submit(*, screening: Screening, base_revision: int, by: Actor, at: datetime) -> Screening:
    """Lock the answers as they stand, evaluate them on the pinned versions, and store response, evaluation and flags.

    ``base_revision`` is the revision of the draft that the person had before them. Raise ``Conflict`` where it changed
    since or where it was submitted already, and ``Refused`` for answers that the questionnaire does not take, or that
    were typed and cannot be read: those would be lost.
    """
    with transaction.atomic():
        locked = _lock_for_submission(screening)
        draft = Draft.objects.select_for_update().get(screening=locked)
        if draft.revision != base_revision:
            raise Conflict(
                gettext("Answers were changed since this page was opened. Read them once more, then submit."),
                code="draft-changed",
            )
        on = local_date(at)
        content = draft_content(draft)
        _refuse_unread(locked, content, on)
        _refuse_problems(locked, content, on)
        response = _store_response(locked, content, by=by, at=at)
        evaluation, flags = _store_evaluation(locked, response, content, on=on, at=at)
        drawn = draw_for(response, policy_of(by.practice), at=at)
        _move_on(locked, response, evaluation, flags, at=at)
        append(_submitted(locked, evaluation, flags, drawn), by=by, at=at)
    return locked


@command
def start_amendment(*, screening: Screening, reason: str, by: Actor, at: datetime) -> Screening:
    """Open submitted answers for an amendment, with a reason; what was submitted stays in force until then."""
    if not reason.strip():
        raise Refused(gettext("Say why the answers are amended."), code="reason-missing")
    with transaction.atomic():
        locked = Screening.objects.select_for_update().get(pk=screening.pk)
        refuse_erased(locked)
        if locked.amending:
            raise Conflict(gettext("An amendment of these answers is open already."), code="amending")
        if locked.status not in (ScreeningStatus.SUBMITTED, ScreeningStatus.IN_REVIEW, ScreeningStatus.DETERMINED):
            raise Refused(
                gettext("These answers are open already. Change them where they are asked."), code="answers-open"
            )
        locked.amending, locked.amendment_reason = True, reason.strip()
        locked.save(update_fields=["amending", "amendment_reason"])
        append(_amending(locked, "screening.amendment-started"), by=by, at=at)
    return locked


@command
def drop_amendment(*, screening: Screening, by: Actor, at: datetime) -> Screening:
    """Drop an open amendment: the draft is set back to what was submitted last."""
    with transaction.atomic():
        locked = Screening.objects.select_for_update().get(pk=screening.pk)
        refuse_erased(locked)
        if not locked.amending or locked.current_response is None:
            raise Refused(gettext("There is no open amendment of these answers."), code="not-amending")
        draft = Draft.objects.select_for_update().get(screening=locked)
        _reset(draft, response_content(locked.current_response), at=at)
        dropped = _amending(locked, "screening.amendment-dropped")
        locked.amending, locked.amendment_reason = False, ""
        locked.save(update_fields=["amending", "amendment_reason"])
        append(dropped, by=by, at=at)
    return locked


def local_date(at: datetime) -> date:
    """Return the day that ``at`` falls on where the practice is."""
    return at.astimezone(zoneinfo.ZoneInfo(settings.TIME_ZONE)).date()


def _lock_for_submission(screening: Screening) -> Screening:
    current = Screening.objects.select_for_update().get(pk=screening.pk)
    refuse_erased(current)
    if current.status in (ScreeningStatus.SUBMITTED, ScreeningStatus.IN_REVIEW) and not current.amending:
        raise Conflict(gettext("These answers were submitted already."), code="already-submitted")
    return lock_open(screening)


def _refuse_unread(screening: Screening, content: DraftContent, on: date) -> None:
    unread = unread_of(questionnaire_of(screening.questionnaire_version), content, on)
    if unread:
        asked = " ".join(f"{place.question} {quoted(place.words)}." for place in unread)
        message = gettext(
            "Nothing was submitted. This is kept as it was typed, and is no answer yet: %(asked)s "
            "Put it right, or empty it."
        )
        raise Refused(message % {"asked": asked}, code="answers-unread")


def _refuse_problems(screening: Screening, content: DraftContent, on: date) -> None:
    problems = answers_problems(questionnaire_of(screening.questionnaire_version), content.as_answers(), on)
    if problems:
        raise Refused("\n".join(f"{problem.problem} {problem.cure}" for problem in problems), code="answers-invalid")


def _store_response(screening: Screening, content: DraftContent, *, by: Actor, at: datetime) -> ResponseVersion:
    document = as_document(DraftContent(answers=content.answers, groups=content.groups, note=content.note))
    return ResponseVersion.objects.create(
        screening=screening,
        number=screening.responses.count() + 1,
        document=canonical_bytes(document).decode(),
        digest=digest(document),
        reason=_reason(screening),
        submitted_at=at,
        submitted_by=by.user,
    )


def _reason(screening: Screening) -> str:
    if screening.amending:
        return str(screening.amendment_reason)
    return "Submitted again after a return with questions" if screening.status == ScreeningStatus.RETURNED else ""


def _store_evaluation(
    screening: Screening, response: ResponseVersion, content: DraftContent, *, on: date, at: datetime
) -> tuple[Evaluation, list[Flag]]:
    rule_set = rule_set_of(screening.rule_set_version)
    guidance = evaluate(rule_set, questionnaire_of(screening.questionnaire_version), content.as_answers(), on=on)
    document = guidance.as_document()
    evaluation = Evaluation.objects.create(
        response=response,
        rule_set_version=screening.rule_set_version,
        on=on,
        document=canonical_bytes(document).decode(),
        digest=digest(document),
        evaluated_at=at,
    )
    return evaluation, Flag.objects.bulk_create(_flags(evaluation, guidance, rule_set))


def _flags(evaluation: Evaluation, guidance: Guidance, rule_set: RuleSet) -> list[Flag]:
    flags = []
    for position, rule_id in enumerate(guidance.flags, start=1):
        rule = rule_set.rule_by_id[rule_id]
        met = guidance.outcome(rule_id).state is RuleState.MET
        concern = rule.concern.value if met else CANNOT_RULE_OUT
        flags.append(
            Flag(
                evaluation=evaluation,
                position=position,
                rule_id=rule_id,
                title=rule.title,
                topic=rule.topic,
                concern=concern,
            )
        )
    return flags


def _move_on(
    screening: Screening, response: ResponseVersion, evaluation: Evaluation, flags: list[Flag], *, at: datetime
) -> None:
    """Put the case back into the queue, whoever had it: the answers they read are no longer the newest."""
    screening.status = ScreeningStatus.SUBMITTED
    screening.submitted_at = at
    screening.claimed_at = screening.claimed_by = None
    screening.current_response, screening.current_evaluation = response, evaluation
    screening.amending, screening.amendment_reason = False, ""
    screening.suicidality_first = any(flag.topic == SUICIDALITY for flag in flags)
    screening.recheck_on = None
    screening.ask_again_on = _first_asked_again(rule_set_of(screening.rule_set_version), evaluation, flags)
    screening.save()
    _follow(screening)


def _follow(screening: Screening) -> None:
    """Mark each screening of the client on this protocol as followed that a newer submitted one comes after."""
    same = Screening.objects.filter(client=screening.client_id, protocol=screening.protocol_id)
    same.filter(started_at__lt=screening.started_at, followed=False).update(followed=True)
    if same.filter(started_at__gt=screening.started_at, submitted_at__isnull=False).exists():
        Screening.objects.filter(pk=screening.pk).update(followed=True)


def _first_asked_again(rule_set: RuleSet, evaluation: Evaluation, flags: list[Flag]) -> date | None:
    """Return the first day on which a rule that was raised has its answers asked again, where one says how often."""
    said = (rule_set.rule_by_id[flag.rule_id].recheck for flag in flags)
    return min((one.every.after(evaluation.on) for one in said if one and one.every), default=None)


def _reset(draft: Draft, content: DraftContent, *, at: datetime) -> None:
    """Set a draft back, with every key counted as changed now, so that an older page cannot bring the rest back."""
    draft.revision += 1
    keys = [*content.answers, *content.groups]
    reset = DraftContent(
        answers=content.answers,
        groups=content.groups,
        note=content.note,
        revisions={**draft_content(draft).revisions, **dict.fromkeys(keys, draft.revision)},
    )
    draft.content = canonical_bytes(as_document(reset)).decode()
    draft.saved_at = at
    draft.save(update_fields=["content", "revision", "saved_at"])


def _submitted(screening: Screening, evaluation: Evaluation, flags: list[Flag], drawn: ReadingDraw | None) -> Event:
    response = evaluation.response
    return Event(
        stream=streams.case(screening),
        action="screening.submitted",
        object=f"screening:{screening.pk}",
        payload={
            "response": response.number,
            "response_digest": response.digest,
            "evaluation_digest": evaluation.digest,
            "reason": response.reason,
            **({"read_first": {"share": drawn.share, "number": drawn.number, "drawn": drawn.drawn}} if drawn else {}),
        },
        seals=(response, evaluation, *flags, *([drawn] if drawn else [])),
    )


def _amending(screening: Screening, action: str) -> Event:
    return Event(
        stream=streams.case(screening),
        action=action,
        object=f"screening:{screening.pk}",
        payload={"reason": screening.amendment_reason},
    )
