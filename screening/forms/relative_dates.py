"""Dates that are counted from the day of the screening, or that are said to be "about", read into the engine's form.

Each comes out as a stretch of days that surely holds what was said. How wide that is, is said in the tables here.
"""

import datetime
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from screening.engine.dates import Duration, Unit, VagueDate

Dated = Callable[[str], str | None]
SeasonOrMonth = Callable[[str], str | None]

_COUNTS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    **dict.fromkeys(("a couple of", "couple of", "a couple", "couple"), 2),
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "eighteen": 18,
    "twenty": 20,
}
_A_FEW = (2, 5)
_UNITS = {"d": Unit.DAYS, "w": Unit.WEEKS, "m": Unit.MONTHS, "y": Unit.YEARS}
_MANY = 10  # from here on people round
_DECADES = {"sixties": 1960, "seventies": 1970, "eighties": 1980, "nineties": 1990}
_OF_A_YEAR = {
    **dict.fromkeys(("early", "beginning", "start"), (1, 4)),
    **dict.fromkeys(("mid", "middle"), (4, 9)),
    **dict.fromkeys(("late", "end"), (9, 12)),
    "first half": (1, 6),
    "second half": (7, 12),
}
_OF_A_DECADE = {
    **dict.fromkeys(("early", "beginning", "start"), (0, 4)),
    **dict.fromkeys(("mid", "middle"), (3, 7)),
    **dict.fromkeys(("late", "end"), (5, 9)),
}

_ABOUT = (
    r"(?:about|around|roughly|approximately|approx|circa|ca|maybe|perhaps|probably|some time|sometime|nearly|almost)"
)
_SAID_ABOUT = re.compile(rf"({_ABOUT}) ")
_ISH = re.compile(rf"(?:{_ABOUT} )?((?:[a-z]+ )?\d{{4}})[ -]?ish")
_THIS_OR_LAST_YEAR = re.compile(r"(?:of )?(this|last) year(?:'s)?")
_NAMED = re.compile(r"(this|last) ([a-z]+)")
_PART = re.compile(rf"(?:the )?({'|'.join(_OF_A_YEAR)})[- ](?:of |in )?(?:the )?(.+)")
_SAID_OF_IT = re.compile(rf"(?:{_ABOUT} )?(?:the )?(?:(?:{'|'.join(_OF_A_YEAR)})[- ](?:of |in )?)?(?:the )?")
_DECADE = re.compile(r"(?:the )?(?:(\d{3})0'?s|'?([6-9])0'?s|([a-z]+ties))")
_AGO = re.compile(rf"(?:({_ABOUT}) )?(.+?) (days?|weeks?|wks?|months?|mos?|years?|yrs?)( and a half)? ago")
_WITHOUT_AGO = re.compile(rf"(?:{_ABOUT} )?(.+?) (?:days?|weeks?|wks?|months?|mos?|years?|yrs?)")
_OR = re.compile(r"(\w+) ?(?:or|to|-|–) ?(\w+)")
_BEFORE_LAST = re.compile(r"(?:the )?([a-z]+) before last")
_CHRISTMAS = re.compile(
    rf"(?:({_ABOUT}|over) |at |just before )?(last )?(?:christmas|xmas)(?: ?time)?(?: (?:in |of )?(\d{{4}}))?"
)
_CHRISTMAS_AGO = re.compile(r"(?:christmas|xmas) (.+) years? ago")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HALF = re.compile(rf"(?:{_ABOUT} )?(?:(half a year)|(?:(.+?) and a half years?)|(?:(a year) and a half)) ago")
_AROUND = re.compile(rf"{_ABOUT} (?:the )?(.+)")
_WINTER = re.compile(r"winter (?:of )?(\d{4}) ?[-/] ?(?:\d{2})?(\d{2})")


def with_years(words: str, on: datetime.date) -> str:
    """Return the words with "last year" and the like as the years they are, so that they read as any other year.

    Other spellings of the same ("a fortnight", "~2015", "2019ish") are put into the words that are read below.
    """
    words = re.sub(r"\ba fortnight\b", "two weeks", re.sub("^[~≈] ?", "about ", words))
    words = f"about {ish.group(1)}" if (ish := _ISH.fullmatch(words)) else words
    words = re.sub(r"\b(?:the )?year before last\b", str(on.year - 2), words)
    bare = _WITHOUT_AGO.fullmatch(words)
    if bare and (bare.group(1) == "a few" or _count(bare.group(1)) or _either(bare.group(1))):
        return f"{words} ago"
    return _THIS_OR_LAST_YEAR.sub(lambda found: str(on.year - (found.group(1) == "last")), words)


def as_about(words: str, beside: str) -> str:
    """Return what stands behind the "or" in "about 2018 or 2019": it is said to be "about" as what is before it."""
    about = _SAID_ABOUT.match(beside)
    return f"about {words}" if about and not _SAID_ABOUT.match(words) else words


def plain(words: str) -> str:
    """Return the words of a date without what is said of it: "around March" and "the end of March" as "march"."""
    return _SAID_OF_IT.sub("", words, count=1)


