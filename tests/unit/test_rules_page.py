"""The reference of the rule document says what a practice can change in the app: each part of a rule, and truly."""

import re
from pathlib import Path

from screening.engine.dates import Duration, Unit
from screening.engine.rules import Recheck, Rule, RuleSet
from screening.forms.rules import typed_from
from tests.spec.book import rule, rule_set_of, yes

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "rules.md"
SECTION = PAGE.read_text(encoding="utf-8").split("## What a practice can change")[1].split("\n## ")[0]
ROWS = re.findall(r"^\| (.+) \| (.+) \|$", SECTION, re.MULTILINE)


def fields_said_to(words: str) -> set[str]:
    return {name for part, said in ROWS if said.startswith(words) for name in re.findall(r"`(\w+)`", part)}


def typed_fields() -> set[str]:
    """Return the fields of a rule that its form is filled with."""
    unless = {"id": "e", "title": "E", "when": yes("b"), "confirmed_by": "clinician"}
    (found,) = rule_set_of(rule("a", yes("a"), unless=[unless])).rules
    whole = found.model_copy(update={"recheck": Recheck(every=Duration(value=30, unit=Unit.DAYS))})
    return {name for name in Rule.model_fields if any(re.match(rf"{name}\b", key) for key in typed_from(whole))}


def test_what_can_be_changed_in_the_app_is_what_the_form_of_a_rule_holds() -> None:
    assert fields_said_to("can be changed") == typed_fields()


def test_every_part_of_a_rule_and_of_a_rule_set_is_named() -> None:
    named = fields_said_to("can be changed") | fields_said_to("stay as they came")
    besides = {"name", "title", "description", "questionnaire", "rules"}
    assert named == set(Rule.model_fields) | (set(RuleSet.model_fields) - besides)
