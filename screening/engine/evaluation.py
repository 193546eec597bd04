"""Answers in, guidance out: what the rules of one rule set raise on one response, and what that rests on.

Deterministic: the day is an argument and nothing here looks at a clock. The output holds no verdict: a rule is met,
not met, or cannot be ruled out.
"""

import datetime
from collections.abc import Callable
from functools import cache, partial
from typing import Any as Anything
from typing import ClassVar, get_args

from screening.engine.answers import Answers, Row
from screening.engine.because import Because
from screening.engine.checking import answers_problems
from screening.engine.compiled import FALSE, TRUE, UNKNOWN, Ending, compiled
from screening.engine.conditions import (
    All,
    Any,
    AtLeast,
    Count,
    Defined,
    Lasted,
    Not,
    Relating,
    Single,
    Truth,
    relates,
)
from screening.engine.documents import InvalidDocument
from screening.engine.guidance import (
    ExceptionOutcome,
    Explanation,
    Guidance,
    NeedOutcome,
    Place,
    RuleOutcome,
    RuleState,
    Trace,
)
from screening.engine.logic import NEGATED, all_of, any_of, at_least
from screening.engine.missing import WouldBe, missing_places, ranked
from screening.engine.questionnaire import Questionnaire
from screening.engine.reading import Case
from screening.engine.rules import Concern, Need, Rule, RuleSet, Unless
from screening.engine.supposing import Supposition

STATE_OF = {TRUE: RuleState.MET, FALSE: RuleState.NOT_MET, UNKNOWN: RuleState.CANNOT_RULE_OUT}
FIRST_TOPIC = "suicidality"
_CONCERN_ORDER = {concern: place for place, concern in enumerate(Concern)}


def evaluate(rule_set: RuleSet, questionnaire: Questionnaire, answers: Answers, on: datetime.date) -> Guidance:
    """Return what ``rule_set`` raises on ``answers``, read through ``questionnaire`` on the day ``on``.

    Every rule gets an outcome, raised or not. How it ends is told by the compiled rules; why, by a walk through them,
    made when an explanation is first asked for, which always comes to the same. Answers that the questionnaire does
    not know raise ``InvalidDocument`` with one finding per fault: a wrong answer is never quietly read as "no".
    """
    if problems := answers_problems(questionnaire, answers, on):
        raise InvalidDocument(problems)
    endings = compiled(rule_set, questionnaire).endings(answers, on)
    explainer = Evaluator(rule_set, Case(questionnaire, answers, on))
    outcomes = tuple(
        RuleOutcome(rule.id, STATE_OF[ending.truth], partial(explainer.explanation, rule, ending))
        for rule, ending in zip(rule_set.rules, endings, strict=True)
    )
    return Guidance(
        rule_set=rule_set.name,
        questionnaire=questionnaire.name,
        on=on,
        outcomes=outcomes,
        flags=_reading_order(rule_set, outcomes),
        rank=lambda: ranked(outcomes, questionnaire, _would_be(rule_set, explainer.case, outcomes)),
    )


def _would_be(rule_set: RuleSet, case: Case, outcomes: tuple[RuleOutcome, ...]) -> WouldBe:
    traces = {outcome.rule_id: outcome.trace for outcome in outcomes}

    @cache
    def supposed(place: Place, truth: Truth) -> Supposition:
        return Supposition(rule_set, case, place, truth)

    def would_be(rule_id: str, place: Place, truth: Truth) -> Truth:
        return supposed(place, truth).truth(rule_set.rule_by_id[rule_id].condition, traces[rule_id])

    return would_be


def _reading_order(rule_set: RuleSet, outcomes: tuple[RuleOutcome, ...]) -> tuple[str, ...]:
    """Suicidality first; within its group what is met before what cannot be ruled out; then by kind of concern."""

    def place(outcome: RuleOutcome) -> tuple[bool, bool, int]:
        rule = rule_set.rule_by_id[outcome.rule_id]
        return rule.topic != FIRST_TOPIC, outcome.state is not RuleState.MET, _CONCERN_ORDER[rule.concern]

    raised = (outcome for outcome in outcomes if outcome.state is not RuleState.NOT_MET)
    return tuple(outcome.rule_id for outcome in sorted(raised, key=place))


