"""What a rule rests on: the answers that made a condition come out as it did, and no others.

Of a decided node only the parts that decide it count. Of an undecided one, what holds so far and what is not known.
"""

from screening.engine.conditions import Condition, Count, Defined, Not, Truth, relates
from screening.engine.guidance import Basis, Place, Trace
from screening.engine.reading import Case
from screening.engine.rules import RuleSet

Places = dict[Place, None]

_EVERY = frozenset(Truth)
_HOLDS, _HOLDS_NOT = frozenset({Truth.TRUE}), frozenset({Truth.FALSE})
_HOLDS_OR_MAY = frozenset({Truth.TRUE, Truth.UNKNOWN})
_DECISIVE = {
    ("all", Truth.TRUE): _HOLDS,
    ("all", Truth.FALSE): _HOLDS_NOT,
    ("all", Truth.UNKNOWN): _HOLDS_OR_MAY,
    ("any", Truth.TRUE): _HOLDS,
    ("any", Truth.FALSE): _HOLDS_NOT,
    ("any", Truth.UNKNOWN): frozenset({Truth.UNKNOWN}),
    ("only-for", Truth.TRUE): _HOLDS,
    ("only-for", Truth.FALSE): _HOLDS_NOT,
    ("only-for", Truth.UNKNOWN): _HOLDS_OR_MAY,
    ("at-least", Truth.TRUE): _HOLDS,
    ("at-least", Truth.FALSE): _HOLDS_NOT,
    ("at-least", Truth.UNKNOWN): _HOLDS_OR_MAY,
}


class Because:
    """Finds the basis of conditions on one case, each named definition once."""

    def __init__(self, rule_set: RuleSet, case: Case) -> None:
        self._definitions = rule_set.definition_by_name
        self._case = case
        self._order = case.questionnaire.order
        self._defined: dict[int, Places] = {}
        self._given: dict[Place, Basis] = {}

    def basis(self, condition: Condition, trace: Trace) -> tuple[Basis, ...]:
        """Return the answers that ``trace``, worked out from ``condition``, rests on, in the order of asking."""
        found: Places = {}
        self._collect(condition, trace, found)
        order = self._order
        places = sorted(found, key=lambda place: order[place.link_id]) if len(found) > 1 else found
        return tuple([self._as_given(place) for place in places])

    def _collect(self, node: Condition, trace: Trace, found: Places) -> None:
        kind = trace.kind
        decisive = _DECISIVE.get((kind, trace.truth))
        if decisive is not None:
            for child, part in zip(node.of, trace.parts, strict=True):  # type: ignore[union-attr]
                if part.truth in decisive:
                    self._collect(child, part, found)
        elif isinstance(node, Defined):
            found.update(self._definition(node, trace))
        elif isinstance(node, Count):
            self._rows(node, trace, found)
        elif isinstance(node, Not):
            self._collect(node.condition, trace.parts[0], found)
        elif relates(node):
            _related(trace, found)
        elif trace.parts or trace.place is None:
            _leaf(trace, found)
        else:
            found[trace.place] = None

    def _definition(self, node: Defined, trace: Trace) -> Places:
        """Return the places of a definition. Its trace is one object however many rules use it."""
        places = self._defined.get(id(trace))
        if places is None:
            places = self._defined[id(trace)] = {}
            self._collect(self._definitions[node.name].condition, trace.parts[0], places)
        return places

    def _rows(self, node: Count, trace: Trace, found: Places) -> None:
        if trace.why in ("not-asked-here", "gate-open"):
            _leaf(trace, found)
            return
        deciding = _deciding_rows(node, trace.truth)
        rows = [part for part in trace.parts if part.truth in deciding]
        if not rows or trace.why or (node.where is None and node.different is None):
            found[Place(node.group)] = None
        for row in rows:
            self._row(node, row, found)

    def _row(self, node: Count, row: Trace, found: Places) -> None:
        """A row that does not hold rests on what fails in it; any other on all that it says."""
        parts = [part for part in row.parts if row.truth is not Truth.FALSE or part.truth is Truth.FALSE]
        for part in parts:
            if node.where is not None and part is row.parts[0]:
                self._collect(node.where, part, found)
            else:
                _leaf(part, found)

    def _as_given(self, place: Place) -> Basis:
        found = self._given.get(place)
        if found is None:
            found = self._given[place] = _read(self._case, place)
        return found


def _leaf(trace: Trace, found: Places) -> None:
    """A question that is not asked rests on the answers that closed its gate, or left it open."""
    gates = [part for part in trace.parts if part.kind == "asked-when" and part.truth is trace.truth]
    if not gates and trace.place is not None:
        found[trace.place] = None
    for gate in gates:
        _leaf(gate, found)


def _related(trace: Trace, found: Places) -> None:
    """Of several answers read together those count that take a part; a closed leaf rests on those that close it."""
    if trace.why == "not-asked-here":
        deciding = _HOLDS_NOT
    else:
        deciding = _HOLDS_OR_MAY if trace.truth is Truth.UNKNOWN else _HOLDS
    for part in trace.parts:
        if part.truth in deciding:
            _leaf(part, found)


def _deciding_rows(node: Count, truth: Truth) -> frozenset[Truth]:
    """Rows that hold make a count high, rows that do not make it low; an undecided count waits for the unknown."""
    if truth is Truth.UNKNOWN:
        return _HOLDS_OR_MAY
    if node.operator == "=":
        return _EVERY
    few = _HOLDS_NOT if node.different is None else _EVERY
    return _HOLDS if (node.operator == ">=") == (truth is Truth.TRUE) else few


def _read(case: Case, place: Place) -> Basis:
    if place.link_id in case.questionnaire.groups:
        rows, _ = case.rows(place.link_id)
        return Basis(place, len(rows), None, None)
    answer = case.given(place)
    if answer is None:
        return Basis(place, None, None, None)
    return Basis(place, answer.value, answer.absent, answer.source)
