"""Every link between the pages leads somewhere, and a reader who begins at the README gets to every page."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, files_under, shown

LINK = re.compile(r"\[[^\]\[]*\]\(([^)\s]+)\)")
PAGES = [ROOT / "README.md", *files_under("docs", suffix=".md")]
BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@cache
def text_of(page: Path) -> str:
    """Return a page without its blocks of code."""
    return BLOCK.sub("", page.read_text(encoding="utf-8"))


@cache
def anchors_of(page: Path) -> frozenset[str]:
    """Return where one can be sent to within a page, as its headings give it."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings)
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain)


def links_of(page: Path) -> list[tuple[Path, str]]:
    """Return each link of a page to a file of ours, with the place in it."""
    found = [link for link in LINK.findall(text_of(page)) if "://" not in link]
    parts = [link.partition("#") for link in found]
    return [((page.parent / path).resolve() if path else page, anchor) for path, _, anchor in parts]


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target, anchor in links_of(page):
        assert target.exists(), target
        assert not anchor or anchor in anchors_of(target), f"{shown(target)}#{anchor}"


def test_a_link_to_nothing_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A page\n\nSee [this](#a-page) and [that](that.md#there).\n", encoding="utf-8")
    assert links_of(page) == [(page, "a-page"), (tmp_path / "that.md", "there")]
    assert anchors_of(page) == {"a-page"}


def test_every_page_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached and page in PAGES:
            reached.add(page)
            waiting += [target / "README.md" if target.is_dir() else target for target, _ in links_of(page)]
    assert [shown(page) for page in PAGES if page not in reached] == []
