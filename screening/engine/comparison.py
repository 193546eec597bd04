"""Comparing two versions of rules: rule by rule as they are written, and case by case as they come out.

Pure: neither reads a stored case. Nothing here says which version is the better one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from screening.engine.evaluation import FIRST_TOPIC
from screening.engine.guidance import Guidance, RuleOutcome, RuleState
from screening.engine.rules import Concern, Rule, RuleSet

_CONCERN_ORDER = {concern: place for place, concern in enumerate(Concern)}


class Written(StrEnum):
    """What became of a rule between two versions."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule in two versions; ``before`` or ``now`` is None where that version does not have it."""

    rule_id: str
    written: Written
    before: Rule | None
    now: Rule | None


class Shift(StrEnum):
    """How a case comes out otherwise, in one rule."""

    NEWLY_RAISED = "newly-raised"
    NO_LONGER_RAISED = "no-longer-raised"
    NEWLY_UNKNOWN = "newly-unknown"
    NO_LONGER_UNKNOWN = "no-longer-unknown"


@dataclass(frozen=True, slots=True)
class OutcomeChange:
    """One rule that comes out otherwise on one case; ``before`` is None where there was no such rule."""

    shift: Shift
    before: RuleOutcome | None
    now: RuleOutcome | None

    @property
    def rule_id(self) -> str:
        """The rule that came out otherwise."""
        found = self.now or self.before
        return found.rule_id if found else ""


def in_reading_order(rules: tuple[Rule, ...]) -> list[Rule]:
    """Return rules as their flags are read: suicidality first, then by kind of concern, then as they stand."""
    return sorted(rules, key=lambda rule: (rule.topic != FIRST_TOPIC, _CONCERN_ORDER[rule.concern]))


def with_rule(rule_set: RuleSet, changed: Rule) -> RuleSet:
    """Return ``rule_set`` with ``changed`` in the place of the rule of its id."""
    return with_rules(rule_set, tuple(changed if rule.id == changed.id else rule for rule in rule_set.rules))


def with_rules(rule_set: RuleSet, rules: tuple[Rule, ...]) -> RuleSet:
    """Return ``rule_set`` with other rules. It is built anew: a copy would keep what was looked up in the old one."""
    fields = {name: getattr(rule_set, name) for name in RuleSet.model_fields}
    return RuleSet(**{**fields, "rules": rules})


def rule_changes(before: RuleSet, now: RuleSet) -> list[RuleChange]:
    """Return every rule of both versions with what became of it; those that went stand last.

    A rule counts as changed, too, where only a definition that it uses was changed.
    """
    same_definitions = before.definitions == now.definitions
    found = [_rule_change(before, rule, same_definitions=same_definitions) for rule in now.rules]
    gone = [rule for rule in before.rules if rule.id not in now.rule_by_id]
    return found + [RuleChange(rule.id, Written.REMOVED, rule, None) for rule in gone]


def _rule_change(before: RuleSet, rule: Rule, *, same_definitions: bool) -> RuleChange:
    old = before.rule_by_id.get(rule.id)
    if old is None:
        return RuleChange(rule.id, Written.ADDED, None, rule)
    same = old == rule and (same_definitions or '"defined"' not in rule.model_dump_json())
    return RuleChange(rule.id, Written.SAME if same else Written.CHANGED, old, rule)


def outcome_changes(before: Guidance, now: Guidance) -> list[OutcomeChange]:
    """Return each rule that comes out otherwise on one case, in the order of the newer rules."""
    return list(_outcome_changes(before, now))


def _outcome_changes(before: Guidance, now: Guidance) -> Iterator[OutcomeChange]:
    old = {outcome.rule_id: outcome for outcome in before.outcomes}
    for outcome in now.outcomes:
        was = old.pop(outcome.rule_id, None)
        shift = _shift(was.state if was else RuleState.NOT_MET, outcome.state)
        if shift is not None:
            yield OutcomeChange(shift, was, outcome)
    for was in old.values():
        shift = _shift(was.state, RuleState.NOT_MET)
        if shift is not None:
            yield OutcomeChange(shift, was, None)


def _shift(before: RuleState, now: RuleState) -> Shift | None:
    if before is now:
        return None
    if now is RuleState.MET:
        return Shift.NEWLY_RAISED
    if now is RuleState.CANNOT_RULE_OUT:
        return Shift.NEWLY_UNKNOWN
    return Shift.NO_LONGER_RAISED if before is RuleState.MET else Shift.NO_LONGER_UNKNOWN
