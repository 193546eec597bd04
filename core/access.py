"""What is written down when somebody looks at a case or is turned away. Who may look is decided by the guard."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core.accounts.models import Actor, Practice, User
from core.commands import repeatable
from core.ledger import events
from core.ledger.models import Entry
from core.ledger.services import Event, append

REFUSALS = (events.ACCESS_REFUSED, events.OBJECT_REFUSED, events.ACT_REFUSED, events.REFUSALS_PAUSED)
MOST_REFUSALS = 30
REFUSALS_WINDOW = timedelta(hours=1)


@repeatable
@transaction.atomic
def record_view(
    *,
    action: str,
    object: str,  # noqa: A002  the event's word
    stream: str,
    by: Actor,
    at: datetime,
    payload: dict[str, Any] | None = None,
) -> None:
    """Record that somebody read something: one event for each page, export or print. ``payload``: what it showed."""
    append(Event(stream=stream, action=action, object=object, payload=payload or {}), by=by, at=at)


@repeatable
@transaction.atomic
def record_refusal(
    *,
    user: User,
    page: str,
    method: str,
    by: Actor | None,
    practice: Practice | None,
    at: datetime,
    action: str = events.ACCESS_REFUSED,
    **why: Any,
) -> None:
    """Record on a person's own stream that they were refused. ``by`` is None where they hold no role at all.

    ``action`` says what was refused: a page, an object or an act. Nobody can fill the record by asking in a loop: of
    one person's refusals ``MOST_REFUSALS`` an hour are recorded, and then, once, that there are more.
    """
    stream = f"user:{user.pk}"
    recorded = _refusals_in_the_hour(stream, at)
    if recorded > MOST_REFUSALS:
        return
    if recorded == MOST_REFUSALS:
        append(Event(stream, events.REFUSALS_PAUSED, stream), by=by, at=at, practice=practice)
        return
    append(Event(stream, action, stream, {"page": page, "method": method, **why}), by=by, at=at, practice=practice)


def _refusals_in_the_hour(stream: str, at: datetime) -> int:
    """Count a person's newest refusals within the hour before ``at``, or after it where the clock was moved back."""
    refusals = Entry.objects.filter(stream__name=stream, action__in=REFUSALS).order_by("-seq")
    newest = refusals.values_list("at", flat=True)[: MOST_REFUSALS + 1]
    return sum(1 for one in newest if one > at - REFUSALS_WINDOW)
