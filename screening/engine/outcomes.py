"""Sets of truths as bits: how a condition can still come out while only some of its answers are chosen.

Parts are joined as if they were independent of each other. So a set may hold a truth that cannot come about, and never
lacks one that can; of decided parts it holds exactly the one truth that ``logic`` tells.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from screening.engine.conditions import Truth
from screening.engine.logic import compare_range

HOLDS, HOLDS_NOT, UNKNOWN = 1, 2, 4
ANY_WAY = HOLDS | HOLDS_NOT | UNKNOWN
BIT = {Truth.TRUE: HOLDS, Truth.FALSE: HOLDS_NOT, Truth.UNKNOWN: UNKNOWN}
TRUTH = {bit: truth for truth, bit in BIT.items()}
NEGATED = tuple(
    (outcomes & UNKNOWN) | (HOLDS_NOT if outcomes & HOLDS else 0) | (HOLDS if outcomes & HOLDS_NOT else 0)
    for outcomes in range(ANY_WAY + 1)
)


def decided(outcomes: int) -> bool:
    """Return whether one truth alone is left."""
    return outcomes in TRUTH


def truths(outcomes: int) -> list[Truth]:
    """Return the truths that a set holds."""
    return [truth for bit, truth in TRUTH.items() if outcomes & bit]


def union(several: Iterable[int]) -> int:
    """Return the truths that one set or another holds."""
    found = 0
    for one in several:
        found |= one
    return found


def all_of(parts: Sequence[int]) -> int:
    """Return how "all of these" can come out."""
    common, any_part = ANY_WAY, 0
    may_hold = True
    for part in parts:
        common &= part
        any_part |= part
        may_hold = may_hold and bool(part & (HOLDS | UNKNOWN))
    unknown = UNKNOWN if may_hold and any_part & UNKNOWN else 0
    return (common & HOLDS) | (any_part & HOLDS_NOT) | unknown


def any_of(parts: Sequence[int]) -> int:
    """Return how "one or more of these" can come out."""
    return NEGATED[all_of([NEGATED[part] for part in parts])]


def at_least(n: int, parts: Sequence[int]) -> int:
    """Return how "at least ``n`` of these" can come out."""
    able = sum(bool(part & HOLDS) for part in parts)
    failing = sum(bool(part & HOLDS_NOT) for part in parts)
    unknown = sum(bool(part & UNKNOWN) for part in parts)
    surely = sum(part == HOLDS for part in parts)
    never = sum(part == HOLDS_NOT for part in parts)
    found = HOLDS if able >= n else 0
    found |= HOLDS_NOT if len(parts) - failing < n else 0
    return found | (UNKNOWN if unknown and surely < n <= len(parts) - never else 0)


def count(operator: Literal[">=", "<=", "="], value: int, rows: Iterable[int], *, complete: bool) -> int:
    """Return how the number of rows that hold can compare with ``value``."""
    tallies = {(0, 0)}
    for row in rows:
        tallies = {
            (surely + (truth is Truth.TRUE), possibly + (truth is Truth.UNKNOWN))
            for surely, possibly in tallies
            for truth in truths(row)
        }
    found = 0
    for surely, possibly in tallies:
        found |= BIT[compare_range(operator, value, surely, surely + possibly if complete else None)]
    return found
