"""No page needs what the content security policy forbids, and none trusts what somebody typed."""

import re

import pytest

from tests.architecture.source import files_under, shown

FORBIDDEN = {
    "an inline style": re.compile(r"<style\b|\sstyle\s*="),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>"),
    "an inline handler": re.compile(r"<[^>{]*\s(?:on[a-z]+|hx-on[:a-z-]*)\s*=\s*[\"']"),
    "a script in a link": re.compile(r"=\s*[\"']javascript:", re.IGNORECASE),
    "markup taken as it comes": re.compile(r"\|\s*safe\b|autoescape\s+off|\bmark_safe\b"),
    "a file from elsewhere": re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)=[\"'](?:https?:)?//"),
}


@pytest.mark.parametrize("path", files_under("templates", suffix=".html"), ids=shown)
def test_a_template_has_nothing_the_policy_forbids(path):
    assert found_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("markup", "named"),
    [
        ('<p style="color: red">', "an inline style"),
        ("<script>alert(1)</script>", "an inline script"),
        ('<button type="button" onclick="go()">', "an inline handler"),
        ('<a href="javascript:go()">', "a script in a link"),
        ("{{ note|safe }}", "markup taken as it comes"),
        ('<script src="https://elsewhere.example/a.js"></script>', "a file from elsewhere"),
    ],
)
def test_what_the_policy_forbids_is_found(markup, named):
    assert found_in(markup) == [named]


def test_plain_markup_is_not_complained_of():
    assert found_in('<script src="/static/page.js" defer></script><p class="style">{{ safety }} one=1</p>') == []


TYPED = re.compile(
    r"(?<!<bdi>)\{\{ (?:[\w.]+\.(?:reasons|amendment_reason|reason_text|printed_name|crisis_steps)"
    r"|(?:[\w.]+\.)?(?:answer|said|returned|kept)\.(?:words|note|row)|(?:[\w.]+\.)?result\.note"
    r"|(?:[\w.]+\.)?response\.(?:reason|submitted_by)|(?:[\w.]+\.)?screening\.(?:therapist|claimed_by)"
    r"|(?:[\w.]+\.)?(?:published|submitted|created|adopted)_by|(?:[\w.]+\.)?moment\.(?:who|payload\.[\w.]+)"
    r"|[\w.]+\.(?:change_notes|would_change|owner|confirmed_by|exception_to)|unless\.(?:title|lifts)|found\.title"
    r"|exception\.title|change\.(?:before|after|title)|[\w.]*meanwhile|user|member\.user|client\.name|case\.code"
    r")(?:\|[^}]*)? \}\}"
)


@pytest.mark.parametrize("path", files_under("templates", suffix=".html"), ids=shown)
def test_what_somebody_typed_cannot_turn_the_words_around_it(path):
    """It stands in ``bdi``: a mark for writing from the right, typed or pasted, ends where the typed text ends."""
    assert TYPED.findall(path.read_text(encoding="utf-8")) == []


def found_in(markup):
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(markup)]
