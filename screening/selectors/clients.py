"""Which clients this user may see: a therapist their own, nobody another practice's."""

import uuid

from django.db.models import QuerySet

from core.accounts.models import Actor, Practice
from core.errors import NotForThisUser
from screening.models import Client
from screening.models.clients import written_code


def of_code(practice: Practice, code: str) -> QuerySet[Client]:
    """Return the one client of a practice whom a typed code means, if any: whatever its capitals and spaces."""
    return Client.objects.filter(practice=practice, code__iexact=written_code(code))


def for_therapist(by: Actor) -> QuerySet[Client]:
    """Return the clients that the therapist ``by`` cares for."""
    return Client.objects.filter(practice=by.practice, therapist=by.user)


def client_for_therapist(by: Actor, client_id: uuid.UUID) -> Client:
    """Return one client of the therapist ``by``; raise ``NotForThisUser`` for any other id."""
    found = for_therapist(by).filter(pk=client_id).first()
    if found is None:
        raise NotForThisUser("There is no such client among yours.")
    return found
