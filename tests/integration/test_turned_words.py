"""What somebody typed turns nothing around it: not in what a page says was done, and not on the rules' pages."""

import re

import pytest
from django.urls import reverse

from core.accounts.models import Actor, Role, User
from screening.models import RuleSetVersion
from screening.services import rule_sets
from tests import factories, playing
from tests.pages import signed_in
from tests.playing import NOON, House
from tests.rule_drafts import RULE, draft_of, edit, now

pytestmark = pytest.mark.django_db

TURNED = "\u202bturned <i>around</i>"
AS_SHOWN = "\u202bturned &lt;i&gt;around&lt;/i&gt;"
# Where the typed text is all that an element of its own line holds, there is nothing beside it to turn.
ALONE = re.compile(
    rf"<(title|h[123]|p)\b[^>]*>(?:<a [^>]*>)?{AS_SHOWN}(?:</a>)?</\1>|<title>{AS_SHOWN} – Soundings</title>"
)


def turn_the_name_of(actor: Actor) -> None:
    User.objects.filter(pk=actor.user.pk).update(printed_name=TURNED)


def said(page: str) -> str:
    found = re.search(r'<div id="messages"[^>]*>(.*?)</div>', page, re.DOTALL)
    assert found
    return found[1]


def test_a_message_sets_apart_the_name_of_whom_it_names(house: House) -> None:
    colleague = factories.UserFactory.create(printed_name=TURNED)
    desk, given = signed_in(house.manager), {"username": colleague.username, "role": "auditor"}
    given |= {"password": factories.PASSWORD}
    page = desk.post(reverse("give-role"), given, follow=True).content.decode()
    assert f"<bdi>{AS_SHOWN}</bdi> is auditor here now." in said(page)
    ended = reverse("end-role", args=[colleague.memberships.get().pk])
    page = desk.post(ended, {"password": factories.PASSWORD}, follow=True).content.decode()
    assert f"<bdi>{AS_SHOWN}</bdi> is no longer auditor here." in said(page)


def test_a_message_sets_apart_the_code_of_a_case_and_the_name_of_its_therapist(house: House) -> None:
    case = playing.claimed(house, playing.published(house), "two-beers-at-lunch")
    turn_the_name_of(house.therapist)
    desk = signed_in(house.clinician)
    page = desk.post(f"/screenings/{case.pk}/return/", {"words": "Ask again."}, follow=True).content.decode()
    assert f"<bdi>{case.client.code}</bdi> is back with <bdi>{AS_SHOWN}</bdi>, with your questions." in said(page)


def test_a_refusal_sets_apart_the_name_of_whoever_was_first(house: House) -> None:
    case = playing.claimed(house, playing.published(house), "two-beers-at-lunch")
    turn_the_name_of(house.clinician)
    second = signed_in(factories.actor(Role.CLINICIAN, practice=house.practice))
    page = second.post(reverse("claim", args=[case.pk])).content.decode()
    assert f"\u2068{AS_SHOWN}\u2069 took this case first" in page


def test_a_forms_error_sets_apart_what_it_quotes(house: House) -> None:
    given = {"recheck": "", "undertakings": f": {TURNED}"}
    page = edit(signed_in(house.author), draft_of(house), **given).content.decode()
    assert f"“\u2068: {AS_SHOWN}\u2069” does not say who agrees to what." in page


def sent(house: House) -> RuleSetVersion:
    """A draft with one rule whose every word was typed, sent to a second person and back and to them again."""
    for actor in (house.author, house.approver):
        turn_the_name_of(actor)
    draft = draft_of(house)
    words = dict.fromkeys(("title", "explanation", "would_change", "owner"), TURNED)
    assert edit(signed_in(house.author), draft, RULE, **words).status_code == 302
    version = now(draft)
    for turn in (1, 2):
        version = rule_sets.note_changes(
            version=version, change_notes=TURNED, expected_revision=version.revision, by=house.author, at=NOON
        )
        version = rule_sets.submit(version=version, expected_revision=version.revision, by=house.author, at=NOON)
        if turn == 1:
            version = rule_sets.send_back(version=version, words=TURNED, by=house.approver, at=NOON)
    return version


def test_the_rules_pages_set_apart_what_was_typed(house: House) -> None:
    version = sent(house)
    assert version.based_on
    desk = signed_in(house.approver)
    pages = {
        "rules": reverse("rules"),
        "the version": reverse("rule-version", args=[version.pk]),
        "the version before": reverse("rule-version", args=[version.based_on.pk]),
        "the rule": reverse("rule", args=[version.pk, RULE]),
        "the vignettes": reverse("vignettes", args=[version.pk]),
        "the questionnaires": reverse("questionnaires"),
    }
    for name, address in pages.items():
        page = ALONE.sub("", desk.get(address).content.decode())
        assert page.count(f"<bdi>{AS_SHOWN}</bdi>") == page.count("\u202b") > 0, name
