"""Single sign-on: whose account it is that the practice's own sign-in service speaks of. It never makes an account.

An account is found by the issuer and its id for the person, which somebody has stored; or, where the settings allow
it, once by a claim that is the person's name here, and from then on by the id.
"""

from datetime import datetime
from typing import Any

import jwt
import structlog
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_noop

from core.accounts import events as account_events
from core.accounts.models import Actor, SingleSignOn, User
from core.commands import command
from core.errors import Conflict, Refused
from core.ledger.services import Event, append

log = structlog.get_logger(__name__)

NOBODY = gettext_noop("Nobody here signs in with that account. Ask your practice manager to have it linked to yours.")
SIGNED_BY = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
"""What a token may be signed with: a private key. A secret that both sides know, or nothing, is no signature here."""
HELD = {"otp", "hwk", "swk", "sc", "pop"}
KNOWN_OR_BORN = {"pwd", "pin", "kba", "bio", "fpt", "face", "iris", "vbm", "user"}
"""Values of ``amr`` (RFC 8176): what somebody holds, and what they know or are."""


class Service(OpenIDConnectOAuth2Adapter):
    """The practice's sign-in service. What it says is believed only with its signature."""

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """Check signature, issuer, audience and time, although the token came by a direct connection."""
        try:
            signed_by = jwt.get_unverified_header(id_token).get("alg")
        except jwt.PyJWTError:
            raise OAuth2Error("The token cannot be read.") from None
        if signed_by not in SIGNED_BY:
            raise OAuth2Error("The token is not signed with a private key.")
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return claims


def person_of(claims: dict[str, Any], *, at: datetime) -> User:
    """Return whose account it is; refuse where it is nobody's, without saying which names there are."""
    named, subject = str(claims.get("iss", "")), str(claims.get("sub", ""))
    linked = SingleSignOn.objects.filter(issuer=named, subject=subject).select_related("user").first()
    user = linked.user if linked else _at_first_sign_in(claims)
    if user is None:
        raise Refused(gettext(NOBODY), code="nobody")
    if linked is None:
        link(user=user, issuer=named, subject=subject, by=None, at=at)
    return user


def issuer() -> str:
    """Return the name under which the service that is set up signs, as the standard has it: its own address."""
    return str(settings.SINGLE_SIGN_ON.server_url)


@command
@transaction.atomic
def link(*, user: User, issuer: str, subject: str, by: Actor | None, at: datetime) -> None:
    """Let somebody sign in with this account of the practice's sign-in service."""
    if not (issuer.strip() and subject.strip()):
        raise Refused(gettext("Give the issuer and its id for the person. Neither may be empty."), code="no-subject")
    try:
        with transaction.atomic():
            SingleSignOn.objects.create(user=user, issuer=issuer, subject=subject, linked_at=at)
    except IntegrityError:
        message = gettext("That account, or this person, is linked already. Take that link away first.")
        raise Conflict(message, code="already-linked") from None
    append(Event(f"user:{user.pk}", account_events.SINGLE_SIGN_ON_LINKED, f"user:{user.pk}"), by=by, at=at)


@command
@transaction.atomic
def unlink(*, user: User, by: Actor | None, at: datetime) -> None:
    """Take away somebody's links: from their next sign-in on, the sign-in service says nothing for them here."""
    if not SingleSignOn.objects.filter(user_id=user.pk).delete()[0]:
        raise Refused(
            gettext("This person is linked to no account, so there is nothing to take away."), code="not-linked"
        )
    append(Event(f"user:{user.pk}", account_events.SINGLE_SIGN_ON_UNLINKED, f"user:{user.pk}"), by=by, at=at)


def counts_as_second_factor(claims: dict[str, Any]) -> bool:
    """Say whether the service asked for two factors, as far as it tells, and as far as the settings let that count.

    ``acr`` has to be one of those that the settings name, where they name any; ``amr`` has to speak of several factors,
    or of something held beside something known. Where the service says neither, the settings' word stands.
    """
    if not settings.SINGLE_SIGN_ON.counts_as_second_factor:
        return False
    acr, amr = claims.get("acr"), claims.get("amr")
    if settings.SINGLE_SIGN_ON.acr_values and acr not in settings.SINGLE_SIGN_ON.acr_values:
        return False
    if amr is None:
        return str(acr) != "0"  # OpenID Connect: a level that shows nothing
    said = set(amr) if isinstance(amr, list) and all(isinstance(one, str) for one in amr) else set()
    return "mfa" in said or bool(said & HELD and said & KNOWN_OR_BORN)


def turned_away(request: HttpRequest, message: str) -> HttpResponse:
    """Say that the account at the sign-in service is nobody's here."""
    return _page(request, message, status=403)


def failed(request: HttpRequest, exception: BaseException | None) -> HttpResponse:
    """Say that the sign-in service gave no answer that could be used. Its words are not logged: they name people."""
    log.warning("single_sign_on_failed", kind=type(exception).__name__ if exception else "refused")
    return _page(
        request, gettext("The sign-in service gave no answer that could be used. Nobody was signed in."), status=401
    )


def _at_first_sign_in(claims: dict[str, Any]) -> User | None:
    """Return the one open, unlinked account whose name is the claim's value, where the settings let that count."""
    found = settings.SINGLE_SIGN_ON
    value = claims.get(found.claim)
    unverified = found.claim == "email" and claims.get("email_verified") is not True
    if not found.link_at_first_sign_in or unverified or not isinstance(value, str) or not value:
        return None
    return User.objects.filter(username=value, is_active=True, is_demo=False, single_sign_ons=None).first()


def _page(request: HttpRequest, message: str, *, status: int) -> HttpResponse:
    return render(request, "accounts/single_sign_on_failed.html", {"message": message}, status=status)
