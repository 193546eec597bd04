"""Whatever two versions say: each case shows the difference that is claimed, and none shows one that is denied."""

import datetime
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from screening.engine.answers import Answers
from screening.engine.checking import answers_problems
from screening.engine.differences import Raises, RuleDifference, rule_differences
from screening.engine.documents import load
from screening.engine.evaluation import evaluate
from screening.engine.guidance import RuleState
from screening.engine.questionnaire import Questionnaire
from screening.engine.rules import RuleSet
from screening.engine.searching import DAY
from screening.engine.unfolding import Side
from tests.properties.documents import conditions, questionnaires, responses, rule_sets

Json = dict[str, Any]
ON = datetime.date(2026, 7, 1)
ORDER = {RuleState.NOT_MET: 0, RuleState.CANNOT_RULE_OUT: 1, RuleState.MET: 2}
STEPS = 20_000
some = settings(max_examples=20, deadline=None)


def negated(condition: Json) -> Json:
    return {"kind": "not", "condition": condition}


REWRITTEN: list[Callable[[Json, Json], Json]] = [
    lambda condition, _: condition,
    lambda condition, _: negated({"kind": "all", "of": [negated(condition)]}),
    lambda condition, _: {"kind": "any", "of": [condition, {"kind": "all", "of": [condition, condition]}]},
    lambda condition, other: {"kind": "any", "of": [condition, other]},
    lambda condition, other: {"kind": "all", "of": [condition, other]},
    lambda _, other: other,
]


def versions() -> st.SearchStrategy[tuple[Json, Json]]:
    """Draw rules, and a later version of them: the same, the same in another form, wider, narrower or others.

    A definition that they use is sometimes another one, too.
    """
    changes = st.lists(st.tuples(st.sampled_from(REWRITTEN), conditions()), min_size=4, max_size=4)
    return st.builds(_changed, rule_sets(), changes, st.none() | conditions(defined=False))


def _changed(
    before: Json, changes: list[tuple[Callable[[Json, Json], Json], Json]], defined: Json | None
) -> tuple[Json, Json]:
    rules = zip(before["rules"], changes, strict=False)
    named = before["definitions"] if defined is None else [{**before["definitions"][0], "condition": defined}]
    changed = [{**rule, "when": how(rule["when"], other)} for rule, (how, other) in rules]
    return before, {**before, "rules": changed, "definitions": named}


def compared(rules: tuple[Json, Json], asked: tuple[Json, Json]) -> tuple[Side, Side, list[RuleDifference]]:
    """Compare two versions, each over its own questionnaire: these ask the same, though not in the same cases."""
    old, new = (
        Side(load(RuleSet, version, document="rules"), load(Questionnaire, document, document="questionnaire"))
        for version, document in zip(rules, asked, strict=True)
    )
    return old, new, rule_differences(old, new, STEPS)


def asked_twice() -> st.SearchStrategy[tuple[Json, Json]]:
    """Draw one questionnaire twice, or two."""
    return st.one_of(questionnaires().map(lambda one: (one, one)), st.tuples(questionnaires(), questionnaires()))


def state(side: Side, rule_id: str, answers: Answers, on: datetime.date) -> RuleState:
    return evaluate(side.rule_set, side.questionnaire, answers, on).outcome(rule_id).state


@some
@given(versions(), asked_twice())
def test_each_case_shows_the_difference_that_is_claimed(rules: tuple[Json, Json], asked: tuple[Json, Json]) -> None:
    old, new, differences = compared(rules, asked)
    for difference in differences:
        ways = set()
        for example in difference.examples:
            assert answers_problems(old.questionnaire, example.answers, DAY) == []
            before, now = (state(side, difference.rule.id, example.answers, DAY) for side in (old, new))
            assert (before, now) == (example.before, example.now)
            ways.add(Raises.MORE if ORDER[now] > ORDER[before] else Raises.LESS)
        claimed = {difference.raises} & {Raises.MORE, Raises.LESS}
        assert ways == ({Raises.MORE, Raises.LESS} if difference.raises is Raises.BOTH else claimed)


@some
@given(versions(), asked_twice(), st.lists(responses(), min_size=3, max_size=3))
def test_no_answers_show_a_difference_that_is_denied(
    rules: tuple[Json, Json], asked: tuple[Json, Json], drawn: list[Json]
) -> None:
    old, new, differences = compared(rules, asked)
    given_answers = [load(Answers, answers, document="answers") for answers in drawn]
    for difference in differences:
        shifts = [
            ORDER[state(new, difference.rule.id, answers, ON)] - ORDER[state(old, difference.rule.id, answers, ON)]
            for answers in given_answers
        ]
        if difference.decided and difference.raises in (Raises.ALIKE, Raises.MORE):
            assert min(shifts) >= 0
        if difference.decided and difference.raises in (Raises.ALIKE, Raises.LESS):
            assert max(shifts) <= 0
