"""Small charts as SVG, drawn by the server from what a selector read. A missing number gets a mark, and no point.

What has a place is written as text, so that no language of the page puts a comma into a drawing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import template

from screening.selectors.cravings import Check, Cravings

register = template.Library()

WIDTH, HEIGHT = 400, 224
LEFT, RIGHT, TOP, BOTTOM = 34, 390, 40, 180
NUMBERED = 12
"""With more checks than this, every other number stands below the axis."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One check as it is drawn: its place, its number where there is room, and whether there is a value."""

    x: str
    y: str
    number: str
    known: bool


@register.inclusion_tag("screening/clients/cravings_chart.html")
def cravings_chart(cravings: Cravings) -> dict[str, Any]:
    """Draw one point for each check, joined only to a neighbour that has a number too."""
    checks = [check for check in cravings.checks if check.drawn]
    marks = [_mark(place, check, cravings, len(checks)) for place, check in enumerate(checks)]
    middle = (cravings.lowest + cravings.highest) / 2
    return {
        "cravings": cravings,
        "checks": checks,
        "missing": sum(check.value is None for check in checks),
        "box": f"0 0 {WIDTH} {HEIGHT}",
        "axis": {"left": str(LEFT), "right": str(RIGHT), "top": str(TOP), "bottom": str(BOTTOM)},
        "levels": [(f"{level:g}", _y(level, cravings)) for level in (cravings.lowest, middle, cravings.highest)],
        "lines": list(_lines(marks)),
        "marks": marks,
    }


def _mark(place: int, check: Check, cravings: Cravings, count: int) -> Mark:
    across = (place + 0.5) / count
    numbered = count <= NUMBERED or place % 2 == 0
    return Mark(
        x=f"{LEFT + across * (RIGHT - LEFT):.1f}",
        y="" if check.value is None else _y(check.value, cravings),
        number=str(check.number) if numbered else "",
        known=check.value is not None,
    )


def _y(value: float, cravings: Cravings) -> str:
    share = (value - cravings.lowest) / (cravings.highest - cravings.lowest)
    return f"{BOTTOM - share * (BOTTOM - TOP):.1f}"


def _lines(marks: Sequence[Mark]) -> Iterable[str]:
    """Yield the points of each line: neighbours with a number, never across one without."""
    for known, run in groupby(marks, key=lambda mark: mark.known):
        points = [f"{mark.x},{mark.y}" for mark in run]
        if known and len(points) > 1:
            yield " ".join(points)
