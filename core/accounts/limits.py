"""How often somebody may be wrong: everything that is tried against an account is counted by django-axes, in its table.

A password is counted by name and address. A code is counted by the person alone, from whichever address: who gets to
try one knows the password already, so nobody can lock out a colleague by it, and nobody gains by trying from many.
"""

import copy
from dataclasses import dataclass
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, gettext_noop

from core.accounts import events as account_events
from core.accounts.lockout import digest_of
from core.accounts.models import User
from core.errors import Refused
from core.ledger import events
from core.ledger.services import Event, append

TOO_OFTEN = gettext_noop("That was wrong too often. Wait 15 minutes and try again; nothing was done.")
_ATTEMPT = "soundings_attempt"


@dataclass(frozen=True)
class Attempt:
    """What is being tried: by whom, whether it is a second factor, and whether in a session that is open already."""

    user: User
    second_factor: bool = False
    confirming: bool = False


def bare(request: HttpRequest, attempt: Attempt) -> HttpRequest:
    """Return the request without its fields: they would be stored beside a failure, and they speak of a client."""
    found = copy.copy(request)
    found.POST = QueryDict()
    found.GET = QueryDict()
    setattr(found, _ATTEMPT, attempt)
    return found


def attempt_of(request: HttpRequest | None) -> Attempt | None:
    """Return what is being tried, or None at the door: there only a name is known."""
    return getattr(request, _ATTEMPT, None)


def failure_of(attempt: Attempt | None) -> str:
    """Return the name of the event that what was tried was wrong."""
    if attempt is None:
        return events.SIGN_IN_FAILED
    return events.CONFIRMATION_FAILED if attempt.confirming else account_events.SECOND_FACTOR_FAILED


def counted_by(request: HttpRequest, credentials: dict[str, Any] | None = None) -> list[Any]:
    """Tell django-axes what it counts by (AXES_LOCKOUT_PARAMETERS)."""
    attempt = attempt_of(request)
    return ["username"] if attempt is not None and attempt.second_factor else [["username", "ip_address"]]


def refuse_while_locked(request: HttpRequest, user: User, *, confirming: bool) -> None:
    """Refuse where this person's codes were wrong too often just now. The try is recorded, and makes it no longer."""
    attempt = Attempt(user, second_factor=True, confirming=confirming)
    if AxesProxyHandler.is_allowed(bare(request, attempt), {"username": _counted_as(user)}):
        return
    with transaction.atomic():
        event = Event(f"user:{user.pk}", failure_of(attempt), f"user:{user.pk}")
        append(event, by=None, at=timezone.now())
    raise Refused(gettext(TOO_OFTEN), code="locked-out")


def count_failure(request: HttpRequest, user: User, *, confirming: bool) -> None:
    """Count a second factor that was wrong, and refuse if that was once too often. It is recorded by ``signals``."""
    failed = bare(request, Attempt(user, second_factor=True, confirming=confirming))
    user_login_failed.send(sender=__name__, credentials={"username": _counted_as(user)}, request=failed)
    if getattr(failed, "axes_locked_out", False):
        raise Refused(gettext(TOO_OFTEN), code="locked-out")


def forget_failures(user: User) -> None:
    """Begin to count anew, after a second factor that was right."""
    AxesProxyHandler.reset_attempts(username=digest_of(_counted_as(user)))


def _counted_as(user: User) -> str:
    """Return a name that nobody can type at the door: it could lock somebody's codes from there."""
    return salted_hmac("core.accounts.limits", str(user.pk)).hexdigest()
