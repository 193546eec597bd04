"""Who opened, printed, exported or changed a case: every entry of its record, in words for the client who asks."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from core.accounts.models import Actor, Role
from core.errors import NotForThisUser
from core.ledger.events import STREAM_OPENED, label_of
from core.ledger.models import Entry
from core.ledger.selectors import entries_for
from screening.models import Screening
from screening.selectors import screenings

READING, PRINT, EXPORT, CHANGE = "Reading", "Print", "Export", "Change"
KINDS = {
    "viewed": READING,
    "audited": READING,
    "evaluated-again": READING,
    "openings-read": READING,
    "break-glass-opened": READING,
    "break-glass-viewed": READING,
    "printed": PRINT,
    "openings-printed": PRINT,
    "exported": EXPORT,
}
"""What kind of thing an event is, by its verb; whatever is not named here changed something."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One thing that somebody did with a case: when, who in which role, of which kind, and what in words."""

    at: datetime
    who: str
    role: str
    kind: str
    what: str


def cases_for(by: Actor, *, code: str = "") -> QuerySet[Screening]:
    """Return the cases whose openings ``by`` may see, newest first; of those, the ones with ``code`` in their code.

    A manager may see those of every case of the practice, because every client may ask; an auditor those of what was
    submitted; a therapist those of their own clients.
    """
    found = _among(by).filter(client__code__icontains=code) if code else _among(by)
    return found.order_by("-started_at", "pk")


def case_for(by: Actor, screening_id: uuid.UUID) -> Screening:
    """Return one such case; raise ``NotForThisUser`` for any other id."""
    found = _among(by).filter(pk=screening_id).first()
    if found is None:
        raise NotForThisUser("There is no such case among those whose openings you may see.")
    return found


def entries_of(by: Actor, screening: Screening) -> QuerySet[Entry]:
    """Return every entry about a case, in whichever stream, and about the page of its client, newest first."""
    case = entries_for(by, stream=f"case:{screening.pk}")
    about = entries_for(by, about=f"screening:{screening.pk}")
    client = entries_for(by, about=f"client:{screening.client_id}")
    found = (case | about | client).exclude(action=STREAM_OPENED)  # tells of the record, not of somebody who read it
    return found.select_related(None).select_related("actor").order_by("-at", "-pk")


def opening_of(entry: Entry) -> Opening:
    """Say in plain words what an entry tells, without an id in it."""
    return Opening(
        at=entry.at,
        who=str(entry.actor) if entry.actor else "The system",
        role=str(dict(Role.choices).get(entry.role or "", "")),
        kind=KINDS.get(entry.action.partition(".")[2], CHANGE),
        what=label_of(entry.action),
    )


def _among(by: Actor) -> QuerySet[Screening]:
    if by.role == Role.MANAGER:
        return screenings.in_practice(by)
    return screenings.for_reviewer(by) if by.role == Role.AUDITOR else screenings.for_therapist(by)
