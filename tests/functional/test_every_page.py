"""Every page in every state that the demo and the page of patterns reach, as ``docs.shots`` lists them.

Each is opened at 1280 by 1024 pixels enlarged four times, which is 320 by 256: read by scrolling one way alone. Axe
looks at it, everything it loads is weighed as production sends it, and nothing comes from another host.
"""

import gzip
import io
import re
from contextlib import redirect_stdout, suppress
from functools import cache
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, Request, Response, ViewportSize
from pytest_django.live_server_helper import LiveServer

from core.accounts.models import User
from docs.shots import ADDRESSES, SHOTS, addresses_in
from docs.steps import Shot, come_to
from tests.functional.axe import axe_findings
from tests.integration import test_access_matrix as matrix

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the pages are the same on PostgreSQL"),
]
ENLARGED: ViewportSize = {"width": 320, "height": 256}
HEAVIEST = 150_000  # bytes over the wire, with everything that a browser has none of yet
IN_DARKNESS = ("patterns", "patterns-sent-back")

OF_EVERYBODY = {
    *("sign-in", "choose-practice", "account", "change-password", "confirm-identity", "add-app", "add-passkey"),
}
ELSEWHERE = {
    "home": "leads on to another page",
    "screening": "leads on to another page",
    "add-app": "asks first who one is: walked in test_doors",
    "add-passkey": "asks first who one is: walked in test_passkeys",
    "questionnaire-fhir": "a file",
    "read-first": "no case of the demo is drawn: walked in test_review_by_keyboard",
    "reset-second-factor": "walked in test_doors, with a second factor to reset",
    "rule-version-send-back": "shown on the version's page",
}
"""Addresses that nobody is shown a page at here, and why."""


class Walk:
    """One walk through every page, noting what is wrong with each."""

    def __init__(self, browser: Browser, url: str, password: str) -> None:
        self._browser, self._url, self._password = browser, url, password
        self._addresses: dict[str, str] = {}
        self._requested: list[str] = []
        self.problems: list[str] = []
        self.weights: dict[str, int] = {}
        self.reached: set[str] = set()

    def through_all(self) -> None:
        """Open each page as whom it is for."""
        for who, shots in groupby(SHOTS, key=attrgetter("who")):
            page = self._page_of(who)
            for shot in shots:
                self._requested.clear()
                come_to(page, shot, self._named)
                self._look_at(page, shot)
            page.context.close()

    def _page_of(self, who: str) -> Page:
        context = self._browser.new_context(base_url=self._url, viewport=ENLARGED, reduced_motion="reduce")
        if who:
            signed, name = Client(), settings.SESSION_COOKIE_NAME
            signed.force_login(User.objects.get(username=who))
            context.add_cookies([{"name": name, "value": signed.cookies[name].value, "url": self._url}])
        page = context.new_page()
        page.on("request", self._note)
        page.on("response", self._note_a_fault)
        return page

    def _note(self, request: Request) -> None:
        self._requested.append(request.url)

    def _note_a_fault(self, response: Response) -> None:
        self.problems += [f"{response.url} answers {response.status}"] if response.status >= 500 else []

    def _look_at(self, page: Page, shot: Shot) -> None:
        with suppress(Resolver404):
            self.reached.add(resolve(urlsplit(page.url).path).url_name or "")
        self._say(shot, page.evaluate(SCROLLS_BOTH_WAYS))
        self._say(shot, [" ".join(found[1:]) for found in axe_findings(page)])
        if shot.name in IN_DARKNESS:
            page.emulate_media(color_scheme="dark")
            self._say(shot, [f"in the dark: {' '.join(found[1:])}" for found in axe_findings(page)])
            page.emulate_media(color_scheme="light")
        self._say(shot, [f"asks {url}" for url in self._requested if not url.startswith((self._url, "data:"))])
        weight = len(gzip.compress(page.content().encode())) + sum(map(weight_of, self._files()))
        self.weights[shot.name] = weight

    def _files(self) -> set[str]:
        paths = {urlsplit(url).path for url in self._requested}
        return {path for path in paths if path.startswith("/static/")}

    def _say(self, shot: Shot, problems: list[str]) -> None:
        self.problems += [f"{shot.name}: {problem}" for problem in problems]

    def _named(self, text: str) -> str:
        names = re.findall(r"{(.+?)}", text)
        if any(name not in self._addresses for name in names):
            self._addresses = {**_addresses(), "password": self._password}
        for name in names:
            text = text.replace(f"{{{name}}}", self._addresses[name])
        return text


def test_every_page(browser: Browser, live_server: LiveServer) -> None:
    """Nothing is found by axe, scrolls both ways, weighs over 150 kB, or comes from elsewhere."""
    walk = Walk(browser, live_server.url, _fill_the_demo())
    walk.through_all()
    assert walk.problems == []
    assert max(walk.weights.values()) < HEAVIEST, max(walk.weights.items(), key=itemgetter(1))
    shown = {name for name, row in matrix.ROWS.items() if matrix.GET in row.methods} | OF_EVERYBODY
    assert shown - walk.reached == set(ELSEWHERE)


@cache
def weight_of(path: str) -> int:
    """Return what a static file weighs as production sends it."""
    found = finders.find(path.removeprefix("/static/"))
    assert isinstance(found, str)
    return len(gzip.compress(Path(found).read_bytes()))


def _fill_the_demo() -> str:
    said = io.StringIO()
    call_command("demo", stdout=said)
    return next(line.split()[1] for line in said.getvalue().splitlines() if line.strip().startswith("therapist"))


def _addresses() -> dict[str, str]:
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(ADDRESSES, {})  # noqa: S102  what docs.pictures runs in a process of its own
    return addresses_in(printed.getvalue())


SCROLLS_BOTH_WAYS = """() => {
  const wide = (element) => element.scrollWidth > element.clientWidth + 1;
  const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
  const may = (element) => element.querySelector(":scope > table") || element.tagName === "TEXTAREA";
  const found = [...document.querySelectorAll("body *")].filter(
    (element) => wide(element) && scrolls(element) && !may(element));
  const root = document.documentElement;
  const page = wide(root) ? [`the page is ${root.scrollWidth} px wide`] : [];
  return page.concat(found.map((element) => "scrolls sideways: " + element.outerHTML.slice(0, 100)));
}"""
