"""Reads of people and practices."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from core.accounts.models import Actor, Membership, Practice, Session, User
from core.commands import says_why
from core.config.sessions import STARTED
from core.errors import NotForThisUser, Refused


def current_memberships(user: User) -> list[Membership]:
    """Return what this person does now, in every practice, with the person and the practice at hand."""
    current = Membership.objects.filter(user_id=user.pk, ended_at__isnull=True, user__is_active=True)
    return list(current.select_related("user", "practice").order_by("practice__name", "role"))


def practices_of(user: User) -> list[Practice]:
    """Return the practices in which this person has a role now, by name."""
    return list({m.practice_id: m.practice for m in current_memberships(user)}.values())


def members_of(by: Actor) -> list[Membership]:
    """Return who works in the practice of ``by`` now, and in which roles, by name."""
    current = Membership.objects.filter(practice=by.practice, ended_at__isnull=True)
    return list(current.select_related("user").order_by("user__printed_name", "user__username", "role"))


def membership_for(by: Actor, membership_id: int) -> Membership:
    """Return one role held in the practice of ``by``; raise ``NotForThisUser`` for any other id."""
    found = Membership.objects.filter(practice=by.practice, pk=membership_id).select_related("user", "practice").first()
    if found is None:
        raise NotForThisUser("There is no such role in this practice.")
    return found


@says_why
def user_named(username: str) -> User:
    """Return the open account of that name; raise ``Refused`` where there is none."""
    found = User.objects.filter(username=username.strip(), is_active=True).first()
    if found is None:
        raise Refused(
            gettext("Nobody signs in with that name. Make the account on the command line first."), code="no-account"
        )
    return found


def second_factors_of(user: User) -> list[Authenticator]:
    """Return a person's authenticator app and passkeys, oldest first. Recovery codes are none of their own."""
    found = Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return list(found.order_by("created_at", "pk"))


def has_second_factor(user: User) -> bool:
    """Say whether a person has an authenticator app or a passkey."""
    return bool(second_factors_of(user))


def has_kind(user: User, kind: str) -> bool:
    """Say whether a person has a second factor of this kind."""
    return Authenticator.objects.filter(user_id=user.pk, type=kind).exists()


def second_factor_for(user: User, factor_id: int) -> Authenticator:
    """Return one of a person's own second factors; raise ``NotForThisUser`` for any other id."""
    found = next((factor for factor in second_factors_of(user) if factor.pk == factor_id), None)
    if found is None:
        raise NotForThisUser("You have no such second factor.")
    return found


def recovery_codes_left(user: User) -> int:
    """Return how many recovery codes a person has not used yet."""
    codes = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(codes.wrap().get_unused_codes()) if codes else 0


def who_has_a_second_factor(by: Actor) -> set[object]:
    """Return the ids of the others who work in the practice of ``by`` now and have a second factor."""
    here = (
        Membership.objects.filter(practice=by.practice, ended_at__isnull=True).exclude(user=by.user).values("user_id")
    )
    return set(Authenticator.objects.filter(user_id__in=here).values_list("user_id", flat=True))


@dataclass(frozen=True)
class OpenSession:
    """A session of somebody, as they see it: known by a name that says nothing of its key."""

    id: str
    began: datetime | None
    last_used: datetime
    here: bool


def sessions_of(user: User, *, here: str) -> list[OpenSession]:
    """Return a person's sessions that have not run out, the one used last first. ``here``: the key of this one."""
    return [_shown(found, here) for found in _open_sessions(user)]


def session_for(user: User, session_id: str) -> Session:
    """Return one of a person's own sessions; raise ``NotForThisUser`` for any other name."""
    found = next((found for found in _open_sessions(user) if _public_id(found) == session_id), None)
    if found is None:
        raise NotForThisUser("You have no such session.")
    return found


def _open_sessions(user: User) -> list[Session]:
    return list(Session.objects.filter(user_id=user.pk, expire_date__gt=timezone.now()).order_by("-expire_date"))


def _shown(found: Session, here: str) -> OpenSession:
    began = found.get_decoded().get(STARTED)
    return OpenSession(
        id=_public_id(found),
        began=datetime.fromtimestamp(began, tz=UTC) if began else None,
        last_used=found.expire_date - timedelta(seconds=settings.SESSION_COOKIE_AGE),
        here=found.session_key == here,
    )


def _public_id(found: Session) -> str:
    return salted_hmac("core.accounts.sessions", found.session_key).hexdigest()
