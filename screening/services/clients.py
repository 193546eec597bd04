"""Adding clients and changing what is known of them."""

import uuid
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from core.accounts.models import Actor, Practice
from core.commands import repeatable
from core.errors import Conflict, Refused
from core.ledger.services import Event, append
from core.quoting import apart
from screening.models import Client
from screening.models.clients import written_code
from screening.selectors.clients import of_code
from screening.services import streams
from screening.services.erased import refuse_erased
from screening.services.names import index_name

EARLIEST_BIRTH = date(1900, 1, 1)


@repeatable
def create(*, client_id: uuid.UUID, code: str, name: str, birth_date: date | None, by: Actor, at: datetime) -> Client:
    """Add a client of the therapist ``by``, known by ``code``; who they are is stored encrypted.

    ``client_id`` comes from the form, so that a repeated click finds the client of the first. Raise ``Conflict``
    where the code is taken or the form comes back with other details, ``Refused`` for a birth date that cannot be.
    """
    check_birth(birth_date, today=at.date())
    code = written_code(code)
    if _added_before(client_id, by) is not None:
        return _the_same(client_id, code, name, birth_date, by=by)
    try:
        with transaction.atomic():
            client = Client.objects.create(
                id=client_id,
                practice=by.practice,
                code=code,
                name=name,
                birth_date=_written(birth_date),
                therapist=by.user,
                created_at=at,
            )
            index_name(client)
            _record(client, "client.created", by=by, at=at)
    except IntegrityError:
        if _added_before(client_id, by) is None:
            raise _taken(code) from None
        return _the_same(client_id, code, name, birth_date, by=by)
    return client


@repeatable
def change(*, client: Client, name: str, birth_date: date | None, by: Actor, at: datetime) -> Client:
    """Change who a client is; the code stays. What changes nothing writes nothing."""
    check_birth(birth_date, today=at.date())
    with transaction.atomic():
        stored = Client.objects.select_for_update().get(pk=client.pk)
        refuse_erased(stored)
        client.name, client.birth_date = name, _written(birth_date)
        if (stored.name, stored.birth_date) != (client.name, client.birth_date):
            client.save(update_fields=["name", "birth_date"])
            index_name(client)
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
    if of_code(practice, code).exclude(pk=client_id).exists():
        found["code"] = _taken(code).message
    return found


def _added_before(client_id: uuid.UUID, by: Actor) -> Client | None:
    return Client.objects.filter(pk=client_id, practice=by.practice, therapist=by.user).first()


def _the_same(client_id: uuid.UUID, code: str, name: str, birth_date: date | None, *, by: Actor) -> Client:
    """Return the client that this form added before; refuse where it now says something else, which would be lost."""
    client = _added_before(client_id, by)
    if client is None or (client.code, client.name, client.birth_date) != (code, name, _written(birth_date)):
        raise Conflict(
            gettext(
                "This page has added a client already, with other details than these. Open that client to change "
                "them, or open a new page to add somebody else."
            ),
            code="added-already",
        )
    return client


def _written(birth_date: date | None) -> str:
    return birth_date.isoformat() if birth_date else ""


def _taken(code: str) -> Conflict:
    said = gettext(
        "The code %(code)s is taken in this practice. Choose another one: capitals and spaces make no other."
    )
    return Conflict(said % {"code": apart(code)}, code="code-taken")


def check_birth(birth_date: date | None, *, today: date) -> None:
    """Raise ``Refused`` for a birth date that cannot be."""
    if birth_date is not None and not EARLIEST_BIRTH <= birth_date <= today:
        raise Refused(
            gettext("A birth date lies between %(year)s and today. Check the year, or leave it empty.")
            % {"year": EARLIEST_BIRTH.year},
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
