"""Reviewing a case: taking it, answering its flags, handing it back. Signing lives in ``determinations``."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext

from core.accounts.models import Actor, Membership, Role
from core.commands import command
from core.errors import Conflict, NotForThisUser, Refused
from core.ledger.services import Event, append
from core.quoting import apart, quoted
from screening.engine.conditions import Truth
from screening.models import Evaluation, Flag, FlagAnswer, PracticePolicy, Return, Screening
from screening.models.reviews import FlagAnswerKind
from screening.models.screenings import ScreeningStatus
from screening.selectors.answers_to_flags import all_answers, as_recorded, earlier_answers, flags_of
from screening.selectors.documents import guidance_of
from screening.selectors.policies import policy_of
from screening.selectors.results import SUICIDALITY
from screening.selectors.returns import asked_in, in_full, questions_asked
from screening.services import streams
from screening.services.erased import refuse_erased
from screening.services.meanwhile import AnsweredMeanwhile
from screening.services.reading_draws import refuse_unread

LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What a clinician says to the flag of one rule: a kind, words, and what some kinds ask for besides.

    ``together`` says that it was given to several flags at once, which flags on suicidality do not take; ``again``
    that an answer to the same rule on earlier answers of the case is given once more. ``stood`` is the answer that
    stood where this one was given, as it was shown: None where the flag had none.
    """

    rule_id: str
    answer: str
    words: str = ""
    reason_code: str = ""
    exception_id: str = ""
    together: bool = False
    again: bool = False
    stood: UUID | None = None


@command
def claim(*, screening: Screening, by: Actor, at: datetime) -> Screening:
    """Take a waiting case for review. Whoever has it already may ask again.

    Raise ``Conflict`` where somebody else was first, saying who, and ``Refused`` for one's own screening where the
    practice has a second person review.
    """
    with transaction.atomic():
        locked = lock_for_clinician(screening, by)
        if locked.status == ScreeningStatus.IN_REVIEW and locked.claimed_by_id == by.user.pk:
            return locked
        _refuse_unless_waiting(locked)
        own = is_own(locked, by)
        if own and not policy_of(by.practice).own_review:
            raise Refused(gettext("You screened this case, so another clinician reviews it."), code="own-review")
        locked.status, locked.claimed_by, locked.claimed_at = ScreeningStatus.IN_REVIEW, by.user, at
        locked.save(update_fields=["status", "claimed_by", "claimed_at"])
        append(_event(locked, "screening.claimed", own_review=own), by=by, at=at)
    return locked


@command
def release(*, screening: Screening, by: Actor, at: datetime) -> Screening:
    """Put a case back into the queue; what was answered stays. Anybody may where its reviewer reviews here no more."""
    with transaction.atomic():
        locked = lock_for_clinician(screening, by)
        if locked.status != ScreeningStatus.IN_REVIEW:
            raise Conflict(
                gettext("This case is not in review: %(state)s.") % {"state": _state(locked)}, code="not-in-review"
            )
        if locked.claimed_by_id != by.user.pk and _reviews_here(locked.claimed_by_id, by):
            raise Conflict(
                gettext("%(claimed_by)s has this case. Ask them to put it back.")
                % {"claimed_by": apart(locked.claimed_by)},
                code="claimed",
            )
        locked.status, locked.claimed_by, locked.claimed_at = ScreeningStatus.SUBMITTED, None, None
        locked.save(update_fields=["status", "claimed_by", "claimed_at"])
        append(_event(locked, "screening.released"), by=by, at=at)
    return locked


