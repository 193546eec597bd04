"""The parts of a rule beside its condition, for ``screen``: text and JSON. None changes how it came out."""

from collections.abc import Iterator

from screening.engine.conditions import Truth
from screening.engine.documents import as_document
from screening.engine.guidance import Guidance, RuleOutcome
from screening.engine.rules import Rule, RuleSet
from screening.engine.stored import Document
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


def beside_guidance(rule_set: RuleSet, guidance: Guidance) -> Document:
    """Return what stands beside the guidance as plain JSON, each left out where there is none.

    ``parts`` are those of each flag's rule, by its id; ``for_a_person`` is what is to be checked whatever is raised.
    """
    found = {rule_id: _parts_document(rule_set.rule_by_id[rule_id]) for rule_id in guidance.flags}
    parts = {rule_id: parts for rule_id, parts in found.items() if parts}
    checks = [as_document(check) for check in rule_set.for_a_person]
    beside = {"parts": parts, "for_a_person": checks}
    return {name: value for name, value in beside.items() if value}


def _parts_document(rule: Rule) -> Document:
    document = as_document(rule)
    return {name: document[name] for name in PARTS if name in document}
