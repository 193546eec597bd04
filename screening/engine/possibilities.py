"""How conditions can still come out while answers are chosen one by one, and which answer to choose next.

``unfolding`` writes conditions out into nodes; ``searching`` chooses the answers.
"""

import datetime
from collections.abc import Iterator
from typing import Any as Anything
from typing import NamedTuple

from screening.engine import outcomes
from screening.engine.answer_kinds import Kind, Kinds, as_taken, kinds_of_answer
from screening.engine.conditions import Condition, Count, Score, Truth
from screening.engine.logic import Counted, compare_range, count_different
from screening.engine.outcomes import ANY_WAY, BIT, HOLDS, HOLDS_NOT, TRUTH, UNKNOWN, decided, union
from screening.engine.questionnaire import Question
from screening.engine.relating import Read, relate
from screening.engine.unfolding import (
    Counts,
    Fixed,
    Joins,
    OneNode,
    Reads,
    Relates,
    Side,
    Spend,
    Spot,
    Unfolded,
    number_of_rows,
)


class Given(NamedTuple):
    """How many rows a repeating group has, and whether these are surely all."""

    number: int
    complete: bool


Chosen = dict[Spot, Kind | Given]
Sets = list[int]
"""The ``outcomes`` of every node, in the order of the nodes: parts stand before what they are parts of."""


State = frozenset[tuple[int, tuple[object, ...]]]


class Possibilities:
    """The nodes of some conditions, and the kinds of answer to all that they read."""

    def __init__(self, conditions: list[tuple[Side, Condition]], on: datetime.date, spend: Spend) -> None:
        self._on, self._spend = on, spend
        self._unfolded = Unfolded(conditions, spend)
        self._nodes = self._unfolded.nodes
        self.roots = self._unfolded.roots
        self._kinds: dict[Spot, Kinds] = {}
        self._unchosen: dict[Spot, tuple[int, ...]] = {}

    def kinds(self, spot: Spot) -> Kinds:
        """Return the kinds of answer that can stand at ``spot``."""
        found = self._kinds.get(spot)
        if found is None:
            found = self._kinds[spot] = kinds_of_answer(self._unfolded.asked(spot), self._on, self._spend)
        return found

    def numbers(self, group: str) -> tuple[list[Given], bool]:
        """Return the numbers of rows of a group that its counts can tell apart, and whether these are all."""
        rows = self._unfolded.rows[group]
        return [Given(number, whole) for number in range(rows.most + 1) for whole in (True, False)], rows.complete

    def sets(self, chosen: Chosen) -> Sets:
        """Return how every node can come out where these answers are given and any others may be."""
        self._spend(len(self._nodes))
        found: Sets = []
        for node in self._nodes:
            found.append(self._outcomes(node, found, chosen))
        return found

    def next_spot(self, index: int, sets: Sets, chosen: Chosen) -> Spot | None:
        """Return a spot that a node still waits for: a question, or a group for how many rows it has."""
        if decided(sets[index]):
            return None
        node = self._nodes[index]
        return next((spot for spot in self._waits(node, sets, chosen) if spot not in chosen), None)

    def state(self, sets: Sets, chosen: Chosen) -> State:
        """Return all that what is still to be chosen can make a difference to: where it is equal, so is what follows.

        That is how each node came out or can, down to those that are decided, and below these nothing.
        """
        found: dict[int, tuple[object, ...]] = {}
        waiting = list(self.roots)
        while waiting:
            index = waiting.pop()
            if index not in found and decided(sets[index]):
                found[index] = (sets[index],)
            elif index not in found:
                node = self._nodes[index]
                found[index] = (sets[index], *_chosen_at(node, chosen))
                waiting += (*node.parts, *node.asked) if isinstance(node, Counts) else node.parts
        self._spend(len(found))
        return frozenset(found.items())

    def _waits(self, node: OneNode, sets: Sets, chosen: Chosen) -> Iterator[Spot]:
        if isinstance(node, Counts):
            yield from self._waits_for_rows(node, sets, chosen)
            return
        for part in node.parts:
            if spot := self.next_spot(part, sets, chosen):
                yield spot
        if isinstance(node, Reads):
            yield node.spot
        elif isinstance(node, Relates):
            yield from node.spots

    def _waits_for_rows(self, node: Counts, sets: Sets, chosen: Chosen) -> Iterator[Spot]:
        if spot := self.next_spot(node.parts[0], sets, chosen):
            yield spot
        group = number_of_rows(node.node.group)
        yield group
        given = chosen.get(group)
        number = given.number if isinstance(given, Given) else 0
        for part in (*node.parts[1 : number + 1], *node.asked[:number]):
            if spot := self.next_spot(part, sets, chosen):
                yield spot
        if node.different is not None:
            yield from (Spot(node.different.link_id, node.node.group, row) for row in range(number))

    def _outcomes(self, node: OneNode, sets: Sets, chosen: Chosen) -> int:
        match node:
            case Fixed():
                return node.outcomes
            case Reads():
                return self._read(node, sets[node.parts[0]], chosen)
            case Joins():
                return _joined(node, [sets[part] for part in node.parts])
            case Counts():
                return _counted(node, sets, chosen)
            case _:
                return self._related(node, [sets[part] for part in node.parts], chosen)

    def _read(self, node: Reads, asked: int, chosen: Chosen) -> int:
        closed = asked & (HOLDS_NOT | UNKNOWN)
        if node.opens_unasked and closed & HOLDS_NOT:
            closed = closed & UNKNOWN | HOLDS
        if not asked & HOLDS:
            return closed
        kind = chosen.get(node.spot)
        return closed | (kind.says[node.reading] if isinstance(kind, Kind) else self._any_kind(node))

    def _any_kind(self, node: Reads) -> int:
        found = self._unchosen.get(node.spot)
        if found is None:
            says = zip(*(kind.says for kind in self.kinds(node.spot).listed), strict=True)
            complete = self.kinds(node.spot).complete
            found = tuple(union(bits) if complete else ANY_WAY for bits in says)
            self._unchosen[node.spot] = found
        return found[node.reading]

    def _related(self, node: Relates, asked: list[int], chosen: Chosen) -> int:
        if not all(decided(gate) for gate in asked):
            return node.possible | HOLDS_NOT
        if all(gate == HOLDS for gate in asked) and not node.exact:
            return node.possible
        if not node.exact and isinstance(node.leaf, Score):
            return ANY_WAY
        kinds = [chosen.get(spot) for spot in node.spots]
        reads = [
            Read(question, TRUTH[gate], self._value(question, kind))
            for question, gate, kind in zip(node.questions, asked, kinds, strict=True)
        ]
        found = BIT[relate(node.leaf, reads, self._on).truth]
        still_open = found == UNKNOWN and None in kinds and all(gate == HOLDS for gate in asked)
        return ANY_WAY if still_open else found

    def _value(self, question: Question, kind: Kind | Given | None) -> Anything:
        taken = as_taken(question, kind.answer, self._on) if isinstance(kind, Kind) else None
        return None if taken is None else taken.value


