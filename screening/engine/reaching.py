"""Can a rule be met, and can it be not met? Tried out over every kind of answer it can tell apart.

Only small rules are tried (``MAX_TRIALS`` combinations); of larger ones nothing is claimed. Also here: options and
questions that no rule ever reads.
"""

import datetime
import itertools
import math
from collections.abc import Iterable, Iterator
from typing import Any as Anything
from typing import ClassVar

from screening.engine.answers import Answer, Answers, Row, Source, Value
from screening.engine.comparing import leaf_question
from screening.engine.conditions import (
    Between,
    Compare,
    Condition,
    Contains,
    Count,
    Defined,
    Equals,
    KnownFrom,
    Lasted,
    Leaf,
    OneOf,
    Relating,
    Single,
    Truth,
    Within,
    questions_read,
    relates,
)
from screening.engine.documents import Finding
from screening.engine.evaluation import Evaluator
from screening.engine.guidance import Place, Trace
from screening.engine.logic import compare_range, known
from screening.engine.naming import items_with_pointers
from screening.engine.questionnaire import ItemType, Question, Questionnaire
from screening.engine.reading import Case
from screening.engine.relating import CLOSED, possible_relations
from screening.engine.rules import Rule, RuleSet
from screening.engine.walking import children, conditions, nodes

MAX_TRIALS = 2**12
Supposed = Count | Relating
_DAY = datetime.date(2026, 7, 1)  # any day will do: only distances from it are tried


def reach_findings(questionnaire: Questionnaire, rule_set: RuleSet) -> list[Finding]:
    """Return the rules and exceptions that always or never hold, and as notices what no rule reads."""
    found: list[Finding] = []
    for index, rule in enumerate(rule_set.rules):
        pointer = f"/rules/{index}"
        found += _rule(questionnaire, rule_set, rule, pointer)
        for place, unless in enumerate(rule.unless):
            where, what = f"{pointer}/unless/{place}/when", f'the exception "{unless.id}" of "{rule.id}"'
            found += _constant(questionnaire, rule_set, unless.when, where, what)
        for place, need in enumerate(rule.needs):
            if need.in_hand is not None:
                where, what = f"{pointer}/needs/{place}/in_hand", f'that "{need.id}" of "{rule.id}" is in hand'
                found += _constant(questionnaire, rule_set, need.in_hand, where, what)
    return found + list(_unread(questionnaire, rule_set))


def _rule(questionnaire: Questionnaire, rule_set: RuleSet, rule: Rule, pointer: str) -> list[Finding]:
    """Return whether the sub-group has everybody or nobody in it; else whether the rule can end only one way in it."""
    if rule.only_for is not None:
        place, what = f"{pointer}/only_for/when", f'the sub-group of "{rule.id}"'
        if found := list(_constant(questionnaire, rule_set, rule.only_for.when, place, what)):
            return found
    return list(_constant(questionnaire, rule_set, rule.condition, f"{pointer}/when", f'the rule "{rule.id}"'))


def _constant(
    questionnaire: Questionnaire, rule_set: RuleSet, node: Condition, pointer: str, what: str
) -> Iterator[Finding]:
    truths = possible_truths(questionnaire, rule_set, node)
    if truths == {Truth.FALSE}:
        yield Finding("rules", pointer, f"{what} can never hold.", "Look for parts that exclude each other.")
    if truths == {Truth.TRUE}:
        yield Finding("rules", pointer, f"{what} always holds.", "Look for parts that cover every answer.")


def possible_truths(questionnaire: Questionnaire, rule_set: RuleSet, node: Condition) -> set[Truth]:
    """Return the truths that ``node`` can come out as on complete answers; empty where there is too much to try."""
    read = _Read(questionnaire, rule_set, node)
    found: set[Truth] = set()
    if read.trials > MAX_TRIALS:
        return found
    for answers, supposed in read.combinations():
        case = Case(questionnaire, answers, _DAY)
        found.add(_Supposing(rule_set, case, supposed).trace(node).truth)
        if len(found - {Truth.UNKNOWN}) == 2:
            break
    return found - {Truth.UNKNOWN}


