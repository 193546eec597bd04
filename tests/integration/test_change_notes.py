"""Change notes in two tabs: those that nobody typed anew never take the place of newer ones."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from screening.models import RuleSetVersion
from screening.services import rule_sets
from tests.pages import fields
from tests.playing import NOON, House
from tests.rule_drafts import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(author: Client, house: House, draft: RuleSetVersion) -> dict[str, Any]:
    """What an older tab would send: the notes that it loaded, which another tab has written anew meanwhile."""
    noted(house, draft, "Old,\nin two lines.")
    loaded = notes_form(author.get(reverse("rule-version", args=[draft.pk])))
    noted(house, draft, "New.")
    return loaded


def noted(house: House, draft: RuleSetVersion, words: str) -> None:
    revision = now(draft).revision
    rule_sets.note_changes(version=draft, change_notes=words, expected_revision=revision, by=house.author, at=NOON)


def notes_form(page: Any) -> dict[str, Any]:
    found = fields(page)
    assert "change_notes" in found
    return {name: given[0] for name, given in found.items()}


@pytest.mark.parametrize("name", ["rule-version-submit", "rule-version-notes"])
def test_notes_that_were_only_loaded_give_way_to_the_newer_ones(
    author: Client, draft: RuleSetVersion, old: dict[str, Any], name: str
) -> None:
    old["change_notes"] = old["change_notes"].replace("\n", "\r\n")  # as a browser sends them
    page = author.post(reverse(name, args=[draft.pk]), old)
    assert page.status_code == 409
    again = notes_form(page)
    assert again["change_notes"] == "New."
    assert author.post(reverse(name, args=[draft.pk]), again).status_code == 302
    assert now(draft).change_notes == "New."


@pytest.mark.parametrize("name", ["rule-version-submit", "rule-version-notes"])
def test_notes_that_were_typed_stay_and_are_taken_when_they_are_sent_again(
    author: Client, draft: RuleSetVersion, old: dict[str, Any], name: str
) -> None:
    page = author.post(reverse(name, args=[draft.pk]), {**old, "change_notes": "Typed."})
    assert (page.status_code, now(draft).change_notes) == (409, "New.")
    again = notes_form(page)
    assert again["change_notes"] == "Typed."
    assert author.post(reverse(name, args=[draft.pk]), again).status_code == 302
    assert now(draft).change_notes == "Typed."
