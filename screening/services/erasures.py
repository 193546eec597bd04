"""Erasing a client: who they are, and what was said in their cases, can be read by nobody afterwards.

One manager asks and another confirms. Not an auditor: they read what was done, and take part in nothing that they read.
Codes, times and who did what stay, and every chain stays whole.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from core.accounts.models import Actor
from core.commands import command
from core.errors import Conflict, NotForThisUser, Refused
from core.ledger.erasure import erase
from core.ledger.services import Event, append, practice_stream
from core.quoting import apart
from screening.models import Client, Draft, EmergencyAccess, Erasure, Screening
from screening.models.erasures import ErasureReason
from screening.selectors.clients import of_code
from screening.selectors.retention import is_due
from screening.services import streams
from screening.services.erased import refuse_erased
from screening.services.names import index_name


@command
def ask(*, code: str, reason: str, by: Actor, at: datetime) -> Erasure:
    """Ask for the client of this code to be erased, once a second manager confirms it.

    Raise ``Refused`` for a code that nobody has, a reason that is none, or the end of the years of keeping where they
    have not ended, and ``Conflict`` where it was asked already.
    """
    try:
        with transaction.atomic():
            client = _client(code, by)
            _check(client, reason, by=by, at=at)
            asked = Erasure.objects.create(
                practice=by.practice, client=client, reason=reason, asked_at=at, asked_by=by.user
            )
            append(_event(asked, "erasure.asked"), by=by, at=at)
    except IntegrityError:
        raise Conflict(
            gettext("To erase %(code)s was asked already. It waits to be confirmed.") % {"code": apart(code)},
            code="asked",
        ) from None
    return asked


@command
def withdraw(*, erasure: Erasure, by: Actor, at: datetime) -> Erasure:
    """Withdraw a request that nobody confirmed yet; the client stays."""
    with transaction.atomic():
        locked = _lock(erasure, by)
        locked.withdrawn_at, locked.withdrawn_by = at, by.user
        locked.save(update_fields=["withdrawn_at", "withdrawn_by"])
        append(_event(locked, "erasure.withdrawn"), by=by, at=at)
    return locked


@command
def confirm(*, erasure: Erasure, by: Actor, at: datetime) -> Erasure:
    """Erase the client whom another manager asked to erase. The password is confirmed by the caller, before.

    Name and birth date are emptied, what finds the name and drafts deleted, and the keys of the client's and of every
    case's stream destroyed, in one transaction. Raise ``Refused`` for the manager who asked, where an emergency access
    waits to be looked into, or where the reason no longer holds.
    """
    with transaction.atomic():
        locked = _lock(erasure, by)
        if locked.asked_by_id == by.user.pk:
            raise Refused(gettext("You asked for this, so another manager confirms it."), code="own-request")
        client = Client.objects.select_for_update().get(pk=locked.client_id)
        _check(client, locked.reason, by=by, at=at)
        cases = list(Screening.objects.select_for_update().filter(client=client).order_by("pk"))
        _refuse_while_one_waits(client)  # once more: now that the cases are locked, none can be opened meanwhile
        _empty(client, cases, at=at)
        locked.confirmed_at, locked.confirmed_by = at, by.user
        locked.save(update_fields=["confirmed_at", "confirmed_by"])
        emptied = [streams.client(client), *(streams.case(case) for case in cases)]
        erase(_event(locked, "client.erased", cases=len(cases)), streams=emptied, by=by, at=at)
    return locked


def _client(code: str, by: Actor) -> Client:
    found = of_code(by.practice, code).select_for_update().first()
    if found is None:
        raise Refused(
            gettext("No client of this practice has the code %(code)s. Check the code.") % {"code": apart(code)},
            code="no-client",
        )
    return found


def _check(client: Client, reason: str, *, by: Actor, at: datetime) -> None:
    refuse_erased(client)
    _refuse_while_one_waits(client)
    if reason not in ErasureReason.values:
        raise Refused(gettext("Choose why the client is to be erased."), code="reason")
    if reason == ErasureReason.RETENTION_ENDED and not is_due(client, by.practice, at=at):
        raise Refused(
            gettext("The practice's years of keeping have not ended for this client. Choose another reason, or wait."),
            code="not-due",
        )


def _refuse_while_one_waits(client: Client) -> None:
    """Refuse while an emergency access to a case waits for a second person, who could not read its reason any more."""
    if EmergencyAccess.objects.filter(screening__client=client, acknowledgement__isnull=True).exists():
        raise Refused(
            gettext(
                "A case of this client was opened in an emergency, and nobody has looked into it yet. Acknowledge that "
                "first: once the client is erased, nobody can read its reason."
            ),
            code="emergency-waits",
        )


def _lock(erasure: Erasure, by: Actor) -> Erasure:
    locked = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if locked.practice_id != by.practice.pk:
        raise NotForThisUser("There is no such request in this practice.")
    if locked.confirmed_at or locked.withdrawn_at:
        raise Conflict(gettext("This request was confirmed or withdrawn meanwhile."), code="request-ended")
    return locked


def _empty(client: Client, cases: list[Screening], *, at: datetime) -> None:
    Draft.objects.filter(screening__in=cases).delete()
    for case in cases:
        case.erased_at, case.amending, case.amendment_reason = at, False, ""
        case.save(update_fields=["erased_at", "amending", "amendment_reason"])
    client.name, client.birth_date, client.erased_at = "", "", at
    client.save(update_fields=["name", "birth_date", "erased_at"])
    index_name(client)


def _event(erasure: Erasure, action: str, **more: int) -> Event:
    return Event(
        stream=practice_stream(erasure.practice_id),
        action=action,
        object=f"client:{erasure.client_id}",
        payload={"reason": erasure.reason, "asked_by": str(erasure.asked_by_id), **more},
    )
