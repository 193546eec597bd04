"""Whatever the rules: a change to one leaf, however small, changes the sentence, and no other sentence with it."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import Phase, given, settings

from screening.engine.documents import load
from screening.engine.questionnaire import Questionnaire
from screening.engine.rules import RuleSet
from screening.engine.sentences import condition_sentence, rule_sentence
from tests.properties.documents import CODES, NUMBERS, ROW, SOURCES, TOP, questionnaires, rule_sets

Json = dict[str, Any]
Place = tuple[str | int, ...]
DATES = ["day", "plan"]
ALIKE = [["yes-no", "really"], ["status"], ["signs"], NUMBERS, DATES, ["row-yes-no"], ["row-status"], ["row-day"]]
OPERATORS = ["<", "<=", ">", ">="]
READING = ("question", "since", "until", "than", "half_life", "of", "total")


def leaves(node: Any, place: Place = ()) -> Iterator[Place]:
    """Yield the place of each leaf and each count within a document."""
    if isinstance(node, dict):
        if "kind" in node and node["kind"] not in ("all", "any", "at-least", "not", "defined"):
            yield place
        for key, part in node.items():
            yield from leaves(part, (*place, key))
    elif isinstance(node, list):
        for index, part in enumerate(node):
            yield from leaves(part, (*place, index))


def at(document: Json, place: Place) -> Any:
    for step in place:
        document = document[step]  # type: ignore[index]
    return document


def changes(leaf: Json) -> list[Json]:
    """Return ``leaf`` with one thing in it changed, in every way; of a count of none only the number is."""
    found = [{**leaf, field: other} for field in leaf for other in others(leaf, field)]
    left_out = [field for field in ("total", "different", "until") if field in leaf]
    found += [{key: value for key, value in leaf.items() if key != field} for field in left_out]
    return found + ([{**leaf, "items": leaf["items"][:-1]}] if len(leaf.get("items", ())) > 1 else [])


def others(leaf: Json, field: str) -> list[Any]:
    """Return what else could stand in one field of a leaf."""
    value = leaf[field]
    if field in READING:
        return [other for alike in ALIKE if value in alike for other in alike if other not in leaf.values()]
    if field == "operator":
        signs = [">=", "<=", "="] if leaf["kind"] == "count" else OPERATORS
        return [] if leaf["kind"] == "count" and leaf["value"] == 0 else [sign for sign in signs if sign != value]
    if field in ("last", "at_least"):
        unit = "weeks" if value["unit"] != "weeks" else "months"
        return [{**value, "value": value["value"] + 1}, {**value, "unit": unit}]
    if field in ("values", "sources"):
        known = CODES if field == "values" else SOURCES
        return [[one] for one in known if [one] != value]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1]
    return [code for code in CODES if code != value] if field == "value" else []


def reads(rules: Json, asked: Questionnaire) -> list[str]:
    """Return how each rule of a document reads, and then each definition."""
    rule_set = load(RuleSet, rules, document="rules")
    told = [str(rule_sentence(rule, rule_set, asked)) for rule in rule_set.rules]
    named = [str(condition_sentence(found.condition, rule_set, asked)) for found in rule_set.definitions]
    return told + named


def sentence_of(rules: Json, place: Place) -> int:
    """Return which of the sentences tells what stands at ``place``."""
    index = int(place[1])
    return index if place[0] == "rules" else len(rules["rules"]) + index


def alone(rules: Json, place: Place) -> tuple[Json, Place]:
    """Return a document with only the rule at ``place``, and the place in it; with a definition every rule stays."""
    if place[0] != "rules":
        return rules, place
    return {**rules, "rules": [rules["rules"][place[1]]]}, ("rules", 0, *place[2:])


@settings(max_examples=40, deadline=None, phases=[Phase.generate])  # the leaf at fault is named: nothing to shrink
@given(rule_sets(), questionnaires())
def test_a_change_to_one_leaf_changes_its_sentence_and_no_other(rules: Json, questionnaire: Json) -> None:
    asked = load(Questionnaire, questionnaire, document="questionnaire")
    for document, place in [alone(rules, place) for place in leaves(rules)]:
        before = reads(document, asked)
        for leaf in changes(at(document, place)):
            changed = copy.deepcopy(document)
            at(changed, place[:-1])[place[-1]] = leaf
            after = reads(changed, asked)
            differing = [index for index, told in enumerate(before) if told != after[index]]
            assert differing == [sentence_of(document, place)], leaf


def test_every_kind_of_leaf_has_a_change() -> None:
    assert all(any(link_id in alike for alike in ALIKE) for link_id in TOP + ROW)
    within = {"kind": "within", "question": "day", "last": {"value": 1, "unit": "days"}}
    assert changes(within) == [
        {**within, "question": "plan"},
        {**within, "last": {"value": 2, "unit": "days"}},
        {**within, "last": {"value": 1, "unit": "weeks"}},
    ]
