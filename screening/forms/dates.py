"""Dates as people type them, read into the engine's own form. What such a date means is told in ``engine.dates``.

A date that names its year is read here. What is counted from the day of the screening ("last summer", "three months
ago") is read in ``forms.relative_dates``.
"""

import datetime
import re
import unicodedata
from calendar import month_name
from functools import partial

from django.utils.translation import get_language, gettext, gettext_noop

from core.quoting import quoted
from screening.engine.dates import EARLIEST_YEAR, SEASONS, VagueDate
from screening.forms import relative_dates, spanish_dates
from screening.forms.relative_dates import joined
from screening.selectors.answer_words import date_words

CURE = gettext_noop(
    "Write a day, a month, a season or a year, such as 3 May 2021, spring 2021 or about 2021, "
    "or how long ago it was, such as about three months ago."
)
AN_AGE = gettext_noop(
    "An age is not turned into a date here. Write the year, or about which year it was, such as about 2004."
)
TWO_WAYS = gettext_noop(
    "%(typed)s can be read in two ways: day and month cannot be told apart. "
    "Write the month as a word and the whole year, such as 5 June 2024."
)
TWO_READINGS = gettext_noop("%(typed)s can be read in two ways: %(one)s or %(other)s. Write the one that is meant.")
NOT_KNOWN = gettext_noop("%(typed)s is not a date. Where nobody can say when it was, choose “Not known” below.")
_SEASONS = {**{season: season for season in SEASONS}, "winter": "winter", "fall": "autumn"}
_MONTHS = {name.lower(): number for number, name in enumerate(month_name) if name}
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? (?:of )?([a-z]+) (\d{4})")
_MONTH_FIRST = re.compile(r"([a-z]+) (\d{1,2})(?:st|nd|rd|th)? (\d{4})")
_WORD_AND_YEAR = re.compile(r"(?:([a-z]+) (?:of |in )?(\d{4}))|(?:(\d{4}) (?:in )?([a-z]+))")
_CODED = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?|-(?:spring|summer|autumn|winter))?")
_AGE = re.compile(
    r"(?:when|while|at) .*\b(?:was|were|age|aged)\b.*|(?:at |age |aged )+\d{1,2}|in (?:my|their|his|her) .*"
)
_FIGURES = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
_MONTH_IN_FIGURES = re.compile(r"(0?[1-9]|1[0-2])[./-](\d{4})")
_UNKNOWN = re.compile(
    r"(?:i |we |they |he |she )?(?:can't|cannot|can not|don't|do not|doesn't|does not|couldn't) "
    r"(?:really |exactly )?(?:remember|recall|know|say).*|(?:not|un)(?: sure|known| known).*|no idea.*|(?:i )?forgot.*"
)
_MONTHS_APART = re.compile(r"([a-z]+) ?(?:-|–|/) ?([a-z]+) (\d{4})")
_DAY_OR_YEAR = re.compile(r"[a-z]+ (\d{2})")
_ON_A_DAY = re.compile(r"on ([a-z]+ \d{2})")
_MONTH_OR_YEARS = re.compile(r"(\d{2})(\d{2})-(\d{2})")
_YEAR = re.compile(r"\d{4}")
_TWO = re.compile(r"between (.+) and (.+)|(.+) or (.+)|(\d{4}) ?(?:-|–|to|/) ?(\d{4})")

_ACROSS_BETWEEN, _ACROSS_OR = 6, 2
"""How many months may lie from the one date to the other, across a new year, where only the other has a year."""


class _TwoReadings(Exception):
    """What can be read as either of two dates, each given in the engine's form."""


def read_date(text: str, on: datetime.date) -> str:
    """Return the engine's form (``2021-05-03``, ``2021-05``, ``2021``, ``2021-spring``, ``2021-05/2021-08``) of a date.

    It is read as people type it, on a page in Spanish in Spanish too, and never more exactly than it was said. "Last
    year" and the like are counted back from ``on``, the day of the screening. Raise ``ValueError`` with the cure for
    anything else: a date that could be read in two ways is not guessed at.
    """
    figures = _in_plain_digits(text.strip())
    words = " ".join(figures.lower().replace("’", "'").replace(",", " ").replace(".", " ").split())
    in_english = spanish_dates.in_english(words) if get_language() == spanish_dates.LANGUAGE else ""
    typed = quoted(text.strip())
    try:
        coded = (in_english and _counted(in_english, on)) or _counted(words, on) or _figures(figures)
    except _TwoReadings as found:
        one, other = (quoted(date_words(meant)) for meant in found.args)
        raise ValueError(gettext(TWO_READINGS) % {"typed": typed, "one": one, "other": other}) from None
    if coded is None:
        _refuse_two_ways_or_unknown(typed, figures, in_english, words)
        cure = gettext(AN_AGE if _AGE.fullmatch(in_english) or _AGE.fullmatch(words) else CURE)
        raise ValueError(gettext("%(typed)s was not understood as a date. %(cure)s") % {"typed": typed, "cure": cure})
    if int(coded[:4]) < EARLIEST_YEAR:
        said = gettext("%(typed)s lies before %(year)s, the earliest year taken here. Check the year.")
        raise ValueError(said % {"typed": typed, "year": EARLIEST_YEAR})
    try:
        VagueDate.parse(coded)
    except ValueError:
        said = gettext("%(typed)s is not in the calendar. %(cure)s")
        raise ValueError(said % {"typed": typed, "cure": gettext(CURE)}) from None
    return coded


