"""What one comparison means: the forms of a leaf against one given answer. Absent answers never come this far."""

import datetime
import operator
from collections.abc import Callable
from typing import Any

from screening.engine.answers import Answer, Value
from screening.engine.conditions import (
    Between,
    Compare,
    Contains,
    Equals,
    KnownFrom,
    Lasted,
    OneOf,
    Single,
    Truth,
    Within,
)
from screening.engine.dates import VagueDate
from screening.engine.logic import known
from screening.engine.questionnaire import Question

Days = tuple[datetime.date, datetime.date]
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def leaf_question(leaf: Single) -> str:
    """Return the ``link_id`` of the one question that a leaf reads."""
    return leaf.since if isinstance(leaf, Lasted) else leaf.question


def compare(leaf: Single, question: Question, answer: Answer, on: datetime.date) -> Truth:
    """Return whether ``answer`` meets ``leaf``; unknown only where a date is too vague to tell."""
    form = _KNOWN.get(type(leaf))
    if form is not None:
        return Truth.TRUE if form(leaf, answer.value) else Truth.FALSE
    if isinstance(leaf, KnownFrom):
        return known(answer.source in leaf.sources)
    return _DATED[type(leaf)](leaf, days_between(question, answer.value, on), on)


def holds(leaf: Single, value: Value) -> bool:
    """Return whether a value meets a leaf that reads nothing but the value: no date, and no source."""
    return _KNOWN[type(leaf)](leaf, value)


def days_between(question: Question, value: Any, on: datetime.date) -> Days:
    """Return the days between which a given date lies; a past event cannot lie after ``on``."""
    given = VagueDate.parse(str(value))
    return given.earliest, min(given.latest, on) if question.past else given.latest


def lies(leaf: Within | Lasted, days: Days, on: datetime.date) -> Truth:
    """Return whether a date that lies between two days meets ``leaf`` on the day ``on``."""
    return _DATED[type(leaf)](leaf, days, on)


def _within(leaf: Within, days: Days, on: datetime.date) -> Truth:
    first = leaf.last.before(on)
    earliest, latest = days
    if earliest >= first and latest <= on:
        return Truth.TRUE
    return Truth.FALSE if latest < first or earliest > on else Truth.UNKNOWN


def _lasted(leaf: Lasted, days: Days, on: datetime.date) -> Truth:
    begin = leaf.at_least.before(on)
    earliest, latest = days
    if latest <= begin:
        return Truth.TRUE
    return Truth.FALSE if earliest > begin else Truth.UNKNOWN


_KNOWN: dict[type, Callable[[Any, Any], bool]] = {
    Equals: lambda leaf, value: value == leaf.value,
    OneOf: lambda leaf, value: value in leaf.values,
    Contains: lambda leaf, value: leaf.value in value,
    Compare: lambda leaf, value: OPERATORS[leaf.operator](value, leaf.value),
    Between: lambda leaf, value: leaf.low <= value <= leaf.high,
}
_DATED: dict[type, Callable[[Any, Days, datetime.date], Truth]] = {Within: _within, Lasted: _lasted}
