"""How rules come out otherwise than in an earlier evaluation, in words and without judgement."""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from screening.engine.comparison import OutcomeChange, Shift, Written, outcome_changes, rule_changes
from screening.engine.guidance import RuleOutcome, RuleState
from screening.engine.rules import RuleSet
from screening.models import Evaluation
from screening.selectors.documents import guidance_of, rule_set_of

STATES_NOW = {RuleState.MET: gettext_noop("raised"), RuleState.CANNOT_RULE_OUT: gettext_noop("cannot be ruled out")}
STATES_THEN = {
    RuleState.MET: gettext_noop("raised then"),
    RuleState.CANNOT_RULE_OUT: gettext_noop("could not be ruled out then"),
}


@dataclass(frozen=True, slots=True)
class Shifted:
    """A rule that comes out otherwise than it did: what it is called, and in a few words what stands beside that."""

    rule_id: str
    title: str
    beside: str


def shifts_between(earlier: Evaluation, evaluation: Evaluation) -> dict[str, tuple[Shifted, ...]]:
    """Return the rules that come out otherwise than in an earlier evaluation, by what became of them.

    ``raised`` and ``not_raised``, ``open_now`` and ``settled``; ``by_new_rules`` and ``by_gone_rules``. Select
    ``rule_set_version`` with both to save queries.
    """
    before, now = rule_set_of(earlier.rule_set_version), rule_set_of(evaluation.rule_set_version)
    rewritten = {change.rule_id for change in rule_changes(before, now) if change.written is Written.CHANGED}
    found: dict[str, list[Shifted]] = {name: [] for name in (*_WHERE.values(), "by_new_rules", "by_gone_rules")}
    for change in outcome_changes(guidance_of(earlier), guidance_of(evaluation)):
        found[_where(change)].append(_shifted(change, before, now, rewritten))
    return {name: tuple(shifts) for name, shifts in found.items()}


_WHERE = {
    Shift.NEWLY_RAISED: "raised",
    Shift.NO_LONGER_RAISED: "not_raised",
    Shift.NEWLY_UNKNOWN: "open_now",
    Shift.NO_LONGER_UNKNOWN: "settled",
}


def _where(change: OutcomeChange) -> str:
    if change.before is None:
        return "by_new_rules"
    return _WHERE[change.shift] if change.now is not None else "by_gone_rules"


def _shifted(change: OutcomeChange, before: RuleSet, now: RuleSet, rewritten: set[str]) -> Shifted:
    rules = now.rule_by_id if change.now else before.rule_by_id
    beside = [_otherwise_raised(change)]
    beside += [gettext("the rule was changed since")] if change.rule_id in rewritten else []
    return Shifted(change.rule_id, rules[change.rule_id].title, ", ".join(filter(None, beside)))


def _otherwise_raised(change: OutcomeChange) -> str:
    """Return how the rule came out where the list that it stands in does not say it."""
    if change.before is None:
        return _said(STATES_NOW, change.now)
    if change.now is None or change.shift in (Shift.NEWLY_RAISED, Shift.NEWLY_UNKNOWN):
        return _said(STATES_THEN, change.before)
    return ""


def _said(states: dict[RuleState, str], outcome: RuleOutcome | None) -> str:
    return gettext(states[outcome.state]) if outcome and outcome.state in states else ""
