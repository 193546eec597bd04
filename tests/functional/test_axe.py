"""What is asked of axe finds what it should, however many pages were looked at before."""

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page

from tests.functional.axe import axe_findings

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="axe is asked on SQLite alone"),
]
PAGE = """<!doctype html><html lang="en"><head><title>A page</title><style>
body {{ background: #fff; color: #111 }} .pale {{ color: #bbb }} .dark {{ background: #333 }}
a {{ color: #333; text-decoration: none }}
</style></head><body><main><h1>Cases</h1><p>Words. More words.</p><p>Others.</p>{}</main></body></html>"""


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_context().new_page()


def found_on(page: Page, words: str) -> set[str]:
    page.set_content(PAGE.format(words))
    return {rule for _, rule, _ in axe_findings(page)}


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ('<p class="pale">Pale.</p>', "color-contrast"),
        ('<p>Good.</p><div class="dark"><p>Dark on dark.</p></div>', "color-contrast"),
        ('<p style="opacity: .4">Faint.</p>', "color-contrast"),
        ('<label for="x">X</label><input id="x" value="pale" class="pale">', "color-contrast"),
        ('<p><button class="pale" disabled>Off</button> <button class="pale">On</button></p>', "color-contrast"),
        ('<p>Read <a href="/">this</a> first.</p>', "link-in-text-block"),
        ('<p><img src="data:,"></p>', "image-alt"),
        ("<details><summary>More</summary><p><input></p></details>", "label"),
    ],
)
def test_it_is_found_after_good_pages_and_each_time(page: Page, words: str, rule: str) -> None:
    for _ in range(2):
        assert found_on(page, "") == set()
        assert found_on(page, words) == {rule}


def test_a_look_is_good_once_axe_could_tell(page: Page) -> None:
    """Where it cannot, as above a picture, the same look elsewhere is looked at."""
    unclear = '<div style="background: url(data:,)"><p class="pale">Who knows.</p></div>'
    assert found_on(page, unclear) == set()
    assert found_on(page, '<p class="pale">Pale.</p>') == {"color-contrast"}
    assert found_on(page, '<p><a href="/">Alone</a></p>') == set()
    assert found_on(page, '<p>Read <a href="/">this</a> first.</p>') == {"link-in-text-block"}