@command
def answer_flags(
    *, screening: Screening, evaluation_id: UUID, given: Sequence[GivenAnswer], by: Actor, at: datetime
) -> list[FlagAnswer]:
    """Answer flags of the case under review, all that are given or none; an answer that stands already is left.

    The ledger is told of each which repeats an answer given on earlier answers, and which were given at one press.
    ``evaluation_id`` is the evaluation whose flags were before the clinician. Raise ``Conflict`` where there is a newer
    one, ``AnsweredMeanwhile`` where another answer stands now than the one that was shown, and ``Refused`` for an
    answer that lacks what its kind asks for, and in a case that is to be read first.
    """
    with transaction.atomic():
        locked = lock_in_review(screening, by)
        refuse_unread(locked)
        _refuse_older(locked, evaluation_id)
        flags = flags_of(evaluation_of(locked))
        rows = _rows(locked, flags, given, by=by, at=at)
        stored = FlagAnswer.objects.bulk_create(rows)
        if any(row.answer == FlagAnswerKind.DISAGREE for row in stored) and not locked.disagreed:
            locked.disagreed = True
            locked.save(update_fields=["disagreed"])
        if stored:
            pressed = _pressed(locked, stored, given)
            append(*(_answered(locked, row, pressed[row.flag.rule_id]) for row in stored), by=by, at=at)
    return stored


@command
def send_back(*, screening: Screening, words: str, questions: Sequence[str], by: Actor, at: datetime) -> Return:
    """Hand the case back to the therapist with words, and the questions that they point at.

    A question is written as ``returns`` says, with its row where it is asked in rows. Raise ``Refused`` for one that
    this case does not ask.
    """
    if not words.strip():
        raise Refused(gettext("Say what the therapist is to find out or to put right."), code="words-missing")
    with transaction.atomic():
        locked = lock_in_review(screening, by)
        if locked.amending:
            raise Refused(
                gettext("The therapist is amending the answers; the case comes back by itself."), code="amending"
            )
        asked = questions_asked(asked_in(evaluation_of(locked)))
        if unknown := [question for question in questions if question not in asked]:
            raise Refused(
                gettext("This case does not ask: %(unknown)s.") % {"unknown": ", ".join(unknown)},
                code="unknown-question",
            )
        returned = Return.objects.create(
            evaluation=evaluation_of(locked),
            questions=list(dict.fromkeys(questions)),
            words=words.strip(),
            returned_at=at,
            returned_by=by.user,
        )
        locked.status, locked.claimed_by, locked.claimed_at = ScreeningStatus.RETURNED, None, None
        locked.returned_before = True
        locked.save(update_fields=["status", "claimed_by", "claimed_at", "returned_before"])
        append(_returned(locked, returned, [in_full(asked[question]) for question in returned.questions]), by=by, at=at)
    return returned


def lock_in_review(screening: Screening, by: Actor) -> Screening:
    """Return the case, locked, while ``by`` reviews it; raise ``Conflict`` where somebody else does, or nobody."""
    locked = lock_for_clinician(screening, by)
    if locked.status != ScreeningStatus.IN_REVIEW:
        raise Conflict(
            gettext("This case is not in review any more: %(state)s.") % {"state": _state(locked)},
            code="not-in-review",
        )
    if locked.claimed_by_id != by.user.pk:
        raise Conflict(
            gettext("%(claimed_by)s has this case now. Nothing of yours was saved to it.")
            % {"claimed_by": apart(locked.claimed_by)},
            code="claimed",
        )
    return locked


def is_own(screening: Screening, by: Actor) -> bool:
    """Say whether ``by`` is the one who screened: who started the screening, or submitted its newest answers."""
    response = screening.current_response
    return by.user.pk in (screening.therapist_id, response.submitted_by_id if response else None)


def claimed_exceptions(screening: Screening) -> dict[str, set[str]]:
    """Return, by rule, the exceptions that the newest answers claim: only these can be confirmed."""
    outcomes = guidance_of(evaluation_of(screening)).outcomes
    return {
        outcome.rule_id: {found.exception_id for found in outcome.exceptions if found.claimed is Truth.TRUE}
        for outcome in outcomes
    }


def lock_for_clinician(screening: Screening, by: Actor) -> Screening:
    """Return a submitted case of the practice, locked, where ``by`` is a clinician there at this moment."""
    if by.role != Role.CLINICIAN or not _reviews_here(by.user.pk, by):
        raise Refused(gettext("Only a clinician of this practice reviews a case."), code="not-a-clinician")
    locked = Screening.objects.select_for_update().get(pk=screening.pk)
    if locked.practice_id != by.practice.pk or locked.current_evaluation_id is None:
        raise NotForThisUser("There is no such case among those you may review.")
    refuse_erased(locked)
    return locked


