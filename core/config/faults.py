"""The pages for what goes wrong outside a view: words for a reader, nothing of the request, never cached."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

from core.config.logs import request_id
from core.web import no_store


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
    said = render_to_string("errors/500.html", {"request_id": request_id(request)})
    return no_store(HttpResponseServerError(said))
