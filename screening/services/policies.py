"""Changing what a practice sets for itself."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from core.accounts.models import Actor
from core.commands import command
from core.errors import Conflict, Refused
from core.ledger.services import Event, append
from core.quoting import quoted
from screening.engine.wording import practice_problems
from screening.models import PracticePolicy
from screening.selectors.reading_first import salt_digest


@dataclass(frozen=True)
class Privacy:
    """Whether the notice of 42 CFR Part 2 stands on what leaves, how many years a client is kept (None: always),
    whether a case that is not theirs may be opened by somebody in an emergency, and whether what the answers raise may
    be read while they are given."""

    part2_notice: bool
    retention_years: int | None
    emergency_access: bool = True
    live_basis: bool = True


@dataclass(frozen=True)
class AsRead:
    """The settings as somebody read them: when they had been changed last, or None where nobody ever had."""

    changed_at: datetime | None


@command
def change(  # noqa: PLR0913 - an argument for each kind of setting
    *,
    crisis_steps: str,
    determinations: list[dict[str, Any]],
    disagreement_reasons: list[dict[str, Any]],
    own_review: bool,
    by: Actor,
    at: datetime,
    read: AsRead | None = None,
    privacy: Privacy | None = None,
    read_first_share: int | None = None,
) -> PracticePolicy:
    """Set the practice's crisis steps, what a determination may say, and the reasons for disagreeing with a flag.

    Both lists are of ``{"code", "text"}``. What was signed before keeps the words it was signed with. ``privacy``
    and ``read_first_share`` (percent) stay as they are where none is given. ``read`` is the settings that the change
    was made on; None where it does not matter. Raise ``Refused`` for an empty list, empty crisis steps, a code given
    twice, or words that decide about a person, label or judge them; ``Conflict`` where somebody changed the settings
    since.
    """
    _check(crisis_steps, determinations, disagreement_reasons)
    with transaction.atomic():
        policy, new = PracticePolicy.objects.select_for_update().get_or_create(
            practice=by.practice, defaults={"changed_at": at}
        )
        if read is not None and read.changed_at != (None if new else policy.changed_at):
            raise Conflict(
                gettext("Somebody else changed the settings since you opened them. They are shown as they are now."),
                code="settings-changed",
            )
        policy.crisis_steps = crisis_steps.strip()
        policy.determinations = determinations
        policy.disagreement_reasons = disagreement_reasons
        policy.own_review = own_review
        if privacy is not None:
            policy.part2_notice, policy.retention_years = privacy.part2_notice, privacy.retention_years
            policy.emergency_access, policy.live_basis = privacy.emergency_access, privacy.live_basis
        if read_first_share is not None:
            _draw_from_now_on(policy, read_first_share)
        policy.changed_at = at
        policy.save()
        append(_changed(policy), by=by, at=at)
    return policy


def _draw_from_now_on(policy: PracticePolicy, share: int) -> None:
    """Set the share of cases that are read first. The salt that draws them is made once."""
    if not 0 <= share <= 100:
        raise Refused(gettext("The share of cases that are read first lies between 0 and 100 percent."), code="share")
    policy.read_first_share = share
    if share and not policy.read_first_salt:
        policy.read_first_salt = token_hex(32)


def _check(crisis_steps: str, *lists: list[dict[str, Any]]) -> None:
    if not crisis_steps.strip():
        raise Refused(
            gettext("Crisis steps cannot be empty: they are shown wherever suicidality comes up."), code="crisis-empty"
        )
    for choices in lists:
        codes = [choice["code"] for choice in choices]
        if not codes:
            raise Refused(gettext("Each list needs at least one entry."), code="list-empty")
        if len(set(codes)) != len(codes):
            raise Refused(gettext("Two entries of a list are the same. Keep one of them."), code="list-doubled")
        _refuse_words([str(choice["text"]) for choice in choices])


def _refuse_words(texts: list[str]) -> None:
    """Refuse words that decide about a person, label or judge them, also where they are written to look otherwise."""
    for text in texts:
        if found := practice_problems(text):
            problem, instead = found[0]
            raise Refused(
                gettext("In %(text)s: %(problem)s %(instead)s")
                % {"text": quoted(text), "problem": problem, "instead": instead},
                code="wording",
            )


def _changed(policy: PracticePolicy) -> Event:
    return Event(
        stream=f"practice:{policy.practice_id}",
        action="policy.changed",
        object=f"policy:{policy.practice_id}",
        payload={
            "crisis_steps": policy.crisis_steps,
            "determinations": policy.determinations,
            "disagreement_reasons": policy.disagreement_reasons,
            "own_review": policy.own_review,
            "part2_notice": policy.part2_notice,
            "retention_years": policy.retention_years,
            "emergency_access": policy.emergency_access,
            "live_basis": policy.live_basis,
            "read_first_share": policy.read_first_share,
            "read_first_salt_digest": salt_digest(policy.read_first_salt) if policy.read_first_salt else None,
        },
    )
