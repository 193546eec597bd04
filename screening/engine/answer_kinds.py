"""The kinds of answer to one question that rules can tell apart, each with an answer that is of that kind.

Two answers are of one kind where every leaf and every gate that reads the question says the same of both. Whatever
holds of one answer of each kind holds of all answers; so a search needs to try no others.
"""

import datetime
import itertools
import math
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from screening.engine.answers import Answer, Source, Value
from screening.engine.checking import LARGEST_NUMBER, answer_fault
from screening.engine.comparing import Days, compare, lies
from screening.engine.conditions import (
    Between,
    Compare,
    Contains,
    Equals,
    KnownFrom,
    Lasted,
    Score,
    Single,
    Truth,
    Within,
)
from screening.engine.dates import EARLIEST_YEAR, Duration, Unit, VagueDate
from screening.engine.logic import known
from screening.engine.outcomes import BIT, UNKNOWN
from screening.engine.questionnaire import EnableWhen, ItemType, Question
from screening.engine.reading import compares

MOST_TRIED = 2_000
MOST_KINDS = 300
MOST_OPTIONS = 8
MOST_VALUES = 11
_DAY = datetime.timedelta(days=1)
_FAMILY = {Unit.DAYS: "days", Unit.WEEKS: "days", Unit.MONTHS: "months", Unit.YEARS: "months"}


class Reading(NamedTuple):
    """One leaf or gate, and the question as its questionnaire asks it."""

    by: Single | EnableWhen
    question: Question


@dataclass(frozen=True)
class Asked:
    """A question as it stands in one questionnaire or in two, and all that reads it.

    ``beside`` are the leaves and counts that read more of the answer than one leaf can: each value is then a kind.
    """

    questions: tuple[Question, ...]
    readings: tuple[Reading, ...]
    beside: tuple[object, ...] = ()


class Kind(NamedTuple):
    """A kind of answer: what each reading says of it (a bit of ``outcomes``), and one answer of the kind.

    Of a date as vague as no date can be written, the answer is only near the kind, and ``written`` is false.
    """

    says: tuple[int, ...]
    answer: Answer | None
    written: bool = True


class Kinds(NamedTuple):
    """All kinds of answer to one question, silence last; ``complete`` unless there were too many to list."""

    listed: tuple[Kind, ...]
    complete: bool


class _Candidate(NamedTuple):
    """An answer to be tried; ``days`` where it is to be read as lying between these."""

    answer: Answer
    days: Days | None


def as_taken(question: Question, answer: Answer | None, on: datetime.date) -> Answer | None:
    """Return ``answer`` as ``question`` can take it, of several options those that it has; None where it cannot."""
    if answer is None or answer.value is None:
        return answer
    if question.repeats and isinstance(answer.value, tuple):
        known_codes = tuple(code for code in answer.value if code in question.option_by_code)
        return answer.model_copy(update={"value": known_codes}) if known_codes else None
    return None if answer_fault(question, answer.value, on) else answer


def kinds_of_answer(asked: Asked, on: datetime.date, spend: Callable[[int], None]) -> Kinds:
    """Return the kinds of answer to one question; ``spend`` is told of each reading of each value that is tried."""
    found: dict[Hashable, Kind] = {}
    tried = [*itertools.islice(_tried(asked, on), MOST_TRIED + 1)]
    for candidate in sorted(tried, key=lambda candidate: not _known_to_all(asked, candidate, on)):
        spend(len(asked.readings))
        says = tuple(_said(reading, candidate, on) for reading in asked.readings)
        key = (says, candidate.answer.value) if asked.beside else says
        found.setdefault(key, Kind(says, candidate.answer, candidate.days is None))
    silent = Kind(tuple(_silent(reading) for reading in asked.readings), None)
    complete = len(tried) <= MOST_TRIED and len(found) <= MOST_KINDS and _complete(asked)
    return Kinds((*itertools.islice(found.values(), MOST_KINDS), silent), complete)


def _tried(asked: Asked, on: datetime.date) -> Iterator[_Candidate]:
    """Yield at least one answer of every kind, each from every source that somebody asks about."""
    sources = _sources(asked)
    for question in asked.questions:
        for value, days in _values(question, asked, on):
            for source in sources:
                yield _Candidate(Answer.model_construct(value=value, source=source), days)


def _known_to_all(asked: Asked, candidate: _Candidate, on: datetime.date) -> bool:
    given = candidate.answer
    return candidate.days is None and all(as_taken(question, given, on) == given for question in asked.questions)


def _said(reading: Reading, candidate: _Candidate, on: datetime.date) -> int:
    by, question = reading
    taken = as_taken(question, candidate.answer, on)
    if taken is None or taken.value is None:
        return _silent(reading)
    if isinstance(by, EnableWhen):
        return BIT[known(compares(by, taken.value))]
    if isinstance(by, Within | Lasted) and candidate.days is not None:
        return BIT[lies(by, candidate.days, on)]
    return BIT[compare(by, question, taken, on)]


def _silent(reading: Reading) -> int:
    by = reading.by
    opened = isinstance(by, EnableWhen) and by.operator == "exists" and by.answer is False
    return BIT[Truth.TRUE] if opened else UNKNOWN


def _sources(asked: Asked) -> list[Source]:
    first = asked.questions[0].usual_source
    if not any(isinstance(reading.by, KnownFrom) for reading in asked.readings):
        return [first]
    return [first, *(source for source in Source if source is not first)]


