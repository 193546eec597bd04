"""Vignettes that a draft retold: they tell what its rules make of them, and the second person reads what they told."""

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from core.ledger.models import Entry
from screening.models import RuleSetVersion
from screening.selectors.documents import vignettes_of
from screening.selectors.rule_sets import check_of
from screening.services import rule_sets
from tests.pages import signed_in, text_of
from tests.playing import NOON, House
from tests.rule_drafts import OTHER_RULE, RULE, draft_of, edit, in_review, noted, now

pytestmark = pytest.mark.django_db


def retold_in_review(house: House) -> RuleSetVersion:
    """Take a draft, have a rule read less, tell every vignette so, and send it to a second person."""
    draft, browser = draft_of(house), signed_in(house.author)
    edit(browser, draft, **{"when-0-values": ["first"]})
    for result in check_of(now(draft)).changed:
        browser.post(reverse("retell", args=[draft.pk, result.vignette_id]), {"revision": now(draft).revision})
    draft = noted(house, now(draft))
    return rule_sets.submit(version=draft, expected_revision=draft.revision, by=house.author, at=NOON)


def test_a_vignette_tells_what_the_draft_makes_of_it(house: House) -> None:
    draft, browser = draft_of(house), signed_in(house.author)
    edit(browser, draft, **{"when-0-values": ["first"]})
    changed = check_of(now(draft)).changed
    assert changed
    for result in changed:
        address = reverse("retell", args=[draft.pk, result.vignette_id])
        assert browser.post(address, {"revision": now(draft).revision}).status_code == 302
    assert check_of(now(draft)).changed == ()
    told = next(v for v in vignettes_of(now(draft)).vignettes if v.id == "a-further-attempt")
    assert RULE not in told.raises
    assert RULE in told.not_raised
    assert Entry.objects.filter(action="rule-set.vignette-retold").count() == len(changed)


def test_who_publishes_reads_what_each_retold_vignette_told_before_and_tells_now(house: House) -> None:
    version = retold_in_review(house)
    words = text_of(signed_in(house.approver).get(reverse("rule-version", args=[version.pk])))
    said = "“A further attempt or threat”: raised in version 1, not raised now."
    assert words.index("What it changes against version 1") < words.index(said)
    assert words.index(said) < words.index("Your password, again")
    when = localtime(Entry.objects.filter(action="rule-set.vignette-retold").latest("at").at)
    assert f"Retold in this version by {house.author.user.printed_name}, {when:%-d %B %Y, %H:%M}" in words


def test_the_checks_say_how_many_were_retold_instead_of_only_that_all_come_out_as_told(house: House) -> None:
    version, browser = retold_in_review(house), signed_in(house.approver)
    count = Entry.objects.filter(action="rule-set.vignette-retold").count()
    words = text_of(browser.get(reverse("rule-version", args=[version.pk])))
    assert f"{count} vignettes were retold in this version" in words
    assert "come out as they are told now" in words
    rule_sets.publish(version=version, shown_digest=version.digest, by=house.approver, at=NOON)
    assert f"{count} vignettes were retold" in text_of(browser.get(reverse("rule-version", args=[version.pk])))


def test_the_history_and_the_list_of_vignettes_name_each(house: House) -> None:
    version, browser = retold_in_review(house), signed_in(house.auditor)
    title = next(v.title for v in vignettes_of(version).vignettes if v.id == "a-further-attempt")
    assert f"as the rules now read it (“{title}”)" in text_of(browser.get(reverse("rule-version", args=[version.pk])))
    page = browser.get(reverse("vignettes", args=[version.pk]))
    assert 'href="#vignette-a-further-attempt"' in page.content.decode()
    assert "“A further attempt or threat”: raised in version 1, not raised now." in text_of(page)


def test_a_version_that_retells_none_says_so_before_it_is_published(house: House) -> None:
    version, browser = in_review(house), signed_in(house.approver)
    words = text_of(browser.get(reverse("rule-version", args=[version.pk])))
    assert "0 rules, and 0 vignettes retold" in words
    assert "Retold in this version" not in words


def test_nothing_is_retold_that_comes_out_as_told(house: House) -> None:
    draft, browser = draft_of(house), signed_in(house.author)
    address = reverse("retell", args=[draft.pk, "a-further-attempt"])
    assert browser.post(address, {"revision": draft.revision}).status_code == 409
    assert now(draft).vignettes == draft.vignettes


def test_a_vignette_is_retold_with_the_exceptions_that_are_claimed_now(house: House) -> None:
    draft, browser = draft_of(house), signed_in(house.author)
    edit(browser, draft, OTHER_RULE, **{"unless-0-when-0-kind": ["is-no"]})
    page = text_of(browser.get(reverse("vignettes", args=[draft.pk])))
    claimed = "claimed: “All of it was medicine agreed beforehand”"
    assert f"no exception claimed now, told as: {claimed}" in page
    changed = {result.vignette_id for result in check_of(now(draft)).changed}
    assert changed == {"an-agreed-medicine", "two-beers-at-lunch"}
    for name in changed:
        browser.post(reverse("retell", args=[draft.pk, name]), {"revision": now(draft).revision})
    assert check_of(now(draft)).changed == ()
    told = next(v for v in vignettes_of(now(draft)).vignettes if v.id == "an-agreed-medicine")
    assert told.claims == {OTHER_RULE: ()}
    page = text_of(browser.get(reverse("vignettes", args=[draft.pk])))
    assert f"“A mind-altering substance today”: {claimed} in version 1, no exception claimed now." in page