def _in_plain_digits(text: str) -> str:
    """Return text with the digits of every script as those of ASCII: they are the same figures, in one spelling."""
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _refuse_two_ways_or_unknown(typed: str, figures: str, *words: str) -> None:
    """Refuse figures whose order cannot be told, and what says that nobody knows, each with its own cure."""
    if (found := _FIGURES.fullmatch(figures)) and max(int(found.group(1)), int(found.group(3))) <= 12:
        raise ValueError(gettext(TWO_WAYS) % {"typed": typed})
    if any(_UNKNOWN.fullmatch(said) for said in words):
        raise ValueError(gettext(NOT_KNOWN) % {"typed": typed})


def _figures(typed: str) -> str | None:
    """Read figures that can be read in one way only: 04/2019, 25/06/2024, and 06/25/2024."""
    if in_figures := _MONTH_IN_FIGURES.fullmatch(typed):
        return f"{in_figures.group(2)}-{int(in_figures.group(1)):02}"
    found = _FIGURES.fullmatch(typed)
    if found is None or len(found.group(4)) == 2:
        return None
    month, day = sorted((int(found.group(1)), int(found.group(3))))
    return f"{found.group(4)}-{month:02}-{day:02}" if day > 12 or day == month else None


def _counted(words: str, on: datetime.date) -> str | None:
    """Read a date with what is counted back from ``on`` in it, less the little words before it."""
    words = _ON_A_DAY.sub(r"\1th", words) if _ON_A_DAY.fullmatch(words) else words  # no year is said so
    return _read(_bare(relative_dates.with_years(words, on)), on)


def _bare(words: str) -> str:
    for little in ("in ", "at ", "on ", "the "):
        words = words.removeprefix(little)
    return words


def _season_or_month(word: str) -> str | None:
    """Return a season as the engine names it, or a month as two digits; None for any other word."""
    if word in _SEASONS:
        return _SEASONS[word]
    month = _month(word)
    return f"{month:02}" if month else None


def _read(words: str, on: datetime.date) -> str | None:
    return _from_months(words) or _from_two(words, on) or _one(words, on)


def _one(words: str, on: datetime.date) -> str | None:
    return (
        _with_a_year(words)
        or relative_dates.read(words, on, partial(_dated, on=on), _season_or_month)
        or _without_a_year(words, on)
    )


def _dated(words: str, on: datetime.date) -> str | None:
    return _with_a_year(words) or _without_a_year(words, on)


def _without_a_year(words: str, on: datetime.date) -> str | None:
    """Read "March" and "5 May" as the most recent that is past; what may be now is not guessed at.

    In "June 21" the figures are as often the year.
    """
    if month := _month(words):
        return f"{on.year - (month > on.month)}-{month:02}" if month != on.month else None
    coded = _from_day(f"{words} 2000")
    if coded is None:
        return None
    years = (f"{year}{coded[4:]}" for year in range(on.year, on.year - 9, -1))  # a 29 February may be eight years back
    said = next((text for text in years if _in_the_calendar(text) and text <= on.isoformat()), coded)
    if _may_be_a_year(words, on.year) and _in_the_calendar(said):
        raise _TwoReadings(said, f"20{words[-2:]}-{said[5:7]}")
    return said if said != on.isoformat() else None


def _may_be_a_year(words: str, newest: int) -> bool:
    """Whether the figures after a month may be a year no later than ``newest``: "June 21", and not "June 5"."""
    found = _DAY_OR_YEAR.fullmatch(words)
    return found is not None and 2000 + int(found.group(1)) <= newest


def _in_the_calendar(coded: str) -> bool:
    try:
        datetime.date.fromisoformat(coded)
    except ValueError:
        return False
    return True


