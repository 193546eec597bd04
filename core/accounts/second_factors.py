"""Second factors: setting them up, checking them, removing and resetting them. allauth keeps them, in its own tables.

This is the one module that knows allauth's arithmetic. Who may change what, and how often somebody may be wrong, is
decided elsewhere.
"""

import json
import struct
from datetime import datetime
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as apps
from allauth.mfa.webauthn.internal import auth as passkeys
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from core.accounts import events as account_events
from core.accounts import proofs
from core.accounts.models import Actor, Membership, Role, Session, User
from core.accounts.selectors import has_kind, second_factors_of
from core.commands import command
from core.encryption import decrypt, encrypt
from core.errors import Conflict, NotForThisUser, Refused
from core.ledger.services import Event, append
from core.rotation import Progress, Told, look_at

APP, PASSKEY, RECOVERY = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES
KINDS = {APP: proofs.APP, PASSKEY: proofs.PASSKEY, RECOVERY: proofs.RECOVERY_CODE}
SECRETS = {APP: "secret", RECOVERY: "seed"}
"""Where in the data of each kind its secret lies, encrypted. A passkey's data holds no secret: its key is public."""

SECRETS_SOURCE = "mfa.Authenticator.data"
WRONG_CODE = gettext_noop(
    "That code does not fit. Codes in the app change every half minute: wait for the next one, and type it."
)
WRONG_RECOVERY_CODE = gettext_noop(
    "That recovery code does not fit, or was used before. Each is good once: type another one."
)
NO_RECOVERY_CODE = gettext_noop(
    "A recovery code is taken only to sign in. Type a code that your app shows now, or your password."
)
WRONG_PASSKEY = gettext_noop("That passkey could not be checked, so nothing was done. Try once more.")
_UNREADABLE = (ValidationError, ValueError, TypeError, KeyError, AttributeError, IndexError, struct.error)
_LAST_COUNTER = "last_counter"
LONGEST_OF_AN_APP = 8  # characters; a recovery code has ten


@command
@transaction.atomic
def add_app(*, user: User, secret: str, code: str, at: datetime) -> Authenticator:
    """Set up an authenticator app that shows codes for ``secret``, when it has shown one. There is one for a person."""
    _lock(user)
    if has_kind(user, APP):
        raise Conflict(gettext("You have an authenticator app already. Remove that one first."), code="has-app")
    counter = _counter_of(secret, code, after=0)
    if counter is None:
        raise Refused(gettext(WRONG_CODE), code="wrong-code")
    added = apps.TOTP.activate(user, secret).instance
    added.data[_LAST_COUNTER] = counter
    added.save(update_fields=["data"])
    _added(user, added, at)
    return added


@command
@transaction.atomic
def add_passkey(*, user: User, name: str, credential: str, at: datetime) -> Authenticator:
    """Set up a passkey that this browser has just made."""
    _lock(user)
    try:
        answer = json.loads(credential)
        passkeys.parse_registration_response(answer)
        passkeys.complete_registration(answer)
    except _UNREADABLE:
        raise Refused(
            gettext("The passkey could not be set up. Nothing was changed; try once more."), code="passkey"
        ) from None
    added = passkeys.WebAuthn.add(user, name.strip() or "Passkey", answer).instance
    _added(user, added, at)
    return added


@command
@transaction.atomic
def remove(*, user: User, factor: Authenticator, at: datetime) -> None:
    """Remove a second factor. The last one stays where one is required; the recovery codes go with the last."""
    _lock(user)
    others = [found for found in second_factors_of(user) if found.pk != factor.pk]
    if not others and settings.REQUIRE_SECOND_FACTOR:
        raise Refused(
            gettext("This is your only second factor, and one is required. Set up another first."), code="last-factor"
        )
    if not Authenticator.objects.filter(pk=factor.pk, user_id=user.pk).delete()[0]:
        raise Conflict(gettext("This second factor was removed already."), code="already-removed")
    if not others:
        Authenticator.objects.filter(user_id=user.pk, type=RECOVERY).delete()
    _record(user, account_events.SECOND_FACTOR_REMOVED, at, kind=KINDS[Authenticator.Type(factor.type)])


@command
@transaction.atomic
def make_recovery_codes(*, user: User, at: datetime) -> None:
    """Make new recovery codes; the ones before are worth nothing from now on."""
    _lock(user)
    if not second_factors_of(user):
        raise Refused(gettext("Recovery codes stand in for a second factor. Set one up first."), code="no-factor")
    _make_codes(user, at)


@transaction.atomic
def show_recovery_codes(user: User) -> list[str]:
    """Return a person's recovery codes the first time they are asked for, and none ever after."""
    found = Authenticator.objects.select_for_update().filter(user_id=user.pk, type=RECOVERY).first()
    if found is None or found.wrap().did_view:
        return []
    found.wrap().mark_as_viewed()
    return [f"{code[:5]}-{code[5:]}" for code in found.wrap().get_unused_codes()]


@command
@transaction.atomic
def reset(*, user: User, by: Actor | None, at: datetime) -> None:
    """Take away all of somebody's second factors, and end their sessions: they lost them, or somebody has them.

    A manager does it for a member of their own practice, never for themselves; the system for anybody.
    """
    _check_may_reset(user, by)
    _lock(user)
    kinds = [KINDS[Authenticator.Type(found.type)] for found in second_factors_of(user)]
    if not kinds:
        raise Refused(gettext("This person has no second factor, so there is nothing to reset."), code="no-factor")
    Authenticator.objects.filter(user_id=user.pk).delete()
    Session.objects.filter(user_id=user.pk).delete()
    event = Event(f"user:{user.pk}", account_events.SECOND_FACTOR_RESET, f"user:{user.pk}", {"kinds": kinds})
    append(event, by=by, at=at)


