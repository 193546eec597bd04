"""An adopted protocol that was changed before anybody published it: the second person reads what was changed."""

import pytest
from django.urls import reverse

from core.errors import Refused
from screening.models import Protocol, RuleSetVersion
from screening.selectors.raised_differently import raised_differently
from screening.selectors.rule_sets import check_of
from screening.services import protocols, rule_sets
from tests.factories import PASSWORD
from tests.pages import fields, signed_in, text_of
from tests.playing import NOON, House
from tests.rule_drafts import edit, now, sent

pytestmark = pytest.mark.django_db

ADOPTED = "the shipped “session-day”"
UNTRUE = "Adopted as shipped: session-day."


@pytest.fixture
def adopted(house: House) -> RuleSetVersion:
    protocol = protocols.adopt(name="session-day", by=house.author, at=NOON)
    return RuleSetVersion.objects.get(protocol=protocol)


def changed(house: House, draft: RuleSetVersion) -> RuleSetVersion:
    """Have a first attempt count, and a further one no more, and let every vignette tell it so."""
    browser = signed_in(house.author)
    edit(browser, draft, **{"when-0-values": ["first"]})
    for result in check_of(now(draft)).changed:
        browser.post(reverse("retell", args=[draft.pk, result.vignette_id]), {"revision": now(draft).revision})
    return now(draft)


def sent_with_notes(house: House, draft: RuleSetVersion, notes: str = "A first attempt counts.") -> RuleSetVersion:
    noted = rule_sets.note_changes(
        version=draft, change_notes=notes, expected_revision=draft.revision, by=house.author, at=NOON
    )
    return sent(house, noted)


def page_for_the_second_person(house: House, version: RuleSetVersion) -> str:
    return text_of(signed_in(house.approver).get(reverse("rule-version", args=[version.pk])))


def as_if_another_were_shipped_now(version: RuleSetVersion) -> RuleSetVersion:
    """Let what was adopted be none that ships."""
    Protocol.objects.filter(pk=version.protocol_id).update(lineage_digest="0" * 64)
    return now(version)


class TestTheSecondPersonReads:
    def test_each_changed_rule_beside_what_was_adopted_before_the_password(
        self, house: House, adopted: RuleSetVersion
    ) -> None:
        words = page_for_the_second_person(house, sent_with_notes(house, changed(house, adopted)))
        assert f"What it changes against {ADOPTED} A further attempt or threat changed" in words
        assert f"Read first what it changes against {ADOPTED}: 1 rule, and 2 vignettes retold." in words
        assert words.index("What it changes against") < words.index("Your password, again")

    def test_what_it_raises_differently_with_its_cases(self, house: House, adopted: RuleSetVersion) -> None:
        version = changed(house, adopted)
        found = raised_differently(version)
        assert found is not None
        assert [rule.words for rule in found.rules] == ["raises more in some cases and less in others"]
        assert found.rules[0].cases[0] in page_for_the_second_person(house, version)

    def test_each_retold_vignette_and_who_retold_it(self, house: House, adopted: RuleSetVersion) -> None:
        words = page_for_the_second_person(house, changed(house, adopted))
        assert "2 vignettes were retold in this version" in words
        assert f"“A further attempt or threat”: raised in {ADOPTED}, not raised now." in words
        assert f"Retold in this version by {house.author.user.printed_name}" in words

    def test_the_same_after_it_was_published(self, house: House, adopted: RuleSetVersion) -> None:
        version = sent_with_notes(house, changed(house, adopted))
        data = {"password": PASSWORD, "shown": version.digest}
        signed_in(house.approver).post(reverse("rule-version-publish", args=[version.pk]), data)
        assert now(version).status == "active"
        words = page_for_the_second_person(house, version)
        assert f"What it changes against {ADOPTED} A further attempt or threat changed" in words

    def test_that_nothing_was_changed_where_nothing_was(self, house: House, adopted: RuleSetVersion) -> None:
        words = page_for_the_second_person(house, sent(house, adopted))
        assert f"What it changes against {ADOPTED} No rule is changed." in words
        assert f"Read first what it changes against {ADOPTED}: 0 rules, and 0 vignettes retold." in words


class TestTheNoteThatItIsAsShipped:
    def test_it_is_taken_away_as_soon_as_a_rule_is_changed(self, house: House, adopted: RuleSetVersion) -> None:
        assert adopted.change_notes == UNTRUE
        version = changed(house, adopted)
        assert version.change_notes == ""
        browser = signed_in(house.author)
        page = browser.get(reverse("rule-version", args=[version.pk]))
        assert fields(page)["change_notes"] == [""]
        assert UNTRUE not in text_of(browser.get(reverse("rules")))

    def test_notes_that_somebody_wrote_stay(self, house: House, adopted: RuleSetVersion) -> None:
        noted = rule_sets.note_changes(
            version=adopted, change_notes="Ours.", expected_revision=adopted.revision, by=house.author, at=NOON
        )
        assert changed(house, noted).change_notes == "Ours."

    def test_it_is_not_sent_again_for_a_changed_draft(self, house: House, adopted: RuleSetVersion) -> None:
        version = changed(house, adopted)
        with pytest.raises(Refused, match="adopted as shipped, and it was changed since"):
            sent_with_notes(house, version, UNTRUE)
        assert now(version).status == "draft"

    def test_nor_published_where_it_was_sent_before(self, house: House, adopted: RuleSetVersion) -> None:
        version = sent_with_notes(house, changed(house, adopted))
        RuleSetVersion.objects.filter(pk=version.pk).update(change_notes=UNTRUE)
        with pytest.raises(Refused, match="adopted as shipped, and it was changed since"):
            rule_sets.publish(version=version, shown_digest=version.digest, by=house.approver, at=NOON)
        assert now(version).status == "in-review"


class TestWhereAnotherProtocolShipsUnderThatNameNow:
    def test_a_changed_draft_says_that_its_changes_cannot_be_shown(self, house: House, adopted: RuleSetVersion) -> None:
        version = as_if_another_were_shipped_now(sent_with_notes(house, changed(house, adopted)))
        words = page_for_the_second_person(house, version)
        assert "what was changed cannot be shown here: “session-day” as it ships now is not what was adopted" in words
        assert "it was changed since it was adopted, and that cannot be laid side by side." in words
        assert "No rule is changed" not in words
        assert raised_differently(version) is None

    def test_a_draft_that_is_as_it_was_adopted_still_says_so(
        self, house: House, adopted: RuleSetVersion, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("screening.selectors.origins.shipped_names", list)
        assert f"What it changes against {ADOPTED} No rule is changed." in page_for_the_second_person(house, adopted)
