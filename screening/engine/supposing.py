"""What if one missing answer were given: would an undecided rule then be known?

Only what is undecided is worked out again. What is decided stays so, whatever the answer.
"""

from typing import Any

from screening.engine.answers import Row
from screening.engine.conditions import All, AtLeast, Count, Defined, Not, Single, Truth, relates
from screening.engine.guidance import Place, Trace
from screening.engine.logic import NEGATED, all_of, any_of, at_least
from screening.engine.reading import Assumption, Case
from screening.engine.rules import RuleSet


class Supposition:
    """One case, supposing that every leaf that reads ``place`` came out as ``truth``."""

    def __init__(self, rule_set: RuleSet, case: Case, place: Place, truth: Truth) -> None:
        self._definitions = rule_set.definition_by_name
        self._place = place
        self._case = Case(case.questionnaire, case.response, case.on, Assumption(place, truth))
        self._defined: dict[int, Truth] = {}

    def truth(self, node: Any, trace: Trace, row: Row | None = None) -> Truth:
        """Return how ``node`` would come out, where it came out as ``trace`` without the answer."""
        if trace.truth is not Truth.UNKNOWN:
            return trace.truth
        if relates(node):
            return self._case.related(node, row).truth
        if isinstance(node, Single):
            reads = trace.place == self._place or trace.why == "gate-open"
            return self._case.leaf(node, row).truth if reads else Truth.UNKNOWN
        if isinstance(node, Count):
            return self._count(node, trace)
        if isinstance(node, Not):
            return NEGATED[self.truth(node.condition, trace.parts[0], row)]
        if isinstance(node, Defined):
            return self._definition(node, trace, row)
        parts = [self.truth(part, found, row) for part, found in zip(node.of, trace.parts, strict=True)]
        if isinstance(node, AtLeast):
            return at_least(node.n, parts)
        return all_of(parts) if isinstance(node, All) else any_of(parts)

    def _definition(self, node: Defined, trace: Trace, row: Row | None) -> Truth:
        """Work a definition out once: its trace is one object however many rules use it."""
        found = self._defined.get(id(trace))
        if found is None:
            condition = self._definitions[node.name].condition
            found = self._defined[id(trace)] = self.truth(condition, trace.parts[0], row)
        return found

    def _count(self, node: Count, trace: Trace) -> Truth:
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