def read(words: str, on: datetime.date, dated: Dated, season_or_month: SeasonOrMonth) -> str | None:
    """Return the stretch in which a date lies that is said in one of these ways; None for any other."""
    with suppress(OverflowError, ValueError):  # further back than any calendar goes
        return (
            _near(words, on)
            or _ago(words, on)
            or _named(words, on, season_or_month)
            or _weekday(words, on)
            or _christmas(words, on)
            or _part(words, on, dated)
            or _decade(words)
            or _around(words, on, dated)
        )
    return None


def joined(*dates: str) -> str:
    """Return the stretch from the earliest day that any of the dates may be to the latest, in whichever order said."""
    given = [VagueDate.parse(text) for text in dates]
    earliest, latest = min(one.earliest for one in given), max(one.latest for one in given)
    exact = all(one.earliest == one.latest for one in given)
    return _days(earliest, latest) if exact else _months(earliest, latest)


def _near(words: str, on: datetime.date) -> str | None:
    """Read what is said of the last days: a week may begin on any day, so that "last week" is a fortnight's guess."""
    match words:
        case "today" | "this morning" | "just now":
            return on.isoformat()
        case "yesterday" | "last night":
            return (on - timedelta(days=1)).isoformat()
        case "the day before yesterday" | "day before yesterday":
            return (on - timedelta(days=2)).isoformat()
        case "this week":
            return _days(on - timedelta(days=6), on)
        case "last week" | "last weekend":
            return _days(on - timedelta(days=14), on - timedelta(days=1))
        case "this month":
            return f"{on:%Y-%m}"
        case "last month":
            return f"{on.replace(day=1) - timedelta(days=1):%Y-%m}"
        case _:
            return f"{on.year}" if words == f"earlier {on.year}" else None


