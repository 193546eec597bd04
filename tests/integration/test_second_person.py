"""Whoever had a hand in something never approves it: by any act, in any order, from two tabs, after other roles."""

import itertools
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.models import Actor, Membership, Role
from core.accounts.services import add_member, end_membership
from core.errors import Refused
from screening.models import Protocol, RuleSetVersion
from screening.models.screenings import ScreeningStatus
from screening.selectors.rule_sets import check_of
from screening.services import rule_sets
from tests import playing, rule_drafts
from tests.factories import PASSWORD
from tests.integration.test_access_matrix import VIGNETTE
from tests.pages import fields, signed_in
from tests.playing import NOON, House, again
from tests.rule_drafts import now

pytestmark = pytest.mark.django_db

Hand = Callable[[RuleSetVersion, Actor], object]


def _note(draft: RuleSetVersion, by: Actor) -> object:
    return rule_drafts.noted(None, draft, by)  # type: ignore[arg-type]


def _change(draft: RuleSetVersion, by: Actor) -> object:
    return rule_drafts.edit(signed_in(by), draft, title="Otherwise")


def _change_back(draft: RuleSetVersion, by: Actor) -> object:
    """Save the rule as it was taken: nothing of the draft is theirs any more, and they had a hand in it."""
    return rule_drafts.edit(signed_in(by), draft)


HANDS: dict[str, Hand] = {"note": _note, "change": _change, "change-back": _change_back}


@pytest.fixture
def house() -> House:
    return playing.house()


@pytest.fixture
def protocol(house: House) -> Protocol:
    return playing.published(house)


@pytest.fixture
def both(house: House) -> Actor:
    """Somebody who writes rules and publishes them: never the same ones."""
    author = Actor(house.approver.user, house.practice, Role.RULE_AUTHOR.value)
    add_member(user=author.user, practice=house.practice, role=author.role, by=house.manager, at=NOON)
    return author


def press_publish(browser: Client, version: RuleSetVersion) -> int:
    sent = {"password": PASSWORD, "shown": version.digest}
    return browser.post(reverse("rule-version-publish", args=[version.pk]), sent).status_code


@pytest.mark.parametrize("order", list(itertools.permutations(HANDS)), ids="-".join)
def test_in_whatever_order_they_had_a_hand_in_it(
    house: House, protocol: Protocol, both: Actor, order: tuple[str, ...]
) -> None:
    draft = rule_drafts.draft_of(house, protocol)
    for hand in order:
        HANDS[hand](now(draft), both)
    version = rule_drafts.sent(house, rule_drafts.noted(house, now(draft)))
    assert press_publish(signed_in(house.approver), version) == 409
    assert now(version).status == "in-review"


def test_also_where_all_they_did_was_to_tell_a_vignette_anew(house: House, protocol: Protocol, both: Actor) -> None:
    from tests.integration.acts import draft_with_a_vignette_to_retell

    draft, vignette_id = draft_with_a_vignette_to_retell(house)
    rule_sets.retell_vignette(
        version=draft, vignette_id=vignette_id, expected_revision=draft.revision, by=both, at=NOON
    )
    while check := check_of(now(draft)).changed:
        draft = rule_sets.retell_vignette(
            version=now(draft),
            vignette_id=check[0].vignette_id,
            expected_revision=now(draft).revision,
            by=house.author,
            at=NOON,
        )
    version = rule_drafts.sent(house, rule_drafts.noted(house, now(draft)))
    with pytest.raises(Refused, match="You took part in writing"):
        rule_sets.publish(version=version, shown_digest=version.digest, by=house.approver, at=NOON)


def test_from_two_tabs(house: House, protocol: Protocol, both: Actor) -> None:
    """One tab shows the version ready to be published; in the other they send it back and change it."""
    version = rule_drafts.in_review(house, protocol)
    publishing = signed_in(house.approver)
    ready = fields(publishing.get(reverse("rule-version", args=[version.pk])))
    rule_sets.send_back(version=version, words="Say more.", by=house.approver, at=NOON)
    rule_drafts.noted(house, now(version), both)
    rule_drafts.sent(house, now(version))
    for shown in (ready.get("shown", [version.digest])[0], now(version).digest):
        sent = {"password": PASSWORD, "shown": shown}
        assert publishing.post(reverse("rule-version-publish", args=[version.pk]), sent).status_code == 409
    assert now(version).status == "in-review"


def test_after_the_role_as_author_was_taken_away_and_that_of_approver_given(house: House, protocol: Protocol) -> None:
    version = rule_drafts.in_review(house, protocol)
    as_author = Membership.objects.get(user=house.author.user, role=Role.RULE_AUTHOR)
    browser = signed_in(house.author)
    assert press_publish(browser, version) == 403
    end_membership(membership=as_author, by=house.manager, at=NOON)
    add_member(user=house.author.user, practice=house.practice, role="rule-approver", by=house.manager, at=NOON)
    assert press_publish(browser, version) == 409
    assert now(version).status == "in-review"


def test_an_approver_who_only_sent_it_back_may_publish_it(house: House, protocol: Protocol) -> None:
    version = rule_drafts.in_review(house, protocol)
    rule_sets.send_back(version=version, words="Say more.", by=house.approver, at=NOON)
    version = rule_drafts.sent(house, now(version))
    assert press_publish(signed_in(house.approver), version) == 302


class TestReviewing:
    @pytest.fixture
    def screener(self, house: House) -> Actor:
        """The therapist, who is a clinician of the practice too."""
        clinician = Actor(house.therapist.user, house.practice, Role.CLINICIAN.value)
        add_member(user=clinician.user, practice=house.practice, role=clinician.role, by=house.manager, at=NOON)
        return clinician

    def test_is_by_somebody_else_than_who_screened(self, house: House, protocol: Protocol, screener: Actor) -> None:
        case = playing.submitted(house, protocol, VIGNETTE)
        assert signed_in(screener).post(reverse("claim", args=[case.pk])).status_code == 409
        assert again(case).status == ScreeningStatus.SUBMITTED

    def test_stays_so_where_the_client_changed_hands_before(
        self, house: House, protocol: Protocol, screener: Actor
    ) -> None:
        case = playing.submitted(house, protocol, VIGNETTE)
        type(case.client).objects.filter(pk=case.client_id).update(therapist=house.manager.user)
        assert signed_in(screener).post(reverse("claim", args=[case.pk])).status_code == 409

    def test_stays_so_after_the_role_as_therapist_ended(
        self, house: House, protocol: Protocol, screener: Actor
    ) -> None:
        case = playing.submitted(house, protocol, VIGNETTE)
        held = Membership.objects.get(user=screener.user, role=Role.THERAPIST)
        end_membership(membership=held, by=house.manager, at=NOON)
        assert signed_in(screener).post(reverse("claim", args=[case.pk])).status_code == 409
