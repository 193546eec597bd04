"""A condition as a list of lines, and back: what a plain form can show and take, a line for each node.

A line's ``depth`` says to which earlier line it belongs. Nothing here knows a questionnaire: whether a question
exists, and whether it can be read so, is for the checks on the whole document.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any as Anything

from pydantic import ValidationError

from screening.engine.answers import Source
from screening.engine.conditions import (
    After,
    All,
    Any,
    AtLeast,
    Between,
    Compare,
    Condition,
    Contains,
    Count,
    Defined,
    Equals,
    KnownFrom,
    Lasted,
    MultipleOf,
    Not,
    OneOf,
    Score,
    WashedOut,
    Within,
)
from screening.engine.dates import Duration, Unit
from screening.engine.line_kinds import COMPARING, COUNTED, COUNTING, JOINING, MULTIPLIED, SUMMED
from screening.engine.walking import MAX_DEPTH, children

LARGEST = 2**53 - 1
MAX_LINES = 80
MOST_PARTS = 50
MOST_ROWS = 1000
LONGEST = 1200
MOST_TIMES = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``question`` is the ``link_id`` it reads, the group it counts, or the definition it names.

    ``values`` are option codes, sources, or the questions that are added up; ``number``, ``upper`` and ``unit`` are as
    typed. ``other`` is the second question that it reads.
    """

    depth: int
    kind: str
    question: str = ""
    values: tuple[str, ...] = ()
    number: str = ""
    upper: str = ""
    unit: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong with a line, counted from 1, and what to do."""

    number: int
    message: str


class InvalidLines(Exception):
    """Lines that make no condition, with every problem found."""

    def __init__(self, problems: list[LineProblem]) -> None:
        super().__init__("; ".join(f"line {problem.number}: {problem.message}" for problem in problems))
        self.problems = problems


class _Wrong(Exception):
    """A problem of one line, before it is known which."""


def to_lines(condition: Condition) -> list[Line]:
    """Return ``condition`` as lines, each part one deeper than what it belongs to."""
    return list(_lines(condition, 0))


def from_lines(lines: list[Line]) -> Condition:
    """Return the condition that ``lines`` make, or raise ``InvalidLines`` naming each line at fault."""
    if not lines:
        raise InvalidLines([LineProblem(1, "There is no line yet. Add one.")])
    builder = _Builder(lines)
    problems = [
        *builder.misplaced(),
        *([LineProblem(MAX_LINES, "These are too many lines.")] * (len(lines) > MAX_LINES)),
    ]
    if problems:
        raise InvalidLines(problems)
    condition: Condition = builder.build(0)
    if builder.problems:
        raise InvalidLines(sorted(builder.problems, key=lambda problem: problem.number))
    return condition


def _lines(node: Condition, depth: int) -> Iterator[Line]:
    yield replace(_LINE_OF[type(node)](node), depth=depth)
    for _, part in children(node):
        yield from _lines(part, depth + 1)


def _equals_line(node: Equals) -> Line:
    if isinstance(node.value, bool):
        return Line(0, "is-yes" if node.value else "is-no", node.question)
    if isinstance(node.value, str):
        return Line(0, "is", node.question, values=(node.value,))
    return Line(0, "equal-to", node.question, number=repr(node.value))


def _lasted_line(node: Lasted) -> Line:
    kind = "lasted" if node.until is None else "lasted-until"
    number, unit = str(node.at_least.value), node.at_least.unit.value
    return Line(0, kind, node.since, number=number, unit=unit, other=node.until or "")


def _count_line(node: Count) -> Line:
    kind, different = _kind_of(COUNTED, node.operator), node.different or ""
    return Line(0, kind, node.group, number=str(node.value), other=different)


def _multiple_line(node: MultipleOf) -> Line:
    return Line(0, _kind_of(MULTIPLIED, node.operator), node.question, number=repr(node.times), other=node.of)


def _score_line(node: Score) -> Line:
    kind, number = _kind_of(SUMMED, node.operator), repr(node.value)
    return Line(0, kind, values=node.items, number=number, other=node.total or "")


def _kind_of(operators: dict[str, str], operator: str) -> str:
    return next(kind for kind, sign in operators.items() if sign == operator)


_LINE_OF: dict[type, Callable[[Anything], Line]] = {
    All: lambda node: Line(0, "all"),
    Any: lambda node: Line(0, "any"),
    AtLeast: lambda node: Line(0, "at-least", number=str(node.n)),
    Not: lambda node: Line(0, "not"),
    Equals: _equals_line,
    OneOf: lambda node: Line(0, "one-of", node.question, values=node.values),
    Contains: lambda node: Line(0, "contains", node.question, values=(node.value,)),
    Compare: lambda node: Line(0, _kind_of(COMPARING, node.operator), node.question, number=repr(node.value)),
    Between: lambda node: Line(0, "between", node.question, number=repr(node.low), upper=repr(node.high)),
    Within: lambda node: Line(0, "within", node.question, number=str(node.last.value), unit=node.last.unit.value),
    Lasted: _lasted_line,
    After: lambda node: Line(0, "after", node.question, other=node.than),
    WashedOut: lambda node: Line(0, "washed-out", node.since, number=repr(node.times), other=node.half_life),
    MultipleOf: _multiple_line,
    Score: _score_line,
    KnownFrom: lambda node: Line(0, "known-from", node.question, values=tuple(s.value for s in node.sources)),
    Count: _count_line,
    Defined: lambda node: Line(0, "defined", node.name),
}


@dataclass
class _Builder:
    """Builds the tree from the lines, and notes what is wrong on the way."""

    lines: list[Line]
    problems: list[LineProblem] = field(default_factory=list)

    def misplaced(self) -> Iterator[LineProblem]:
        """Yield the lines that belong to no line above them."""
        for index, line in enumerate(self.lines):
            above = self.lines[index - 1].depth if index else 0
            if index and line.depth <= 0:
                yield LineProblem(
                    index + 1, "Indent it: the first line alone stands at 0, and all others belong to it."
                )
            elif not index and line.depth:
                yield LineProblem(1, "Set its indent to 0: the first line alone stands there, and belongs to no other.")
            elif line.depth > above + 1:
                yield LineProblem(index + 1, f"Indent it by {above + 1} at most: it belongs to the line above it.")
            elif not 0 <= line.depth < MAX_DEPTH:
                yield LineProblem(index + 1, f"Indent it by 0 to {MAX_DEPTH - 1}.")

    def build(self, index: int) -> Anything:
        """Return the node at ``index`` with its parts; None where it is at fault, which is then noted."""
        line = self.lines[index]
        parts = [self.build(place) for place in self._parts(index)]
        try:
            return _node(line, parts) if None not in parts else self._try_alone(line, len(parts))
        except _Wrong as wrong:
            self.problems.append(LineProblem(index + 1, str(wrong)))
        except ValidationError:
            self.problems.append(LineProblem(index + 1, "Choose again what this line says, and what it is about."))
        return None

    def _parts(self, index: int) -> Iterator[int]:
        depth = self.lines[index].depth
        for place in range(index + 1, len(self.lines)):
            if self.lines[place].depth <= depth:
                return
            if self.lines[place].depth == depth + 1:
                yield place

    @staticmethod
    def _try_alone(line: Line, parts: int) -> None:
        """Look at a line whose parts are at fault, so that its own fault is told at once."""
        _node(line, [_STAND_IN] * parts)


_STAND_IN = Defined(kind="defined", name="stand-in")


def _node(line: Line, parts: list[Anything]) -> Anything:
    form = _NODE_OF.get(line.kind)
    if form is None:
        raise _Wrong("Choose what this line says.")
    if parts and line.kind not in JOINING and line.kind not in COUNTING:
        raise _Wrong("Nothing can belong to this line. Indent the lines below it by less.")
    return form(line, parts)


def _several(line: Line, parts: list[Anything]) -> tuple[Anything, ...]:
    if not parts:
        raise _Wrong("Add the lines that belong to it below, indented by one more.")
    if len(parts) > MOST_PARTS:
        raise _Wrong(f"At most {MOST_PARTS} lines can belong to it. Put some of them below a line of their own.")
    return tuple(parts)


def _single(line: Line, parts: list[Anything]) -> Anything:
    if len(parts) != 1:
        raise _Wrong('Exactly one line belongs to a "not". Put "any of these" or "all of these" below it for more.')
    return parts[0]


def _question(line: Line) -> str:
    if not line.question:
        raise _Wrong("Choose which one it is about.")
    return line.question


def _values(line: Line) -> tuple[str, ...]:
    if not line.values:
        raise _Wrong('Choose the answer it looks for. Press "Refresh lines" to see what can be chosen.')
    return line.values


def _value(line: Line) -> str:
    if len(_values(line)) != 1:
        raise _Wrong("Choose one answer.")
    return line.values[0]


def _number(text: str) -> int | float:
    try:
        found: int | float = int(text)
    except ValueError:
        try:
            found = float(text)
        except ValueError:
            raise _Wrong("Give a number in digits, with a point where it has a fraction: 6 or 6.5.") from None
    if not math.isfinite(found) or abs(found) > LARGEST:
        raise _Wrong("Give a smaller number.")
    return found


def _whole(line: Line, least: int, most: int) -> int:
    found = _number(line.number)
    if not isinstance(found, int) or not least <= found <= most:
        raise _Wrong(f"Give a whole number from {least} to {most}.")
    return found


def _length(line: Line) -> Duration:
    if line.unit not in list(Unit):
        raise _Wrong("Choose days, weeks, months or years.")
    return Duration(value=_whole(line, 1, LONGEST), unit=Unit(line.unit))


def _known_from(line: Line, _: list[Anything]) -> KnownFrom:
    known = [Source(value) for value in line.values if value in list(Source)]
    if not known:
        raise _Wrong("Choose from whom or what it is known.")
    return KnownFrom(kind="known-from", question=_question(line), sources=tuple(known))


def _compare(line: Line, _: list[Anything]) -> Compare:
    operator: Anything = COMPARING[line.kind]
    return Compare(kind="compare", question=_question(line), operator=operator, value=_number(line.number))


def _between(line: Line, _: list[Anything]) -> Between:
    low, high = _number(line.number), _number(line.upper)
    return Between(kind="between", question=_question(line), low=low, high=high)


def _other(line: Line) -> str:
    if not line.other:
        raise _Wrong("Choose the other question that it reads.")
    return line.other


def _times(line: Line) -> int | float:
    found = _number(line.number)
    if not 0 < found <= MOST_TIMES:
        raise _Wrong(f"Give a number of times, above 0 and up to {MOST_TIMES}.")
    return found


def _washed_out(line: Line, _: list[Anything]) -> WashedOut:
    return WashedOut(kind="washed-out", since=_question(line), half_life=_other(line), times=_times(line))


def _multiple(line: Line, _: list[Anything]) -> MultipleOf:
    sign: Anything = MULTIPLIED[line.kind]
    return MultipleOf(kind="multiple-of", question=_question(line), operator=sign, times=_times(line), of=_other(line))


def _lasted_until(line: Line, _: list[Anything]) -> Lasted:
    return Lasted(kind="lasted", since=_question(line), until=_other(line), at_least=_length(line))


def _score(line: Line, _: list[Anything]) -> Score:
    operator: Anything = SUMMED[line.kind]
    if not line.values:
        raise _Wrong("Choose the questions whose numbers are added up.")
    number, total = _number(line.number), line.other or None
    return Score(kind="score", items=line.values, total=total, operator=operator, value=number)


def _count(line: Line, parts: list[Anything]) -> Count:
    operator: Anything = COUNTED[line.kind]
    return Count(
        kind="count",
        group=_question(line),
        where=_single_or_none(parts),
        different=line.other or None,
        operator=operator,
        value=_whole(line, 0, MOST_ROWS),
    )


def _single_or_none(parts: list[Anything]) -> Anything:
    if len(parts) > 1:
        raise _Wrong('One line says which ones count. Put "all of these" below it for more.')
    return parts[0] if parts else None


_NODE_OF: dict[str, Callable[[Line, list[Anything]], Anything]] = {
    "all": lambda line, parts: All(kind="all", of=_several(line, parts)),
    "any": lambda line, parts: Any(kind="any", of=_several(line, parts)),
    "at-least": lambda line, parts: AtLeast(kind="at-least", n=_whole(line, 1, MOST_PARTS), of=_several(line, parts)),
    "not": lambda line, parts: Not(kind="not", condition=_single(line, parts)),
    "is-yes": lambda line, _: Equals(kind="equals", question=_question(line), value=True),
    "is-no": lambda line, _: Equals(kind="equals", question=_question(line), value=False),
    "is": lambda line, _: Equals(kind="equals", question=_question(line), value=_value(line)),
    "equal-to": lambda line, _: Equals(kind="equals", question=_question(line), value=_number(line.number)),
    "one-of": lambda line, _: OneOf(kind="one-of", question=_question(line), values=_values(line)),
    "contains": lambda line, _: Contains(kind="contains", question=_question(line), value=_value(line)),
    **dict.fromkeys(COMPARING, _compare),
    "between": _between,
    "within": lambda line, _: Within(kind="within", question=_question(line), last=_length(line)),
    "lasted": lambda line, _: Lasted(kind="lasted", since=_question(line), at_least=_length(line)),
    "known-from": _known_from,
    "lasted-until": _lasted_until,
    "after": lambda line, _: After(kind="after", question=_question(line), than=_other(line)),
    "washed-out": _washed_out,
    **dict.fromkeys(MULTIPLIED, _multiple),
    **dict.fromkeys(SUMMED, _score),
    **dict.fromkeys(COUNTED, _count),
    "defined": lambda line, _: Defined(kind="defined", name=_question(line)),
}
