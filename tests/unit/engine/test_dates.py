"""Lengths of time, counted forward and back along the calendar."""

from datetime import date

import pytest

from screening.engine.dates import Duration, Unit


@pytest.mark.parametrize(
    ("value", "unit", "day", "then"),
    [
        (30, Unit.DAYS, date(2026, 5, 3), date(2026, 6, 2)),
        (2, Unit.WEEKS, date(2026, 12, 25), date(2027, 1, 8)),
        (1, Unit.MONTHS, date(2027, 1, 31), date(2027, 2, 28)),
        (12, Unit.MONTHS, date(2026, 11, 21), date(2027, 11, 21)),
        (1, Unit.YEARS, date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_a_length_of_time_ends_on_a_day_of_the_calendar(value, unit, day, then):
    assert Duration(value=value, unit=unit).after(day) == then
