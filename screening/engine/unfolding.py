"""Conditions written out into nodes: definitions followed, rows and gates included, and equal nodes only once.

So two conditions that say the same in the same form are the same node, whatever their definitions are called. How the
nodes come out is told in ``possibilities``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any as Anything
from typing import NamedTuple

from screening.engine.answer_kinds import Asked, Reading, small
from screening.engine.comparing import leaf_question
from screening.engine.conditions import (
    All,
    Any,
    Condition,
    Count,
    Defined,
    Not,
    Relating,
    Score,
    Single,
    Truth,
    questions_read,
    relates,
)
from screening.engine.outcomes import ANY_WAY, BIT, HOLDS, UNKNOWN, union
from screening.engine.questionnaire import AnswerOption, EnableWhen, Question, Questionnaire
from screening.engine.relating import possible_relations
from screening.engine.rules import RuleSet
from screening.engine.walking import children

MOST_ROWS = 4
Spend = Callable[[int], None]


class Side(NamedTuple):
    """The rules and the questionnaire that a condition is read with."""

    rule_set: RuleSet
    questionnaire: Questionnaire


class Spot(NamedTuple):
    """What is chosen: the answer to a question, in a row where it has a group; of a group alone, how many rows."""

    link_id: str | None
    group: str | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    outcomes: int
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reads:
    """What one leaf or gate says of the answer at a spot, where ``parts[0]`` says that it is asked."""

    spot: Spot
    reading: int
    parts: tuple[int, ...]
    opens_unasked: bool = False


@dataclass(frozen=True, slots=True)
class Relates:
    """A leaf that reads several answers. It is told from these where ``exact``, and else it may come out any way."""

    leaf: Relating
    spots: tuple[Spot, ...]
    questions: tuple[Question, ...]
    parts: tuple[int, ...]
    exact: bool
    possible: int


@dataclass(frozen=True, slots=True)
class Joins:
    kind: str
    n: int
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """A count: ``parts[0]`` is the gate of the group, then come the rows; ``asked`` are the gates of ``different``."""

    node: Count
    different: Question | None
    parts: tuple[int, ...]
    asked: tuple[int, ...] = ()

    @property
    def options(self) -> int | None:
        """How many there can be at most."""
        return None if self.different is None else len(self.different.answer_options)


OneNode = Fixed | Reads | Relates | Joins | Counts


class RowsTried(NamedTuple):
    """How many rows of a group are tried at most, and whether more of them could tell nothing else."""

    most: int
    complete: bool


class Unfolded:
    """The nodes of some conditions, and what there is to choose: who reads each answer, and how many rows are tried."""

    def __init__(self, conditions: list[tuple[Side, Condition]], spend: Spend) -> None:
        self._spend = spend
        self._index: dict[OneNode, int] = {}
        self._readings: dict[Spot, dict[Reading, int]] = {}
        self._beside: dict[Spot, dict[object, None]] = {}
        self._asked_in: dict[Spot, dict[Question, None]] = {}
        self._defined: dict[tuple[int, str, int | None], int] = {}
        self._asked_as: dict[tuple[int, str], Question] = {}
        self._always = self._add(Fixed(HOLDS))
        self.rows: dict[str, RowsTried] = {}
        self.rows = self._rows_needed(conditions)
        self.roots = [self._condition(side, node, None) for side, node in conditions]
        self.nodes = tuple(self._index)

    def asked(self, spot: Spot) -> Asked:
        """Return what is asked at ``spot``, and all that reads it."""
        readings, beside = tuple(self._readings.get(spot, ())), tuple(self._beside.get(spot, ()))
        return Asked(tuple(self._asked_in[spot]), readings, beside)

    def _add(self, node: OneNode) -> int:
        self._spend(1)
        return self._index.setdefault(node, len(self._index))

    def _condition(self, side: Side, node: Anything, row: int | None) -> int:
        if relates(node):
            return self._relating(side, node, row)
        if isinstance(node, Single):
            return self._reading(side, node, leaf_question(node), row)
        if isinstance(node, Count):
            return self._count(side, node)
        if isinstance(node, Defined):
            return self._definition(side, node.name, row)
        if isinstance(node, Not) and isinstance(node.condition, Not):
            return self._condition(side, node.condition.condition, row)
        if isinstance(node, Not):
            return self._add(Joins("not", 0, (self._condition(side, node.condition, row),)))
        parts = sorted(self._condition(side, part, row) for part in node.of)
        if isinstance(node, All | Any):
            different = tuple(dict.fromkeys(parts))
            return different[0] if len(different) == 1 else self._add(Joins(node.kind, 0, different))
        return self._add(Joins("at-least", node.n, tuple(parts)))

    def _definition(self, side: Side, name: str, row: int | None) -> int:
        key = (id(side.rule_set), name, row)
        found = self._defined.get(key)
        if found is None:
            found = self._condition(side, side.rule_set.definition_by_name[name].condition, row)
            self._defined[key] = found
        return found

    def _question(self, side: Side, link_id: str) -> Question:
        """Return a question with only what its answers depend on: in other words it asks the same."""
        key = (id(side.questionnaire), link_id)
        found = self._asked_as.get(key)
        if found is None:
            found = self._asked_as[key] = without_words(side.questionnaire.questions[link_id])
        return found

    def _reading(self, side: Side, by: Single | EnableWhen, link_id: str, row: int | None) -> int:
        """Add what a leaf or a gate says of one answer. Nothing is claimed of a question of rows outside of them."""
        gate = self._gate(side, link_id, row)
        question, spot = self._question(side, link_id), _spot(side, link_id, row)
        if spot.group is not None and row is None:
            return self._add(Fixed(ANY_WAY))
        readings = self._readings.setdefault(spot, {})
        reading = readings.setdefault(Reading(by, question), len(readings))
        self._asked_in.setdefault(spot, {})[question] = None
        unasked = isinstance(by, EnableWhen) and by.operator == "exists" and by.answer is False
        return self._add(Reads(spot, reading, (gate,), unasked))

    def _gate(self, side: Side, link_id: str, row: int | None) -> int:
        """Add whether an item is asked: its own conditions, and those of the group it belongs to."""
        if link_id not in side.questionnaire.gated:
            return self._always
        item, group = side.questionnaire.item_by_id[link_id], side.questionnaire.group_of.get(link_id)
        inside = row if group is not None else None
        parts = tuple(self._reading(side, when, when.question, inside) for when in item.enable_when)
        kind = "any" if item.enable_behavior == "any" and parts else "all"
        own = self._add(Joins(kind, 0, parts)) if len(parts) != 1 else parts[0]
        if group is None:
            return own
        return self._add(Joins("all", 0, (self._gate(side, group, None), own)))

    def _relating(self, side: Side, leaf: Relating, row: int | None) -> int:
        link_ids = list(questions_read(leaf).values())
        questions = tuple(self._question(side, link_id) for link_id in link_ids)
        spots = tuple(_spot(side, link_id, row) for link_id in link_ids)
        for spot, question in zip(spots, questions, strict=True):
            self._asked_in.setdefault(spot, {})[question] = None
            self._beside.setdefault(spot, {})[leaf] = None
        gates = tuple(self._gate(side, link_id, row) for link_id in link_ids)
        exact = isinstance(leaf, Score) and leaf.total is None and all(small(question) for question in questions)
        possible = union(BIT[Truth.TRUE if truth else Truth.FALSE] for truth in possible_relations(leaf, questions))
        return self._add(Relates(leaf, spots, questions, gates, exact, possible | UNKNOWN))

    def _count(self, side: Side, node: Count) -> int:
        rows = range(self.rows[node.group].most)
        holds = [self._always if node.where is None else self._condition(side, node.where, row) for row in rows]
        bare, gate = node.model_copy(update={"where": None}), self._gate(side, node.group, None)
        if node.different is None:
            return self._add(Counts(bare, None, (gate, *holds)))
        question = self._question(side, node.different)
        for row in rows:
            spot = _spot(side, node.different, row)
            self._asked_in.setdefault(spot, {})[question] = None
            self._beside.setdefault(spot, {})[node.different] = None
        asked = tuple(self._gate(side, node.different, row) for row in rows)
        return self._add(Counts(bare, question, (gate, *holds), asked))

    def _rows_needed(self, conditions: list[tuple[Side, Condition]]) -> dict[str, RowsTried]:
        """Return for each group how many rows suffice to tell apart everything that its counts can say.

        Of the rows of any case each count needs only some kept to come out as it does: ``value`` of those that meet
        it, or may, and one more where too many are to be seen. Counts of rows that meet the same share these. Of
        counts that must differ nothing is claimed.
        """
        needed: dict[str, dict[int, int]] = {}
        plain: dict[str, bool] = {}
        seen: set[tuple[int, str]] = set()
        for side, condition in conditions:
            for count in _counts(side, condition, seen, self._spend):
                where = self._always if count.where is None else self._condition(side, count.where, 0)
                rows = count.value if count.operator == ">=" else count.value + 1
                shared = needed.setdefault(count.group, {})
                shared[where] = max(rows, shared.get(where, 0))
                plain[count.group] = plain.get(count.group, True) and count.different is None
        summed = {group: sum(shared.values()) for group, shared in needed.items()}
        return {
            group: RowsTried(min(most, MOST_ROWS), plain[group] and most <= MOST_ROWS) for group, most in summed.items()
        }


def without_words(question: Question) -> Question:
    """Return ``question`` without its words and without what opens it."""
    options = tuple(AnswerOption(code=option.code, text=option.code) for option in question.answer_options)
    kept = ("link_id", "type", "repeats", "minimum", "maximum", "past", "max_length", "usual_source")
    return Question(text="-", help="-", answer_options=options, **{name: getattr(question, name) for name in kept})


def number_of_rows(group: str) -> Spot:
    return Spot(None, group)


def _spot(side: Side, link_id: str, row: int | None) -> Spot:
    group = side.questionnaire.group_of.get(link_id)
    return Spot(link_id) if group is None else Spot(link_id, group, row)


def _counts(side: Side, node: Condition, seen: set[tuple[int, str]], spend: Spend) -> Iterator[Count]:
    """Yield the counts of a condition, those of each definition once."""
    spend(1)
    if isinstance(node, Count):
        yield node
    key = (id(side.rule_set), node.name) if isinstance(node, Defined) else None
    if key is not None and key not in seen:
        seen.add(key)
        yield from _counts(side, side.rule_set.definition_by_name[key[1]].condition, seen, spend)
    for _, part in children(node):
        yield from _counts(side, part, seen, spend)
