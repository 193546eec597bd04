"""The two health checks, answered before anything else looks at a request: no session, no host, no redirect."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.operations.health import health
from core.web import no_store, public


@public
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return _line("ok", status=200)


@public
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Say whether this process may be given work: 200, or 503 with the words for what is wrong."""
    found = health()
    return _line(str(found), status=503 if found.broken else 200)


def _line(words: str, *, status: int) -> HttpResponse:
    return no_store(HttpResponse(f"{words}\n", content_type="text/plain; charset=utf-8", status=status))


PATHS: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/health/live": live, "/health/ready": ready}


class HealthMiddleware:
    """Answer a health check before the middleware that wants a known host, a session or a database.

    A balancer asks by an address of its own, and a process that cannot reach its database must still say so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = PATHS.get(request.path_info)
        return view(request) if view else self.get_response(request)
