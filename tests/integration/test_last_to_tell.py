"""A rule is told as raised, as not raised, and as not to be ruled out by some vignette: the last one to do so stays."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.errors import Refused
from screening.engine.guidance import RuleState
from screening.models import RuleSetVersion
from screening.selectors.documents import rule_set_of, vignettes_of
from screening.selectors.rule_pages import findings_shown
from screening.selectors.rule_sets import check_of
from screening.services import rule_sets
from tests.pages import text_of
from tests.playing import NOON, House
from tests.rule_drafts import RULE, edit, now

pytestmark = pytest.mark.django_db

LAST = "a-further-attempt"
NEVER_MET: dict[str, Any] = {
    "when-line": ["0", "1", "2"],
    "when-0-depth": "0",
    "when-0-kind": "all",
    "when-1-depth": "1",
    "when-1-kind": "is",
    "when-1-question": "attempt-since-last",
    "when-1-values": ["again"],
    "when-2-depth": "1",
    "when-2-kind": "is-no",
    "when-2-question": "dose-set",
}
WOULD = "no vignette tells “A further attempt or threat” as raised any more, and the version cannot be sent"


def narrowed(author: Client, draft: RuleSetVersion) -> RuleSetVersion:
    """Have a rule read so that no vignette is raised by it any more."""
    assert edit(author, draft, **NEVER_MET).status_code == 302
    return now(draft)


def retell(author: Client, draft: RuleSetVersion, vignette_id: str) -> int:
    address = reverse("retell", args=[draft.pk, vignette_id])
    return int(author.post(address, {"revision": now(draft).revision}).status_code)


def test_a_check_without_saving_says_what_it_would_come_to(author: Client, draft: RuleSetVersion) -> None:
    assert WOULD in text_of(edit(author, draft, **NEVER_MET, do="preview"))
    assert WOULD not in text_of(edit(author, draft, **{"when-0-values": ["first"]}, do="preview"))


def test_the_page_says_so_at_the_vignette_in_the_place_of_its_button(author: Client, draft: RuleSetVersion) -> None:
    narrowed(author, draft)
    page = author.get(reverse("rule-version", args=[draft.pk]))
    assert WOULD in text_of(page)
    assert "it is the last vignette that tells “A further attempt or threat” as raised." in text_of(page)
    assert reverse("retell", args=[draft.pk, LAST]) not in page.content.decode()


def test_it_is_refused_and_changes_nothing(author: Client, house: House, draft: RuleSetVersion) -> None:
    changed = narrowed(author, draft)
    assert retell(author, draft, LAST) == 409
    assert now(draft).vignettes == draft.vignettes
    with pytest.raises(Refused, match="the last vignette to tell"):
        rule_sets.retell_vignette(
            version=changed, vignette_id=LAST, expected_revision=changed.revision, by=house.author, at=NOON
        )


def test_where_another_vignette_comes_to_tell_it_either_may_be_told_first(
    author: Client, draft: RuleSetVersion
) -> None:
    edit(author, draft, **{"when-0-values": ["first"]})
    assert {result.vignette_id for result in check_of(now(draft)).changed} >= {LAST, "a-first-attempt"}
    assert [retell(author, draft, name) for name in (LAST, "a-first-attempt")] == [302, 302]


def test_a_rule_that_is_mended_lets_every_vignette_come_out_as_told(author: Client, draft: RuleSetVersion) -> None:
    narrowed(author, draft)
    assert edit(author, draft, revision=now(draft).revision).status_code == 302
    assert check_of(now(draft)).clean


def test_what_no_vignette_tells_is_found_without_the_text_of_the_document(draft: RuleSetVersion) -> None:
    told = vignettes_of(draft)
    rest = tuple(v for v in told.vignettes if RULE not in v.raises)
    draft.vignettes = told.model_copy(update={"vignettes": rest}).model_dump_json(exclude_defaults=True)
    check = check_of(draft)
    (found,) = findings_shown(check.stops, rule_set_of(draft), check.stops, vignettes_of(draft))
    assert (found.place, found.words) == ("the vignettes", "")
    assert found.problem == f'no vignette tells "{RULE}" as {RuleState.MET.value}.'
    assert found.cure == "Add a case, or change the rule so that one comes out so."
