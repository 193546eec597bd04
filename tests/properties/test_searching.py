"""Whatever the rules: a case that is found comes out as asked, and how answers come out is never said to be never."""

import datetime
from typing import Any

from hypothesis import given, settings

from screening.engine.answers import Answers
from screening.engine.checking import answers_problems
from screening.engine.conditions import Truth
from screening.engine.documents import load
from screening.engine.evaluation import evaluate
from screening.engine.guidance import RuleState
from screening.engine.questionnaire import Questionnaire
from screening.engine.rules import RuleSet
from screening.engine.searching import DAY, Budget, Searcher
from screening.engine.unfolding import Side
from tests.properties.documents import questionnaires, responses, rule_sets

Json = dict[str, Any]
ON = datetime.date(2026, 7, 1)
TRUTHS = {RuleState.MET: Truth.TRUE, RuleState.NOT_MET: Truth.FALSE, RuleState.CANNOT_RULE_OUT: Truth.UNKNOWN}
several = settings(max_examples=25, deadline=None)


def truths(rule_set: RuleSet, questionnaire: Questionnaire, answers: Answers, on: datetime.date) -> tuple[Truth, ...]:
    guidance = evaluate(rule_set, questionnaire, answers, on)
    return tuple(TRUTHS[outcome.state] for outcome in guidance.outcomes)


@several
@given(rule_sets(), questionnaires(), responses())
def test_how_rules_come_out_together_on_some_answers_is_found_or_not_decided(
    rules: Json, asked: Json, given_answers: Json
) -> None:
    rule_set, questionnaire = load(RuleSet, rules, document="rules"), load(Questionnaire, asked, document="q")
    wanted = truths(rule_set, questionnaire, load(Answers, given_answers, document="answers"), ON)
    rules_read = [(Side(rule_set, questionnaire), rule.condition) for rule in rule_set.rules]
    searcher = Searcher(rules_read, Budget(20_000))
    found = searcher.find(frozenset({wanted}))
    assert found.case is not None or not found.decided
    if found.case is not None:
        assert answers_problems(questionnaire, found.case, DAY) == []
        assert truths(rule_set, questionnaire, found.case, DAY) == wanted


@several
@given(rule_sets(), questionnaires(), responses())
def test_how_a_rule_surely_never_comes_out_it_does_not_come_out_on_any_answers(
    rules: Json, asked: Json, given_answers: Json
) -> None:
    rule_set, questionnaire = load(RuleSet, rules, document="rules"), load(Questionnaire, asked, document="q")
    shown = truths(rule_set, questionnaire, load(Answers, given_answers, document="answers"), ON)
    for rule, truth in zip(rule_set.rules, shown, strict=True):
        searcher = Searcher([(Side(rule_set, questionnaire), rule.condition)], Budget(20_000))
        never = [t for t in Truth if (found := searcher.find(frozenset({(t,)}))).decided and found.case is None]
        assert truth not in never
