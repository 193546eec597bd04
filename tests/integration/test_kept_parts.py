"""The parts of a rule that its form has no fields for stand on the page beside the fields, in words."""

import pytest
from django.urls import reverse

from screening.models import RuleSetVersion
from screening.selectors.documents import rule_set_of
from screening.selectors.kept_parts import kept_parts_of
from screening.services import protocols
from tests.pages import signed_in, text_of
from tests.playing import NOON, House

pytestmark = pytest.mark.django_db

HEADING = "What cannot be changed here These parts stay as they came with the protocol."


def form_of(house: House, draft: RuleSetVersion, rule_id: str) -> str:
    return text_of(signed_in(house.author).get(reverse("edit-rule", args=[draft.pk, rule_id])))


@pytest.fixture
def intake(house: House) -> RuleSetVersion:
    return RuleSetVersion.objects.get(protocol=protocols.adopt(name="intake", by=house.author, at=NOON))


def test_what_is_to_be_had_first_stands_there_with_how_long_it_is_good_for(
    house: House, intake: RuleSetVersion
) -> None:
    words = form_of(house, intake, "medical-screening-older-than-a-year").partition(HEADING)[2]
    assert "To have first" in words
    kept = words.partition("What it rests on")[0]
    assert "good for 12 months; in hand when “Has a medical screening for this treatment been done?”" in kept


def test_every_definition_that_a_rule_uses_is_written_out_those_within_others_too(intake: RuleSetVersion) -> None:
    rules = rule_set_of(intake)
    titles = {definition.title for definition in rules.definitions}
    shown = {title for rule in rules.rules for title, _ in kept_parts_of(intake, rule).definitions}
    assert shown == titles != set()


def test_a_rule_of_which_the_form_shows_all_has_no_such_part(house: House, intake: RuleSetVersion) -> None:
    rule = next(rule for rule in rule_set_of(intake).rules if not kept_parts_of(intake, rule))
    words = form_of(house, intake, rule.id)
    assert "What it rests on" in words
    assert "What cannot be changed here" not in words
