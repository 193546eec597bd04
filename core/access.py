"""What is written down when somebody looks at a case or is turned away. Who may look is decided by the guard."""

from datetime import datetime
from typing import Any

from django.db import transaction

from core.accounts.models import Actor, Practice, User
from core.ledger.services import Event, append


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


@transaction.atomic
def record_refusal(
    *, user: User, page: str, method: str, by: Actor | None, practice: Practice | None, at: datetime
) -> None:
    """Record on a person's own stream that a page was not for them. ``by`` is None where they hold no role at all."""
    event = Event(
        stream=f"user:{user.pk}",
        action="access.refused",
        object=f"user:{user.pk}",
        payload={"page": page, "method": method},
    )
    append(event, by=by, at=at, practice=practice)