def _from_months(words: str) -> str | None:
    """Read "Jan-Feb 2024"; which year the first of "Dec-Jan 2024" lies in is not guessed at."""
    found = _MONTHS_APART.fullmatch(words)
    first, last = (_month(found.group(1)), _month(found.group(2))) if found else (None, None)
    if found is None or first is None or last is None or first > last:
        return None
    return joined(f"{found.group(3)}-{first:02}", f"{found.group(3)}-{last:02}")


def _with_a_year(words: str) -> str | None:
    """Read a date that has its year; "2010-11" may as well be two of them."""
    years = _MONTH_OR_YEARS.fullmatch(words)
    if years and int(years.group(2)) < int(years.group(3)) <= 12:
        raise _TwoReadings(words, f"{words[:4]}/{years.group(1)}{years.group(3)}")
    return words if _CODED.fullmatch(words) else _from_day(words) or _from_word_and_year(words)


def _from_two(words: str, on: datetime.date) -> str | None:
    """Read "between 2018 and 2020" and "2018 or 2019": from the first day of the one to the last of the other."""
    found = _TWO.fullmatch(words)
    if found is None:
        return None
    first, last = (_bare(part) for part in found.groups() if part)
    between = bool(found.group(1))
    if not between:
        last = relative_dates.as_about(last, first)
    own_year, year = _YEAR.search(first), _YEAR.search(last)
    if year and not own_year and last != year.group():
        return _sharing_a_year(first, last, on, between)
    if bool(own_year) != bool(year) and _is_a_name(relative_dates.plain(first if year else last)):
        return None  # "December 2020 or January", "June or 2021": of which year?
    begun, ended = _one(first, on), _one(last, on)
    if not begun or not ended:
        return None
    if amiss := _not_a_date(begun, ended):
        return amiss
    if _out_of_order(first, last, begun, ended, between):
        return None
    again = [f"{last}-winter"] if begun.endswith("-winter") and _YEAR.fullmatch(last) else []  # "winter 2020 or 2021"
    return joined(begun, ended, *again)


def _sharing_a_year(first: str, last: str, on: datetime.date, between: bool) -> str | None:
    """Read "May or June 2021". The first of "between December and February 2021" lies in the year before.

    As either winter of a year may be meant, what is said before one may lie in the year before, too. Where the order
    alone does not tell the year, nothing is guessed.
    """
    if not re.search(r"(?<![/-] )(?<![/-])\d{4}$", last):
        return None  # "2021 May", "winter 2020/2021"
    year = int(last[-4:])
    own, before, ended = _one(f"{first} {year}", on), _one(f"{first} {year - 1}", on), _one(last, on)
    if own is None or before is None or ended is None:
        return None
    if amiss := _not_a_date(own, ended):
        return amiss
    begins, ends = VagueDate.parse(own), VagueDate.parse(ended)
    if _may_be_a_year(first, year) and ends.earliest != ends.latest:
        return None  # "between March 20 and June 2021"
    either_winter = ended.endswith("-winter")
    if begins.earliest <= ends.earliest and not either_winter:
        return joined(own, ended)
    if amiss := _not_a_date(before):
        return amiss
    passed = _months_apart(VagueDate.parse(before).latest, ends.earliest)
    if either_winter:
        return joined(before, own, ended) if between or passed <= _ACROSS_OR else joined(own, ended)
    if passed <= (_ACROSS_BETWEEN if between else _ACROSS_OR):
        return joined(before, ended)
    raise _TwoReadings(joined(before, ended), joined(own, ended))


def _months_apart(first: datetime.date, last: datetime.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _out_of_order(first: str, last: str, begun: str, ended: str, between: bool) -> bool:
    """Whether names alone leave open which year is meant: "between May and March", "May or March"."""
    parts = map(relative_dates.plain, (first, last))
    named = all(_is_a_name(part.removeprefix("last ") if between else part) for part in parts)
    return named and VagueDate.parse(begun).earliest > VagueDate.parse(ended).earliest


def _is_a_name(words: str) -> bool:
    """Whether words name a season, a month or a day without its year."""
    return bool(words in ("christmas", "xmas") or _season_or_month(words) or _from_day(f"{words} 2000"))


def _not_a_date(*coded: str) -> str | None:
    """Return the first that the calendar does not have, or that lies too early: it is what is wrong with the whole."""
    for text in coded:
        try:
            VagueDate.parse(text)
        except ValueError:
            return text
    return None


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
    part = _season_or_month(word)
    return f"{year}-{part}" if part else None


def _month(word: str) -> int | None:
    """Return the month that a word of three letters or more begins; "ma" could be two of them."""
    return next((number for name, number in _MONTHS.items() if len(word) >= 3 and name.startswith(word)), None)
