"""Which clients this user may see: a therapist their own, nobody another practice's."""

import uuid
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower
from django.db.models.lookups import GreaterThanOrEqual, LessThan, LessThanOrEqual

from core.accounts.models import Actor, Practice
from core.blind_index import digests_of, words_of
from core.errors import NotForThisUser
from screening.models import Client, ClientNameWord
from screening.models.clients import written_code
from screening.models.constraints import InBytes
from screening.selectors.keyset import Order, Page, Place, page_of

BY_CODE = Order(("code", "pk"))
WHO = ("name", "birth_date")
MOST_FOUND = 50
MOST_WORDS = 8
LAST_LETTER = "\U0010ffff"


def of_code(practice: Practice, code: str) -> QuerySet[Client]:
    """Return the one client of a practice whom a typed code means, if any: whatever its capitals and spaces."""
    found, exact = InBytes("code_found"), Lower(Value(written_code(code)))  # in bytes, as the index has it
    return Client.objects.filter(GreaterThanOrEqual(found, exact), LessThanOrEqual(found, exact), practice=practice)


def code_begins(typed: str, *, of: str = "code_found") -> Q:
    """Return the condition that a code begins as was typed, whatever its capitals; ``of`` leads to ``code_found``.

    Beginnings alone: what stands somewhere within a code is found only by reading every one of them.
    """
    found, begins = InBytes(of), written_code(typed)
    from_there = GreaterThanOrEqual(found, Lower(Value(begins)))
    return Q(from_there) & Q(LessThan(found, Lower(Value(begins + LAST_LETTER))))


def page_for_therapist(by: Actor, place: Place) -> Page[Client]:
    """Return one page of the therapist's clients, by code."""
    return page_of(for_therapist(by).defer(*WHO), BY_CODE, place)


def found_for_therapist(by: Actor, typed: str) -> tuple[list[Client], bool]:
    """Return the therapist's clients whose code begins as was typed or whose name has every word of it, by code.

    At most ``MOST_FOUND``, and whether there are more. Words are found whole, whatever their capitals and accents.
    """
    sought = code_begins(typed) if typed.isascii() else Q(pk__in=[])
    if words := words_of(typed)[:MOST_WORDS]:
        sought |= Q(*[Q(pk__in=_named(by.practice, word)) for word in words])
    found = list(for_therapist(by).defer(*WHO).filter(sought).order_by(*BY_CODE.written())[: MOST_FOUND + 1])
    return found[:MOST_FOUND], len(found) > MOST_FOUND


def for_therapist(by: Actor) -> QuerySet[Client]:
    """Return the clients that the therapist ``by`` cares for."""
    return Client.objects.filter(practice=by.practice, therapist=by.user)


def client_for_therapist(by: Actor, client_id: uuid.UUID) -> Client:
    """Return one client of the therapist ``by``; raise ``NotForThisUser`` for any other id."""
    found = for_therapist(by).filter(pk=client_id).first()
    if found is None:
        raise NotForThisUser("There is no such client among yours.")
    return found


def _named(practice: Practice, word: str) -> QuerySet[ClientNameWord, Any]:
    stored = ClientNameWord.objects.filter(practice=practice, digest__in=digests_of(word, str(practice.pk)))
    return stored.values("client")
