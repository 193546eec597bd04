"""A language that is none: every text of the catalogues stands between ⟦ and ⟧, whatever else stands as it is."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.utils.translation import trans_real

from core.languages import LANGUAGE_OF_RECORD

STANDS_FOR = "es"
BEGIN, END = "⟦", "⟧"
_INNERMOST = re.compile(f"{BEGIN}[^{BEGIN}{END}]*{END}")
_NOT_SHOWN = {"script", "style", "code", "kbd"}
_EMPTY = {"br", "hr", "img", "input", "link", "meta", "wbr"}


class Pseudo:
    """A catalogue that translates everything, so that what was never looked up can be told from what was."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def gettext(self, message: str) -> str:
        return f"{BEGIN}{message.rpartition(trans_real.CONTEXT_SEPARATOR)[2]}{END}" if message else ""

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.gettext(singular if number == 1 else plural)


def speak_it(patch: pytest.MonkeyPatch) -> None:
    """Have the pages that are asked for in Spanish speak it instead."""
    patch.setitem(vars(trans_real)["_translations"], STANDS_FOR, Pseudo(trans_real.translation(STANDS_FOR)))


class _Main(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._main, self._hidden = 0, 0
        self.recorded: list[str] = []
        self._apart: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._main += tag == "main"
        self._hidden += tag in _NOT_SHOWN
        if (self._apart or ("lang", LANGUAGE_OF_RECORD) in attrs) and tag not in _EMPTY:
            self._apart.append(tag)
        if self._main and not self._apart:
            self.words += [f" {value} " for name, value in attrs if name in ("aria-label", "alt", "title") and value]

    def handle_endtag(self, tag: str) -> None:
        self._main -= tag == "main"
        self._hidden -= tag in _NOT_SHOWN
        if self._apart:
            self._apart.pop()

    def handle_data(self, data: str) -> None:
        if self._main and not self._hidden:
            (self.recorded if self._apart else self.words).append(data)


def bare(html: str) -> str:
    """Return what the main part of a page shows outside of the catalogues' texts and of what is said to be English."""
    text, before = "".join(_read(html).words), ""
    while text != before:
        text, before = _INNERMOST.sub(" ", text), text
    return " ".join(text.split())


def in_the_language_of_record(html: str) -> str:
    """Return what the main part of a page shows where it says that it is English."""
    return " ".join("".join(_read(html).recorded).split())


def _read(html: str) -> _Main:
    page = _Main()
    page.feed(html)
    return page
