"""Which cases were opened in an emergency, by whom, and which of them are still open to this user."""

import uuid
from datetime import datetime, timedelta

from django.db.models import Case, QuerySet, When
from django.utils.translation import gettext

from core.accounts.models import Actor
from core.commands import says_why
from core.errors import NotForThisUser, Over, Refused
from core.ledger.content import load_keys
from screening.models import EmergencyAccess, Screening
from screening.models.emergencies import LONGEST_MINUTES
from screening.selectors.clients import of_code

SHOWN = 200
NOTHING_ANSWERED = Case(When(submitted_at__isnull=True, draft__revision=0, then=1), default=0)
TOLD_FOR = timedelta(days=30)
"""How long a therapist's worklist tells of an opening."""


@says_why
def case_by_code(by: Actor, code: str) -> Screening:
    """Return the newest screening, of the client whom the code means, in which anything was answered."""
    found = Screening.objects.filter(practice=by.practice, client__in=of_code(by.practice, code))
    newest = found.select_related("client").order_by(NOTHING_ANSWERED, "-started_at").first()
    if newest is None:
        raise Refused(
            gettext("No client of this practice with that code has been screened. Check the code."), code="no-case"
        )
    return newest


@says_why
def case_beside(by: Actor, code: str, screening_id: uuid.UUID, *, at: datetime) -> Screening:
    """Return another screening of the client whom the code means, for somebody who has one of them open."""
    found = Screening.objects.filter(practice=by.practice, client__in=of_code(by.practice, code), pk=screening_id)
    case = found.select_related("client").first()
    if case is None or not any(one.client_id == case.client_id for one in _open_now(by, at=at)):
        raise NotForThisUser("There is no such case beside one that is open in an emergency.")
    return case


def beside(access: EmergencyAccess) -> list[Screening]:
    """Return the other screenings of the client whose case was opened, the newest first."""
    others = Screening.objects.filter(client_id=access.screening.client_id).exclude(pk=access.screening_id)
    return list(others.select_related("protocol").order_by("-started_at"))


def open_for(by: Actor, screening: Screening, *, at: datetime) -> EmergencyAccess | None:
    """Return the opening under which ``by`` may read this case now, if there is one."""
    recent = EmergencyAccess.objects.filter(
        screening=screening, opened_by=by.user, opened_at__gt=at - timedelta(minutes=LONGEST_MINUTES)
    )
    return next((access for access in recent.order_by("-opened_at") if access.ends_at > at), None)


def _open_now(by: Actor, *, at: datetime) -> list[Screening]:
    recent = EmergencyAccess.objects.filter(opened_by=by.user, opened_at__gt=at - timedelta(minutes=LONGEST_MINUTES))
    return [access.screening for access in recent.select_related("screening") if access.ends_at > at]


def access_of(by: Actor, access_id: uuid.UUID, *, at: datetime) -> EmergencyAccess:
    """Return an opening of ``by`` that still lasts; raise ``Over`` once it ended, ``NotForThisUser`` for any other."""
    found = _with_case().filter(screening__practice=by.practice, opened_by=by.user, pk=access_id).first()
    if found is None:
        raise NotForThisUser("There is no such emergency access.")
    if found.ends_at <= at:
        raise Over(
            gettext(
                "The time for which you had opened this case in an emergency has ended, so it is closed to you again. "
                "If you still have to see it, open it in an emergency once more, with your reason."
            ),
            code="emergency-ended",
        )
    return found


def access_to_acknowledge(by: Actor, access_id: uuid.UUID) -> EmergencyAccess:
    """Return an opening of the practice; raise ``NotForThisUser`` for any other id."""
    found = _with_case().filter(screening__practice=by.practice, pk=access_id).first()
    if found is None:
        raise NotForThisUser("There is no such emergency access in this practice.")
    return found


def opened_in(by: Actor) -> list[EmergencyAccess]:
    """Return what was opened in the practice, what nobody has acknowledged first, the newest first in each."""
    found = _listed().filter(screening__practice=by.practice)
    parts = (found.filter(acknowledgement__isnull=unseen).order_by("-opened_at")[:SHOWN] for unseen in (True, False))
    return _with_keys([access for part in parts for access in part])


def of_case(screening: Screening) -> list[EmergencyAccess]:
    """Return every opening of one case, newest first."""
    return _with_keys(list(_listed().filter(screening=screening).order_by("-opened_at")))


def for_worklist(by: Actor, *, at: datetime) -> list[EmergencyAccess]:
    """Return the openings of cases of the therapist's own clients in the last thirty days, newest first."""
    mine = _listed().filter(screening__practice=by.practice, screening__client__therapist=by.user)
    recent = mine.filter(opened_at__gt=at - TOLD_FOR).exclude(opened_by=by.user)
    return _with_keys(list(recent.order_by("-opened_at")[:SHOWN]))


def _with_keys(found: list[EmergencyAccess]) -> list[EmergencyAccess]:
    """Return what was found with the keys of its words at hand, by one query for all."""
    load_keys(access.content_stream for access in found)
    return found


def _listed() -> QuerySet[EmergencyAccess]:
    """Return what can still be read: of an erased case only the record tells that it was opened."""
    return _kept().select_related(
        "opened_by", "screening__client", "screening__protocol", "acknowledgement__acknowledged_by"
    )


def _kept() -> QuerySet[EmergencyAccess]:
    return EmergencyAccess.objects.filter(screening__erased_at__isnull=True)


def _with_case() -> QuerySet[EmergencyAccess]:
    return _kept().select_related(
        "opened_by",
        "screening__client",
        "screening__protocol",
        "screening__therapist",
        "screening__questionnaire_version",
        "screening__rule_set_version",
        "screening__current_response",
    )
