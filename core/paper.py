"""Our own pages on paper: HTML with one stylesheet made into a tagged PDF, with nothing fetched from anywhere.

WeasyPrint is loaded when a PDF is first asked for: it needs libraries of the system, and takes half a second. Nothing
is written to a file on the way. The same page makes the same bytes.
"""

import re
from importlib import import_module
from typing import Any

from django.utils.translation import gettext, gettext_noop

from core.errors import Refused

PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core")
"""What WeasyPrint needs beside itself, as Debian and Ubuntu call it."""

CANNOT = gettext_noop(
    "PDFs cannot be made on this machine: what draws them is missing. Whoever runs this site installs it with "
    "“python3 start.py install base” and, on Debian and Ubuntu, “apt-get install %(packages)s”, and starts "
    "the site again. Until then, print the page from the browser."
)


LONGEST = 30
"""Characters of a word after which it may go on in the next line: nothing may run out of the page."""
_LONG = re.compile(rf"((?:&#?\w+;|[^\s<>&]){{{LONGEST}}})(?=&|[^\s<>])")
_SPACE_BEFORE = re.compile(r"\s+(<(?:span|b|q)\b[^>]*>)")
_TAG = re.compile(r"(<[^>]*>)")


class NoPaper(Refused):
    """What PDFs are made with is not on this machine."""

    def __init__(self) -> None:
        super().__init__(gettext(CANNOT) % {"packages": " ".join(PACKAGES)}, code="no-paper")


def pdf_of(page: str, *, css: str) -> bytes:
    """Return a whole HTML page as a PDF/UA document, laid out by ``css`` alone.

    Raise ``NoPaper`` where this machine cannot make one. A page that asks for a file, of ours or of anybody, is a
    mistake of ours and a fault: nothing is fetched.
    """
    weasyprint = load_weasyprint()
    try:
        sheet = weasyprint.CSS(string=css, url_fetcher=_refuse)
        document = weasyprint.HTML(string=_breakable(page), url_fetcher=_refuse)
        made: bytes = document.write_pdf(stylesheets=[sheet], pdf_variant="pdf/ua-1")
    except weasyprint.urls.FatalURLFetchingError as asked:
        raise RuntimeError("A page for paper asks for a file.") from asked
    return made


def _breakable(page: str) -> str:
    """Help a page's lines to break where they should.

    Long words are told where: asked to by the stylesheet, WeasyPrint breaks short ones as well. And a space before an
    element within a line goes into it: one that ends a text just too long for its line has the line broken at once
    after its first word.
    """
    parts = _TAG.split(_SPACE_BEFORE.sub(r"\1 ", page))
    return "".join(part if _TAG.fullmatch(part) else _LONG.sub(r"\1<wbr>", part) for part in parts)


def load_weasyprint() -> Any:
    """Load what draws; a library of the system that is missing ends its loading with an ``OSError``."""
    try:
        return import_module("weasyprint")
    except (ImportError, OSError) as missing:
        raise NoPaper from missing


def _refuse(url: str, *_: Any, **__: Any) -> Any:
    raise import_module("weasyprint").urls.FatalURLFetchingError("Nothing is fetched for a page on paper.")
