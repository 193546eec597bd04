"""Checks what somebody shows of who they are: at the door, and once more before a signature.

Each check counts what was wrong (``limits``), records what came of it, and notes the proof in the session. Call them
in a view, outside the transaction of what they are for: a wrong answer stays counted when nothing else happens.
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext

from core.accounts import events as account_events
from core.accounts import limits, proofs, second_factors
from core.accounts.models import Actor, User
from core.commands import says_why, stop_if_done
from core.errors import Refused
from core.ledger import events
from core.ledger.services import Event, append


@dataclass(frozen=True)
class Given:
    """What was given to show who somebody is: one of the three is enough."""

    password: str = ""
    code: str = ""
    passkey: str = ""

    def __repr__(self) -> str:
        """Keep a password out of whatever prints this."""
        return "Given(…)"


def confirm_identity(request: HttpRequest, *, by: Actor, given: Given, at: datetime) -> None:
    """Refuse unless what was given is the actor's own: asked for again in the form of a signature or a publication."""
    confirm(request, user=by.user, given=given, at=at, actor=by)


def confirm_password(request: HttpRequest, *, by: Actor, password: str, at: datetime) -> None:
    """Refuse unless ``password`` is the actor's own."""
    confirm(request, user=by.user, given=Given(password=password), at=at, actor=by)


@says_why
def confirm(
    request: HttpRequest, *, user: User, given: Given, at: datetime, actor: Actor | None = None, recovery: bool = False
) -> str:
    """Refuse unless what was given is this person's own; return what it was. Somebody without a practice confirms too.

    A recovery code is taken only where that is said: it stands in for a second factor at the door, not for a signature.
    A form that was carried out before asks nobody again.
    """
    stop_if_done()
    if given.passkey:
        kind = _by_passkey(request, user, given.passkey)
    elif given.code:
        kind = _by_code(request, user, given.code, at, recovery=recovery)
    else:
        kind = _by_password(request, user, given.password)
    with transaction.atomic(durable=True):
        event = Event(f"user:{user.pk}", events.IDENTITY_CONFIRMED, f"user:{user.pk}", {"by": kind})
        append(event, by=actor, at=at)
    return kind


def use_second_factor(request: HttpRequest, *, user: User, given: Given, at: datetime) -> None:
    """Check the second factor at the door. Refuses a wrong one, and any while they were wrong too often."""
    limits.refuse_while_locked(request, user, confirming=False)
    with transaction.atomic():
        if given.passkey:
            kind = proofs.PASSKEY if second_factors.check_passkey(user, given.passkey) else None
        else:
            kind = second_factors.check_code(user, given.code, recovery=True)
        if kind:
            _record_use(user, kind, at)
    if kind is None:
        limits.count_failure(request, user, confirming=False)
        wrong = second_factors.why_wrong(given.code, recovery=True)
        raise Refused(gettext(second_factors.WRONG_PASSKEY) if given.passkey else wrong, code="wrong-code")
    limits.forget_failures(user)
    proofs.record_proof(request, user, kind, second_factor=True)


def use_passkey_alone(request: HttpRequest, *, credential: str, at: datetime) -> User:
    """Check a passkey at the door that says itself whose it is. Whom it names is believed only once it fits."""
    with transaction.atomic():
        found = second_factors.check_passkey(None, credential)
        if found is None:
            raise Refused(gettext("That passkey is not known here. Sign in with your password."), code="wrong-passkey")
        user: User = found.user
        _record_use(user, proofs.PASSKEY, at)
    proofs.record_proof(request, user, proofs.PASSKEY, second_factor=True)
    return user


def _by_password(request: HttpRequest, user: User, password: str) -> str:
    bare = limits.bare(request, limits.Attempt(user, confirming=True))
    confirmed = authenticate(bare, username=user.get_username(), password=password)
    if getattr(bare, "axes_locked_out", False):
        message = gettext("The password was wrong too often. Wait 15 minutes and try again; nothing was done.")
        raise Refused(message, code="locked-out")
    if confirmed is None or confirmed.pk != user.pk:
        raise Refused(gettext("That is not your password, so nothing was done. Type it again."), code="wrong-password")
    return proofs.PASSWORD


def _by_code(request: HttpRequest, user: User, code: str, at: datetime, *, recovery: bool) -> str:
    limits.refuse_while_locked(request, user, confirming=True)
    with transaction.atomic():
        kind = second_factors.check_code(user, code, recovery=recovery)
        if kind == proofs.RECOVERY_CODE:
            _record_use(user, kind, at)
    why = gettext("%(why)s Nothing was done.") % {"why": second_factors.why_wrong(code, recovery=recovery)}
    return _right_or_counted(request, user, kind, why)


def _by_passkey(request: HttpRequest, user: User, credential: str) -> str:
    limits.refuse_while_locked(request, user, confirming=True)
    kind = proofs.PASSKEY if second_factors.check_passkey(user, credential) else None
    return _right_or_counted(request, user, kind, gettext(second_factors.WRONG_PASSKEY))


def _right_or_counted(request: HttpRequest, user: User, kind: str | None, message: str) -> str:
    if kind is None:
        limits.count_failure(request, user, confirming=True)
        raise Refused(message, code="wrong-code")
    limits.forget_failures(user)
    return kind


def _record_use(user: User, kind: str, at: datetime) -> None:
    used = account_events.RECOVERY_CODE_USED if kind == proofs.RECOVERY_CODE else account_events.SECOND_FACTOR_USED
    append(Event(f"user:{user.pk}", used, f"user:{user.pk}", {"kind": kind}), by=None, at=at)
