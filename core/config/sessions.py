"""How long a session lasts: an hour without a request (SESSION_COOKIE_AGE), twelve hours in all."""

import time
from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

LONGEST_SECONDS = 12 * 60 * 60
RENEW_SECONDS = 60
STARTED, SEEN = "session_started", "session_seen"


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
