"""Whatever the rules: what is said to settle a rule does, with those answers and no others, and with none fewer."""

import datetime
from itertools import combinations
from typing import Any

from hypothesis import given, settings

from screening.engine.answers import Answers, Row
from screening.engine.documents import load
from screening.engine.evaluation import evaluate
from screening.engine.guidance import Place, RuleState
from screening.engine.questionnaire import Questionnaire
from screening.engine.rules import RuleSet
from screening.engine.settling import Settling, smallest_settling
from tests.properties.documents import questionnaires, responses, rule_sets

ON = datetime.date(2026, 7, 1)
Json = dict[str, Any]


def with_only(before: Answers, example: Answers, places: tuple[Place, ...]) -> Answers:
    """Return ``before`` with what ``example`` says at ``places``, and nothing else of it."""
    answers, groups = dict(before.answers), dict(before.groups)
    for place in places:
        if place.row_id is None and place.link_id in example.answers:
            answers[place.link_id] = example.answers[place.link_id]
            continue
        group = place.link_id if place.row_id is None else _group_of(example, place)
        rows = example.groups[group].rows
        own = groups.get(group, example.groups[group].model_copy(update={"complete": False, "rows": ()}))
        if place.row_id is None:
            groups[group] = own.model_copy(update={"complete": True})
        else:
            told = next(row for row in rows if row.row_id == place.row_id).answers[place.link_id]
            changed = tuple(_told(row, place, told) for row in own.rows)
            groups[group] = own.model_copy(update={"rows": changed})
    return Answers(answers=answers, groups=groups)


def _group_of(example: Answers, place: Place) -> str:
    return next(
        group
        for group, rows in example.groups.items()
        if any(row.row_id == place.row_id and place.link_id in row.answers for row in rows.rows)
    )


def _told(row: Row, place: Place, told: Any) -> Row:
    if row.row_id != place.row_id:
        return row
    return row.model_copy(update={"answers": {**row.answers, place.link_id: told}})


@settings(max_examples=settings().max_examples // 4, deadline=None)
@given(rule_sets(), questionnaires(exists_false=False), responses())
def test_what_settles_a_rule_does_and_no_part_of_it_does(rules: Json, questionnaire: Json, answers: Json) -> None:
    """Only where a question is asked *because* another has no answer, that answer settles what does not wait for it."""
    rule_set = load(RuleSet, rules, document="rules")
    asked = load(Questionnaire, questionnaire, document="questionnaire")
    before = load(Answers, answers, document="answers")
    for outcome in evaluate(rule_set, asked, before, ON).outcomes:
        rule = rule_set.rule_by_id[outcome.rule_id]
        found = smallest_settling(rule_set, asked, before, ON, rule)
        assert outcome.state is RuleState.CANNOT_RULE_OUT or not found.sets
        sizes = {(one.state, len(one.places)) for one in found.sets}
        assert len(sizes) == len({one.state for one in found.sets}), "of one end all sets are of one size"
        for one in found.sets:
            check(rule_set, asked, before, rule.id, one)


def check(rules: RuleSet, asked: Questionnaire, before: Answers, rule_id: str, one: Settling) -> None:
    def state(answers: Answers) -> RuleState:
        return evaluate(rules, asked, answers, ON).outcome(rule_id).state

    assert with_only(before, one.example, one.places) == one.example
    assert state(one.example) is one.state
    for fewer in combinations(one.places, len(one.places) - 1):
        assert state(with_only(before, one.example, fewer)) is not one.state
