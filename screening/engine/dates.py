"""Dates as vague as people are, and the lengths of time that rules speak of.

A vague date is a stretch of days in which the true day lies. A window is then surely met, possibly met, or surely
not met: nothing here picks a day for the client.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from screening.engine.documents import Node

EARLIEST_YEAR = 1900
SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11)}
_PATTERN = re.compile(r"([0-9]{4})(?:-(?:([0-9]{2})(?:-([0-9]{2}))?|(spring|summer|autumn|winter)))?")


@dataclass(frozen=True, slots=True)
class VagueDate:
    """The stretch of days, both ends included, in which a date lies, and the text it was given as."""

    text: str
    earliest: date
    latest: date

    @classmethod
    def parse(cls, text: str) -> "VagueDate":
        """Read ``2024-05-03``, ``2024-05``, ``2024`` or ``2024-spring``; raise ``ValueError`` with the cure otherwise.

        Two of them with a stroke between (``2024-05/2024-08``) are a stretch, from the first day of the one to the
        last day of the other. Seasons are those of the northern hemisphere. "Winter 2024" is said of either end of
        the year, so it spans both: December 2023 to February 2024 and December 2024 to February 2025.
        """
        if text.count("/") == 1:
            first, last = text.split("/")
            return cls._between(text, cls.parse(first), cls.parse(last))
        matched = _PATTERN.fullmatch(text)
        if matched is None:
            raise ValueError(f'"{text}" is not a date. Write 2024-05-03, 2024-05, 2024 or 2024-spring.')
        year, month, day, season = matched.groups()
        if int(year) < EARLIEST_YEAR:
            raise ValueError(f'"{text}" lies before {EARLIEST_YEAR}. Check the year.')
        try:
            return cls(text, *_stretch(int(year), month, day, season))
        except ValueError:
            raise ValueError(f'"{text}" is not a day in the calendar. Check the month and the day.') from None

    @classmethod
    def _between(cls, text: str, first: "VagueDate", last: "VagueDate") -> "VagueDate":
        if first.earliest > last.latest:
            raise ValueError(f'"{text}" ends before it begins. Write the earlier date first.')
        return cls(text, first.earliest, last.latest)


def _stretch(year: int, month: str | None, day: str | None, season: str | None) -> tuple[date, date]:
    if day and month:
        exact = date(year, int(month), int(day))
        return exact, exact
    if month:
        return date(year, int(month), 1), _last_day(year, int(month))
    if season == "winter":
        return date(year - 1, 12, 1), _last_day(year + 1, 2)
    if season:
        first, last = SEASONS[season]
        return date(year, first, 1), _last_day(year, last)
    return date(year, 1, 1), date(year, 12, 31)


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


class Unit(StrEnum):
    """A unit of time. Months and years are calendar months and years."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


class Duration(Node):
    """A length of time: ``{"value": 6, "unit": "months"}``."""

    value: Annotated[int, Field(ge=1, le=1200)]
    unit: Unit

    def before(self, day: date) -> date:
        """Return the day that lies this length of time before ``day`` (31 March less a month is 28 or 29 February)."""
        if self.unit is Unit.DAYS:
            return day - timedelta(days=self.value)
        if self.unit is Unit.WEEKS:
            return day - timedelta(weeks=self.value)
        return _months_on(day, -self._months)

    def after(self, day: date) -> date:
        """Return the day that lies this length of time after ``day`` (31 January and a month is 28 or 29 February)."""
        if self.unit is Unit.DAYS:
            return day + timedelta(days=self.value)
        if self.unit is Unit.WEEKS:
            return day + timedelta(weeks=self.value)
        return _months_on(day, self._months)

    @property
    def _months(self) -> int:
        return self.value * (12 if self.unit is Unit.YEARS else 1)

    def __str__(self) -> str:
        unit = self.unit.value if self.value != 1 else self.unit.value[:-1]
        return f"{self.value} {unit}"


def _months_on(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
