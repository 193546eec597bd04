"""The page of components. That production has no such address is tried in test_production_server."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from screening.selectors.concerns import CONCERN_LABELS
from screening.selectors.patterns import flag_of_each_kind
from screening.views.patterns import REFUSALS


def test_it_shows_a_flag_of_each_kind() -> None:
    assert [flag.concern for flag in flag_of_each_kind()] == list(CONCERN_LABELS)


def test_it_asks_no_database_and_nobody_who_they_are() -> None:
    """A test that is not marked for the database is refused one."""
    shown = Client().get(reverse("patterns"))
    assert shown.status_code == 200
    assert all(f'data-concern="{concern}"' in shown.content.decode() for concern in CONCERN_LABELS)
    assert "There is a problem" in Client().get(reverse("pattern-sent-back")).content.decode()


@pytest.mark.parametrize("name", [*REFUSALS, "nonsense"])
def test_each_page_that_says_no_can_be_looked_at(name: str) -> None:
    shown = Client().get(reverse("pattern-refusal", args=[name]))
    assert shown.status_code == (200 if name in REFUSALS else 404)
    assert "<h1" in shown.content.decode()


def test_every_page_that_says_no_is_among_them() -> None:
    folder = Path(settings.BASE_DIR) / "templates" / "errors"
    assert {path.stem for path in folder.glob("*.html")} - {"plain", "signed_out"} == set(REFUSALS)
