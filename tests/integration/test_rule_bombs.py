"""What somebody types on a rule's page, or has a program type, is refused in no more than two seconds."""

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from screening.models import RuleSetVersion
from screening.selectors.documents import rule_set_of
from tests.rule_drafts import RULE, edit, now

pytestmark = pytest.mark.django_db


def lines(prefix: str, count: int) -> dict[str, list[str]]:
    return {f"{prefix}-line": [str(key) for key in range(count)]}


def number(typed: str) -> dict[str, Any]:
    below = {"when-1-depth": "1", "when-1-kind": "is-yes", "when-1-question": "attempt-since-last"}
    return {**lines("when", 2), "when-0-kind": "at-least", "when-0-number": typed, **below}


MANY_EXCEPTIONS = {"unless": [str(key) for key in range(10)]}
for _key in range(10):
    MANY_EXCEPTIONS |= lines(f"unless-{_key}-when", 81)


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        pytest.param(lines("when", 1_900), 409, "a page takes 240", id="1,900 lines"),
        pytest.param(MANY_EXCEPTIONS, 409, "a page takes 240", id="ten exceptions of 81 lines"),
        pytest.param(number("9" * 1_000_000), 422, "Give a smaller number.", id="a million digits"),
        pytest.param(number("1e400"), 422, "Give a smaller number.", id="1e400"),
        pytest.param(number("NaN"), 422, "Give a smaller number.", id="NaN"),
        pytest.param({"title": "x" * 1_000_000}, 422, "there is room for 200", id="a title of a million letters"),
        pytest.param({f"a{key}": "1" for key in range(3_000)}, 400, "Nothing was saved", id="3,000 fields"),
        pytest.param({"a": "x" * 3_000_000}, 413, "your browser still has what you typed", id="three megabytes"),
    ],
)
def test_a_draft_that_is_too_much_is_refused_and_changes_nothing(
    author: Client, draft: RuleSetVersion, typed: dict[str, Any], status: int, said: str
) -> None:
    started = time.process_time()
    response = edit(author, draft, RULE, **typed)
    assert time.process_time() - started < 2
    assert response.status_code == status
    assert said in response.content.decode()
    assert rule_set_of(now(draft)) == rule_set_of(draft)


def test_half_a_character_is_read_as_a_mark_for_it(author: Client, draft: RuleSetVersion) -> None:
    address = reverse("edit-rule", args=[draft.pk, RULE])
    typed = b"title=half+%ED%A0%80&do=refresh"
    response = author.generic("POST", address, typed, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    assert "half \N{REPLACEMENT CHARACTER}" in response.content.decode()
