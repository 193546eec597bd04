"""Dates as people type them: what is understood, and what is rather asked about than guessed."""

from datetime import date, timedelta

import pytest

from core.quoting import quoted
from screening.engine.words import date_words
from screening.forms.dates import read_date
from screening.selectors.answer_words import stretch_words

ON = date(2026, 11, 28)
UNDERSTOOD = [
    ("2021", "2021"),
    (" 2021 ", "2021"),
    ("May 2021", "2021-05"),
    ("may, 2021", "2021-05"),
    ("Sept. 2021", "2021-09"),
    ("2021 May", "2021-05"),
    ("in May 2021", "2021-05"),
    ("spring 2021", "2021-spring"),
    ("Fall 2021", "2021-autumn"),
    ("winter 2021", "2021-winter"),
    ("3 May 2021", "2021-05-03"),
    ("3rd May 2021", "2021-05-03"),
    ("May 3, 2021", "2021-05-03"),
    ("2021-05-03", "2021-05-03"),
    ("2021-05", "2021-05"),
    ("2021-spring", "2021-spring"),
]
OTHER_DIGITS = [
    ("１９９９", "1999"),
    ("١٩٩٩", "1999"),
    ("May ２０２１", "2021-05"),
    ("２０２１-０５-０３", "2021-05-03"),
    ("٢٥/٠٦/٢٠٢٤", "2024-06-25"),
    ("about ２０ years ago", "2002-11/2010-11"),
    ("the １９９0s", "1990/1999"),
]
SAID = [
    ("last year", "2025"),
    ("this year", "2026"),
    ("the year before last", "2024"),
    ("spring last year", "2025-spring"),
    ("last year’s spring", "2025-spring"),
    ("in the spring of 2021", "2021-spring"),
    ("May last year", "2025-05"),
    ("last May", "2026-05"),
    ("last December", "2025-12"),
    ("last summer", "2026-summer"),
    ("this spring", "2026-spring"),
    ("last winter", "2025-12/2026-02"),
    ("winter 2020/21", "2020-12/2021-02"),
    ("today", "2026-11-28"),
    ("yesterday", "2026-11-27"),
    ("last week", "2026-11-14/2026-11-27"),
    ("last month", "2026-10"),
    ("three days ago", "2026-11-25"),
    ("about three days ago", "2026-11-24/2026-11-26"),
    ("two weeks ago", "2026-11-11/2026-11-17"),
    ("about two weeks ago", "2026-11-04/2026-11-24"),
    ("three months ago", "2026-08/2026-09"),
    ("about three months ago", "2026-07/2026-09"),
    ("a few months ago", "2026-05/2026-10"),
    ("half a year ago", "2026-02/2026-08"),
    ("a year ago", "2025-05/2026-05"),
    ("a year and a half ago", "2025-02/2025-08"),
    ("a couple of years ago", "2023-11/2025-11"),
    ("about 20 years ago", "2002-11/2010-11"),
    ("early 2020", "2020-01/2020-04"),
    ("mid-2020", "2020-04/2020-09"),
    ("at the end of last year", "2025-09/2025-12"),
    ("early May 2021", "2021-05"),
    ("about 2019", "2018/2020"),
    ("around May 2021", "2021-04/2021-06"),
    ("about 3 May 2021", "2021-04-26/2021-05-10"),
    ("the 90s", "1990/1999"),
    ("late nineties", "1995/1999"),
    ("2018 or 2019", "2018/2019"),
    ("May or June 2021", "2021-05/2021-06"),
    ("between 2018 and 2020", "2018/2020"),
    ("two or three years ago", "2023-05/2025-05"),
    ("2-3 weeks ago", "2026-11-04/2026-11-17"),
    ("3 months", "2026-08/2026-09"),
    ("3 weeks", "2026-11-04/2026-11-10"),
    ("last Monday", "2026-11-16/2026-11-23"),
    ("summer before last", "2025-summer"),
    ("the winter before last", "2024-12/2025-02"),
    ("the month before last", "2026-09"),
    ("March", "2026-03"),
    ("in December", "2025-12"),
    ("on 5 May", "2026-05-05"),
    ("December 5th", "2025-12-05"),
    ("29 February", "2024-02-29"),
    ("on the 5th of May 2021", "2021-05-05"),
    ("at Christmas", "2025-12"),
    ("around Christmas", "2025-11/2026-01"),
    ("over Christmas 2023", "2023-11/2024-01"),
    ("Christmas two years ago", "2023-12/2024-12"),
    ("last weekend", "2026-11-14/2026-11-27"),
    ("a fortnight ago", "2026-11-11/2026-11-17"),
    ("about a fortnight ago", "2026-11-04/2026-11-24"),
    ("a couple months ago", "2026-08/2026-10"),
    ("couple of weeks ago", "2026-11-04/2026-11-24"),
    ("~2015", "2014/2016"),
    ("2019ish", "2018/2020"),
    ("about May 2021-ish", "2021-04/2021-06"),
    ("end of May", "2026-05"),
    ("around March", "2026-02/2026-04"),
    ("around 5 May", "2026-04-28/2026-05-12"),
    ("around 10 December", "2025-12-03/2025-12-17"),
    ("around 24 November", "2026-11-17/2026-12-01"),
    ("Christmas 2023", "2023-12"),
    ("Jan-Feb 2024", "2024-01/2024-02"),
    ("mid-May 2021", "2021-05"),
    ("March or April", "2026-03/2026-04"),
    ("04/2019", "2019-04"),
    ("4.2019", "2019-04"),
    ("25/06/2024", "2024-06-25"),
    ("06/25/2024", "2024-06-25"),
]
NOT_GUESSED = [
    "13/2019",
    "04/19",
    "next spring",
    "Ma 2021",
    "before 2019",
    "over a year ago",
    "several years ago",
    "200 years ago",
    "recently",
    "'21",
    "21",
    "about 2018 or 2019ish",
    "around Christmas twenty years ago",
    "Christmas twenty years ago",
    "in a fortnight",
    "end of November",
    "around November",
    "around 2 December",
    "about 28 November",
    "November",
    "28 November",
    "in 3 months",
    "Dec-Jan 2024",
    "December 2020 or January",
    "Tuesday",
    "",
    "2021-5",
]
NOT_IN_THE_CALENDAR = ["31 June 2021", "2021-13", "29 Feb 2021", "0 May 2021", "2021-05-00"]