def _reviews_here(user_id: UUID | None, by: Actor) -> bool:
    """Ask again whether somebody is a clinician here: the role may have ended since the request was let in."""
    current = Membership.objects.filter(practice=by.practice, role=Role.CLINICIAN, ended_at__isnull=True)
    return user_id is not None and current.filter(user_id=user_id, user__is_active=True).exists()


def _refuse_unless_waiting(locked: Screening) -> None:
    if locked.status == ScreeningStatus.IN_REVIEW:
        raise Conflict(
            gettext("%(claimed_by)s took this case first and is reviewing it.")
            % {"claimed_by": apart(locked.claimed_by)},
            code="claimed",
        )
    if locked.status != ScreeningStatus.SUBMITTED:
        raise Conflict(
            gettext("This case is not waiting for review: %(state)s.") % {"state": _state(locked)}, code="not-waiting"
        )


def _state(locked: Screening) -> str:
    return str(locked.get_status_display()).lower()


def evaluation_of(screening: Screening) -> Evaluation:
    """Return what the rules made of the newest answers."""
    if screening.current_evaluation is None:
        raise NotForThisUser("There is no such case among those you may review.")
    return screening.current_evaluation


def _refuse_older(locked: Screening, evaluation_id: UUID) -> None:
    if locked.current_evaluation_id == evaluation_id:
        return
    raise Conflict(
        gettext(
            "The answers of this case have been amended and evaluated again, so these flags are not the newest any "
            "more. Read the case once more; what was answered before is shown beside each flag."
        ),
        code="flags-changed",
    )


def _rows(
    locked: Screening, flags: list[Flag], given: Iterable[GivenAnswer], *, by: Actor, at: datetime
) -> list[FlagAnswer]:
    by_rule, said = {flag.rule_id: flag for flag in flags}, all_answers(flags)
    policy, claimed = policy_of(by.practice), claimed_exceptions(locked)
    rows: list[FlagAnswer] = []
    meanwhile: list[str] = []
    for one in given:
        flag = by_rule.get(one.rule_id)
        if flag is None:
            raise NotForThisUser("There is no such flag in this case.")
        if one.together and flag.topic == SUICIDALITY:
            raise Refused(
                gettext("Answer each flag on suicidality by itself: %(title)s.") % {"title": quoted(flag.title)},
                code="one-by-one",
            )
        before = said.get(flag.pk, [])
        row = _row(flag, one, before[-1] if before else None, policy, claimed, by=by, at=at)
        if _leaves_what_it_was(row, one, before):
            continue
        rows.append(row)
        if one.stood != (before[-1].pk if before else None):
            meanwhile.append(one.rule_id)
    if meanwhile:
        raise AnsweredMeanwhile(meanwhile)
    return rows


def _leaves_what_it_was(row: FlagAnswer, given: GivenAnswer, said: Sequence[FlagAnswer]) -> bool:
    """Say whether the same person's same answer stands already, or was shown to them and is sent back unchanged."""
    shown = [answer for answer in said if answer.pk == given.stood]
    return any(
        answer.answered_by_id == row.answered_by_id and as_recorded(answer) == as_recorded(row)
        for answer in (*said[-1:], *shown)
    )


def _row(
    flag: Flag,
    given: GivenAnswer,
    standing: FlagAnswer | None,
    policy: PracticePolicy,
    claimed: dict[str, set[str]],
    *,
    by: Actor,
    at: datetime,
) -> FlagAnswer:
    row = FlagAnswer(
        flag=flag,
        number=standing.number + 1 if standing else 1,
        answer=given.answer,
        words=given.words.strip(),
        answered_at=at,
        answered_by=by.user,
    )
    _complete(row, given, policy, claimed.get(flag.rule_id, set()))
    return row


