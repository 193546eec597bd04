"""An exception that a vignette claims is taken away: putting it back mends that, and so does taking the claim out."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.ledger.selectors import timeline
from screening.models import RuleSetVersion
from screening.selectors.documents import rule_set_of, vignettes_of
from screening.selectors.rule_sets import check_of
from tests.pages import signed_in, text_of
from tests.playing import House
from tests.rule_drafts import OTHER_RULE, edit, now, typed

pytestmark = pytest.mark.django_db

TITLE = "All of it was medicine agreed beforehand"


def removed(author: Client, draft: RuleSetVersion) -> RuleSetVersion:
    """Take the one exception of a rule away, which a vignette claims."""
    assert edit(author, draft, OTHER_RULE, unless=[]).status_code == 302
    return now(draft)


def put_back(draft: RuleSetVersion, title: str = TITLE) -> dict[str, Any]:
    """Return the exception that the active version has, as it is typed anew: it has no id."""
    assert draft.based_on is not None
    first = typed(draft.based_on, OTHER_RULE)
    again = {name.replace("unless-0", "unless-4"): given for name, given in first.items() if "unless-0" in name}
    return {**again, "unless": ["4"], "unless-4-id": "", "unless-4-title": title}


def ids(draft: RuleSetVersion) -> list[str]:
    return [unless.id for unless in rule_set_of(now(draft)).rule_by_id[OTHER_RULE].unless]


def preview_of(page: Any) -> str:
    assert page.status_code == 200
    return str(page.content.decode().partition('id="preview-box"')[2].partition("</section>")[0])


class TestPuttingTheExceptionBack:
    @pytest.mark.parametrize("title", [TITLE, f"  {TITLE.upper().replace(' ', '  ')} "])
    def test_after_it_was_saved_without_it_is_the_same_one_again(
        self, author: Client, draft: RuleSetVersion, title: str
    ) -> None:
        without = removed(author, draft)
        assert check_of(without).results == ()
        assert edit(author, without, OTHER_RULE, **put_back(without, title)).status_code == 302
        assert ids(draft) == ["agreed-medicine"]
        assert check_of(now(draft)).clean

    def test_before_it_is_saved_it_keeps_its_id_too(self, author: Client, draft: RuleSetVersion) -> None:
        assert edit(author, draft, OTHER_RULE, **put_back(draft)).status_code == 302
        assert ids(draft) == ["agreed-medicine"]

    def test_another_of_the_same_title_is_another_one(self, author: Client, draft: RuleSetVersion) -> None:
        changed = {**put_back(draft), "unless": ["0", "4"]}
        assert edit(author, draft, OTHER_RULE, **changed).status_code == 302
        assert ids(draft) == ["agreed-medicine", "exception-all-of-it-was-medicine-agreed-beforehand"]


class TestTakingTheClaimOut:
    def test_the_page_offers_it_and_the_vignettes_are_tried_again(
        self, author: Client, draft: RuleSetVersion, house: House
    ) -> None:
        without = removed(author, draft)
        page = author.get(reverse("rule-version", args=[draft.pk]))
        assert f"It tells as claimed of “ A mind-altering substance today ”: “{TITLE}”." in text_of(page)
        address = reverse("retell", args=[draft.pk, "an-agreed-medicine"])
        assert f'action="{address}"' in page.content.decode()
        assert author.post(address, {"revision": without.revision}).status_code == 302
        check = check_of(now(draft))
        assert check.results
        assert check.changed == ()
        assert check.clean
        (moment,) = timeline(house.author, actions=("rule-set.vignette-retold",))
        assert (moment.who, moment.payload["vignette"]) == (house.author.user.printed_name, "an-agreed-medicine")
        told = text_of(author.get(reverse("rule-version", args=[draft.pk])))
        assert "not there any more" not in told
        assert f"claimed: “{TITLE}” in version 1, no exception claimed now." in told

    def test_only_that_claim_is_taken_out(self, author: Client, draft: RuleSetVersion) -> None:
        without = removed(author, draft)
        author.post(reverse("retell", args=[draft.pk, "an-agreed-medicine"]), {"revision": without.revision})
        before, after = (vignettes_of(version).vignettes for version in (draft, now(draft)))
        changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
        ((old, new),) = changed
        assert new == old.model_copy(update={"claims": {OTHER_RULE: ()}})

    def test_not_on_a_draft_that_was_changed_meanwhile(self, author: Client, draft: RuleSetVersion) -> None:
        removed(author, draft)
        address = reverse("retell", args=[draft.pk, "an-agreed-medicine"])
        assert author.post(address, {"revision": draft.revision}).status_code == 409
        assert now(draft).vignettes == draft.vignettes

    def test_who_only_reads_is_offered_nothing(self, author: Client, draft: RuleSetVersion, house: House) -> None:
        removed(author, draft)
        page = signed_in(house.auditor).get(reverse("rule-version", args=[draft.pk]))
        assert "not there any more" in text_of(page)
        assert reverse("retell", args=[draft.pk, "an-agreed-medicine"]) not in page.content.decode()


class TestCheckingWithoutSaving:
    def test_it_says_what_the_vignettes_claim_of_this_rule_and_ticks_nothing(
        self, author: Client, draft: RuleSetVersion
    ) -> None:
        page = edit(author, draft, OTHER_RULE, unless=[], do="preview")
        said = f"claims what this rule does not have any more: “{TITLE}”. Add it again with the same title"
        assert said in text_of(page)
        assert "Nothing found on this rule" not in text_of(page)
        assert 'class="fine"' not in preview_of(page)

    def test_it_says_what_they_claim_of_another_rule(self, author: Client, draft: RuleSetVersion) -> None:
        page = edit(author, removed(author, draft), do="preview")
        said = f"claims what the rule “A mind-altering substance today” does not have any more: “{TITLE}”."
        assert said in text_of(page)
        assert preview_of(page).count('class="fine"') == 1
        assert '<li class="fine">Nothing found on this rule' in preview_of(page)

    def test_it_says_what_else_is_in_the_way_on_another_rule(self, author: Client, draft: RuleSetVersion) -> None:
        assert edit(author, draft, OTHER_RULE, title="Not suitable").status_code == 302
        page = edit(author, now(draft), do="preview")
        assert "Not suitable: the title: " in text_of(page)
        assert preview_of(page).count('class="fine"') == 1

    def test_the_findings_of_the_version_name_the_vignette_by_its_title(
        self, author: Client, draft: RuleSetVersion
    ) -> None:
        removed(author, draft)
        words = text_of(author.get(reverse("rule-version", args=[draft.pk])))
        title = next(v.title for v in vignettes_of(draft).vignettes if v.id == "an-agreed-medicine")
        assert f"the vignette “{title}”: " in words
        assert "vignettes at /vignettes/" not in words


class TestWhereNoneCanBeTried:
    def test_the_list_of_vignettes_calls_none_as_told(self, author: Client, draft: RuleSetVersion) -> None:
        address = reverse("vignettes", args=[draft.pk])
        before = text_of(author.get(address))
        assert ["None of them was tried." in before, "Not tried." in before] == [False, False]
        removed(author, draft)
        words = text_of(author.get(address))
        assert words.count("Not tried.") == before.count("Comes out as told.") == len(vignettes_of(draft).vignettes)
        assert "None of them was tried." in words
        assert "Comes out as told." not in words

    def test_the_version_gives_them_no_tick(self, author: Client, draft: RuleSetVersion) -> None:
        address = reverse("rule-version", args=[draft.pk])
        ticked = '<li class="fine">All'
        assert ticked in author.get(address).content.decode()
        removed(author, draft)
        page = author.get(address).content.decode()
        assert "<li>The vignettes were not tried" in page
        assert ticked not in page
