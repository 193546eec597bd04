"""Answers in words as a page shows them, in the language that is active.

Where the record is made they read as ``engine.words`` has them, to the letter: a test compares the two.
"""

from django.utils.dates import MONTHS
from django.utils.translation import gettext, gettext_noop

from screening.engine.answers import Absence, Answer, Source, Value
from screening.engine.dates import SEASONS, VagueDate
from screening.engine.questionnaire import ItemType, Question

NOT_ANSWERED = gettext_noop("not answered")
SOURCE_LABELS = {
    Source.CLIENT: gettext_noop("client says"),
    Source.CLINICIAN: gettext_noop("assessed at screening"),
    Source.RECORD: gettext_noop("on record"),
    Source.TEST: gettext_noop("from a test"),
    Source.OTHER: gettext_noop("someone else says"),
}
ABSENCE_LABELS = {
    Absence.UNKNOWN: gettext_noop("not known"),
    Absence.DECLINED: gettext_noop("preferred not to say"),
    Absence.NOT_ASKED: gettext_noop("not asked"),
}
_SEASONS = {
    "spring": gettext_noop("spring"),
    "summer": gettext_noop("summer"),
    "autumn": gettext_noop("autumn"),
    "winter": gettext_noop("winter"),
}


def answer_words(question: Question, answer: Answer | None) -> str:
    """Return an answer in words, or why there is none."""
    if answer is not None and answer.absent is not None:
        return absence_words(question, answer.absent)
    if answer is None or answer.value is None:
        return gettext(NOT_ANSWERED)
    return value_words(question, answer.value)


def absence_words(question: Question, absent: Absence) -> str:
    """Return why there is no answer: a fact that the client is not asked was not told, rather than kept back."""
    if absent is Absence.DECLINED and question.usual_source is not Source.CLIENT:
        return gettext("asked, not told")
    return gettext(ABSENCE_LABELS[absent])


def absence_label(question: Question, absent: Absence) -> str:
    """Return a reason for no answer as the page that asks offers it."""
    if absent is Absence.UNKNOWN:
        return gettext("Not known")
    return gettext("Prefers not to say") if question.usual_source is Source.CLIENT else gettext("Asked, not told")


def source_words(answer: Answer | None) -> str:
    """Return on whose word an answer stands; empty where whoever asked put down only that there is none."""
    if answer is None or (answer.absent is not None and answer.source is Source.CLINICIAN):
        return ""
    return gettext(SOURCE_LABELS[answer.source])


def value_words(question: Question, value: Value) -> str:
    """Return a value as people read it: Yes or No, the options' words, a number with its unit, a date."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, tuple):
        return ", ".join(question.option_text(code) for code in value) or gettext("none of them")
    if question.type is ItemType.CHOICE:
        return question.option_text(str(value))
    if question.type is ItemType.DATE:
        return date_words(str(value))
    return f"{value} {question.unit}".strip()


def date_words(text: str) -> str:
    """Return a date as vague as it was given: ``3 May 2021``, ``May 2021``, ``spring 2021``, ``2021``."""
    first, stroke, last = text.partition("/")
    if stroke:
        return gettext("between %(first)s and %(last)s") % {"first": date_words(first), "last": date_words(last)}
    year, _, rest = text.partition("-")
    if not rest:
        return year
    if not rest[0].isdigit():
        return gettext("%(season)s %(year)s") % {"season": gettext(_SEASONS[rest]), "year": year}
    month, _, day = rest.partition("-")
    said = {"day": day.lstrip("0"), "month": MONTHS[int(month)], "year": year}
    return (gettext("%(day)s %(month)s %(year)s") if day else gettext("%(month)s %(year)s")) % said


def stretch_words(text: str) -> str:
    """Return the stretch of days that a date is read as: ``between March and May 2021``."""
    if "/" in text:
        return date_words(text)
    year, _, rest = text.partition("-")
    if rest in SEASONS:
        first, last = (MONTHS[month] for month in SEASONS[rest])
        return gettext("between %(first)s and %(last)s %(year)s") % {"first": first, "last": last, "year": year}
    if rest == "winter":
        given = VagueDate.parse(text)
        said = gettext("either winter of %(year)s, between December %(first)s and February %(last)s")
        return said % {"year": year, "first": given.earliest.year, "last": given.latest.year}
    return date_words(text) if rest.count("-") else gettext("some day in %(when)s") % {"when": date_words(text)}
