"""Two dates of which one is meant, or between which it was: nothing that either may mean is left out."""

from datetime import date, timedelta
from itertools import product

import pytest

from core.quoting import quoted
from screening.engine.dates import SEASONS, VagueDate
from screening.engine.words import date_words
from screening.forms.dates import read_date

ON = date(2026, 11, 28)
WITH_A_WINTER = [
    ("summer or winter 2020", "2019-12/2021-02"),
    ("winter or summer 2020", "2019-12/2021-02"),
    ("spring or winter 2020", "2019-12/2021-02"),
    ("between summer and winter 2020", "2019-06/2021-02"),
    ("autumn or winter 2022", "2021-09/2023-02"),
    ("fall or winter of 2019", "2018-09/2020-02"),
    ("between autumn and winter 2023", "2022-09/2024-02"),
    ("winter or spring 2021", "2020-12/2022-02"),
    ("between winter 2020 and spring 2021", "2019-12/2021-05"),
    ("between 2019 and winter 2020", "2019-01/2021-02"),
    ("winter 2020 or 2021", "2019-12/2022-02"),
]
ACROSS_A_NEW_YEAR = [
    ("between Dec and Feb 2021", "2020-12/2021-02"),
    ("Dec or Jan 2021", "2020-12/2021-01"),
    ("Nov or January of 2021", "2020-11/2021-01"),
    ("between 20 Dec and 5 Jan 2021", "2020-12-20/2021-01-05"),
    ("between Dec 20 and Jan 5 2021", "2020-12-20/2021-01-05"),
    ("between the 20th of December and the 5th of January 2021", "2020-12-20/2021-01-05"),
    ("between autumn and spring 2021", "2020-09/2021-05"),
    ("between Christmas and January 2021", "2020-12/2021-01"),
    ("December or January", "2025-12/2026-01"),
]
IN_ORDER = [
    ("between Feb and Dec 2021", "2021-02/2021-12"),
    ("March or April 2020", "2020-03/2020-04"),
    ("2019 or 2020", "2019/2020"),
    ("2020 or 2019", "2019/2020"),
    ("between 3 May and 5 June 2021", "2021-05-03/2021-06-05"),
    ("between 29 Feb and 5 March 2024", "2024-02-29/2024-03-05"),
    ("May or June 1900", "1900-05/1900-06"),
    ("around March or April", "2026-02/2026-05"),
    ("last summer or last winter", "2025-12/2026-08"),
    ("the 90s or the 80s", "1980/1999"),
    ("the nineties or 2001", "1990/2001"),
    ("about 2018 or 2019", "2017/2020"),
    ("around May or June 2021", "2021-04/2021-07"),
]
EITHER_WAY = [
    ("June or May 2021", "between June 2020 and May 2021", "between May 2021 and June 2021"),
    ("Oct or March 2021", "between October 2020 and March 2021", "between March 2021 and October 2021"),
    ("autumn or spring 2021", "between September 2020 and May 2021", "between March 2021 and November 2021"),
    ("between May and March 2021", "between May 2020 and March 2021", "between March 2021 and May 2021"),
]
OF_WHICH_YEAR = [
    "between October and December",
    "between May and March",
    "between last summer and last spring",
    "September or December",
    "May or March",
    "around May or March",
    "between the end of May and early March",
    "between early December 2020 and early January",
    "December 2020 or January",
    "between 20 Dec 2020 and 5 January",
    "May or 2021",
    "April or 2021 May",
    "autumn or winter 2020/2021",
    "between March 20 and June 2021",
]
NAMES = [*SEASONS, "winter", "January", "March", "June", "October", "December"]


@pytest.mark.parametrize(("typed", "read"), [*WITH_A_WINTER, *ACROSS_A_NEW_YEAR, *IN_ORDER])
def test_a_pair_reaches_from_the_first_day_to_the_last_that_may_be_meant(typed, read):
    assert read_date(typed, ON) == read
    assert read_date(date_words(read), ON + timedelta(days=400)) == read


@pytest.mark.parametrize(("typed", "one", "other"), EITHER_WAY)
def test_a_pair_whose_order_does_not_tell_its_years_is_asked_about(typed, one, other):
    with pytest.raises(ValueError, match="can be read in two ways") as refused:
        read_date(typed, ON)
    assert f"{quoted(one)} or {quoted(other)}" in str(refused.value)


@pytest.mark.parametrize("typed", OF_WHICH_YEAR)
def test_a_pair_of_which_the_year_is_not_told_is_not_guessed(typed):
    with pytest.raises(ValueError, match="was not understood as a date"):
        read_date(typed, ON)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("between 31 June 2021 and 2022", "is not in the calendar"),
        ("between 30 and 29 Feb 2021", "was not understood"),
        ("between 29 Feb and 5 Mar 2021", "is not in the calendar"),
        ("between 1850 and 1860", "lies before 1900, the earliest year taken here"),
    ],
)
def test_a_pair_with_a_day_that_never_was_is_refused_in_the_words_of_the_page(typed, said):
    with pytest.raises(ValueError, match=said) as refused:
        read_date(typed, ON)
    assert quoted(typed) in str(refused.value)


@pytest.mark.parametrize("form", ["{} or {} 2021", "between {} and {} 2021", "{} or {} of 2021"])
def test_a_pair_that_is_read_holds_all_of_its_last_part_and_a_whole_first_part(form):
    for first, last in product(NAMES, repeat=2):
        try:
            read = VagueDate.parse(read_date(form.format(first, last), ON))
        except ValueError:
            continue
        ended = VagueDate.parse(read_date(f"{last} 2021", ON))
        own, before = (VagueDate.parse(read_date(f"{first} {year}", ON)) for year in (2021, 2020))
        assert read.earliest <= ended.earliest, (first, last)
        assert read.latest >= ended.latest, (first, last)
        begun = own if own.earliest <= ended.earliest or last == "winter" else before
        assert read.earliest <= begun.earliest, (first, last)
        assert read.latest >= begun.latest, (first, last)
