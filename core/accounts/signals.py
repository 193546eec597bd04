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
from core.accounts.limits import attempt_of, failure_of
from core.accounts.lockout import typed_name
from core.accounts.models import User
from core.accounts.proofs import kinds_of_proof
from core.config import sessions
from core.ledger import events
from core.ledger.services import Event, append

log = structlog.get_logger(__name__)


@receiver(user_logged_in)
def record_sign_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Record that somebody signed in, and by what; a sign-in that cannot be recorded does not happen."""
    sessions.begin(request)
    _record(user, events.SIGNED_IN, by=kinds_of_proof(request, user))


@receiver(user_logged_out)
def record_sign_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Record that somebody signed out, or that their session was ended."""
    if user is not None:
        _record(user, events.SIGNED_OUT)


@receiver(user_login_failed)
def record_failure(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Record what was wrong, at the door or at a signature, for the person concerned."""
    attempt = attempt_of(request)
    user = attempt.user if attempt else User.objects.filter(username=credentials.get("username")).first()
    if user is None:
        log.info("sign_in_failed_for_a_name_nobody_has")
        return
    _record(user, failure_of(attempt))


@receiver(user_locked_out)
def record_lockout(request: HttpRequest, **kwargs: Any) -> None:
    """Record that somebody was locked, once: at the failure that did it, not at each try while it lasts."""
    attempt = attempt_of(request)
    name = typed_name(request, getattr(request, "axes_credentials", None))
    user = attempt.user if attempt else User.objects.filter(username=name).first()
    if user is not None and getattr(request, "axes_failures_since_start", None) == settings.AXES_FAILURE_LIMIT:
        _record(user, account_events.SIGN_IN_LOCKED)


@transaction.atomic
def _record(user: User, action: str, **payload: Any) -> None:
    event = Event(stream=f"user:{user.pk}", action=action, object=f"user:{user.pk}", payload=payload)
    append(event, by=None, at=timezone.now())
