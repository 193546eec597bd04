"""Whatever the rules and whatever the answers: the engine agrees with the plain one, and unknown is never "no"."""

import copy
import datetime
import json
from typing import Any

from hypothesis import given, settings

from screening.engine.answers import Answers
from screening.engine.conditions import Truth
from screening.engine.documents import as_document, load
from screening.engine.evaluation import evaluate
from screening.engine.explaining import outcome_sentence
from screening.engine.guidance import Guidance, RuleState, Trace
from screening.engine.questionnaire import Questionnaire
from screening.engine.response_writing import answers_to_fhir
from screening.engine.responses import answers_from_fhir
from screening.engine.rules import RuleSet
from screening.engine.sentences import rule_sentence
from tests import reference
from tests.properties.documents import questionnaires, responses, rule_sets

ON = datetime.date(2026, 7, 1)
STATE_OF = {
    Truth.TRUE: RuleState.MET,
    Truth.FALSE: RuleState.NOT_MET,
    Truth.UNKNOWN: RuleState.CANNOT_RULE_OUT,
}
CLAIMED = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}
Json = dict[str, Any]
usual = settings().max_examples  # of the profile: 100, and 5,000 in a long run
many, some = settings(max_examples=2 * usual, deadline=None), settings(max_examples=usual // 4, deadline=None)


def evaluated(rules: Json, questionnaire: Json, answers: Json) -> Guidance:
    return evaluate(
        load(RuleSet, rules, document="rules"),
        load(Questionnaire, questionnaire, document="questionnaire"),
        load(Answers, answers, document="answers"),
        ON,
    )


@many
@given(rule_sets(), questionnaires(), responses())
def test_compiled_rules_the_walk_and_the_plain_evaluator_agree(rules: Json, questionnaire: Json, answers: Json) -> None:
    found = evaluated(rules, questionnaire, answers)
    states = {outcome.rule_id: outcome.state.value for outcome in found.outcomes}
    walked = {outcome.rule_id: STATE_OF[outcome.trace.truth].value for outcome in found.outcomes}
    assert states == walked == reference.states(rules, questionnaire, answers, ON)
    assert list(found.flags) == reference.flags(rules, states)
    exceptions = [exception for outcome in found.outcomes for exception in outcome.exceptions]
    claimed = {exception.exception_id: CLAIMED[exception.claimed] for exception in exceptions}
    assert claimed == reference.claims(rules, questionnaire, answers, ON)
    needs = [need for outcome in found.outcomes for need in outcome.needs]
    in_hand = {need.need_id: CLAIMED[need.in_hand] for need in needs}
    assert in_hand == reference.in_hand(rules, questionnaire, answers, ON)


def less_known(answers: Json) -> list[Json]:
    """Return the responses in which one answer of this one is declined or gone, or rows are no longer all."""
    found = []
    places = [("answers", link_id) for link_id in answers["answers"]]
    for group, rows in answers["groups"].items():
        found.append(_changed(answers, lambda copied, group=group: copied["groups"][group].update(complete=False)))
        places += [(group, (number, link_id)) for number, row in enumerate(rows["rows"]) for link_id in row["answers"]]
    for where, key in places:
        found.append(_changed(answers, lambda copied, w=where, k=key: _holder(copied, w, k).update(_absent(k))))
        found.append(_changed(answers, lambda copied, w=where, k=key: _holder(copied, w, k).pop(_link_id(k))))
    return found


def contradicted(trace: Trace) -> bool:
    """Return whether answers contradict each other anywhere in what a rule reads."""
    return trace.why == "contradiction" or any(contradicted(part) for part in trace.parts)


def _changed(answers: Json, change: Any) -> Json:
    copied = copy.deepcopy(answers)
    change(copied)
    return copied


def _holder(answers: Json, where: str, key: Any) -> Json:
    holder: Json = answers["answers"] if where == "answers" else answers["groups"][where]["rows"][key[0]]["answers"]
    return holder


def _link_id(key: Any) -> str:
    return key if isinstance(key, str) else str(key[1])


def _absent(key: Any) -> Json:
    return {_link_id(key): {"absent": "asked-declined"}}


@some
@given(rule_sets(), questionnaires(exists_false=False), responses())
def test_to_know_less_never_turns_a_rule_round(rules: Json, questionnaire: Json, answers: Json) -> None:
    """Only a question that is asked *because* there is no answer (``exists: false``) may be opened by an absence.

    Answers that contradict each other tell too much: there, less can tell more.
    """
    outcomes = evaluated(rules, questionnaire, answers).outcomes
    before = {outcome.rule_id: outcome.state for outcome in outcomes if not contradicted(outcome.trace)}
    for fewer in less_known(answers):
        for outcome in evaluated(rules, questionnaire, fewer).outcomes:
            if outcome.rule_id not in before:
                continue
            assert outcome.state in (before[outcome.rule_id], RuleState.CANNOT_RULE_OUT), fewer


@some
@given(rule_sets(), questionnaires(), responses())
def test_every_rule_that_cannot_be_ruled_out_names_what_is_missing(
    rules: Json, questionnaire: Json, answers: Json
) -> None:
    found = evaluated(rules, questionnaire, answers)
    waiting = {rule_id for missing in found.missing for rule_id in missing.read_by}
    unknown = {o.rule_id for o in found.outcomes if o.state is RuleState.CANNOT_RULE_OUT}
    assert waiting == unknown
    assert all(set(missing.could_settle) <= set(missing.read_by) for missing in found.missing)
    assert all(bool(o.missing) == (o.state is RuleState.CANNOT_RULE_OUT) for o in found.outcomes)


@some
@given(rule_sets(), questionnaires(), responses())
def test_guidance_is_stored_and_read_back_as_it_was(rules: Json, questionnaire: Json, answers: Json) -> None:
    found = evaluated(rules, questionnaire, answers)
    stored = json.loads(json.dumps(found.as_document()))
    assert Guidance.from_document(stored) == found
    assert evaluated(rules, questionnaire, answers).as_document() == found.as_document()


@some
@given(rule_sets(), questionnaires(), responses())
def test_every_rule_and_every_outcome_can_be_told_in_words(rules: Json, questionnaire: Json, answers: Json) -> None:
    rule_set = load(RuleSet, rules, document="rules")
    asked = load(Questionnaire, questionnaire, document="questionnaire")
    response = load(Answers, answers, document="answers")
    found = evaluate(rule_set, asked, response, ON)
    for outcome in found.outcomes:
        assert str(rule_sentence(rule_set.rule_by_id[outcome.rule_id], rule_set, asked)).startswith("Raise ")
        told = outcome_sentence(outcome, rule_set, asked, response)
        assert str(told)
        assert told.truth is outcome.trace.truth


@some
@given(questionnaires(), responses())
def test_answers_written_as_fhir_are_read_back_as_they_were(questionnaire: Json, answers: Json) -> None:
    asked = load(Questionnaire, questionnaire, document="questionnaire")
    given_answers = load(Answers, answers, document="answers")
    written = answers_to_fhir(given_answers, asked)
    assert as_document(answers_from_fhir(written, asked, ON)) == as_document(given_answers)
