"""Signing a determination: the one act in which somebody decides, and that somebody is a clinician."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext

from core.accounts.models import Actor
from core.canonical import canonical_bytes, digest
from core.commands import command
from core.errors import Conflict, Refused
from core.ledger.checkpointing import checkpoint_soon
from core.ledger.services import Event, append
from core.quoting import apart, quoted
from screening.models import Determination, PracticePolicy, Screening
from screening.models.screenings import ScreeningStatus
from screening.selectors.answers_to_flags import flags_of, unanswered
from screening.selectors.determinations import MEANING, determinations_of, in_zone, to_be_signed
from screening.selectors.policies import policy_of
from screening.services import streams
from screening.services.reading_draws import refuse_unread
from screening.services.reviews import evaluation_of, is_own, lock_for_clinician, lock_in_review
from screening.services.submissions import local_date

LONGEST = 8_000
LONGEST_UNTIL_RECHECK = timedelta(days=5 * 366)
RECHECK_CODES = ("recheck-past", "recheck-far")
"""Of refusals of the day for a re-check."""


class ReadingChanged(Conflict):
    """What was shown for signing is not what would be signed now."""

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "What you read has changed since this page was opened, so nothing was signed. "
                "Read it as it stands now, then sign."
            ),
            code="reading-changed",
        )


@command
def sign(
    *,
    screening: Screening,
    shown_digest: str,
    outcome_code: str,
    reasons: str,
    recheck_on: date | None,
    by: Actor,
    at: datetime,
) -> Determination:
    """Sign what the clinician ``by`` decided, bound to the digest of exactly what they had read.

    The password is confirmed by the caller, before. Raise ``Conflict`` where the case is signed already, is being
    amended or changed since it was shown, and ``Refused`` where a flag is unanswered or a field is missing.
    """
    with transaction.atomic():
        locked = _lock_to_sign(screening, by)
        _refuse_before_evaluation(locked, at)
        read = to_be_signed(locked, by)
        if digest(read) != shown_digest:
            raise ReadingChanged
        policy = policy_of(by.practice)
        decided = _decided(policy, outcome_code, reasons, recheck_on, today=local_date(at))
        signed = _store(locked, read, decided, by=by, at=at)
        locked.status, locked.determined_at = ScreeningStatus.DETERMINED, at
        locked.claimed_by = locked.claimed_at = None
        locked.recheck_on = signed.recheck_on
        if signed.recheck_on and locked.followed:  # by a screening that the signer's re-check is still to come after
            locked.followed, locked.ask_again_on = False, None
        moved = ["status", "determined_at", "claimed_by", "claimed_at", "recheck_on", "followed", "ask_again_on"]
        locked.save(update_fields=moved)
        append(_signed(locked, signed), by=by, at=at)
        checkpoint_soon()
    return signed


def _lock_to_sign(screening: Screening, by: Actor) -> Screening:
    locked = lock_for_clinician(screening, by)
    if locked.status == ScreeningStatus.DETERMINED:
        raise Conflict(_signed_already(locked), code="signed-already")
    locked = lock_in_review(screening, by)
    if locked.amending:
        raise Conflict(
            gettext("The therapist is amending the answers. Sign once the amendment is in."), code="amending"
        )
    if is_own(locked, by) and not policy_of(by.practice).own_review:
        raise Refused(gettext("You screened this case, so another clinician signs."), code="own-review")
    refuse_unread(locked)
    if left := unanswered(flags_of(evaluation_of(locked))):
        raise Refused(
            gettext("These flags are not answered yet: %(left)s.") % {"left": _titles(left)}, code="flags-unanswered"
        )
    return locked


def _refuse_before_evaluation(locked: Screening, at: datetime) -> None:
    """Refuse a signature that would bear an earlier time than what it signs: the server's clock was moved."""
    if at < evaluation_of(locked).evaluated_at:
        raise Refused(
            gettext(
                "The server's clock says that it is earlier than when these answers were evaluated, so a signature now "
                "would bear a wrong time. Nothing was signed. Have whoever runs this site set the clock, then sign."
            ),
            code="clock-moved",
        )


def _signed_already(locked: Screening) -> str:
    newest = determinations_of(locked).first()
    if newest is None:
        return gettext("This case is signed already.")
    return gettext("This case is signed already, by %(name)s: %(outcome)s.") % {
        "name": apart(newest.printed_name),
        "outcome": apart(newest.outcome_text),
    }


def _titles(flags: list[Any]) -> str:
    named = ", ".join(quoted(flag.title) for flag in flags[:5])
    return (
        named
        if len(flags) <= 5
        else gettext("%(named)s and %(number)s more") % {"named": named, "number": len(flags) - 5}
    )


def _decided(
    policy: PracticePolicy, outcome_code: str, reasons: str, recheck_on: date | None, *, today: date
) -> dict[str, Any]:
    texts = {option["code"]: str(option["text"]) for option in policy.determinations}
    if outcome_code not in texts:
        raise Refused(gettext("Choose a determination from the practice's list."), code="outcome-unknown")
    if not reasons.strip() or len(reasons) > LONGEST:
        raise Refused(
            gettext("Give your reasons, in at most %(longest)s characters.")
            % {"longest": number_format(LONGEST, force_grouping=True)},
            code="reasons",
        )
    if recheck_on is not None and recheck_on <= today:
        raise Refused(
            gettext("A re-check lies in the future. Choose a later day, or leave it empty."), code="recheck-past"
        )
    if recheck_on is not None and recheck_on > today + LONGEST_UNTIL_RECHECK:
        raise Refused(
            gettext("That re-check lies more than five years ahead. Check the year, or leave it empty."),
            code="recheck-far",
        )
    return {
        "outcome_code": outcome_code,
        "outcome_text": texts[outcome_code],
        "reasons": reasons.strip(),
        "recheck_on": recheck_on.isoformat() if recheck_on else None,
    }


def _store(
    locked: Screening, read: dict[str, Any], decided: dict[str, Any], *, by: Actor, at: datetime
) -> Determination:
    document = {"read": read, **decided, "signer": str(by.user.pk), "signed_at": in_zone(at)}
    return Determination.objects.create(
        evaluation=evaluation_of(locked),
        outcome_code=decided["outcome_code"],
        outcome_text=decided["outcome_text"],
        reasons=decided["reasons"],
        recheck_on=date.fromisoformat(decided["recheck_on"]) if decided["recheck_on"] else None,
        signer=by.user,
        printed_name=by.user.printed_name,
        signed_at=at,
        time_zone=settings.TIME_ZONE,
        meaning=MEANING,
        signed_document=canonical_bytes(document).decode(),
        signed_digest=digest(document),
    )


def _signed(screening: Screening, signed: Determination) -> Event:
    return Event(
        stream=streams.case(screening),
        action="determination.signed",
        object=f"determination:{signed.pk}",
        payload={
            "outcome": signed.outcome_text,
            "signed_digest": signed.signed_digest,
            "recheck_on": signed.recheck_on.isoformat() if signed.recheck_on else None,
        },
        seals=(signed,),
    )
