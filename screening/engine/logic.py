"""Three-valued logic: how known and unknown parts join. What is read into it lives in ``reading``.

Kleene's strong tables: an unknown part leaves the whole unknown exactly where its answer would still matter.
"""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from screening.engine.conditions import Truth

NEGATED = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}


def known(holds: bool) -> Truth:
    """Return ``true`` or ``false`` for something that is known."""
    return Truth.TRUE if holds else Truth.FALSE


def all_of(truths: Iterable[Truth]) -> Truth:
    """Return whether every part holds: false as soon as one part does not, unknown before true."""
    found = Truth.TRUE
    for truth in truths:
        if truth is Truth.FALSE:
            return truth
        if truth is Truth.UNKNOWN:
            found = truth
    return found


def any_of(truths: Iterable[Truth]) -> Truth:
    """Return whether one part or more holds: true as soon as one part does, unknown before false."""
    found = Truth.FALSE
    for truth in truths:
        if truth is Truth.TRUE:
            return truth
        if truth is Truth.UNKNOWN:
            found = truth
    return found


def at_least(n: int, truths: Iterable[Truth]) -> Truth:
    """Return whether ``n`` parts or more hold; unknown where the unknown parts could still make it up."""
    surely, possibly = _tally(truths)
    return compare_range(">=", n, surely, surely + possibly)


def count(operator: Literal[">=", "<=", "="], value: int, rows: Iterable[Truth], *, complete: bool) -> Truth:
    """Return how the number of rows that hold compares with ``value``. Without ``complete`` there may be more rows."""
    surely, possibly = _tally(rows)
    return compare_range(operator, value, surely, surely + possibly if complete else None)


class Counted(NamedTuple):
    """A row as it is counted where rows must differ: does it hold, is it asked in what, and the option chosen."""

    holds: Truth
    asked: Truth
    value: Any


def count_different(
    operator: Literal[">=", "<=", "="], value: int, rows: Iterable[Counted], *, options: int, complete: bool
) -> Truth:
    """Return how the number of different options in the rows that hold compares with ``value``.

    A row in which the option is not known may repeat another's or add one. There are ``options`` at most; without
    ``complete`` there may be more rows, and so all of them.
    """
    surely: set[Any] = set()
    possibly: set[Any] = set()
    some, open_rows = False, 0
    for row in rows:
        holds = all_of((row.holds, row.asked))
        if holds is Truth.FALSE:
            continue
        some = some or holds is Truth.TRUE
        if row.value is None or row.asked is not Truth.TRUE:
            open_rows += 1
            continue
        possibly.add(row.value)
        if holds is Truth.TRUE:
            surely.add(row.value)
    most = min(options, len(possibly) + open_rows) if complete else options
    return compare_range(operator, value, max(len(surely), int(some)), most)


def compare_range(operator: Literal[">=", "<=", "="], value: int, low: int, high: int | None) -> Truth:
    """Return how a number between ``low`` and ``high`` (unbounded where ``None``) compares with ``value``."""
    if operator == ">=":
        return _settled(low >= value, high is not None and high < value)
    if operator == "<=":
        return _settled(high is not None and high <= value, low > value)
    return _settled(low == value == high, value < low or (high is not None and value > high))


def _settled(surely: bool, surely_not: bool) -> Truth:
    if surely:
        return Truth.TRUE
    return Truth.FALSE if surely_not else Truth.UNKNOWN


def _tally(truths: Iterable[Truth]) -> tuple[int, int]:
    surely = possibly = 0
    for truth in truths:
        surely += truth is Truth.TRUE
        possibly += truth is Truth.UNKNOWN
    return surely, possibly
