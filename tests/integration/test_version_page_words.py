"""What the page of a version says beside its rules: who sent it back, what happened to it, what can be done and why."""

import pytest
from django.urls import reverse

from screening.models import RuleSetVersion
from screening.selectors.documents import library_of, rule_set_of
from screening.services import protocols, rule_sets
from tests import playing
from tests.factories import PASSWORD
from tests.pages import signed_in, text_of
from tests.playing import NOON, House
from tests.rule_drafts import RULE, draft_of, edit, in_review, noted, now, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def adopted(house: House) -> RuleSetVersion:
    return RuleSetVersion.objects.get(protocol=protocols.adopt(name="session-day", by=house.author, at=NOON))


def page_of(house: House, version: RuleSetVersion) -> str:
    return text_of(signed_in(house.author).get(reverse("rule-version", args=[version.pk])))


def rules_page(house: House) -> str:
    return text_of(signed_in(house.author).get(reverse("rules")))


class TestADraftThatWasSentBack:
    @pytest.fixture
    def back(self, house: House) -> RuleSetVersion:
        version = in_review(house)
        rule_sets.send_back(version=version, words="Say which attempt.", by=house.approver, at=NOON)
        return now(version)

    def test_it_says_so_before_anything_else_with_the_words(self, house: House, back: RuleSetVersion) -> None:
        words = page_of(house, back)
        assert "Draft, sent back" in words
        said = f"Sent back by {house.approver.user.printed_name}"
        assert words.index(said) < words.index("“Say which attempt.”") < words.index("Change notes.")

    def test_the_list_of_versions_says_so_too(self, house: House, back: RuleSetVersion) -> None:
        assert f"Sent back by {house.approver.user.printed_name}, 21 November 2026" in rules_page(house)

    def test_it_is_said_until_the_draft_is_sent_again(self, house: House, back: RuleSetVersion) -> None:
        noted(house, back)
        assert "Draft, sent back" in page_of(house, back)
        sent(house, now(back))
        assert "Draft, sent back" not in page_of(house, back)
        assert "Sent back by" not in rules_page(house)

    def test_a_draft_that_nobody_sent_back_says_nothing_of_it(self, house: House) -> None:
        draft = draft_of(house)
        assert "sent back" not in page_of(house, draft).partition("What it changes against")[0]
        assert "Sent back by" not in rules_page(house)


class TestADraftThatWasJustAdopted:
    def test_its_history_begins_with_being_adopted(self, house: House, adopted: RuleSetVersion) -> None:
        words = page_of(house, adopted)
        assert f"A shipped protocol was adopted as a draft, {house.author.user.printed_name}" in words
        assert "Nothing is recorded" not in words

    def test_the_history_of_a_later_version_does_not(self, house: House) -> None:
        assert "A shipped protocol was adopted" not in page_of(house, draft_of(house))

    def test_it_says_why_it_cannot_be_withdrawn(self, house: House, adopted: RuleSetVersion) -> None:
        words = page_of(house, adopted)
        assert "It is the only version of this protocol, so it cannot be withdrawn." in words
        assert "Withdraw the draft" not in words


class TestSmallWords:
    def test_the_history_says_when_only_the_notes_were_changed(self, house: House) -> None:
        draft = noted(house, draft_of(house))
        assert "A draft of the rules was changed: its change notes," in page_of(house, draft)

    def test_a_withdrawn_draft_asks_for_nothing(self, house: House) -> None:
        draft = draft_of(house)
        edit(signed_in(house.author), draft, **{"when-0-values": ["first"]})
        assert "let the vignette tell it so" in page_of(house, draft)
        rule_sets.withdraw(version=now(draft), by=house.author, at=NOON)
        words = page_of(house, draft)
        assert "come out otherwise So it was when the draft was withdrawn." in words
        assert "let the vignette tell it so" not in words

    def test_a_draft_without_a_change_counts_none(self, house: House) -> None:
        words = page_of(house, draft_of(house))
        assert "No rule is changed since version 1" in words
        assert "0 rules changed" not in words

    def test_publishing_without_what_was_read_says_what_to_do(self, house: House) -> None:
        version = in_review(house)
        address = reverse("rule-version-publish", args=[version.pk])
        page = signed_in(house.approver).post(address, {"password": PASSWORD})
        assert page.status_code == 422
        assert "The page did not say which version you read. Open it again, and publish from there." in text_of(page)

    def test_a_rule_without_a_citation_is_found_without_showing_its_document(self, house: House) -> None:
        draft = draft_of(house)
        edit(signed_in(house.author), draft, cites=[])
        words = page_of(house, draft)
        assert "A further attempt or threat: what it cites" in words
        assert '{"id":' not in words

    def test_what_a_rule_cites_otherwise_is_told_in_words(self, house: House) -> None:
        draft = draft_of(house)
        other = next(s for s in library_of(draft).statements if s.id not in rule_set_of(draft).rule_by_id[RULE].cites)
        edit(signed_in(house.author), draft, cites=[other.id])
        changes = page_of(house, draft).partition("What it changes against")[2].partition("What it raises")[0]
        assert f"{other.text} ({other.id})" in changes


def test_a_screening_says_which_rules_it_is_read_by(house: House) -> None:
    version = in_review(house)
    rule_sets.publish(version=version, shown_digest=version.digest, by=house.approver, at=NOON)
    screening = playing.started(house, version.protocol)
    browser = signed_in(house.therapist)
    pages = [
        browser.get(reverse("screening", args=[screening.pk]), follow=True),
        browser.get(reverse("screening-answers", args=[screening.pk])),
        browser.get(reverse("screening-so-far", args=[screening.pk])),
        browser.get(reverse("client", args=[screening.client_id])),
    ]
    for page in pages:
        words = text_of(page).replace(" · ", ", ")
        assert "questionnaire version 1, rules version 2" in words
