"""Dates as people type them: what is understood, and what is rather asked about than guessed."""

import pytest

from screening.engine.words import date_words
from screening.forms.dates import read_date
from screening.selectors.answers import stretch_words

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
NOT_GUESSED = [
    "next spring",
    "03/05/2021",
    "5.3.21",
    "early 2021",
    "Ma 2021",
    "last year",
    "'21",
    "21",
    "May",
    "",
    "2021-5",
]
NOT_IN_THE_CALENDAR = ["31 June 2021", "2021-13", "29 Feb 2021", "0 May 2021", "2021-05-00"]


@pytest.mark.parametrize(("typed", "read"), UNDERSTOOD)
def test_a_date_as_people_type_it_is_understood(typed, read):
    assert read_date(typed) == read


@pytest.mark.parametrize("typed", NOT_GUESSED)
def test_what_could_be_read_in_two_ways_or_none_is_not_guessed(typed):
    with pytest.raises(ValueError, match="was not understood as a date"):
        read_date(typed)


@pytest.mark.parametrize("typed", NOT_IN_THE_CALENDAR)
def test_a_day_that_never_was_is_said_to_be_none(typed):
    with pytest.raises(ValueError, match="is not in the calendar"):
        read_date(typed)


@pytest.mark.parametrize("typed", ["1800", "3 May 1066", "spring 1899", "1899-12-31"])
def test_a_year_before_the_earliest_is_said_to_be_too_early_and_not_to_be_missing(typed):
    with pytest.raises(ValueError, match=r"lies before 1900, the earliest year taken here. Check the year."):
        read_date(typed)


@pytest.mark.parametrize("coded", ["2021", "2021-05", "2021-05-03", "2021-spring", "2021-winter", "1999-12-31"])
def test_a_date_in_words_is_read_back_as_the_same_date(coded):
    assert read_date(date_words(coded)) == coded


@pytest.mark.parametrize(
    ("coded", "words"),
    [
        ("2021", "some day in 2021"),
        ("2021-05", "some day in May 2021"),
        ("2021-05-03", "3 May 2021"),
        ("2021-spring", "between March and May 2021"),
        ("2021-winter", "either winter of 2021, between December 2020 and February 2022"),
    ],
)
def test_how_a_date_is_read_is_told_in_words(coded, words):
    assert stretch_words(coded) == words
