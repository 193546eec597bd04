"""Opening a case in an emergency, and acknowledging that somebody did. What may be read then, selectors say."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.formats import number_format
from django.utils.translation import gettext

from core.accounts.models import Actor, Role
from core.commands import command
from core.errors import Conflict, NotForThisUser, Refused
from core.ledger.services import Event, append
from screening.models import EmergencyAccess, EmergencyAcknowledgement, Screening
from screening.models.emergencies import SHORTEST_REASON
from screening.selectors.emergencies import open_for
from screening.selectors.policies import policy_of
from screening.services import streams
from screening.services.erased import refuse_erased

OPENERS = (Role.THERAPIST, Role.CLINICIAN, Role.MANAGER)
ACKNOWLEDGERS = (Role.MANAGER, Role.AUDITOR)
LONGEST = 2_000


@command
def open_case(*, screening: Screening, reason: str, by: Actor, at: datetime) -> EmergencyAccess:
    """Open a case of the practice to ``by``, to be read for an hour, with a reason in their own words.

    Who they are is confirmed by the caller, before. While it is open, asking again finds the same opening. Raise
    ``Refused`` where the practice has switched this off, where the reason is too short, and where they may see the
    case anyway.
    """
    _check(screening, reason.strip(), by)
    with transaction.atomic():
        locked = Screening.objects.select_for_update(of=("self",)).select_related("client").get(pk=screening.pk)
        refuse_erased(locked)
        _refuse_seen_anyway(locked, by)
        if already := open_for(by, locked, at=at):
            return already
        access = EmergencyAccess.objects.create(
            screening=locked, opened_by=by.user, role=by.role, reason=reason.strip(), opened_at=at
        )
        append(_opened(access), by=by, at=at)
    return access


@command
def acknowledge(*, access: EmergencyAccess, words: str, by: Actor, at: datetime) -> EmergencyAcknowledgement:
    """Say, as a second person, that an emergency access was looked into and what came of it.

    Raise ``Refused`` for one's own and for no words, ``Conflict`` where somebody was first, ``Erased`` where
    the case was erased meanwhile.
    """
    if access.screening.practice_id != by.practice.pk or by.role not in ACKNOWLEDGERS:
        raise NotForThisUser("There is no such emergency access in this practice.")
    if access.opened_by_id == by.user.pk:
        raise Refused(gettext("You opened this case yourself, so somebody else acknowledges it."), code="own-emergency")
    if not words.strip() or len(words) > LONGEST:
        raise Refused(
            gettext("Say what you found, in at most %(longest)s characters.")
            % {"longest": number_format(LONGEST, force_grouping=True)},
            code="words-missing",
        )
    try:
        with transaction.atomic():
            refuse_erased(Screening.objects.select_for_update(of=("self",)).get(pk=access.screening_id))
            said = EmergencyAcknowledgement.objects.create(
                access=access, words=words.strip(), acknowledged_by=by.user, acknowledged_at=at
            )
            append(_acknowledged(access, said), by=by, at=at)
    except IntegrityError:
        raise Conflict(
            gettext("Somebody has acknowledged this already. Load the page again."), code="acknowledged"
        ) from None
    return said


def _check(screening: Screening, reason: str, by: Actor) -> None:
    if screening.practice_id != by.practice.pk or by.role not in OPENERS:
        raise NotForThisUser("There is no such case in this practice.")
    if not policy_of(by.practice).emergency_access:
        raise Refused(gettext("The practice has switched opening cases in an emergency off."), code="emergency-off")
    if not SHORTEST_REASON <= len(reason) <= LONGEST:
        raise Refused(
            gettext("Say why, in %(shortest_reason)s to %(longest)s characters: others will read it.")
            % {"shortest_reason": SHORTEST_REASON, "longest": number_format(LONGEST, force_grouping=True)},
            code="emergency-reason",
        )


def _refuse_seen_anyway(screening: Screening, by: Actor) -> None:
    """Refuse what would only be louder than it need be."""
    if by.role == Role.THERAPIST and screening.client.therapist_id == by.user.pk:
        raise Refused(gettext("This is your own client. Open the case from your worklist."), code="own-case")
    if by.role == Role.CLINICIAN and screening.submitted_at is not None:
        raise Refused(
            gettext(
                "You may read this case as a clinician. Look for its code in the queue: that finds it, waiting or not."
            ),
            code="own-case",
        )


def _opened(access: EmergencyAccess) -> Event:
    return Event(
        stream=streams.case(access.screening),
        action="case.break-glass-opened",
        object=f"screening:{access.screening_id}",
        payload={"access": str(access.pk), "reason": access.reason, "minutes": access.minutes},
        seals=(access,),
    )


def _acknowledged(access: EmergencyAccess, said: EmergencyAcknowledgement) -> Event:
    return Event(
        stream=streams.case(access.screening),
        action="case.break-glass-acknowledged",
        object=f"screening:{access.screening_id}",
        payload={"access": str(access.pk), "words": said.words},
        seals=(said,),
    )
