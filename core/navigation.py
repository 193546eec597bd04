"""The items in the page's header, registered by the apps that own the pages. What a page may do is not decided here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext

from core.accounts.models import Role
from core.accounts.proofs import proved_second_factor
from core.config.sessions import SessionEnd, end_of
from core.device_copy import device_copy, sent_with, take_saved
from core.stash import TYPED_BY_FIELD, TYPED_IN_FIELD, typed_by, typed_in


@dataclass(frozen=True)
class NavItem:
    """One link in the header, shown to those who hold one of its roles.

    ``leads_to`` names the pages behind it whose addresses do not begin with its own.
    """

    label: str
    url_name: str
    roles: frozenset[str]
    leads_to: frozenset[str] = frozenset()


_items: list[NavItem] = []


def register_nav(label: str, url_name: str, roles: Iterable[Role], *, leads_to: Iterable[str] = ()) -> None:
    """Add a link to the header for the given roles. Call it from an app's ``ready``; asking twice adds it once."""
    item = NavItem(label, url_name, frozenset(role.value for role in roles), frozenset(leads_to))
    if item not in _items:
        _items.append(item)


def nav_for(roles: frozenset[str], path: str, page: str = "") -> list[dict[str, Any]]:
    """Return the links that these roles see, marked where one leads to ``page`` or to what ``path`` is part of.

    A link is ``current`` as ``"page"`` on its own page, and as ``"true"`` on those behind it: the first that names
    ``page`` (the name of an address), else the one that begins ``path`` with most of it.
    """
    items = [(item, _address(item)) for item in _items if item.roles & roles]
    shown = [(item, url) for item, url in items if url]
    behind = next((url for item, url in shown if page in item.leads_to), None)
    here = behind or max((url for _, url in shown if path.startswith(url)), key=len, default=None)
    current = "page" if here == path else "true"
    return [
        {"label": gettext(item.label), "url": url, "current": current if url == here else ""} for item, url in shown
    ]


def header(request: HttpRequest) -> dict[str, Any]:
    """Give every template its header: the links, the practice, the role, and what it needs to keep what is typed."""
    actor = getattr(request, "actor", None)
    roles: frozenset[str] = getattr(request, "roles", frozenset())
    return {
        "nav": nav_for(roles, request.path, getattr(request.resolver_match, "url_name", None) or ""),
        "actor": actor,
        "role_labels": [str(Role(role).label) for role in Role.values if role in roles],
        "several_practices": getattr(request, "several_practices", False),
        "typed_by_field": TYPED_BY_FIELD,
        "typed_by": typed_by(request),
        "typed_in_field": TYPED_IN_FIELD,
        "typed_in": typed_in(request),
        "device_copy": (lambda: device_copy(actor, request.path)) if actor else None,
        "sent_copy": lambda: sent_with(request),
        "saved_copy": lambda: _saved_copy(request),
        "session_end": end_of(request),
        "session_ends_at": _in(end_of(request)),
        "second_factor_required": settings.REQUIRE_SECOND_FACTOR,
        "no_second_factor": not settings.REQUIRE_SECOND_FACTOR and not _used_a_second_factor(request),
    }


def _saved_copy(request: HttpRequest) -> str:
    """Return which copy on the device is saved now: only for a page that comes as a whole, which erases it."""
    return take_saved(request) if getattr(request, "actor", None) and not request.htmx else ""  # type: ignore[attr-defined]


def _in(end: SessionEnd | None) -> datetime | None:
    return timezone.now() + timedelta(seconds=end.soonest) if end else None


def _used_a_second_factor(request: HttpRequest) -> bool:
    return hasattr(request, "session") and request.user.is_authenticated and proved_second_factor(request)


def _address(item: NavItem) -> str:
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return ""
