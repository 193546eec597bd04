"""What the lockout counts by: a keyed digest of the name that was typed, which may be a password in the wrong field.

The name itself is kept nowhere; the same name gives the same digest, so that it is still locked.
"""

from typing import Any

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

FIELDS = ("username", "login")


def typed_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Return the name that somebody tries to sign in with, or nothing."""
    given = credentials or request.POST
    return next((str(given[name]) for name in FIELDS if given.get(name)), "")


def counted_as(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """Return what django-axes keeps in the place of the name."""
    name = typed_name(request, credentials)
    return digest_of(name) if name else None


def digest_of(name: str) -> str:
    """Return the keyed digest of a name."""
    return salted_hmac("core.accounts.lockout", name, algorithm="sha256").hexdigest()