def _pressed(
    locked: Screening, stored: Sequence[FlagAnswer], given: Iterable[GivenAnswer]
) -> dict[str, dict[str, int]]:
    """Return, by rule, how each stored answer came to be given, as the ledger is told.

    ``repeats`` is the version of the client's answers on which the same was answered before, where it was asked for
    again and reads alike; ``at_once`` how many such answers one press gave, where it gave several.
    """
    asked = {one.rule_id: one for one in given}
    earlier = earlier_answers(locked) if any(one.again for one in asked.values()) else {}
    together = Counter(asked[row.flag.rule_id].again for row in stored if asked[row.flag.rule_id].together)
    found: dict[str, dict[str, int]] = {}
    for row in stored:
        one = asked[row.flag.rule_id]
        repeats = _version_repeated(row, earlier.get(one.rule_id)) if one.again else 0
        how = {"repeats": repeats, "at_once": together[one.again] if one.together else 0}
        found[one.rule_id] = {name: number for name, number in how.items() if number}
    return found


def _version_repeated(row: FlagAnswer, earlier: Any) -> int:
    alike = earlier is not None and as_recorded(row) == as_recorded(earlier)
    return int(earlier.response_number) if alike else 0


def _complete(row: FlagAnswer, given: GivenAnswer, policy: PracticePolicy, claimed: set[str]) -> None:
    """Take over what the answer's kind asks for besides, and drop what it does not; refuse what is missing."""
    if row.answer not in FlagAnswerKind.values:
        raise Refused(
            gettext("Choose an answer to %(title)s.") % {"title": quoted(row.flag.title)}, code="unknown-answer"
        )
    if len(row.words) > LONGEST:
        raise Refused(
            gettext("Say it in at most %(longest)s characters: %(title)s.")
            % {"longest": number_format(LONGEST, force_grouping=True), "title": quoted(row.flag.title)},
            code="words-too-long",
        )
    if row.answer == FlagAnswerKind.DISAGREE:
        row.reason_code, row.reason_text = given.reason_code, _reason_text(row, given, policy)
    if row.answer == FlagAnswerKind.EXCEPTION_CONFIRMED:
        row.exception_id = _exception_id(row, given, claimed)


def _reason_text(row: FlagAnswer, given: GivenAnswer, policy: PracticePolicy) -> str:
    texts = {reason["code"]: reason["text"] for reason in policy.disagreement_reasons}
    if given.reason_code not in texts or not row.words:
        raise Refused(
            gettext("Choose a reason and say in your words why you disagree with %(title)s.")
            % {"title": quoted(row.flag.title)},
            code="why",
        )
    return str(texts[given.reason_code])


def _exception_id(row: FlagAnswer, given: GivenAnswer, claimed: set[str]) -> str:
    if given.exception_id not in claimed:
        raise Refused(
            gettext("Choose which claimed exception to %(title)s is confirmed.") % {"title": quoted(row.flag.title)},
            code="exception",
        )
    if not row.words:
        raise Refused(
            gettext("Say who confirmed the exception to %(title)s, and when.") % {"title": quoted(row.flag.title)},
            code="who-confirmed",
        )
    return given.exception_id


def _event(screening: Screening, action: str, **payload: bool) -> Event:
    return Event(
        stream=streams.case(screening), action=action, object=f"screening:{screening.pk}", payload=dict(payload)
    )


def _answered(screening: Screening, row: FlagAnswer, pressed: dict[str, int]) -> Event:
    return Event(
        stream=streams.case(screening),
        action="flag.answered",
        object=f"flag:{row.flag_id}",
        payload={
            "rule": row.flag.rule_id,
            "title": row.flag.title,
            "concern": row.flag.concern,
            **as_recorded(row),
            **pressed,
        },
        seals=(row,),
    )


def _returned(screening: Screening, returned: Return, asked: list[str]) -> Event:
    return Event(
        stream=streams.case(screening),
        action="screening.returned",
        object=f"screening:{screening.pk}",
        payload={"words": returned.words, "questions": returned.questions, "asked": asked},
        seals=(returned,),
    )
