"""The parts of a rule beside its condition, for ``screen``: text and JSON. None changes how it came out."""

from collections.abc import Iterator

from screening.engine.answers import Answers
from screening.engine.conditions import Truth
from screening.engine.documents import as_document
from screening.engine.guidance import Guidance, RuleOutcome, RuleState
from screening.engine.protocol import Protocol
from screening.engine.rules import Rule
from screening.engine.settling import Settling, smallest_settling
from screening.engine.stored import Document, place_document
from screening.engine.words import IN_HAND_WORDS, need_words, recheck_words, roles_words, undertaking_words

PARTS = ("only_for", "weighed_by", "needs", "recheck", "undertakings")


def parts_lines(rule: Rule, outcome: RuleOutcome) -> Iterator[str]:
    """Yield a line for each part of ``rule`` that stands beside its condition."""
    if rule.only_for is not None:
        known = outcome.trace.parts[0].truth is not Truth.UNKNOWN
        yield f"  only for: {rule.only_for.title}{'' if known else '; whether that is so here is not known'}"
    if rule.weighed_by:
        yield f"  to be weighed by: {roles_words(rule.weighed_by)}"
    needs = {need.id: need for need in rule.needs}
    for found in outcome.needs:
        yield f"  to have first: {need_words(needs[found.need_id])}: {IN_HAND_WORDS[found.in_hand]}"
    if rule.recheck is not None:
        yield f"  to be asked again: {recheck_words(rule.recheck)}"
    for undertaking in rule.undertakings:
        yield f"  to be agreed {undertaking_words(undertaking)}"


def settling_of(protocol: Protocol, answers: Answers, guidance: Guidance) -> dict[str, tuple[Settling, ...]]:
    """Return the smallest sets of missing answers that could settle each flag that cannot be ruled out, by its id."""
    rules, asked = protocol.rule_set, protocol.questionnaire
    return {
        rule_id: smallest_settling(rules, asked, answers, guidance.on, rules.rule_by_id[rule_id]).sets
        for rule_id in guidance.flags
        if guidance.outcome(rule_id).state is RuleState.CANNOT_RULE_OUT
    }


def beside_guidance(protocol: Protocol, answers: Answers, guidance: Guidance) -> Document:
    """Return what stands beside the guidance as plain JSON, each left out where there is none.

    ``parts`` are those of each flag's rule, by its id; ``settling``, by the same ids, the smallest sets of missing
    answers that could settle it, each with the state it could then have; ``for_a_person`` is what is to be checked
    whatever is raised.
    """
    rule_set = protocol.rule_set
    found = {rule_id: _parts_document(rule_set.rule_by_id[rule_id]) for rule_id in guidance.flags}
    parts = {rule_id: parts for rule_id, parts in found.items() if parts}
    checks = [as_document(check) for check in rule_set.for_a_person]
    settling = {
        rule_id: [_settling_document(one) for one in sets]
        for rule_id, sets in settling_of(protocol, answers, guidance).items()
        if sets
    }
    beside = {"parts": parts, "settling": settling, "for_a_person": checks}
    return {name: value for name, value in beside.items() if value}


def _settling_document(settling: Settling) -> Document:
    return {"state": settling.state.value, "places": [place_document(place) for place in settling.places]}


def _parts_document(rule: Rule) -> Document:
    document = as_document(rule)
    return {name: document[name] for name in PARTS if name in document}
