"""Lengths of time, counted forward and back along the calendar, and the form that a date is stored in."""

from datetime import date

import pytest

from screening.engine.dates import Duration, Unit, VagueDate


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


@pytest.mark.parametrize("text", ["２０２１", "٢٠٢١-٠٥", "2021-0５-03", "2021/２０２２"])
def test_a_date_is_stored_in_the_digits_of_ascii_only(text):
    with pytest.raises(ValueError, match="is not a date"):
        VagueDate.parse(text)