class _Supposing(Evaluator):
    """Works out conditions where each count, and each leaf that reads several answers, is supposed to hold or not."""

    def __init__(self, rule_set: RuleSet, case: Case, supposed: dict[Supposed, bool]) -> None:
        super().__init__(rule_set, case)
        self._supposed = supposed

    def _count(self, node: Count, row: Row | None) -> Trace:
        if self.case.gate(node.group, None).truth is Truth.FALSE:
            return super()._count(node, row)
        return Trace("count", known(self._supposed[node]), Place(node.group))

    def related(self, node: Relating, row: Row | None) -> Trace:
        """Suppose a leaf that reads several answers, unless it is surely not asked."""
        found = super().related(node, row)
        return found if found.why == CLOSED else Trace(node.kind, known(self._supposed[node]))

    _forms: ClassVar[Anything] = {**Evaluator._forms, Count: _count}  # noqa: SLF001 - its own base


class _Read:
    """What a condition reads: the leaves by question, and what is supposed: counts, and leaves that read several."""

    def __init__(self, questionnaire: Questionnaire, rule_set: RuleSet, node: Condition) -> None:
        self._questionnaire = questionnaire
        self.leaves: dict[str, list[Single]] = {}
        self.supposed: dict[Supposed, tuple[bool, ...]] = {}
        self._collect(rule_set, node)
        self._add_gates()
        self._values = {link_id: self._kinds(link_id) for link_id in self.leaves}

    def _collect(self, rule_set: RuleSet, node: Condition) -> None:
        if isinstance(node, Defined):
            self._collect(rule_set, rule_set.definition_by_name[node.name].condition)
        elif isinstance(node, Count):
            self.supposed[node] = _counts(self._questionnaire, node)
            self._open(self._gates_of(node.group))
        elif relates(node):
            link_ids = questions_read(node).values()
            self.supposed[node] = possible_relations(node, [self._questionnaire.questions[name] for name in link_ids])
            for link_id in link_ids:
                self._open(self._gates_of(link_id))
        elif isinstance(node, Single):
            self.leaves.setdefault(leaf_question(node), []).append(node)
        else:
            for _, part in children(node):
                self._collect(rule_set, part)

    def _add_gates(self) -> None:
        for link_id in list(self.leaves):
            self._open(self._gates_of(link_id))

    def _open(self, gates: set[str]) -> None:
        """Read the questions of gates as well, and keep the leaves that read them already."""
        for gate in gates:
            self.leaves.setdefault(gate, [])

    def _gates_of(self, link_id: str) -> set[str]:
        found: set[str] = set()
        waiting = [link_id, self._questionnaire.group_of.get(link_id, link_id)]
        while waiting:
            item = self._questionnaire.item_by_id[waiting.pop()]
            new = {condition.question for condition in item.enable_when} - found
            found |= new
            waiting += new
        return found

    @property
    def trials(self) -> int:
        """How many combinations of answers and counts there are to try."""
        sizes = [len(values) for values in self._values.values()]
        return math.prod(sizes) * math.prod(len(truths) for truths in self.supposed.values())

    def combinations(self) -> Iterator[tuple[Answers, dict[Supposed, bool]]]:
        """Yield every combination of the kinds of answers that the condition can tell apart."""
        for chosen in itertools.product(*self._values.values()):
            answers = Answers.model_construct(answers=dict(zip(self._values, chosen, strict=True)), groups={})
            for truths in itertools.product(*self.supposed.values()):
                yield answers, dict(zip(self.supposed, truths, strict=True))

    def _kinds(self, link_id: str) -> list[Answer]:
        question, leaves = self._questionnaire.questions[link_id], self.leaves[link_id]
        sources = list(Source) if any(isinstance(leaf, KnownFrom) for leaf in leaves) else [Source.CLIENT]
        values = dict.fromkeys(_values(question, leaves))
        return [Answer(value=value, source=source) for value in values for source in sources]


def _counts(questionnaire: Questionnaire, node: Count) -> tuple[bool, ...]:
    """Return whether a count can hold and can fail: of different options there are only so many."""
    most = None if node.different is None else len(questionnaire.questions[node.different].answer_options)
    truth = compare_range(node.operator, node.value, 0, most)
    return (True, False) if truth is Truth.UNKNOWN else (truth is Truth.TRUE,)


