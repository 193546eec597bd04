"""Drafts of rules for the tests of the rule authors' pages: in review, published, and a rule's form as it is typed."""

from typing import Any

from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from core.accounts.models import Actor
from screening.forms.rules import typed_from
from screening.models import Protocol, RuleSetVersion
from screening.selectors.documents import rule_set_of
from screening.services import rule_sets
from tests import playing
from tests.playing import NOON, House

RULE = "attempts-or-threats-again"
OTHER_RULE = "mind-altering-substance-today"


def draft_of(house: House, protocol: Protocol | None = None) -> RuleSetVersion:
    """Take a draft from published rules."""
    return rule_sets.take_draft(protocol=protocol or playing.published(house), by=house.author, at=NOON)


def noted(house: House, draft: RuleSetVersion, by: Actor | None = None) -> RuleSetVersion:
    """Write change notes on a draft."""
    return rule_sets.note_changes(
        version=draft, change_notes="Why.", expected_revision=draft.revision, by=by or house.author, at=NOON
    )


def sent(house: House, draft: RuleSetVersion) -> RuleSetVersion:
    """Send a draft that has change notes to a second person."""
    return rule_sets.submit(version=draft, expected_revision=draft.revision, by=house.author, at=NOON)


def in_review(house: House, protocol: Protocol | None = None) -> RuleSetVersion:
    """Take a draft, and send it to a second person."""
    return sent(house, noted(house, draft_of(house, protocol)))


def now(version: RuleSetVersion) -> RuleSetVersion:
    """Read a version again."""
    return RuleSetVersion.objects.get(pk=version.pk)


def typed(draft: RuleSetVersion, rule_id: str = RULE, /, **changed: Any) -> dict[str, Any]:
    """Return the form of one rule as it stands, with some fields typed otherwise, and the button that saves."""
    data: QueryDict = typed_from(rule_set_of(draft).rule_by_id[rule_id])
    fields = {name: data.getlist(name) for name in data}
    return {**fields, "revision": draft.revision, "do": "save", **changed}


def edit(browser: Client, draft: RuleSetVersion, rule_id: str = RULE, /, **changed: Any) -> Any:
    """Send the form of one rule."""
    return browser.post(reverse("edit-rule", args=[draft.pk, rule_id]), typed(draft, rule_id, **changed))
