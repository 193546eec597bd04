"""How a page is come to in a browser: opened, and then pressed and typed on as the person whom it is for would."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


@dataclass(frozen=True)
class Beside:
    """Press what changes a part of the page without leaving it, and wait until ``seen`` is there."""

    pressed: str
    seen: str


Step = str | tuple[str, str] | Beside
"""An address to open (it begins with "/" or "{"), what to press, or a field and what to type or choose there."""


@dataclass(frozen=True)
class Shot:
    """A page to take: who sees it, where they begin, and the steps they take from there.

    What is pressed, typed into or waited for is named by a CSS selector. ``meanwhile`` is done in a second tab that
    begins there too, before the steps. What stands in braces is a name in ``ADDRESSES``, or the demo's password.
    """

    name: str
    who: str
    start: str
    steps: tuple[Step, ...] = ()
    meanwhile: tuple[Step, ...] = ()


def come_to(page: "Page", shot: Shot, named: Callable[[str], str]) -> None:
    """Open a page and take its steps. ``named`` puts in the place of each name in braces what it stands for."""
    page.goto(named(shot.start))
    if shot.meanwhile:
        other = page.context.new_page()
        other.goto(named(shot.start))
        _take(other, shot.meanwhile, named)
        other.close()
    _take(page, shot.steps, named)


def _take(page: "Page", steps: tuple[Step, ...], named: Callable[[str], str]) -> None:
    for step in steps:
        if isinstance(step, Beside):
            page.locator(named(step.pressed)).first.click()
            page.locator(named(step.seen)).first.wait_for()
        elif isinstance(step, tuple):
            _fill(page, named(step[0]), named(step[1]))
        elif step.startswith(("/", "{")):
            page.goto(named(step))
        else:
            _press(page, named(step))


def _fill(page: "Page", selector: str, words: str) -> None:
    field = page.locator(selector).first
    if field.evaluate("(field) => field.tagName") == "SELECT":
        field.select_option(words)
    else:
        field.fill(words)


def _press(page: "Page", selector: str) -> None:
    pressed = page.locator(selector).first
    if pressed.get_attribute("type") in ("radio", "checkbox"):
        pressed.check()
    elif selector.endswith("summary"):
        pressed.click()
        page.wait_for_load_state("networkidle")
    else:
        with page.expect_navigation():
            pressed.click()
