"""What one leaf says of several answers together: of an instrument's items and its total.

An answer that is missing leaves the leaf unknown; only a score may be told without it, where its bounds tell enough.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from screening.engine.comparing import OPERATORS
from screening.engine.conditions import Score, Truth
from screening.engine.logic import all_of
from screening.engine.questionnaire import Question

Span = tuple[float, float]
CLOSED, CONTRADICTION = "not-asked-here", "contradiction"


class Read(NamedTuple):
    """One question that a leaf reads: whether it is asked, and its value, ``None`` where there is none."""

    question: Question
    asked: Truth
    value: Any

    @property
    def known(self) -> bool:
        """Whether the question is asked and has an answer."""
        return self.asked is Truth.TRUE and self.value is not None


class Relation(NamedTuple):
    """How a leaf came out, and the part that each answer takes: it decides, it is waited for, or it takes none.

    ``why`` is ``not-asked-here`` where the answers that take no part are those that close the leaf, and
    ``contradiction`` where answers exclude each other.
    """

    truth: Truth
    parts: tuple[Truth, ...]
    why: str = ""


def relate(leaf: Score, reads: Sequence[Read]) -> Relation:
    """Return what ``leaf`` says of the answers it reads, in the order in which it names them."""
    return _score(leaf, reads)


def settled_by(leaf: Score, reads: Sequence[Read], index: int, truth: Truth) -> Truth:
    """Return ``truth`` where one answer alone, that at ``index``, could bring ``leaf`` to it, and unknown otherwise."""
    found = relate(leaf, reads)
    if found.truth is not Truth.UNKNOWN:
        return found.truth
    if found.why == CONTRADICTION:
        return truth
    if found.parts[index] is not Truth.UNKNOWN or reads[index].asked is not Truth.TRUE:
        return Truth.UNKNOWN
    if index == len(leaf.items):
        return truth
    for end in _bounds(reads[index]):
        tried = [*reads[:index], reads[index]._replace(value=end), *reads[index + 1 :]]
        if relate(leaf, tried).truth is truth:
            return truth
    return Truth.UNKNOWN


def span_compares(operator: str, span: Span, limit: float) -> Truth:
    """Return how a number that lies within ``span`` compares with ``limit``."""
    low, high = (OPERATORS[operator](end, limit) for end in span)
    return Truth.UNKNOWN if low != high else Truth.TRUE if low else Truth.FALSE


def _score(leaf: Score, reads: Sequence[Read]) -> Relation:
    """A total decides, unless the items exclude it; without one the items do, as soon as their bounds tell enough."""
    items, total = reads[: len(leaf.items)], reads[len(leaf.items) :]
    asked, span = all_of(item.asked for item in items), items_span(items)
    if total and total[0].known:
        given = total[0].value
        if asked is Truth.TRUE and not span[0] <= given <= span[1]:
            return Relation(Truth.UNKNOWN, (Truth.UNKNOWN,) * len(reads), CONTRADICTION)
        return Relation(span_compares(leaf.operator, (given, given), leaf.value), _alone(reads, Truth.TRUE))
    if asked is Truth.TRUE:
        truth = span_compares(leaf.operator, span, leaf.value)
        return Relation(truth, tuple(_waits(read) for read in reads))
    closed = not total or total[0].asked is Truth.FALSE
    if asked is Truth.UNKNOWN:
        return Relation(Truth.UNKNOWN, tuple(_waits(read) for read in reads))
    if closed:
        parts = tuple(Truth.FALSE if read.asked is Truth.FALSE else Truth.TRUE for read in reads)
        return Relation(Truth.FALSE, parts, CLOSED)
    return Relation(Truth.UNKNOWN, _alone(reads, Truth.UNKNOWN))


def _waits(read: Read) -> Truth:
    if read.asked is Truth.FALSE:
        return Truth.FALSE
    return Truth.TRUE if read.known else Truth.UNKNOWN


def _alone(reads: Sequence[Read], truth: Truth) -> tuple[Truth, ...]:
    """Return the parts where the last answer, the total, is the only one that counts."""
    return (*[Truth.FALSE] * (len(reads) - 1), truth)


def items_span(items: Sequence[Read]) -> Span:
    """Return between which numbers the sum of items lies; one without an answer lies within its question's bounds."""
    bounds = [(item.value, item.value) if item.known else _bounds(item) for item in items]
    return sum(low for low, _ in bounds), sum(high for _, high in bounds)


def _bounds(read: Read) -> Span:
    low, high = read.question.minimum, read.question.maximum
    return -math.inf if low is None else low, math.inf if high is None else high


def possible_relations(leaf: Score, questions: Sequence[Question]) -> tuple[bool, ...]:
    """Return whether ``leaf`` can hold and can fail on complete answers, as far as the questions' bounds tell."""
    reads = [Read(question, Truth.TRUE, None) for question in questions]
    entered = [items_span(part) for part in (reads[: len(leaf.items)], reads[len(leaf.items) :]) if part]
    truths = {span_compares(leaf.operator, span, leaf.value) for span in entered}
    return (True, False) if len(truths) > 1 or Truth.UNKNOWN in truths else (Truth.TRUE in truths,)