def _chosen_at(node: OneNode, chosen: Chosen) -> Iterator[object]:
    """Yield what was chosen that a node reads itself: of a single answer, what it says of it."""
    if isinstance(node, Reads):
        kind = chosen.get(node.spot)
        yield kind.says[node.reading] if isinstance(kind, Kind) else None
    elif isinstance(node, Relates):
        yield from (id(chosen.get(spot)) for spot in node.spots)
    elif isinstance(node, Counts):
        given = chosen.get(number_of_rows(node.node.group))
        yield given
        if node.different is not None and isinstance(given, Given):
            link_id, group = node.different.link_id, node.node.group
            yield from (id(chosen.get(Spot(link_id, group, row))) for row in range(given.number))


def _joined(node: Joins, parts: list[int]) -> int:
    match node.kind:
        case "not":
            return outcomes.NEGATED[parts[0]]
        case "all":
            return outcomes.all_of(parts)
        case "any":
            return outcomes.any_of(parts)
        case _:
            return outcomes.at_least(node.n, parts)


def _counted(node: Counts, sets: Sets, chosen: Chosen) -> int:
    gate, count = sets[node.parts[0]], node.node
    found = 0
    if gate & HOLDS_NOT:
        found |= BIT[compare_range(count.operator, count.value, 0, 0)]
    if gate & UNKNOWN:
        found |= BIT[compare_range(count.operator, count.value, 0, node.options)]
    if gate & HOLDS:
        found |= _counted_rows(node, sets, chosen)
    return found


def _counted_rows(node: Counts, sets: Sets, chosen: Chosen) -> int:
    given, count = chosen.get(number_of_rows(node.node.group)), node.node
    if not isinstance(given, Given):
        return _open(count, node.options)
    if node.different is not None:
        return _counted_different(node, node.different, given, sets, chosen)
    rows = [sets[part] for part in node.parts[1 : given.number + 1]]
    return outcomes.count(count.operator, count.value, rows, complete=given.complete)


def _open(count: Count, most: int | None) -> int:
    """Return how a count can come out while nothing is known of the rows: never otherwise than all numbers say."""
    truth = compare_range(count.operator, count.value, 0, most)
    return ANY_WAY if truth is Truth.UNKNOWN else BIT[truth]


def _counted_different(node: Counts, different: Question, given: Given, sets: Sets, chosen: Chosen) -> int:
    count, options = node.node, len(different.answer_options)
    found = []
    for row in range(given.number):
        holds, asked = sets[node.parts[row + 1]], sets[node.asked[row]]
        kind = chosen.get(Spot(different.link_id, count.group, row))
        if not (decided(holds) and decided(asked) and isinstance(kind, Kind)):
            return _open(count, options)
        value = kind.answer.value if kind.answer else None
        found.append(Counted(TRUTH[holds], TRUTH[asked], value if value in different.option_by_code else None))
    complete = given.complete
    return BIT[count_different(count.operator, count.value, found, options=options, complete=complete)]