def check_code(user: User, code: str, *, recovery: bool) -> str | None:
    """Use up a code of a person's app, or one of their recovery codes; return which it was, or None for neither.

    A code is worth something once: which counter was used last is kept with the app, in the database, so that no other
    process takes it again. Call it in the transaction that records it.
    """
    kinds = [APP, RECOVERY] if recovery else [APP]
    mine = Authenticator.objects.select_for_update().filter(user_id=user.pk, type__in=kinds)
    for found in mine.order_by("pk"):
        if _fits(found, code):
            found.record_usage()
            return KINDS[Authenticator.Type(found.type)]
    return None


def why_wrong(code: str, *, recovery: bool) -> str:
    """Return what is said of a code that was not taken: of one as long as a recovery code, what holds for those."""
    if len("".join(filter(str.isalnum, code))) <= LONGEST_OF_AN_APP:
        return gettext(WRONG_CODE)
    return gettext(WRONG_RECOVERY_CODE if recovery else NO_RECOVERY_CODE)


def check_passkey(user: User | None, credential: str) -> Authenticator | None:
    """Return the passkey that answered this session's question, or None. Without ``user`` it says whose it is."""
    try:
        answer = json.loads(credential)
        passkeys.parse_authentication_response(answer)
        whose = user or passkeys.extract_user_from_response(answer)
        found = passkeys.complete_authentication(whose, answer)
    except _UNREADABLE:
        return None
    found.record_usage()
    return found


def ask_for_a_passkey(user: User | None) -> dict[str, Any]:
    """Return what a browser is asked for a passkey with; the question lies in the session until it is answered."""
    return _plain(passkeys.begin_authentication(user))


def ask_for_a_new_passkey(user: User) -> dict[str, Any]:
    """Return what a browser is asked to make a passkey with: one that it keeps, and that it unlocks itself."""
    return _plain(passkeys.begin_registration(user, passwordless=True))


def new_app_secret() -> str:
    """Return a new secret for an authenticator app."""
    return str(apps.generate_totp_secret())


def seal_secret(secret: str) -> str:
    """Encrypt a secret that waits in the session until its app has shown a code."""
    return encrypt(secret.encode()).decode("ascii")


def open_secret(sealed: str) -> str:
    """Read such a secret."""
    return decrypt(sealed.encode()).decode()


def move_secrets(move: bool, told: Told) -> Progress:
    """Go over every stored secret, moving it to the newest key where ``move`` says so. Each by itself."""
    progress = Progress(SECRETS_SOURCE)
    for pk in list(Authenticator.objects.filter(type__in=list(SECRETS)).order_by("pk").values_list("pk", flat=True)):
        _look_at_secret(progress, pk, move)
    told(progress)
    return progress


@transaction.atomic
def _look_at_secret(progress: Progress, pk: int, move: bool) -> None:
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return
    part = SECRETS[Authenticator.Type(row.type)]

    def write(moved: bytes) -> bool:
        row.data[part] = moved.decode("ascii")
        row.save(update_fields=["data"])
        return True

    look_at(progress, str(pk), row.data[part].encode(), write if move else None)


def _fits(found: Authenticator, code: str) -> bool:
    if found.type == RECOVERY:
        return bool(found.wrap().validate_code(code))
    secret = open_secret(found.data["secret"])
    counter = _counter_of(secret, code, after=found.data.get(_LAST_COUNTER, 0))
    if counter is None:
        return False
    found.data[_LAST_COUNTER] = counter
    found.save(update_fields=["data"])
    return True


def _counter_of(secret: str, code: str, *, after: int) -> int | None:
    """Return the half minute whose code this is, now or just beside now, if it comes after the one used last."""
    for counter in apps.yield_hotp_counters_from_time():
        expected = apps.format_hotp_value(apps.hotp_value(secret, counter))
        if counter > after and compare_user_code(actual=code, expected=expected):
            return int(counter)
    return None


def _lock(user: User) -> None:
    """Let one change of a person's second factors at a time through."""
    User.objects.select_for_update().get(pk=user.pk)


def _added(user: User, added: Authenticator, at: datetime) -> None:
    if not has_kind(user, RECOVERY):
        RecoveryCodes.activate(user)
    _record(user, account_events.SECOND_FACTOR_ADDED, at, kind=KINDS[Authenticator.Type(added.type)])


def _make_codes(user: User, at: datetime) -> None:
    Authenticator.objects.filter(user_id=user.pk, type=RECOVERY).delete()
    RecoveryCodes.activate(user)
    _record(user, account_events.RECOVERY_CODES_MADE, at)


def _check_may_reset(user: User, by: Actor | None) -> None:
    if by is None:
        return
    if by.role != Role.MANAGER:
        raise Refused(gettext("Only a practice manager resets somebody's second factor."), code="not-manager")
    if not Membership.objects.filter(user=user, practice=by.practice, ended_at__isnull=True).exists():
        raise NotForThisUser("Nobody here is that person.", code="other-practice")
    if by.user.pk == user.pk:
        raise Refused(gettext("Change your own second factors on the page “Your sign-in”."), code="own-factor")


def _record(user: User, action: str, at: datetime, **payload: Any) -> None:
    append(Event(f"user:{user.pk}", action, f"user:{user.pk}", payload), by=None, at=at)


def _plain(options: Any) -> dict[str, Any]:
    """Return fido2's options as JSON has them."""
    plain: dict[str, Any] = json.loads(json.dumps(options, default=dict))
    return plain
