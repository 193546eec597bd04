"""What if one missing answer were given: would an undecided rule then be known?

Only what is undecided is worked out again. What is decided stays so, whatever the answer.
"""

from collections.abc import Callable
from typing import Any as Anything
from typing import ClassVar, get_args

from screening.engine.answers import Row
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
from screening.engine.guidance import Place, Trace
from screening.engine.logic import NEGATED, all_of, any_of, at_least
from screening.engine.reading import Assumption, Case
from screening.engine.rules import RuleSet


class Supposition:
    """One case, supposing that every leaf that reads ``place`` came out as ``truth``."""

    def __init__(self, rule_set: RuleSet, case: Case, place: Place, truth: Truth) -> None:
        self._definitions = rule_set.definition_by_name
        self._place = place
        self._truth = truth
        self._case = Case(case.questionnaire, case.response, case.on, Assumption(place, truth))
        self._defined: dict[int, Truth] = {}

    def truth(self, node: Anything, trace: Trace, row: Row | None = None) -> Truth:
        """Return how ``node`` would come out, where it came out as ``trace`` without the answer."""
        if trace.truth is not Truth.UNKNOWN:
            return trace.truth
        return self._forms[type(node)](self, node, trace, row)

    def _leaf(self, node: Single, trace: Trace, row: Row | None) -> Truth:
        if trace.why == "gate-open":
            return self._case.leaf(node, row).truth
        return self._truth if trace.place == self._place else Truth.UNKNOWN

    def _related(self, node: Relating, _trace: Trace, row: Row | None) -> Truth:
        return self._case.related(node, row).truth

    def _lasted(self, node: Lasted, trace: Trace, row: Row | None) -> Truth:
        return self._related(node, trace, row) if relates(node) else self._leaf(node, trace, row)

    def _parts(self, node: All | Any | AtLeast, trace: Trace, row: Row | None) -> list[Truth]:
        forms = self._forms
        return [
            found.truth if found.truth is not Truth.UNKNOWN else forms[type(part)](self, part, found, row)
            for part, found in zip(node.of, trace.parts, strict=True)
        ]

    def _all(self, node: All, trace: Trace, row: Row | None) -> Truth:
        return all_of(self._parts(node, trace, row))

    def _any(self, node: Any, trace: Trace, row: Row | None) -> Truth:
        return any_of(self._parts(node, trace, row))

    def _at_least(self, node: AtLeast, trace: Trace, row: Row | None) -> Truth:
        return at_least(node.n, self._parts(node, trace, row))

    def _not(self, node: Not, trace: Trace, row: Row | None) -> Truth:
        return NEGATED[self.truth(node.condition, trace.parts[0], row)]

    def _named(self, node: Defined, trace: Trace, row: Row | None) -> Truth:
        """Work a definition out once: its trace is one object however many rules use it."""
        found = self._defined.get(id(trace))
        if found is None:
            condition = self._definitions[node.name].condition
            found = self._defined[id(trace)] = self.truth(condition, trace.parts[0], row)
        return found

    def _count(self, node: Count, trace: Trace, row: Row | None) -> Truth:
        gate = self._case.gate(node.group, None).truth
        if gate is Truth.UNKNOWN:
            return gate
        rows, complete = self._case.rows(node.group)
        if gate is Truth.FALSE:
            return self._case.counted(node, (), (), complete=True)
        found = [part for part in trace.parts if part.kind == "row"]
        truths = [self._row(node, part, row) for part, row in zip(found, rows, strict=True)]
        return self._case.counted(node, truths, rows, complete=complete)

    def _row(self, node: Count, trace: Trace, row: Row) -> Truth:
        return self.truth(node.where, trace.parts[0], row) if node.where is not None else Truth.TRUE

    _forms: ClassVar[dict[type, Callable[["Supposition", Anything, Trace, Row | None], Truth]]] = {
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
