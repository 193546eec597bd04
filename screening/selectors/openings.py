"""Who opened, printed, exported or changed a case: every entry of its record, in words for the client who asks."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_noop

from core.accounts.models import Actor, Role
from core.errors import NotForThisUser
from core.ledger.events import STREAM_OPENED, label_of
from core.ledger.models import Entry
from core.ledger.selectors import entries_for, moment_of
from screening.models import Screening
from screening.selectors import screenings
from screening.selectors.clients import code_begins
from screening.selectors.keyset import Order, Page, Place, page_of

READING, PRINT = gettext_noop("Reading"), gettext_noop("Print")
EXPORT, CHANGE = gettext_noop("Export"), gettext_noop("Change")
NEWEST_FIRST, LAST_FIRST = (Order((name, "pk"), newest_first=True) for name in ("started_at", "at"))
ENTRIES_ON_A_PAGE = 100
KINDS = {
    "viewed": READING,
    "compared": READING,
    "audited": READING,
    "evaluated-again": READING,
    "openings-read": READING,
    "break-glass-opened": READING,
    "break-glass-viewed": READING,
    "printed": PRINT,
    "openings-printed": PRINT,
    "exported": EXPORT,
    "exported-as-pdf": EXPORT,
}
"""What kind of thing an event is, by its verb; whatever is not named here changed something."""
CLIENT_VIEWED = "client.viewed"


@dataclass(frozen=True, slots=True)
class Opening:
    """One thing that somebody did with a case: when, who in which role, of which kind, and what in words."""

    at: datetime
    who: str
    role: str
    kind: str
    what: str


def cases_for(by: Actor, place: Place, *, code: str = "") -> Page[Screening]:
    """Return a page of the cases whose openings ``by`` may see, newest first; of those whose code begins with ``code``.

    A manager may see those of every case of the practice, because every client may ask; an auditor those of what was
    submitted; a therapist those of their own clients.
    """
    found = _among(by).filter(code_begins(code, of="client__code_found")) if code else _among(by)
    return page_of(found.defer(*screenings.DOCUMENTS, *screenings.WHO_AND_WHY), NEWEST_FIRST, place)


def case_for(by: Actor, screening_id: uuid.UUID) -> Screening:
    """Return one such case; raise ``NotForThisUser`` for any other id."""
    found = _among(by).filter(pk=screening_id).first()
    if found is None:
        raise NotForThisUser("There is no such case among those whose openings you may see.")
    return found


def page_of_entries(by: Actor, screening: Screening, place: Place) -> Page[Entry]:
    """Return a page of every entry about a case, newest first."""
    return page_of(entries_of(by, screening), LAST_FIRST, place, length=ENTRIES_ON_A_PAGE)


def entries_of(by: Actor, screening: Screening) -> QuerySet[Entry]:
    """Return every entry about a case, in whichever stream, and about the page of its client, newest first."""
    case = entries_for(by, stream=f"case:{screening.pk}")
    about = entries_for(by, about=f"screening:{screening.pk}")
    client = entries_for(by, about=f"client:{screening.client_id}")
    found = (case | about | client).exclude(action=STREAM_OPENED)  # tells of the record, not of somebody who read it
    return found.order_by(*LAST_FIRST.written())


def opening_of(entry: Entry, screening: Screening) -> Opening:
    """Say in plain words what an entry tells of a case, without an id in it."""
    return Opening(
        at=entry.at,
        who=str(entry.actor) if entry.actor else gettext("The system"),
        role=str(dict(Role.choices).get(entry.role or "", "")),
        kind=gettext(KINDS.get(entry.action.partition(".")[2], CHANGE)),
        what=f"{label_of(entry.action)}{_of_the_case(entry, screening)}",
    )


def _of_the_case(entry: Entry, screening: Screening) -> str:
    """Say of a client's page whether something of this case was read on it, which is recorded with its opening."""
    if entry.action != CLIENT_VIEWED:
        return ""
    moment = moment_of(entry)
    if moment.problem:
        return gettext(", whether with something of this case cannot be told any more")
    on_it = str(screening.pk) in moment.payload.get("cases", ())
    return gettext(", with something of this case on it") if on_it else ""


def _among(by: Actor) -> QuerySet[Screening]:
    if by.role == Role.MANAGER:
        return screenings.in_practice(by)
    return screenings.for_reviewer(by) if by.role == Role.AUDITOR else screenings.for_therapist(by)
