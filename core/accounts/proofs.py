"""What this session has shown of who is at it, and when. allauth keeps it in the session; nothing here checks anything.

A proof given before the last step of signing in counts too: it lies in the same session.
"""

import time

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.conf import settings
from django.http import HttpRequest

from core.accounts.models import User

PASSWORD, PASSKEY, APP, RECOVERY_CODE, SINGLE_SIGN_ON = "password", "passkey", "app", "recovery-code", "single-sign-on"
RECENT = 5 * 60
FORM_LIES_OPEN = 30 * 60


def record_proof(request: HttpRequest, user: User, kind: str, *, second_factor: bool = False) -> None:
    """Note that ``user`` has just shown who they are. ``second_factor``: by more than something they know."""
    record_authentication(request, user, kind, second_factor=second_factor)


def kinds_of_proof(request: HttpRequest, user: User) -> list[str]:
    """Return what was shown in this session, in the order it was."""
    return list(dict.fromkeys(record["method"] for record in get_authentication_records(request, user)))


def proved_second_factor(request: HttpRequest, user: User | None = None) -> bool:
    """Say whether a second factor was used in this very session: having one somewhere is not enough."""
    return any(record.get("second_factor") for record in get_authentication_records(request, user or request.user))


def lacks_second_factor(request: HttpRequest) -> bool:
    """Say whether one is required here and this session has not seen one."""
    return settings.REQUIRE_SECOND_FACTOR and not proved_second_factor(request)


def proved_lately(request: HttpRequest) -> bool:
    """Say whether it is certain who is at this session, to change how they sign in.

    A form that was opened in time may lie open for a while, or what was typed in it would be lost.
    """
    latest = max((record["at"] for record in get_authentication_records(request, request.user)), default=0.0)
    return time.time() - latest < (FORM_LIES_OPEN if request.method == "POST" else RECENT)
