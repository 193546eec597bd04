"""Somebody at a browser of their own, and what is asked of every page they see. What they do there is the tests'."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    Route,
    ViewportSize,
    expect,
)

from core.accounts.models import Actor
from tests.factories import PASSWORD
from tests.functional.axe import axe_findings

PHONE: ViewportSize = {"width": 390, "height": 800}
DESK: ViewportSize = {"width": 1280, "height": 900}
PATIENCE = 10_000  # milliseconds, where two databases and other tests share two cores
ANSWERED_WITH_NO = ("401", "404", "409", "422")
"""A browser's console speaks of every answer that says no. Those that a test provokes are not complaints."""

_IDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class Person:
    """Somebody of the practice at a browser of their own, with or without JavaScript."""

    page: Page
    actor: Actor
    script: bool
    examined: "set[Shape]" = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    origin: str = ""

    def arrive(self, address: str) -> None:
        """Open an address, signed in already: for tests in which signing in is only the way there."""
        signed, name = Client(), settings.SESSION_COOKIE_NAME
        signed.force_login(self.actor.user)
        self.page.context.add_cookies([{"name": name, "value": signed.cookies[name].value, "url": self.origin}])
        self.page.goto(address)

    def sign_in(self, address: str = "/") -> None:
        """Sign in by the sign-in page, on the way to an address."""
        self.page.goto(address)
        self.sees("Sign in")
        self.give_name_and_password()

    def give_name_and_password(self) -> None:
        """Fill in the sign-in page that is open."""
        self.page.get_by_label("Name you sign in with").fill(self.actor.user.get_username())
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Sign in")

    def sees(self, heading: str) -> None:
        """Check that the page of that heading is open, and everything that is asked of every page."""
        expect(self.page.get_by_role("heading", level=1), self.page.url).to_have_text(heading)
        assert self.page.title().removesuffix(" – Soundings").strip(), f"{self.page.url}: the page has no title"
        if (shape := shape_of(self.page)) not in self.examined:
            assert self.too_wide() == [], f"{self.page.url}: wider than a phone"
            if self.script and shape.says_something:
                assert axe_findings(self.page) == []
            self.examined.add(shape)
        assert self.complaints == [], f"{self.page.url}: the browser complains"

    def reads(self, *words: str, within: str = "main") -> None:
        """Check that the page says something."""
        for text in words:
            try:
                expect(self.page.locator(within)).to_contain_text(text)
            except AssertionError:
                pytest.fail(f"{self.page.url} does not say “{text}”.")  # the whole page is too much to read

    def press(self, name: str) -> None:
        """Press the first button of that name, as it is read out, and wait for the page that answers."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).first.click()

    def follow(self, name: str) -> None:
        """Follow the first link of that name, as it is read out, to another page."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()

    def check(self, name: str, value: str, within: Locator | None = None) -> None:
        """Tick or choose one option of a field."""
        (within or self.page).locator(f'input[name="{name}"][value="{value}"]').check()

    def too_wide(self) -> list[str]:
        """Return what reaches over the edge of a phone's screen."""
        before = self.page.viewport_size
        self.page.set_viewport_size(PHONE)
        found: list[str] = self.page.evaluate(_TOO_WIDE)
        if before is not None:
            self.page.set_viewport_size(before)
        return found


@dataclass(frozen=True)
class Shape:
    """Which page this is, whichever case it shows, and whether it says what is wrong or what was done."""

    path: str
    title: str
    alert: bool
    message: bool

    @property
    def says_something(self) -> bool:
        """Whether it is a state that ``test_every_page``, which has axe look at each page, may not come to."""
        return self.alert or self.message


def shape_of(page: Page) -> Shape:
    """Return the shape of the page that is open. Each is examined once."""
    alert, message = page.locator("[role=alert]").count() > 0, page.locator("main .message").count() > 0
    return Shape(_IDS.sub("", urlsplit(page.url).path), page.title(), alert, message)


def kept(page: Page) -> list[str]:
    """Return what the device keeps of what was typed and is not saved."""
    found: list[str] = page.evaluate("Object.entries(localStorage).filter(([n]) => n.startsWith('typed:')).map(String)")
    return found


def held_back(page: Page, addresses: str) -> list[Route]:
    """Hold every form that is sent to these addresses back from now on; return those held, which grow."""
    held: list[Route] = []
    page.route(addresses, lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    return held


def stays_when_asked(page: Page) -> list[str]:
    """Stay on the page whenever the browser asks; return what it asked, which grows."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    return asked


Open = Callable[..., Person]


@contextmanager
def people_at(browser: Browser, address: str) -> Iterator[Open]:
    """Yield what opens a browser for a person: ``open_for(actor, script=True)``. All are closed in the end."""
    opened: list[BrowserContext] = []
    examined: set[Shape] = set()

    def open_for(actor: Actor, *, script: bool = True) -> Person:
        viewport = PHONE if script else DESK
        context = browser.new_context(
            base_url=address, java_script_enabled=script, viewport=viewport, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        person = Person(context.new_page(), actor, script, examined, origin=address)
        listen(person)
        return person

    expect.set_options(timeout=PATIENCE)
    yield open_for
    for context in opened:
        context.close()


def listen(person: Person) -> None:
    """Note what the browser complains of: errors in scripts, and what the content security policy holds back."""
    person.page.on("console", lambda message: person.complaints.extend(_complaint(message)))
    person.page.on("pageerror", lambda error: person.complaints.append(str(error)))


def _complaint(message: ConsoleMessage) -> list[str]:
    provoked = any(f"the server responded with a status of {status}" in message.text for status in ANSWERED_WITH_NO)
    return [message.text] if message.type in ("error", "warning") and not provoked else []


_TOO_WIDE = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= window.innerWidth) return [];
  const wide = [...document.querySelectorAll("main *")].filter(
    (element) => element.getBoundingClientRect().right > window.innerWidth + 1);
  return wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 120)).concat(`${root.scrollWidth} px`);
}"""
