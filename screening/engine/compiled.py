"""The compiled form of a rule set: how every rule ends, and nothing more, in a fraction of the time of the walk.

The walk in ``evaluation`` defines what a condition means and says why. Here the same tree becomes closures, once for a
rule set and a questionnaire; no text is ever run. A truth is a pair of bits: 1 is surely true, 2 is surely false, and 0
is neither. So ``not`` is a swap, and what is unknown is no case of its own.

Most rules read a few plain questions, and of each answer only its class matters: which option, on which side of a
limit, why it is absent. Such a rule is a decision table, filled in as combinations of classes are met.
"""

import datetime
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any as Anything
from typing import cast

from screening.engine.answer_classes import Classes
from screening.engine.answers import Answer, Answers
from screening.engine.comparing import compare, leaf_question
from screening.engine.conditions import (
    All,
    AtLeast,
    Contains,
    Count,
    Defined,
    Equals,
    Not,
    OneOf,
    Relating,
    Single,
    Truth,
    questions_read,
    relates,
)
from screening.engine.guidance import Trace
from screening.engine.logic import Counted, compare_range, count_different
from screening.engine.questionnaire import EnableWhen, Questionnaire
from screening.engine.reading import compares
from screening.engine.relating import Read, relate
from screening.engine.rules import RuleSet

UNKNOWN, TRUE, FALSE = 0, 1, 2
NEGATED = (UNKNOWN, FALSE, TRUE)
TRUTHS = (Truth.UNKNOWN, Truth.TRUE, Truth.FALSE)
BITS = {Truth.TRUE: TRUE, Truth.FALSE: FALSE, Truth.UNKNOWN: UNKNOWN}
KEPT = 8  # questionnaires that one rule set is compiled for at a time
REMEMBERED = 4096  # combinations of classes that a rule remembers


class Facts(dict[str, Anything]):
    """The values given outside of rows by ``link_id``, and beside them what a closure may need of one response."""

    __slots__ = ("answers", "gates", "on", "response", "rows", "settled")

    def __init__(self, answers: dict[str, Answer], response: Answers, on: datetime.date) -> None:
        super().__init__({link_id: given.value for link_id, given in answers.items() if given.value is not None})
        self.answers = answers
        self.response = response
        self.on = on
        self.rows: dict[str, tuple[list[Facts], bool]] = {}
        self.gates: dict[str, int] = {}
        self.settled: dict[str, int] = {}

    def rows_of(self, group: str) -> tuple[list["Facts"], bool]:
        """Return the facts of each row given for a repeating group, and whether these are surely all."""
        found = self.rows.get(group)
        if found is None:
            given = self.response.groups.get(group)
            rows = [Facts(row.answers, self.response, self.on) for row in given.rows] if given else []
            found = self.rows[group] = rows, given is not None and given.complete
        return found


Run = Callable[[Facts, Facts | None], int]
"""One node: what it comes to on the facts of a case, and on those of one row where it stands inside a count."""


class Ending:
    """How a rule ends where its plain leaves say the same, and its trace once somebody asked for it."""

    __slots__ = ("trace", "truth")

    def __init__(self, truth: int) -> None:
        self.truth = truth
        self.trace: Trace | None = None


@dataclass(frozen=True, slots=True)
class Ruled:
    """One rule: its closure, and how it ended on the classes of answers that were met before.

    ``classes`` picks what the plain leaves of the rule say. Where more than these decides (a gate, a row, a date, a
    source), it picks nothing, nothing is remembered, and the rule is run on every case.
    """

    run: Run
    classes: Callable[[list[int]], Hashable]
    met: dict[Hashable, Ending]


class Compiled:
    """A rule set, compiled for one questionnaire."""

    def __init__(self, rule_set: RuleSet, questionnaire: Questionnaire) -> None:
        compiler = _Compiler(rule_set, questionnaire)
        self.questionnaire = questionnaire
        self._classes = Classes(questionnaire, rule_set)
        self._rules = [
            Ruled(compiler.condition(rule.condition, inside=False), self._classes.of(rule.condition) or _nothing, {})
            for rule in rule_set.rules
        ]
        self._met = [(rule.classes, rule.met.get) for rule in self._rules]

    def endings(self, answers: Answers, on: datetime.date) -> list[Ending]:
        """Return how each rule ends on one response on the day ``on``, in the order of the rules."""
        codes = self._classes.codes(answers)
        met = [ended(classes(codes)) for classes, ended in self._met]
        if None not in met:
            return cast("list[Ending]", met)
        facts = Facts(answers.answers, answers, on)
        return [
            self._run(rule, codes, facts) if ending is None else ending
            for rule, ending in zip(self._rules, met, strict=True)
        ]

    def _run(self, rule: Ruled, codes: list[int], facts: Facts) -> Ending:
        ending = Ending(rule.run(facts, None))
        if rule.classes is not _nothing and len(rule.met) < REMEMBERED:
            rule.met[rule.classes(codes)] = ending
        return ending


