"""Where somebody goes on to after something came between: always a page that can be opened, and never another host's.

An address that takes forms alone has nothing to show. Whoever sent one goes back to the page which the form stood on.
"""

import inspect
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse


def can_be_opened(view: Callable[..., Any]) -> bool:
    """Say whether a view takes a GET, as what ``require_POST`` or its like says of it; one that says nothing does."""
    methods = inspect.getclosurevars(view).nonlocals.get("request_method_list")
    return methods is None or "GET" in methods


def way_back(request: HttpRequest, shown_on: str = "") -> str:
    """Return the page on which the person is. ``shown_on``: the name of the page with the form, where it is another."""
    htmx: Any = getattr(request, "htmx", None)
    if htmx:
        return str(htmx.current_url_abs_path or "/")
    if request.method == "GET":
        return request.get_full_path()
    return page_of_form(request, shown_on) or came_from(request)


def page_of_form(request: HttpRequest, shown_on: str = "") -> str:
    """Return the page that shows a form sent to this address: another, or the address itself; empty for neither."""
    return reverse(shown_on) if shown_on else _opens(request.path)


def came_from(request: HttpRequest) -> str:
    """Return the page from which a form was sent, without what was searched for on it."""
    sender = urlsplit(request.headers.get("Referer", ""))
    return (_opens(sender.path) if sender.netloc == request.get_host() else "") or "/"


def _opens(path: str) -> str:
    """Return the path where a page of this site can be opened at it, else nothing."""
    try:
        view = resolve(path).func
    except Resolver404:
        return ""
    return path if getattr(view, "can_be_opened", True) else ""
