"""Writes sign-ins, sign-outs, failures and lockouts to the ledger, on the stream of the person concerned.

A failure for a name that nobody has is counted by the lockout, but is nobody's event; the name that was typed, which
may be a password in the wrong field, is written nowhere.
"""

from typing import Any

import structlog
from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from core.accounts import events as account_events
from core.accounts.lockout import typed_name
from core.accounts.models import User
from core.accounts.services import is_confirmation
from core.ledger import events
from core.ledger.services import Event, append

log = structlog.get_logger(__name__)


@receiver(user_logged_in)
def record_sign_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Record that somebody signed in; a sign-in that cannot be recorded does not happen."""
    _record(user, events.SIGNED_IN)


@receiver(user_logged_out)
def record_sign_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Record that somebody signed out, or that their session was ended."""
    if user is not None:
        _record(user, events.SIGNED_OUT)


@receiver(user_login_failed)
def record_failure(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Record a wrong password, at the door or at a signature, for the person whose name was used."""
    user = User.objects.filter(username=credentials.get("username")).first()
    if user is None:
        log.info("sign_in_failed_for_a_name_nobody_has")
        return
    confirming = request is not None and is_confirmation(request)
    _record(user, events.CONFIRMATION_FAILED if confirming else events.SIGN_IN_FAILED)


@receiver(user_locked_out)
def record_lockout(request: HttpRequest, **kwargs: Any) -> None:
    """Record that a name was locked, once: at the failure that did it, not at each try while it lasts."""
    name = typed_name(request, getattr(request, "axes_credentials", None))
    user = User.objects.filter(username=name).first()
    if user is not None and getattr(request, "axes_failures_since_start", None) == settings.AXES_FAILURE_LIMIT:
        _record(user, account_events.SIGN_IN_LOCKED)


@transaction.atomic
def _record(user: User, action: str) -> None:
    append(Event(stream=f"user:{user.pk}", action=action, object=f"user:{user.pk}"), by=None, at=timezone.now())
