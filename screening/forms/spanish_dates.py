"""Dates as people say them in Spanish, put into the English words that ``forms.dates`` reads.

What a date means is told in one place for both languages. A word that is not known here stays as it was typed, so that
what cannot be read is refused there, and not guessed at here.
"""

import re
import unicodedata

LANGUAGE = "es"

_MONTHS = (
    ("enero", "january"),
    ("febrero", "february"),
    ("marzo", "march"),
    ("abril", "april"),
    ("mayo", "may"),
    ("junio", "june"),
    ("julio", "july"),
    ("agosto", "august"),
    ("septiembre", "september"),
    ("setiembre", "september"),
    ("octubre", "october"),
    ("noviembre", "november"),
    ("diciembre", "december"),
)
_SEASONS = {"primavera": "spring", "verano": "summer", "otono": "autumn", "invierno": "winter"}
_COUNTS = {
    "dos": "two",
    "tres": "three",
    "cuatro": "four",
    "cinco": "five",
    "seis": "six",
    "siete": "seven",
    "ocho": "eight",
    "nueve": "nine",
    "diez": "ten",
    "once": "eleven",
    "doce": "twelve",
    "quince": "fifteen",
    "dieciocho": "eighteen",
    "veinte": "twenty",
    "un": "a",
    "una": "a",
    "uno": "one",
}
_WEEKDAYS = {
    "lunes": "monday",
    "martes": "tuesday",
    "miercoles": "wednesday",
    "jueves": "thursday",
    "viernes": "friday",
    "sabado": "saturday",
    "domingo": "sunday",
}
_UNITS = {"dia": "day", "semana": "week", "mes": "month", "ano": "year"}
_DECADES = {"sesenta": "sixties", "setenta": "seventies", "ochenta": "eighties", "noventa": "nineties"}
_WORDS = {
    **{word: english for name, english in _MONTHS for word in (name, name[:3])},
    **_SEASONS,
    **_WEEKDAYS,
    "finde": "weekend",
    "navidad": "christmas",
    "navidades": "christmas",
    "primero": "1",
    "y": "and",
    "o": "or",
    "u": "or",
    "entre": "between",
    "hoy": "today",
    "ayer": "yesterday",
    "anoche": "last night",
    "anteayer": "the day before yesterday",
    "antier": "the day before yesterday",
}
_BETWEEN = {"el", "la", "los", "las", "de", "del", "en", "ano", "anos"}
"""The little words that say nothing of when it was, between those that do."""

_ABOUT = "alrededor de|cerca de|hacia|aproximadamente|mas o menos|quizas?|tal vez|probablemente|casi|por|sobre"
_PART_OF_DAY = re.compile(r"(esta manana|ahora mismo)")
_AGO = re.compile(
    rf"hace (?:ya )?(?:({_ABOUT}|como) )?(?:(unos|unas|pocos|pocas|algunos|algunas) )?"
    r"(?:(un par de|medio|\w+(?: [ou] \w+)?) )?"
    r"(dia|semana|mes|ano)(?:e?s)?( y medio| y media)?"
)
_NAMED = re.compile(r"\b(?:el |las? )?(\w+) (pasad|antepasad)[oa]s?\b|(?:este|esta) (\w+)")
_ATRAS = re.compile(r"(?:hace )?(.+) atras")
_ORDINAL = re.compile(r"\b(\d{1,2})(?: ?[º°]|(?:o|ro|er)\b)")
_PART = (
    (re.compile(r"\ba?l? ?(?:principios?|comienzos?|inicios?) del? "), "early "),
    (re.compile(r"\ba?l? ?mediados del? "), "mid "),
    (re.compile(r"\ba?l? ?(?:finales|fines|final) del? "), "late "),
    (re.compile(r"\b(?:la )?primera mitad del? "), "first half "),
    (re.compile(r"\b(?:la )?segunda mitad del? "), "second half "),
)
_DECADE = re.compile(rf"(?:la decada de )?los (?:anos )?(?:({'|'.join(_DECADES)})|(\d0))")
_AROUND = re.compile(rf"(?:{_ABOUT}) ")
_AGE = re.compile(r"(?:cuando|mientras) .*|a los \w+(?: anos)?|de (?:nino|nina|joven|adolescente)")


_UNKNOWN = re.compile(
    r"(?:ya )?no (?:me |lo |la |se )*(?:recuerd|acuerd|recorda|se\b|sabe|sabria).*"
    r"|ni idea.*|no estoy segur[oa].*|desconocid[oa]"
)


def in_english(words: str) -> str:
    """Return the words of a date, in lower case and without commas, in English as far as they are known."""
    words = _ATRAS.sub(r"hace \1", _ORDINAL.sub(r"\1th", _plain(words)))
    if _AGE.fullmatch(words):
        return "when was"
    if _UNKNOWN.fullmatch(words):
        return "not known"
    if found := _AGO.fullmatch(words):
        return _ago(*found.groups())
    words = _PART_OF_DAY.sub("today", words).replace("antes de ayer", "anteayer").replace("fin de semana", "finde")
    words = _NAMED.sub(_named, words)
    words = _DECADE.sub(_decade, words)
    for said, english in _PART:
        words = said.sub(english, words)
    words = _AROUND.sub("about ", words)
    return " ".join(_WORDS.get(word, word) for word in words.split() if word not in _BETWEEN)


def _plain(words: str) -> str:
    """Return the words without accents: people type them with and without."""
    return "".join(sign for sign in unicodedata.normalize("NFD", words) if not unicodedata.combining(sign))


def _ago(about: str | None, some: str | None, count: str | None, unit: str, half: str | None) -> str:
    """Put "hace unos tres meses" and its like into English; "unos meses" are a few, "unos tres meses" about three."""
    unit = _UNITS[unit]
    if count == "medio":
        said = f"half a {unit}"
    elif count == "un par de":
        said = f"a couple of {unit}s"
    elif half and count in (None, "un"):
        said = f"a {unit} and a half"
    elif count is None:
        said = f"a few {unit}s" if some else unit
    else:
        counts = " ".join(_COUNTS.get(word, _WORDS.get(word, word)) for word in count.split())
        said = f"{counts}{' and a half' if half else ''} {unit}s"
    return f"{'about ' if about or (some and count) else ''}{said} ago"


def _named(found: re.Match[str]) -> str:
    """Put "el verano pasado", "este año" into English: a word that is no stretch of time stays as it is."""
    last, how, this = found.groups()
    name = last or this
    english = _UNITS.get(name) or _WORDS.get(name)
    if english is None or english == "day":
        return found.group()
    if how == "antepasad":
        return f"the {english} before last"
    return f"{'last' if last else 'this'} {english}"


def _decade(found: re.Match[str]) -> str:
    word, short = found.groups()
    return f"the {_DECADES[word]}" if word else f"the {short}s"
