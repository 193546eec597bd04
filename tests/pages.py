"""Pages as a browser without JavaScript reads them: what a form would send, and what a page says."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client

from core.accounts.models import Actor

_ISOLATES = {0x2068: None, 0x2069: None}
"""Invisible marks around what was typed."""


def signed_in(actor: Actor) -> Client:
    """Return a browser in which this person is signed in."""
    browser = Client()
    browser.force_login(actor.user)
    return browser


def fields(response: Any, form: str = "") -> dict[str, list[str]]:
    """Return what the form with this id would send (of the first POST form, where none is named), buttons left out."""
    reader = _Form(form)
    reader.feed(response.content.decode())
    assert reader.found, f"no form {form!r} on the page"
    return reader.values


def typed(response: Any, form: str = "", **changes: Any) -> dict[str, Any]:
    """Return what the form would send after these changes; ``__`` in a name stands for a hyphen, None takes away."""
    sent: dict[str, Any] = dict(fields(response, form))
    for name, value in changes.items():
        key = name.replace("__", "-")
        sent.pop(key, None)
        if value is not None:
            sent[key] = value
    return sent


def as_read(text: str) -> str:
    """Return text as people see it: without the invisible marks around what was typed."""
    return text.translate(_ISOLATES)


def text_of(response: Any) -> str:
    """Return the words of a page, in one line."""
    return text_in(response.content.decode())


def text_in(markup: str) -> str:
    """Return the words of some markup, in one line."""
    reader = _Words()
    reader.feed(markup)
    return " ".join("".join(reader.words).split())


class _Form(HTMLParser):
    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted, self.inside, self.found = wanted, False, False
        self.values: dict[str, list[str]] = {}
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            fits = given.get("id") == self.wanted if self.wanted else given.get("action") != "/sign-out/"
            self.inside = fits and given.get("method") == "post" and not self.found
            self.found = self.found or self.inside
        elif self.inside and tag == "input":
            self._input(given)
        elif self.inside and tag == "textarea":
            self._area = given["name"]
            self.values.setdefault(self._area, []).append("")

    def _input(self, given: dict[str, str]) -> None:
        one_of_many = given.get("type") in ("radio", "checkbox")
        if "name" in given and (not one_of_many or "checked" in given):
            self.values.setdefault(given["name"], []).append(given.get("value", "on" if one_of_many else ""))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.values[self._area][-1] += data.removeprefix("\n") if not self.values[self._area][-1] else data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "form":
            self.inside = False


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._apart(tag)

    def handle_endtag(self, tag: str) -> None:
        self._apart(tag)

    def _apart(self, tag: str) -> None:
        """Words of different elements stand apart, but for ``bdi``, which sets apart what was typed in a sentence."""
        if tag != "bdi":
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        self.words.append(as_read(data))
