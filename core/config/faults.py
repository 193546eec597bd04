"""The pages for what goes wrong outside a view: words for a reader, never cached.

Nothing of the request is on them, but for one: where the database cannot serve, the page holds what was sent, so that
it can be sent again.
"""

import sys

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.http.request import RawPostDataException, UnreadablePostError
from django.shortcuts import render
from django.template.loader import render_to_string

from core.config.logs import request_id
from core.database_faults import Trouble, trouble_of
from core.web import no_store

RETRY_AFTER = {Trouble.CONTENDED: 2, Trouble.AWAY: 5, Trouble.FULL: 60}  # seconds
NOT_SENT_AGAIN = ("password", "one_time_code", "passkey")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that no browser of ours would send."""
    return no_store(HttpResponse(render_to_string("errors/400.html"), status=400))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a page that is not for this person."""
    return no_store(render(request, "errors/403.html", status=403))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere, or not for this person: the two look the same."""
    return no_store(render(request, "errors/404.html", status=404))


def broken(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours, without touching the database, which may be what is broken."""
    if (trouble := trouble_of(sys.exc_info()[1])) is not None:
        return unavailable(request, trouble)
    said = render_to_string("errors/500.html", {"request_id": request_id(request)})
    return no_store(HttpResponseServerError(said))


def unavailable(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """Say that the database cannot serve now, and hold what was sent: the same form, sent again, is done once."""
    fields = _fields(request)
    said = {
        "full": trouble is Trouble.FULL,
        "acting": request.method == "POST",
        "address": request.get_full_path(),
        "fields": [(name, value) for name, value in fields if not _is_secret(name)],
        "asks_again": any(_is_secret(name) for name, _ in fields),
    }
    answer = HttpResponse(render_to_string("errors/503.html", said), status=503)
    answer["Retry-After"] = str(RETRY_AFTER[trouble])
    return no_store(answer)


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was typed into a page of ours. The browser says that it was; its token is checked when it is sent."""
    if request.method != "POST" or request.headers.get("Sec-Fetch-Site") != "same-origin":
        return []
    try:
        return [(name, str(value)) for name, values in request.POST.lists() for value in values]
    except (UnreadablePostError, RawPostDataException):
        return []


def _is_secret(name: str) -> bool:
    return any(word in name for word in NOT_SENT_AGAIN)
