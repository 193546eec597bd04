"""Rules that read plain questions are decision tables: what is remembered of earlier cases is what was meant."""

import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from screening.engine.answers import Answers
from screening.engine.documents import load
from screening.engine.evaluation import evaluate
from screening.engine.questionnaire import Questionnaire
from screening.engine.rules import RuleSet
from tests import reference
from tests.spec.book import choice, question, questionnaire_of, rule, rule_set_of

ON = datetime.date(2026, 7, 1)
CODES = ("one", "two", "three")
ASKED = questionnaire_of(
    question("sure", "boolean"),
    question("again", "boolean"),
    choice("status", *CODES),
    choice("signs", *CODES, repeats=True),
    question("number", "integer"),
)
Json = dict[str, Any]

booleans = st.sampled_from(("sure", "again"))
limits = st.integers(0, 3)
leaves = st.one_of(
    st.builds(lambda name, value: {"kind": "equals", "question": name, "value": value}, booleans, st.booleans()),
    st.builds(lambda code: {"kind": "equals", "question": "status", "value": code}, st.sampled_from(CODES)),
    st.builds(lambda code: {"kind": "contains", "question": "signs", "value": code}, st.sampled_from(CODES)),
    st.builds(
        lambda codes: {"kind": "one-of", "question": "status", "values": codes},
        st.lists(st.sampled_from(CODES), min_size=1, max_size=2, unique=True),
    ),
    st.builds(
        lambda operator, value: {"kind": "compare", "question": "number", "operator": operator, "value": value},
        st.sampled_from(("<", "<=", ">", ">=")),
        limits,
    ),
    st.builds(lambda low: {"kind": "between", "question": "number", "low": low, "high": low + 1}, limits),
)


def joined(parts: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    several = st.lists(parts, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda of: {"kind": "all", "of": of}, several),
        st.builds(lambda of: {"kind": "any", "of": of}, several),
        st.builds(lambda of: {"kind": "at-least", "n": 2, "of": [*of, of[0]]}, several),
        st.builds(lambda part: {"kind": "not", "condition": part}, parts),
    )


conditions = st.recursive(leaves, joined, max_leaves=6)
absences = st.sampled_from(("asked-declined", "asked-unknown", "not-asked")).map(lambda code: {"absent": code})


def answers_to(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.one_of(values.map(lambda value: {"value": value}), absences)


responses = st.fixed_dictionaries(
    {},
    optional={
        "sure": answers_to(st.booleans()),
        "again": answers_to(st.booleans()),
        "status": answers_to(st.sampled_from(CODES)),
        "signs": answers_to(st.lists(st.sampled_from(CODES), min_size=1, unique=True)),
        "number": answers_to(st.integers(-1, 5)),
    },
).map(lambda given: {"answers": given, "groups": {}})


@settings(max_examples=150, deadline=None)
@given(st.lists(conditions, min_size=1, max_size=3), st.lists(responses, min_size=2, max_size=8))
def test_what_is_remembered_of_earlier_cases_changes_nothing(written: list[Json], cases: list[Json]) -> None:
    rules = [rule(f"rule-{number}", when) for number, when in enumerate(written)]
    kept, asked = rule_set_of(*rules), ASKED.model_dump(mode="json")
    for case in (*cases, *reversed(cases)):
        answers = load(Answers, case, document="answers")
        found = evaluate(kept, ASKED, answers, ON)
        states = {outcome.rule_id: outcome.state.value for outcome in found.outcomes}
        assert states == reference.states({"rules": rules, "definitions": []}, asked, case, ON)
        assert found == evaluate(rule_set_of(*rules), ASKED, answers, ON)


def test_such_rules_are_remembered() -> None:
    """Otherwise the test above would try nothing."""
    kept = rule_set_of(rule("one", {"kind": "compare", "question": "number", "operator": ">", "value": 1}))
    for number in (0, 1, 2, 3):
        evaluate(kept, ASKED, load(Answers, {"answers": {"number": {"value": number}}}, document="answers"), ON)
    (met,) = [ruled.met for ruled in _compiled(kept, ASKED)]
    assert len(met) == 2


def _compiled(rule_set: RuleSet, questionnaire: Questionnaire) -> Any:
    return rule_set.compiled[id(questionnaire)]._rules