def _ago(words: str, on: datetime.date) -> str | None:
    """Read "three months ago". What is rounded ("about", "a few", ten and more) is taken wider than what is not."""
    if found := _HALF.fullmatch(words):
        whole = 1 if found.group(3) else _count(found.group(2)) if found.group(2) else 0
        return _back(on, Unit.MONTHS, 12 * whole + 6, 12 * whole + 6, 3) if whole is not None else None
    found = _AGO.fullmatch(words)
    if found is None or found.group(4):
        return None
    about, said, unit = found.group(1), found.group(2).removeprefix("the last "), _UNITS[found.group(3)[0]]
    if said == "a few":
        return _back(on, unit, *_A_FEW, 1)
    if either := _either(said):
        return _back(on, unit, *either, max(1, -(-either[1] // 5)) if about or either[1] >= _MANY else 0)
    count = _count(said)
    if count is None:
        return None
    wide = bool(about) or count >= _MANY or said.removeprefix("a ").startswith("couple")
    return _back(on, unit, count, count, max(1, -(-count // 5)) if wide else 0)


def _either(said: str) -> tuple[int, int] | None:
    """Read "two or three" and "2-3"."""
    found = _OR.fullmatch(said)
    counts = [count for one in found.groups() if (count := _count(one))] if found else []
    return (min(counts), max(counts)) if len(counts) == 2 else None


def _weekday(words: str, on: datetime.date) -> str | None:
    """Read "last Tuesday": a day where it is surely that of last week, or else the week that ends with the newest."""
    name = words.removeprefix("last ")
    number = next((n for n, day in enumerate(_WEEKDAYS) if len(name) >= 3 and day.startswith(name)), None)
    if number is None or name == words:
        return None
    newest = on - timedelta(days=(on.weekday() - number - 1) % 7 + 1)
    begun = min(on - timedelta(days=on.weekday()), on - timedelta(days=(on.weekday() + 1) % 7))  # Monday, or Sunday
    return _days(newest if newest < begun else newest - timedelta(days=7), newest)


def _christmas(words: str, on: datetime.date) -> str | None:
    """Read "at Christmas" as the December of the most recent one, and "around Christmas" as widely as any month."""
    if ago := _CHRISTMAS_AGO.fullmatch(words):
        return _christmas_ago(_count(ago.group(1)), on)
    found = _CHRISTMAS.fullmatch(words)
    if found is None:
        return None
    about, last, year = found.groups()
    begun = (on.month, on.day) >= (12, 25)
    if not year and ((last and begun) or (about and on.month == 12 and not begun)):
        return None  # this one, or that of last year
    coded = f"{year or on.year - (not begun)}-12"
    return _wider(coded) if about else coded


def _christmas_ago(years: int | None, on: datetime.date) -> str | None:
    """Read "Christmas two years ago": the day two years ago lies between two of them, and either may be meant."""
    if years is None or years >= _MANY:
        return None
    then = _months_before(on, 12 * years)
    year = then.year - ((then.month, then.day) < (12, 25))
    return f"{year}-12/{year + 1}-12"


def _count(said: str) -> int | None:
    if said.isascii() and said.isdecimal() and 0 < int(said) <= 100:
        return int(said)
    return _COUNTS.get(said) or None


def _back(on: datetime.date, unit: Unit, least: int, most: int, give: int) -> str:
    """Return the stretch from ``most`` to ``least`` units before a day, give or take ``give`` units or half of one."""
    if unit is Unit.DAYS:
        return _days(on - timedelta(days=most + give), on - timedelta(days=max(least - give, 0)))
    if unit is Unit.WEEKS:
        return _days(on - timedelta(days=7 * (most + give) + 3), on - timedelta(days=max(7 * (least - give) - 3, 0)))
    months = 12 if unit is Unit.YEARS else 1
    some = timedelta(days=15) if unit is Unit.MONTHS else timedelta(days=183)
    some = timedelta(0) if give else some
    earliest = _months_before(on, months * (most + give)) - some
    return _months(earliest, min(_months_before(on, months * max(least - give, 0)) + some, on))


def _named(words: str, on: datetime.date, season_or_month: SeasonOrMonth) -> str | None:
    """Read "last summer", "this May": the last one that is over, the one of this year that has begun."""
    if before := _BEFORE_LAST.fullmatch(words):
        return _before_last(before.group(1), on, season_or_month)
    found = _NAMED.fullmatch(words)
    part = season_or_month(found.group(2)) if found else None
    if found is None or part is None:
        return None
    begun = _begun(part, on)
    if found.group(1) == "last":
        return next(text for text in begun if VagueDate.parse(text).latest < on)
    return begun[0] if VagueDate.parse(begun[0]).latest.year >= on.year else None


def _before_last(name: str, on: datetime.date, season_or_month: SeasonOrMonth) -> str | None:
    """Read "the summer before last": the one before the last that is over."""
    if name == "month":
        return f"{_months_before(on.replace(day=1), 2):%Y-%m}"
    part = season_or_month(name)
    over = [text for text in _begun(part, on) if VagueDate.parse(text).latest < on] if part else []
    return over[1] if over else None


def _begun(part: str, on: datetime.date) -> list[str]:
    """Return that season or month of the last years, the newest that has begun first."""
    stretches = [_winter(year) if part == "winter" else f"{year}-{part}" for year in range(on.year, on.year - 4, -1)]
    return [text for text in stretches if VagueDate.parse(text).earliest <= on]


def _winter(year: int) -> str:
    """Return the winter that begins in December of a year."""
    return f"{year}-12/{year + 1}-02"


def _part(words: str, on: datetime.date, dated: Dated) -> str | None:
    """Read "early 2020", "the end of the nineties"; "early May 2021" is May 2021."""
    if winter := _WINTER.fullmatch(words):
        year, next_one = int(winter.group(1)), int(winter.group(2))
        return _winter(year) if (year + 1) % 100 == next_one else None
    found = _PART.fullmatch(words)
    if found is None:
        return None
    which, whole = found.groups()
    if (decade := _decade(whole)) and which in _OF_A_DECADE:
        first, last = _OF_A_DECADE[which]
        return f"{int(decade[:4]) + first}/{int(decade[:4]) + last}"
    coded = dated(whole) or _near(f"{whole}", on)
    if coded is None or len(coded) != 4:
        return coded
    first, last = _OF_A_YEAR[which]
    return f"{coded}-{first:02}/{coded}-{last:02}"


def _decade(words: str) -> str | None:
    found = _DECADE.fullmatch(words)
    if found is None:
        return None
    whole, short, word = found.groups()
    first = int(f"{whole}0") if whole else 1900 + int(f"{short}0") if short else _DECADES.get(word)
    return f"{first}/{first + 9}" if first else None


def _around(words: str, on: datetime.date, dated: Dated) -> str | None:
    """Read "around 2019": one more of the same kind to each side, and a week for a day."""
    found = _AROUND.fullmatch(words)
    coded = dated(found.group(1)) if found else None
    if coded is None or (not re.search(r"\d{4}", words) and _near_again(coded, on)):
        return None
    return _wider(coded)


def _near_again(coded: str, on: datetime.date) -> bool:
    """Whether "around 5 May" is said so shortly before a 5 May that this one may be meant."""
    given = VagueDate.parse(coded)
    again = Duration(value=12, unit=Unit.MONTHS).after(given.earliest)
    return given.earliest == given.latest and again - timedelta(days=7) <= on


def _wider(coded: str) -> str:
    given = VagueDate.parse(coded)
    if len(coded) == 4:
        return f"{int(coded) - 1}/{int(coded) + 1}"
    if given.earliest == given.latest:
        return _days(given.earliest - timedelta(days=7), given.latest + timedelta(days=7))
    return _months(_months_before(given.earliest, 1), given.latest + timedelta(days=28))


def _days(first: datetime.date, last: datetime.date) -> str:
    return first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"


def _months(first: datetime.date, last: datetime.date) -> str:
    """Return the months that a stretch touches: as years where it begins with a January and ends with a December."""
    if first.month == 1 and last.month == 12:
        return f"{first.year}" if first.year == last.year else f"{first.year}/{last.year}"
    return f"{first:%Y-%m}" if f"{first:%Y-%m}" == f"{last:%Y-%m}" else f"{first:%Y-%m}/{last:%Y-%m}"


def _months_before(day: datetime.date, months: int) -> datetime.date:
    return Duration(value=months, unit=Unit.MONTHS).before(day) if months else day
