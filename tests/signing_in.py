"""Second factors for the tests: an authenticator app whose codes a test can read, and a browser that has used it."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from core.accounts.models import User
from core.accounts.second_factors import new_app_secret, open_secret, seal_secret
from tests.factories import PASSWORD

PERIOD = 30


def with_an_app(user: User) -> User:
    """Give somebody an authenticator app and recovery codes."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    Authenticator.objects.create(user=user, type="totp", data={"secret": seal_secret(new_app_secret())})
    RecoveryCodes.activate(user)
    return user


def code_of(user: User, *, later: int = 0) -> str:
    """Return what somebody's app shows, now or so many half minutes later."""
    secret = open_secret(Authenticator.objects.get(user=user, type="totp").data["secret"])
    return code_for(secret, later=later)


def code_for(secret: str, *, later: int = 0) -> str:
    """Return the code of a secret."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + later))


def recovery_codes(user: User) -> list[str]:
    """Return somebody's recovery codes that are not used yet."""
    return list(Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes())


def signs_in(client: Client, user: User, *, after: str = "/", code: str | None = None) -> int:
    """Sign in with the password and the app; return the status of the last answer."""
    client.post("/sign-in/", {"username": user.get_username(), "password": PASSWORD, "next": after})
    return client.post("/sign-in/second-factor/", {"one_time_code": code or code_of(user)}).status_code