@pytest.mark.parametrize(("typed", "read"), UNDERSTOOD)
def test_a_date_as_people_type_it_is_understood(typed, read):
    assert read_date(typed, ON) == read


@pytest.mark.parametrize(("typed", "read"), SAID)
def test_what_is_counted_from_the_day_is_never_read_more_exactly_than_it_was_said(typed, read):
    assert read_date(typed, ON) == read
    assert read_date(date_words(read), ON + timedelta(days=400)) == read


@pytest.mark.parametrize(("typed", "read"), OTHER_DIGITS)
def test_the_digits_of_every_script_are_read_and_kept_as_those_of_ascii(typed, read):
    assert read_date(typed, ON) == read


@pytest.mark.parametrize("typed", ["when I was 19", "in my twenties", "at 19", "age 30"])
def test_an_age_is_said_to_be_none(typed):
    with pytest.raises(ValueError, match="An age is not turned into a date here"):
        read_date(typed, ON)


@pytest.mark.parametrize("typed", ["05/06/2024", "12.3.2021", "5.3.21", "3-5-2021", "٠٥/٠٦/٢٠٢٤"])
def test_figures_that_can_be_read_in_two_ways_are_said_to_be(typed):
    with pytest.raises(ValueError, match=r"day and month cannot be told apart. Write the month as a word"):
        read_date(typed, ON)


