"""What one leaf says of several answers together: of two dates, a number and its reference, an instrument's items.

An answer that is missing leaves the leaf unknown; only a score may be told without it, where its bounds tell enough.
"""

import datetime
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from screening.engine.comparing import OPERATORS, days_between
from screening.engine.conditions import After, Lasted, MultipleOf, Relating, Score, Truth, WashedOut
from screening.engine.dates import EARLIEST_YEAR
from screening.engine.logic import all_of, known
from screening.engine.questionnaire import ItemType, Question

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
    ``contradiction`` where answers exclude each other, and ``vague-date`` where the days they can mean do not tell.
    """

    truth: Truth
    parts: tuple[Truth, ...]
    why: str = ""


def relate(leaf: Relating, reads: Sequence[Read], on: datetime.date) -> Relation:
    """Return what ``leaf`` says on the day ``on`` of the answers it reads, in the order in which it names them."""
    if isinstance(leaf, Score):
        return _score(leaf, reads)
    asked = all_of(read.asked for read in reads)
    if asked is Truth.FALSE:
        return _closed(reads)
    if not all(read.known for read in reads):
        return Relation(Truth.UNKNOWN, tuple(_waits(read) for read in reads))
    spans = [_span(read, on) for read in reads]
    truth = _at_every_end(leaf, spans, on)
    if truth is not Truth.UNKNOWN:
        return Relation(truth, (Truth.TRUE,) * len(reads))
    vague = tuple(Truth.TRUE if first == last else Truth.UNKNOWN for first, last in spans)
    return Relation(truth, vague, "vague-date")


def settled_by(leaf: Relating, reads: Sequence[Read], index: int, truth: Truth, on: datetime.date) -> Truth:
    """Return ``truth`` where one answer alone, that at ``index``, could bring ``leaf`` to it, and unknown otherwise."""
    found = relate(leaf, reads, on)
    if found.truth is not Truth.UNKNOWN:
        return found.truth
    if found.why == CONTRADICTION:
        return truth
    if found.parts[index] is not Truth.UNKNOWN or reads[index].asked is not Truth.TRUE:
        return Truth.UNKNOWN
    if isinstance(leaf, Score) and index == len(leaf.items):
        return truth
    for end in _ends(reads[index], on):
        tried = [*reads[:index], reads[index]._replace(value=end), *reads[index + 1 :]]
        if relate(leaf, tried, on).truth is truth:
            return truth
    return Truth.UNKNOWN


def possible_relations(leaf: Relating, questions: Sequence[Question]) -> tuple[bool, ...]:
    """Return whether ``leaf`` can hold and can fail on complete answers, as far as the bounds of numbers tell."""
    reads = [Read(question, Truth.TRUE, None) for question in questions]
    truths = {Truth.UNKNOWN}
    if isinstance(leaf, Score):
        entered = [items_span(part) for part in (reads[: len(leaf.items)], reads[len(leaf.items) :]) if part]
        truths = {span_compares(leaf.operator, span, leaf.value) for span in entered}
    elif isinstance(leaf, MultipleOf):
        truths = {_at_every_end(leaf, [_bounds(read) for read in reads], datetime.date.min)}
    return (True, False) if len(truths) > 1 or Truth.UNKNOWN in truths else (Truth.TRUE in truths,)


def _at_every_end(leaf: Relating, spans: Sequence[tuple[Any, Any]], on: datetime.date) -> Truth:
    """Try the ends of what each answer can mean: what holds at all of them holds between them, since none turns."""
    holds = _HOLDS[type(leaf)]
    found = {holds(leaf, on, *ends) for ends in itertools.product(*spans)}
    return known(found.pop()) if len(found) == 1 else Truth.UNKNOWN


def _lasted(leaf: Lasted, _on: datetime.date, since: datetime.date, until: datetime.date) -> bool:
    return since <= leaf.at_least.before(until)


def _washed_out(leaf: WashedOut, on: datetime.date, since: datetime.date, half_life: float) -> bool:
    return (on - since).days * 24 >= leaf.times * half_life


_HOLDS: dict[type, Callable[..., bool]] = {
    Lasted: _lasted,
    After: lambda _leaf, _on, day, than: day >= than,
    WashedOut: _washed_out,
    MultipleOf: lambda leaf, _on, value, of: OPERATORS[leaf.operator](value, leaf.times * of),
}


def _span(read: Read, on: datetime.date) -> tuple[Any, Any]:
    if read.question.type is ItemType.DATE:
        return days_between(read.question, read.value, on)
    return read.value, read.value


def _ends(read: Read, on: datetime.date) -> tuple[Any, Any]:
    """Return the outermost values that an answer can still turn out to be."""
    if read.question.type is not ItemType.DATE:
        return _bounds(read)
    latest = on if read.question.past else datetime.date.max
    first, last = _span(read, on) if read.known else (datetime.date(EARLIEST_YEAR, 1, 1), latest)
    return first.isoformat(), last.isoformat()


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
    return _closed(reads) if closed else Relation(Truth.UNKNOWN, _alone(reads, Truth.UNKNOWN))


def _closed(reads: Sequence[Read]) -> Relation:
    """Return that a leaf does not hold, since what it reads is surely not asked."""
    parts = tuple(Truth.FALSE if read.asked is Truth.FALSE else Truth.TRUE for read in reads)
    return Relation(Truth.FALSE, parts, CLOSED)


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
