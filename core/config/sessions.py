"""How long a session lasts: an hour without a request (SESSION_COOKIE_AGE), twelve hours in all."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

LONGEST_SECONDS = 12 * 60 * 60
RENEW_SECONDS = 60
WARN_SECONDS = 5 * 60
STARTED, SEEN = "session_started", "session_seen"


@dataclass(frozen=True)
class SessionEnd:
    """In how many seconds a session ends: without a request, and in any case; and how long before it is said."""

    idle: int
    longest: int
    warn: int

    @property
    def soonest(self) -> int:
        """Return in how many seconds it ends if nothing more is asked."""
        return min(self.idle, self.longest)


class SessionLimitMiddleware:
    """End a session that has lasted too long, and keep an active one alive with one write a minute at most.

    Django's own expiry (SESSION_COOKIE_AGE, counted from the last write) is the idle limit.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            self._keep_or_end(request, now=int(time.time()))
        return self.get_response(request)

    def _keep_or_end(self, request: HttpRequest, *, now: int) -> None:
        if now - request.session.setdefault(STARTED, now) > LONGEST_SECONDS:
            logout(request)
        elif now - request.session.get(SEEN, 0) >= RENEW_SECONDS:
            request.session[SEEN] = now


def begin(request: HttpRequest) -> None:
    """Count both limits from a sign-in, which is written anyway; the longest from the first in this session."""
    request.session.setdefault(STARTED, int(time.time()))
    has_just_been_used(request)


def has_just_been_used(request: HttpRequest) -> None:
    """Count the idle limit from now, and not from up to a minute ago."""
    request.session[SEEN] = int(time.time())


def end_of(request: HttpRequest) -> SessionEnd | None:
    """Return when the session of whoever is signed in ends; None for nobody."""
    if not (hasattr(request, "session") and request.user.is_authenticated):
        return None
    now = int(time.time())
    idle = request.session.get(SEEN, now) + settings.SESSION_COOKIE_AGE - now
    longest = request.session.get(STARTED, now) + LONGEST_SECONDS - now
    return SessionEnd(idle, longest, warn=min(WARN_SECONDS, settings.SESSION_COOKIE_AGE // 2))