@pytest.mark.parametrize(
    ("typed", "one", "other"),
    [
        ("June 21", "21 June 2026", "June 2021"),
        ("in Jun 21", "21 June 2026", "June 2021"),
        ("May 18", "18 May 2026", "May 2018"),
        ("June 05", "5 June 2026", "June 2005"),
        ("June 26", "26 June 2026", "June 2026"),
        ("around June 21", "21 June 2026", "June 2021"),
        ("June or July 21", "21 July 2026", "July 2021"),
        ("2010-11", "November 2010", "between 2010 and 2011"),
        ("2009-12", "December 2009", "between 2009 and 2012"),
    ],
)
def test_figures_that_may_be_a_day_or_a_year_are_said_to_be(typed, one, other):
    with pytest.raises(ValueError, match="can be read in two ways") as refused:
        read_date(typed, ON)
    assert f"{quoted(one)} or {quoted(other)}" in str(refused.value)
    assert read_date(one, ON) != read_date(other, ON)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("June 5", "2026-06-05"),
        ("June 21st", "2026-06-21"),
        ("21 June", "2026-06-21"),
        ("the 21st of June", "2026-06-21"),
        ("on June 21", "2026-06-21"),
        ("June 27", "2026-06-27"),
        ("October 31", "2026-10-31"),
        ("June 21 2020", "2020-06-21"),
        ("2010-05", "2010-05"),
        ("2012-11", "2012-11"),
    ],
)
def test_what_can_only_be_a_day_stays_one_and_a_coded_month_stays_a_month(typed, read):
    assert read_date(typed, ON) == read


@pytest.mark.parametrize("on", [date(2026, 12, 20), date(2026, 12, 1)])
def test_around_christmas_is_asked_about_shortly_before_one(on):
    with pytest.raises(ValueError, match="was not understood as a date"):
        read_date("around Christmas", on)


def test_christmas_some_years_ago_may_be_either_that_lies_next_to_that_day():
    assert read_date("Christmas two years ago", date(2027, 1, 15)) == "2024-12/2025-12"
    assert read_date("Christmas a year ago", date(2026, 12, 25)) == "2025-12/2026-12"


@pytest.mark.parametrize("typed", ["can't remember", "I don’t know", "not sure", "unknown", "no idea when"])
def test_what_nobody_knows_is_led_to_not_known(typed):
    with pytest.raises(ValueError, match="choose “Not known” below"):
        read_date(typed, ON)


def test_last_tuesday_is_a_day_where_it_is_surely_one():
    assert read_date("last Tuesday", date(2026, 11, 30)) == "2026-11-24"
    assert read_date("last Tuesday", date(2026, 11, 24)) == "2026-11-17"


@pytest.mark.parametrize(("on", "read"), [(date(2026, 3, 1), "2025-summer"), (date(2026, 7, 1), "2025-summer")])
def test_last_summer_is_the_last_one_that_is_over(on, read):
    assert read_date("last summer", on) == read


@pytest.mark.parametrize("typed", NOT_GUESSED)
def test_what_could_be_read_in_two_ways_or_none_is_not_guessed(typed):
    with pytest.raises(ValueError, match="was not understood as a date"):
        read_date(typed, ON)


@pytest.mark.parametrize("typed", NOT_IN_THE_CALENDAR)
def test_a_day_that_never_was_is_said_to_be_none(typed):
    with pytest.raises(ValueError, match="is not in the calendar"):
        read_date(typed, ON)


@pytest.mark.parametrize("typed", ["1800", "3 May 1066", "spring 1899", "1899-12-31"])
def test_a_year_before_the_earliest_is_said_to_be_too_early_and_not_to_be_missing(typed):
    with pytest.raises(ValueError, match=r"lies before 1900, the earliest year taken here. Check the year."):
        read_date(typed, ON)


@pytest.mark.parametrize("coded", ["2021", "2021-05", "2021-05-03", "2021-spring", "2021-winter", "1999-12-31"])
def test_a_date_in_words_is_read_back_as_the_same_date(coded):
    assert read_date(date_words(coded), ON) == coded


@pytest.mark.parametrize(
    ("coded", "words"),
    [
        ("2021", "some day in 2021"),
        ("2021-05", "some day in May 2021"),
        ("2021-05-03", "3 May 2021"),
        ("2021-spring", "between March and May 2021"),
        ("2026-07/2026-09", "between July 2026 and September 2026"),
        ("2021-winter", "either winter of 2021, between December 2020 and February 2022"),
    ],
)
def test_how_a_date_is_read_is_told_in_words(coded, words):
    assert stretch_words(coded) == words
