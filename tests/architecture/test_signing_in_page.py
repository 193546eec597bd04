"""The pages on signing in and on privacy say what the code does: how often, how long, and what is encrypted where."""

import pytest
from django.conf import settings

from core.accounts import proofs
from core.config import sessions
from tests.architecture.source import ROOT
from tests.canaries import encrypted_fields

SIGNING_IN = " ".join((ROOT / "docs" / "signing-in.md").read_text(encoding="utf-8").split())
PRIVACY = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
WORDS = {1: "one", 5: "five", 12: "twelve", 30: "half an hour", 60: "an hour"}


def part(heading: str) -> str:
    """Return what stands under a heading of the page on signing in."""
    return SIGNING_IN.partition(f"## {heading}")[2].partition(" ## ")[0]


def test_how_often_somebody_may_be_wrong_is_what_is_counted() -> None:
    said = part("How often somebody may be wrong")
    assert settings.AXES_FAILURE_LIMIT == 5
    assert f"Five times, then it is paused for {settings.AXES_COOLOFF_TIME.seconds // 60} minutes" in said
    for name in ("SIGN_IN_FAILURES", "TRUSTED_PROXIES"):
        assert f"`{name}`" in SIGNING_IN
    assert "a stranger can pause a colleague's name" in said


def test_how_long_a_session_lasts_and_why_is_what_is_kept() -> None:
    said = part("When a session ends")
    assert f"after {WORDS[settings.SESSION_COOKIE_AGE // 60]} in which nothing was opened or saved" in said
    assert f"after {WORDS[sessions.LONGEST_SECONDS // 3600]} hours in any case: an hour, because" in said
    assert f"{WORDS[sessions.WARN_SECONDS // 60]} minutes before" in said
    assert "any number of sessions" in said


def test_how_lately_somebody_has_shown_who_they_are_is_what_is_asked() -> None:
    said = part("What people do")
    assert f"within the last {WORDS[proofs.RECENT // 60]} minutes" in said
    assert f"may lie open for {WORDS[proofs.FORM_LIES_OPEN // 60]}" in said


@pytest.mark.parametrize("name", sorted(encrypted_fields()))
def test_every_encrypted_column_has_its_table_on_the_page_on_privacy(name: str) -> None:
    table = encrypted_fields()[name].model._meta.db_table
    assert f"`{table}`" in PRIVACY.partition("## What is personal")[2].partition("### In four ranks")[0]


def test_each_rank_says_what_it_holds_and_what_it_asks_for() -> None:
    ranks = [
        line
        for line in PRIVACY.partition("### In four ranks")[2].splitlines()
        if line[:3] in ("| 1", "| 2", "| 3", "| 4")
    ]
    assert len(ranks) == 4
    assert all(cell.strip() for line in ranks for cell in line.strip("|").split("|"))