def _values(question: Question, asked: Asked, on: datetime.date) -> Iterator[tuple[Value, Days | None]]:
    readers = [*(by for by, _ in asked.readings), *asked.beside]
    if question.type is ItemType.DATE:
        yield from _dates(question, readers, on)
        return
    values: Iterable[Value] = ("words"[: question.max_length],)
    if question.type is ItemType.BOOLEAN:
        values = (True, False)
    elif question.type is ItemType.CHOICE:
        values = _options(question, readers)
    elif question.type in (ItemType.INTEGER, ItemType.DECIMAL):
        values = _numbers(question, readers)
    yield from ((value, None) for value in values)


def _options(question: Question, readers: Iterable[object]) -> Iterator[Value]:
    if not question.repeats:
        yield from question.option_by_code
        return
    read = _codes_read(question, readers)
    yield from ((code,) for code in itertools.islice((c for c in question.option_by_code if c not in read), 1))
    sizes = range(1, len(read) + 1) if len(read) <= MOST_OPTIONS else (1, len(read))
    for size in sizes:
        yield from itertools.combinations(read, size)


def _codes_read(question: Question, readers: Iterable[object]) -> list[str]:
    named = {
        by.value if isinstance(by, Contains) else by.answer for by in readers if isinstance(by, Contains | EnableWhen)
    }
    return [code for code in question.option_by_code if code in named]


def _complete(asked: Asked) -> bool:
    readers = [by for by, _ in asked.readings]
    if any(question.repeats and len(_codes_read(question, readers)) > MOST_OPTIONS for question in asked.questions):
        return False
    return _in_order([_length(by) for by in readers if isinstance(by, Within | Lasted)])


def small(question: Question) -> bool:
    """Return whether every number that answers ``question`` is of a kind of its own: whole, and not many of them."""
    low, high = question.minimum, question.maximum
    bounded = question.type is ItemType.INTEGER and low is not None and high is not None
    return bounded and high - low < MOST_VALUES  # type: ignore[operator]


def _numbers(question: Question, readers: Iterable[object]) -> Iterator[Value]:
    """Yield numbers at the limits that are read, on either side of them, and at the question's own bounds."""
    low = -LARGEST_NUMBER if question.minimum is None else question.minimum
    high = LARGEST_NUMBER if question.maximum is None else question.maximum
    if small(question):
        yield from range(math.ceil(low), math.floor(high) + 1)
        return
    bounds = {bound for bound in (question.minimum, question.maximum) if bound is not None}
    limits = sorted({limit for by in readers for limit in _limits(by)} | bounds) or [0]
    found: set[int | float]
    if question.type is ItemType.INTEGER:
        found = {math.floor(limit) + step for limit in limits for step in (-1, 0, 1)}
    else:
        between = {(first + second) / 2 for first, second in itertools.pairwise(limits)}
        found = {*limits, *between, limits[0] - 1, limits[-1] + 1}
    yield from sorted(number for number in found if low <= number <= high)


def _limits(by: object) -> Iterator[int | float]:
    if isinstance(by, Between):
        yield from (by.low, by.high)
    elif isinstance(by, Compare | Equals | Score | EnableWhen):
        limit = by.answer if isinstance(by, EnableWhen) else by.value
        if isinstance(limit, int | float) and not isinstance(limit, bool):
            yield limit


def _length(by: Within | Lasted) -> Duration:
    return by.last if isinstance(by, Within) else by.at_least


def _in_order(lengths: list[Duration]) -> bool:
    """Return whether the order of lengths of time is the same on every day: 30 days and a month change places."""
    ranges = sorted((_days_of(length), _FAMILY[length.unit]) for length in lengths)
    return all(one == other or first[1] + 1 < second[0] for (first, one), (second, other) in itertools.pairwise(ranges))


def _days_of(length: Duration) -> tuple[int, int]:
    """Return between how many days a length of time has."""
    if _FAMILY[length.unit] == "days":
        days = length.value * (7 if length.unit is Unit.WEEKS else 1)
        return days, days
    months = length.value * (12 if length.unit is Unit.YEARS else 1)
    return months * 365 // 12 - 4, months * 366 // 12 + 4


def _dates(question: Question, readers: Iterable[object], on: datetime.date) -> Iterator[tuple[Value, Days | None]]:
    """Yield exact days on each side of every limit, then vague dates over limits; last stretches that none spans."""
    limits = {_first_day(by, on) for by in readers if isinstance(by, Within | Lasted)}
    borders = sorted(limits | (set() if question.past else {on + _DAY}))
    days = sorted({on, on - _DAY, *borders, *(border - _DAY for border in borders)}, reverse=True)
    days = [day for day in days if (day <= on or not question.past) and day.year >= EARLIEST_YEAR]
    yield from ((day.isoformat(), None) for day in days)
    yield from ((text, None) for text in _vague(borders) if answer_fault(question, text, on) is None)
    yield from ((first.isoformat(), (first, last)) for last, first in itertools.combinations(days, 2))


def _first_day(by: Within | Lasted, on: datetime.date) -> datetime.date:
    """Return the first day of which ``by`` says otherwise than of the day before it."""
    first = _length(by).before(on)
    return first if isinstance(by, Within) else first + _DAY


def _vague(borders: Iterable[datetime.date]) -> Iterator[str]:
    """Yield the vague dates that lie on both sides of a border."""
    for border in borders:
        year, month = border.year, border.month
        seasons = [f"{year:04}-{season}" for season in ("spring", "summer", "autumn")]
        winters = [f"{number:04}-winter" for number in (year - 1, year, year + 1)]
        for text in [f"{year:04}-{month:02}", *seasons, f"{year:04}", *winters]:
            if _spans(text, border):
                yield text


def _spans(text: str, border: datetime.date) -> bool:
    try:
        given = VagueDate.parse(text)
    except ValueError:
        return False
    return given.earliest < border <= given.latest