def _nothing(_codes: list[int]) -> None:
    """Pick nothing: of such a rule nothing is remembered."""


def compiled(rule_set: RuleSet, questionnaire: Questionnaire) -> Compiled:
    """Return the compiled form of ``rule_set`` over ``questionnaire``: made once, and kept as long as the rule set."""
    kept: dict[int, Compiled] = rule_set.compiled
    found = kept.get(id(questionnaire))
    if found is None:
        if len(kept) >= KEPT:
            kept.clear()
        found = kept[id(questionnaire)] = Compiled(rule_set, questionnaire)
    return found


class _Compiler:
    """Makes closures of nodes. ``inside`` says that a node stands inside a count, so that there is a row to read."""

    def __init__(self, rule_set: RuleSet, questionnaire: Questionnaire) -> None:
        self._definitions = rule_set.definition_by_name
        self._questionnaire = questionnaire
        self._named: dict[tuple[str, bool], Run] = {}
        self._gates: dict[tuple[str, bool], Run] = {}

    def condition(self, node: Anything, *, inside: bool) -> Run:
        """Return the closure of one node with everything below it."""
        if relates(node):
            return self._related(node, inside)
        if isinstance(node, Single):
            return self._leaf(node, inside)
        if isinstance(node, Count):
            return self._count(node)
        if isinstance(node, Defined):
            return self._defined(node.name, inside)
        if isinstance(node, Not):
            return _negated(self.condition(node.condition, inside=inside))
        parts = [self.condition(part, inside=inside) for part in node.of]
        if isinstance(node, AtLeast):
            return _at_least(node.n, parts)
        return _all(parts) if isinstance(node, All) else _any(parts)

    def _defined(self, name: str, inside: bool) -> Run:
        found = self._named.get((name, inside))
        if found is None:
            run = self.condition(self._definitions[name].condition, inside=inside)
            found = self._named[name, inside] = _once(run, name)
        return found

    def _leaf(self, leaf: Single, inside: bool) -> Run:
        link_id = leaf_question(leaf)
        in_row = inside and link_id in self._questionnaire.group_of
        run = _given(link_id, self._test(leaf, link_id), in_row=in_row)
        return _gated(self._gate(link_id, inside), run) if link_id in self._questionnaire.gated else run

    def _related(self, leaf: Relating, inside: bool) -> Run:
        readers = [self._reader(link_id, inside) for link_id in questions_read(leaf).values()]
        return lambda facts, row: BITS[relate(leaf, [read(facts, row) for read in readers], facts.on).truth]

    def _reader(self, link_id: str, inside: bool) -> Callable[[Facts, Facts | None], Read]:
        """Return what reads one of several answers, with whether it is asked for."""
        question = self._questionnaire.questions[link_id]
        in_row = inside and link_id in self._questionnaire.group_of
        gate = self._gate(link_id, inside) if link_id in self._questionnaire.gated else None

        def read(facts: Facts, row: Facts | None) -> Read:
            asked = TRUE if gate is None else gate(facts, row)
            home = row if in_row and row is not None else facts
            return Read(question, TRUTHS[asked], home.get(link_id))

        return read

    def _test(self, leaf: Single, link_id: str) -> Callable[[Anything, Facts], int]:
        """Return what a leaf says of a given value. Nearly all rules ask for options; the rest is asked as it is."""
        if isinstance(leaf, Equals):
            wanted = leaf.value
            return lambda value, _facts: TRUE if value == wanted else FALSE
        if isinstance(leaf, OneOf):
            listed = frozenset(leaf.values)
            return lambda value, _facts: TRUE if value in listed else FALSE
        if isinstance(leaf, Contains):
            option = leaf.value
            return lambda value, _facts: TRUE if option in value else FALSE
        question = self._questionnaire.questions[link_id]
        return lambda _value, facts: BITS[compare(leaf, question, facts.answers[link_id], facts.on)]

    def _count(self, node: Count) -> Run:
        group, operator, value = node.group, node.operator, node.value
        gate = self._gate(group, inside=False) if group in self._questionnaire.gated else None
        where = self.condition(node.where, inside=True) if node.where is not None else None
        if node.different is not None:
            return self._count_different(node, node.different, gate, where)

        def run(facts: Facts, _row: Facts | None) -> int:
            asked = TRUE if gate is None else gate(facts, None)
            if asked == UNKNOWN:
                return BITS[compare_range(operator, value, 0, None)]
            rows, complete = facts.rows_of(group) if asked == TRUE else ([], True)
            found = [TRUE if where is None else where(facts, row) for row in rows]
            surely = found.count(TRUE)
            return BITS[compare_range(operator, value, surely, surely + found.count(UNKNOWN) if complete else None)]

        return run

    def _count_different(self, node: Count, different: str, gate: Run | None, where: Run | None) -> Run:
        group, operator, value = node.group, node.operator, node.value
        read = self._reader(different, inside=True)
        options = len(self._questionnaire.questions[different].answer_options)

        def counted(facts: Facts, row: Facts) -> Counted:
            given = read(facts, row)
            return Counted(TRUTHS[TRUE if where is None else where(facts, row)], given.asked, given.value)

        def run(facts: Facts, _row: Facts | None) -> int:
            asked = TRUE if gate is None else gate(facts, None)
            rows, complete = facts.rows_of(group) if asked == TRUE else ([], asked == FALSE)
            found = [counted(facts, row) for row in rows]
            return BITS[count_different(operator, value, found, options=options, complete=complete)]

        return run

    def _gate(self, link_id: str, inside: bool) -> Run:
        """Return whether an item is asked: its own conditions, and those of the group it belongs to."""
        group = self._questionnaire.group_of.get(link_id)
        inside = inside and group is not None
        found = self._gates.get((link_id, inside))
        if found is None:
            item = self._questionnaire.item_by_id[link_id]
            parts = [self._asked_when(condition, inside) for condition in item.enable_when]
            own = _any(parts) if parts and item.enable_behavior == "any" else _all(parts)
            run = own if group is None else _all([self._gate(group, inside=False), own])
            found = self._gates[link_id, inside] = _asked_once(run, link_id, in_row=inside)
        return found

    def _asked_when(self, condition: EnableWhen, inside: bool) -> Run:
        link_id = condition.question
        unanswered = condition.operator == "exists" and condition.answer is False
        in_row = inside and link_id in self._questionnaire.group_of
        gate = self._gate(link_id, inside) if link_id in self._questionnaire.gated else None

        def run(facts: Facts, row: Facts | None) -> int:
            asked = TRUE if gate is None else gate(facts, row)
            if asked != TRUE:
                return TRUE if asked == FALSE and unanswered else asked
            value = (row if in_row and row is not None else facts).get(link_id)
            if value is None:
                return TRUE if unanswered else UNKNOWN
            return TRUE if compares(condition, value) else FALSE

        return run