class Evaluator:
    """Works out the conditions of one rule set on one case, each named definition once per row."""

    def __init__(self, rule_set: RuleSet, case: Case) -> None:
        self._rule_set = rule_set
        self.case = case
        self._because = Because(rule_set, case)
        self._defined: dict[tuple[str, int], Trace] = {}

    def explanation(self, rule: Rule, ending: Ending) -> Explanation:
        """Return why ``rule`` ends as it does. Exceptions and needs are worked out beside it and change no state."""
        trace = self.trace_of(rule, ending)
        return Explanation(
            because=self._because.basis(rule.condition, trace),
            missing=missing_places(trace, self.case.questionnaire),
            exceptions=self._exceptions(rule),
            trace=trace,
            needs=tuple(self._need(need) for need in rule.needs),
        )

    def trace_of(self, rule: Rule, ending: Ending) -> Trace:
        """Return how every node of a rule came out: remembered with its ending, or else walked."""
        if ending.trace is None:
            ending.trace = self._whole(rule)
        return ending.trace

    def _whole(self, rule: Rule) -> Trace:
        """Work out a rule with the sub-group that it is for: then the trace's two parts are the group and ``when``."""
        trace = self.trace(rule.condition)
        return trace if rule.only_for is None else trace._replace(kind="only-for")

    def _exceptions(self, rule: Rule) -> tuple[ExceptionOutcome, ...]:
        if not rule.unless:
            return ()
        traces = {unless.id: self.trace(unless.when) for unless in rule.unless}
        claimed = [unless for unless in rule.unless if traces[unless.id].truth is Truth.TRUE]
        return tuple(self._exception(unless, traces[unless.id], claimed) for unless in rule.unless)

    def _exception(self, unless: Unless, trace: Trace, claimed: list[Unless]) -> ExceptionOutcome:
        return ExceptionOutcome(
            exception_id=unless.id,
            claimed=trace.truth,
            confirmed_by=unless.confirmed_by.value,
            lifted_by=tuple(other.id for other in claimed if other.to == unless.id),
            because=self._because.basis(unless.when, trace),
            trace=trace,
        )

    def _need(self, need: Need) -> NeedOutcome:
        if need.in_hand is None:
            return NeedOutcome(need.id, Truth.UNKNOWN)
        trace = self.trace(need.in_hand)
        return NeedOutcome(need.id, trace.truth, self._because.basis(need.in_hand, trace), trace)

    def trace(self, node: Anything, row: Row | None = None) -> Trace:
        """Work out one node of a condition. Every part is worked out, so that each can say why."""
        return self._forms[type(node)](self, node, row)

    def _leaf(self, node: Single, row: Row | None) -> Trace:
        return self.case.leaf(node, row)

    def _related(self, node: Relating, row: Row | None) -> Trace:
        return self.related(node, row)

    def related(self, node: Relating, row: Row | None) -> Trace:
        """Work out a leaf that reads several answers together."""
        return self.case.related(node, row)

    def _lasted(self, node: Lasted, row: Row | None) -> Trace:
        return self.related(node, row) if relates(node) else self._leaf(node, row)

    def _parts(self, node: All | Any | AtLeast, row: Row | None) -> tuple[Trace, ...]:
        return tuple([self._forms[type(part)](self, part, row) for part in node.of])

    def _all(self, node: All, row: Row | None) -> Trace:
        parts = self._parts(node, row)
        return Trace("all", all_of([part.truth for part in parts]), parts=parts)

    def _any(self, node: Any, row: Row | None) -> Trace:
        parts = self._parts(node, row)
        return Trace("any", any_of([part.truth for part in parts]), parts=parts)

    def _at_least(self, node: AtLeast, row: Row | None) -> Trace:
        parts = self._parts(node, row)
        return Trace("at-least", at_least(node.n, [part.truth for part in parts]), parts=parts)

    def _not(self, node: Not, row: Row | None) -> Trace:
        part = self.trace(node.condition, row)
        return Trace("not", NEGATED[part.truth], parts=(part,))

    def _named(self, node: Defined, row: Row | None) -> Trace:
        key = (node.name, id(row))
        found = self._defined.get(key)
        if found is None:
            part = self.trace(self._rule_set.definition_by_name[node.name].condition, row)
            found = self._defined[key] = Trace("defined", part.truth, parts=(part,))
        return found

    def _count(self, node: Count, _row: Row | None) -> Trace:
        place, gate = Place(node.group), self.case.gate(node.group, None)
        if gate.truth is Truth.FALSE:
            truth = self.case.counted(node, (), (), complete=True)
            return Trace("count", truth, place, "not-asked-here", gate.parts)
        rows, complete = self.case.rows(node.group)
        holds = [Trace("row", Truth.TRUE) if node.where is None else self.trace(node.where, row) for row in rows]
        parts = tuple(map(self._row, [node] * len(rows), holds, rows))
        if gate.truth is Truth.UNKNOWN:
            truth = self.case.counted(node, (), (), complete=False)
            return Trace("count", truth, place, "gate-open", gate.parts + parts)
        truth = self.case.counted(node, [part.truth for part in holds], rows, complete=complete)
        open_ended = truth is Truth.UNKNOWN and not complete
        return Trace("count", truth, place, "may-be-more-rows" if open_ended else "", parts)

    def _row(self, node: Count, holds: Trace, row: Row) -> Trace:
        """Tell one row: whether it meets the condition, and beside that the answer in which rows must differ."""
        parts = () if node.where is None else (holds,)
        if node.different is not None:
            parts = (*parts, self.case.differing(node.different, row)[0])
        return Trace("row", all_of([part.truth for part in parts]), Place(node.group, row.row_id), parts=parts)

    _forms: ClassVar[dict[type, Callable[["Evaluator", Anything, Row | None], Trace]]] = {
        All: _all,
        Any: _any,
        AtLeast: _at_least,
        Not: _not,
        Defined: _named,
        Count: _count,
        **dict.fromkeys(get_args(Single), _leaf),
        **dict.fromkeys(get_args(Relating), _related),
        Lasted: _lasted,
    }
