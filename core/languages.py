"""In which language a page speaks, and in which one the record is kept.

Whoever is signed in reads in the language they chose for themselves; everybody else in the one chosen in this browser,
or else in the first of those offered that the browser asks for. What is recorded, sealed, signed or handed out as
evidence is made in one language always, whoever makes it, so that it never changes with its reader.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

LANGUAGE_OF_RECORD = "en"


def offered() -> dict[str, str]:
    """Return the languages that pages are offered in, each by its code."""
    return dict(settings.LANGUAGES)


def in_the_language_of_record() -> translation.override:
    """Have what is made inside of the block made in the language of the record, whoever reads the page."""
    return translation.override(LANGUAGE_OF_RECORD)


def remember_in_browser(response: HttpResponse, language: str) -> None:
    """Note in a cookie, for whoever is not signed in, which language was chosen in this browser."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


class BrowsersLanguage:
    """Speak the language that was chosen in this browser or that it asks for, and say which one a page is in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(translation.get_language_from_request(request)):
            response = self.get_response(request)
            if response.get("Content-Type", "").startswith("text/html"):  # what is handed out says it itself
                response.setdefault("Content-Language", translation.get_language() or LANGUAGE_OF_RECORD)
        patch_vary_headers(response, ("Accept-Language",))
        return response


class PersonsLanguage:
    """Speak the language that whoever is signed in chose for themselves. Stands behind what says who that is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "")
        if chosen in offered():
            translation.activate(chosen)  # BrowsersLanguage, around this, ends it with the request
        return self.get_response(request)