def _given(link_id: str, test: Callable[[Anything, Facts], int], *, in_row: bool) -> Run:
    def in_case(facts: Facts, _row: Facts | None) -> int:
        value = facts.get(link_id)
        return UNKNOWN if value is None else test(value, facts)

    def in_a_row(facts: Facts, row: Facts | None) -> int:
        return in_case(facts if row is None else row, None)

    return in_a_row if in_row else in_case


def _gated(gate: Run, leaf: Run) -> Run:
    def run(facts: Facts, row: Facts | None) -> int:
        asked = gate(facts, row)
        return leaf(facts, row) if asked == TRUE else asked

    return run


def _asked_once(gate: Run, link_id: str, *, in_row: bool) -> Run:
    def run(facts: Facts, row: Facts | None) -> int:
        home = row if in_row and row is not None else facts
        found = home.gates.get(link_id)
        if found is None:
            found = home.gates[link_id] = gate(facts, row)
        return found

    return run


def _once(definition: Run, name: str) -> Run:
    """Work a definition out once for a case, and once for each row that it is asked of."""

    def run(facts: Facts, row: Facts | None) -> int:
        home = facts if row is None else row
        found = home.settled.get(name)
        if found is None:
            found = home.settled[name] = definition(facts, row)
        return found

    return run


def _negated(part: Run) -> Run:
    return lambda facts, row: NEGATED[part(facts, row)]


def _all(parts: Iterable[Run]) -> Run:
    of = tuple(parts)

    def run(facts: Facts, row: Facts | None) -> int:
        found = TRUE
        for part in of:
            truth = part(facts, row)
            if truth == FALSE:
                return truth
            if truth == UNKNOWN:
                found = truth
        return found

    return run


def _any(parts: Iterable[Run]) -> Run:
    of = tuple(parts)

    def run(facts: Facts, row: Facts | None) -> int:
        found = FALSE
        for part in of:
            truth = part(facts, row)
            if truth == TRUE:
                return truth
            if truth == UNKNOWN:
                found = truth
        return found

    return run


def _at_least(n: int, parts: Iterable[Run]) -> Run:
    of = tuple(parts)

    def run(facts: Facts, row: Facts | None) -> int:
        found = [part(facts, row) for part in of]
        surely = found.count(TRUE)
        if surely >= n:
            return TRUE
        return FALSE if surely + found.count(UNKNOWN) < n else UNKNOWN

    return run