def _values(question: Question, leaves: list[Single]) -> Iterable[Value]:
    match question.type:
        case ItemType.BOOLEAN:
            return (True, False)
        case ItemType.CHOICE:
            return _options(question, leaves)
        case ItemType.INTEGER | ItemType.DECIMAL:
            return _numbers(question, leaves)
        case ItemType.DATE:
            return _dates(leaves)
        case _:
            return ("words",)


def _options(question: Question, leaves: list[Single]) -> Iterator[Value]:
    if not question.repeats:
        yield from question.option_by_code
        return
    read = sorted({leaf.value for leaf in leaves if isinstance(leaf, Contains)})
    yield from ((code,) for code in itertools.islice(question.option_by_code.keys() - set(read), 1))
    for size in range(1, len(read) + 1):
        yield from itertools.combinations(read, size)


def _numbers(question: Question, leaves: list[Single]) -> Iterator[Value]:
    low = -math.inf if question.minimum is None else question.minimum
    high = math.inf if question.maximum is None else question.maximum
    limits = {0, *(limit for leaf in leaves for limit in _limits(leaf))}
    for limit in sorted(limits | {bound for bound in (low, high) if math.isfinite(bound)}):
        yield from (number for number in (limit - 1, limit, limit + 1) if low <= number <= high)


def _limits(leaf: Single) -> Iterator[int | float]:
    if isinstance(leaf, Between):
        yield from (leaf.low, leaf.high)
    elif isinstance(leaf, Compare | Equals) and isinstance(leaf.value, int | float):
        yield leaf.value


def _dates(leaves: list[Single]) -> Iterator[Value]:
    yield _DAY.isoformat()
    for leaf in leaves:
        if isinstance(leaf, Within | Lasted):
            length = leaf.last if isinstance(leaf, Within) else leaf.at_least
            first = length.before(_DAY)
            yield from (day.isoformat() for day in (first - datetime.timedelta(days=1), first))


def _unread(questionnaire: Questionnaire, rule_set: RuleSet) -> Iterator[Finding]:
    read = _options_read(rule_set)
    gates = {gate.question for _, item in items_with_pointers(questionnaire) for gate in item.enable_when}
    shown = {link_id for rule in rule_set.rules for link_id in rule.alongside}
    every = (node for pointer, condition in conditions(rule_set) for _, node in nodes(condition, pointer))
    shown |= {node.different for node in every if isinstance(node, Count) and node.different is not None}
    shown |= {question for question, group in questionnaire.group_of.items() if group in shown}
    for pointer, item in items_with_pointers(questionnaire):
        if not isinstance(item, Question) or item.link_id in shown:
            continue
        if item.link_id not in read and item.link_id not in gates:
            cure = "Read it in a rule, show it alongside one, or stop asking it."
            yield Finding("questionnaire", pointer, f'no rule reads or shows "{item.link_id}".', cure, "notice")
        elif read.get(item.link_id):
            yield from _unread_options(pointer, item, read[item.link_id])


def _unread_options(pointer: str, question: Question, read: set[str]) -> Iterator[Finding]:
    """One option may stay unread: it is what is left when all others are."""
    unread = [option.code for option in question.answer_options if option.code not in read]
    if len(unread) > 1:
        listed = ", ".join(f'"{code}"' for code in unread)
        problem = f'no rule reads these options of "{question.link_id}": {listed}.'
        yield Finding("questionnaire", f"{pointer}/answer_options", problem, "Look whether a rule should.", "notice")


def _options_read(rule_set: RuleSet) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for _, condition in conditions(rule_set):
        for leaf in _leaves(condition):
            for link_id in questions_read(leaf).values():
                found.setdefault(link_id, set()).update(_codes(leaf))
    return found


def _codes(leaf: Leaf) -> tuple[str, ...]:
    if isinstance(leaf, OneOf):
        return leaf.values
    return (str(leaf.value),) if isinstance(leaf, Equals | Contains) else ()


def _leaves(node: Condition) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
    for _, part in children(node):
        yield from _leaves(part)
