"""Adding clients and changing what is known of them."""

import uuid
from datetime import date, datetime

from django.db import IntegrityError, transaction

from core.accounts.models import Actor, Practice
from core.errors import Conflict, Refused
from core.ledger.services import Event, append
from core.quoting import apart
from screening.models import Client
from screening.services import streams
from screening.services.erased import refuse_erased

EARLIEST_BIRTH = date(1900, 1, 1)


def create(*, client_id: uuid.UUID, code: str, name: str, birth_date: date | None, by: Actor, at: datetime) -> Client:
    """Add a client of the therapist ``by``, known by ``code``; who they are is stored encrypted.

    ``client_id`` comes from the form, so that a repeated click finds the client of the first. Raise ``Conflict``
    where the code is taken, ``Refused`` for a birth date that cannot be.
    """
    check_birth(birth_date, today=at.date())
    repeated = Client.objects.filter(pk=client_id, practice=by.practice, therapist=by.user, code=code).first()
    if repeated is not None:
        return repeated
    try:
        with transaction.atomic():
            client = Client.objects.create(
                id=client_id,
                practice=by.practice,
                code=code,
                name=name,
                birth_date=birth_date.isoformat() if birth_date else "",
                therapist=by.user,
                created_at=at,
            )
            _record(client, "client.created", by=by, at=at)
    except IntegrityError:
        raise _taken(code) from None
    return client


def change(*, client: Client, name: str, birth_date: date | None, by: Actor, at: datetime) -> Client:
    """Change who a client is; the code stays."""
    check_birth(birth_date, today=at.date())
    with transaction.atomic():
        refuse_erased(Client.objects.select_for_update().get(pk=client.pk))
        client.name = name
        client.birth_date = birth_date.isoformat() if birth_date else ""
        client.save(update_fields=["name", "birth_date"])
        _record(client, "client.changed", by=by, at=at)
    return client


def refusals(
    *, client_id: uuid.UUID, code: str, birth_date: date | None, practice: Practice, today: date
) -> dict[str, str]:
    """Return, by field, everything for which adding such a client would be refused now, so that it is said at once."""
    found = {}
    try:
        check_birth(birth_date, today=today)
    except Refused as refusal:
        found["birth_date"] = refusal.message
    if Client.objects.filter(practice=practice, code=code).exclude(pk=client_id).exists():
        found["code"] = _taken(code).message
    return found


def _taken(code: str) -> Conflict:
    return Conflict(f"The code {apart(code)} is taken in this practice. Choose another one.", code="code-taken")


def check_birth(birth_date: date | None, *, today: date) -> None:
    """Raise ``Refused`` for a birth date that cannot be."""
    if birth_date is not None and not EARLIEST_BIRTH <= birth_date <= today:
        raise Refused(
            f"A birth date lies between {EARLIEST_BIRTH.year} and today. Check the year, or leave it empty.",
            code="birth-date",
        )


def _record(client: Client, action: str, *, by: Actor, at: datetime) -> None:
    append(
        Event(
            stream=streams.client(client),
            action=action,
            object=f"client:{client.pk}",
            payload={"code": client.code, "name": client.name, "birth_date": client.birth_date},
        ),
        by=by,
        at=at,
    )
