"""Dates as people type them, read into the engine's own form. What such a date means is told in ``engine.dates``."""

import re
from calendar import month_name

from core.quoting import quoted
from screening.engine.dates import EARLIEST_YEAR, SEASONS, VagueDate

CURE = "Write a day, a month, a season or a year, such as 3 May 2021, May 2021, spring 2021 or 2021."
_SEASONS = {**{season: season for season in SEASONS}, "winter": "winter", "fall": "autumn"}
_MONTHS = {name.lower(): number for number, name in enumerate(month_name) if name}
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([a-z]+) (\d{4})")
_MONTH_FIRST = re.compile(r"([a-z]+) (\d{1,2})(?:st|nd|rd|th)? (\d{4})")
_WORD_AND_YEAR = re.compile(r"(?:([a-z]+) (\d{4}))|(?:(\d{4}) ([a-z]+))")
_CODED = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?|-(?:spring|summer|autumn|winter))?")


def read_date(text: str) -> str:
    """Return the engine's form (``2021-05-03``, ``2021-05``, ``2021``, ``2021-spring``) of a date as people type it.

    Raise ``ValueError`` with the cure for anything else: a date that could be read in two ways is not guessed at.
    """
    words = " ".join(text.lower().replace(",", " ").replace(".", " ").split()).removeprefix("in ")
    coded = words if _CODED.fullmatch(words) else _from_day(words) or _from_word_and_year(words)
    if coded is None:
        raise ValueError(f"{quoted(text.strip())} was not understood as a date. {CURE}")
    if int(coded[:4]) < EARLIEST_YEAR:
        raise ValueError(
            f"{quoted(text.strip())} lies before {EARLIEST_YEAR}, the earliest year taken here. Check the year."
        )
    try:
        VagueDate.parse(coded)
    except ValueError:
        raise ValueError(f"{quoted(text.strip())} is not in the calendar. {CURE}") from None
    return coded


def _from_day(words: str) -> str | None:
    if found := _DAY_FIRST.fullmatch(words):
        day, name, year = found.groups()
    elif found := _MONTH_FIRST.fullmatch(words):
        name, day, year = found.groups()
    else:
        return None
    month = _month(name)
    return f"{year}-{month:02}-{int(day):02}" if month else None


def _from_word_and_year(words: str) -> str | None:
    found = _WORD_AND_YEAR.fullmatch(words)
    if found is None:
        return None
    word, year = found.group(1) or found.group(4), found.group(2) or found.group(3)
    if word in _SEASONS:
        return f"{year}-{_SEASONS[word]}"
    month = _month(word)
    return f"{year}-{month:02}" if month else None


def _month(word: str) -> int | None:
    """Return the month that a word of three letters or more begins; "ma" could be two of them."""
    return next((number for name, number in _MONTHS.items() if len(word) >= 3 and name.startswith(word)), None)
