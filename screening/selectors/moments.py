"""What an entry of the ledger says, in a sentence for the auditor: made from what was recorded with it."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, gettext_noop, ngettext

from core.ledger.selectors import Moment
from core.quoting import apart, quoted
from screening.engine.answers import Answer, Rows
from screening.engine.documents import InvalidDocument, load
from screening.engine.questionnaire import Questionnaire
from screening.engine.words import NOT_ANSWERED, counted, sourced_words
from screening.models.reviews import kind_in_words

LANGUAGES = {"es": gettext_noop("Spanish")}
OPENED = ("screening.viewed", "screening.compared", "case.audited")
Said = Callable[[dict[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Told:
    """An entry with what it says: its words, and the answers that were given in it."""

    moment: Moment
    words: str
    given: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Entries that are told in one line: one by itself, or how often one person opened the same in a row."""

    told: tuple[Told, ...]

    @property
    def first(self) -> Told:
        """The oldest of them."""
        return self.told[0]

    @property
    def last(self) -> Told:
        """The newest of them."""
        return self.told[-1]


def runs_of(moments: Iterable[Moment], questionnaire: Questionnaire) -> list[Run]:
    """Return the entries in their order, with what each says; opening a page again and again makes one run."""
    told = (Told(moment, in_words(moment), tuple(given_in(moment, questionnaire))) for moment in moments)
    return [Run(tuple(run)) for _, run in groupby(told, key=_told_with)]


def _told_with(told: Told) -> tuple[str, ...]:
    moment = told.moment
    folds = moment.action in OPENED and not told.words
    return (moment.action, moment.who, moment.role) if folds else (moment.stream, str(moment.seq))


def in_words(moment: Moment) -> str:
    """Return what an entry records beyond its label; empty where the label says it all."""
    if moment.problem:
        return moment.problem
    said = _SENTENCES.get(moment.action)
    return said(moment.payload) if said and moment.payload else ""


def given_in(moment: Moment, questionnaire: Questionnaire) -> list[tuple[str, str]]:
    """Return, for a save of answers, each question that was answered then with its answer in words and its source."""
    if moment.problem or moment.action != "screening.saved":
        return []
    answers, groups = moment.payload.get("answers", {}), moment.payload.get("groups", {})
    given = [(key, _answer(questionnaire, key, stored)) for key, stored in answers.items()]
    given += [(key, _rows(questionnaire, key, stored)) for key, stored in groups.items()]
    unread = set(moment.payload.get("unread", []))
    return [
        (asked, gettext("%(words)s; what was typed cannot be read") % {"words": words} if key in unread else words)
        for key, (asked, words) in given
    ]


def _answer(questionnaire: Questionnaire, link_id: str, stored: Any) -> tuple[str, str]:
    question = questionnaire.questions.get(link_id)
    if question is None:
        return gettext("Note for the reviewer"), gettext("changed")
    try:
        answer = load(Answer, stored, document="answer") if stored else None
    except InvalidDocument:
        return question.text, gettext("cannot be read")
    return question.text, sourced_words(question, answer)


def _rows(questionnaire: Questionnaire, link_id: str, stored: Any) -> tuple[str, str]:
    group = questionnaire.groups[link_id]
    try:
        rows = load(Rows, stored or {}, document="rows")
    except InvalidDocument:
        return group.text, gettext("cannot be read")
    if not rows.rows:
        return group.text, NOT_ANSWERED
    return group.text, counted(len(rows.rows), group.row_name) + (
        gettext(", and these are all") if rows.complete else ""
    )


def _saved(payload: dict[str, Any]) -> str:
    number = len(payload.get("changed", []))
    said = ngettext("Revision %(revision)s, %(number)s answer.", "Revision %(revision)s, %(number)s answers.", number)
    words = said % {"revision": payload.get("revision"), "number": number}
    if language := payload.get("asked_in"):
        name = gettext(LANGUAGES.get(language, language))
        words += " " + gettext("Asked in %(language)s, by a translation of the questions.") % {"language": name}
    return words


def _submitted(payload: dict[str, Any]) -> str:
    said = gettext("Answers version %(version)s. Evaluation %(digest)s.")
    if payload.get("reason"):
        said = gettext("Answers version %(version)s. Reason: %(reason)s. Evaluation %(digest)s.")
    said %= {
        "version": payload.get("response"),
        "reason": apart(payload.get("reason", "").rstrip(".")),
        "digest": _short(payload, "evaluation_digest"),
    }
    return f"{said} {_drawn(payload['read_first'])}" if payload.get("read_first") else said


def _drawn(draw: dict[str, Any]) -> str:
    """Say what the draw came to by which a case is read before its flags are shown, or is not."""
    said = gettext(
        "The draw: %(number)s, of the numbers 0 to 99, with a share of %(share)s percent, so not to be read first."
    )
    if draw.get("drawn"):
        said = gettext(
            "The draw: %(number)s, of the numbers 0 to 99, with a share of %(share)s percent, so to be read first."
        )
    return said % {"number": draw.get("number"), "share": draw.get("share")}


def _started(payload: dict[str, Any]) -> str:
    return gettext("Pinned to questionnaire %(questionnaire)s and rules %(rules)s.") % {
        "questionnaire": _short(payload, "questionnaire"),
        "rules": _short(payload, "rules"),
    }


def _answered(payload: dict[str, Any]) -> str:
    parts = (
        kind_in_words(payload.get("answer", ""), payload.get("concern", "")).lower(),
        payload.get("exception", ""),
        payload.get("reason", ""),
    )
    words = f" – {quoted(payload['words'])}" if payload.get("words") else ""
    return f"{payload.get('title', '')}: {', '.join(part for part in parts if part)}{words}{_pressed(payload)}"


def _pressed(payload: dict[str, Any]) -> str:
    """Say where an answer was given again, and where one press gave several. Older entries do not tell."""
    repeats, at_once = payload.get("repeats"), payload.get("at_once", 0)
    said = (
        " " + gettext("Given again, as on version %(version)s of the answers.") % {"version": repeats}
        if repeats
        else ""
    )
    if at_once > 1:
        said += " " + gettext("One press gave %(number)s such answers.") % {"number": at_once}
    return said


def _read(payload: dict[str, Any]) -> str:
    topics = ", ".join(payload.get("topics", [])) or gettext("none of the topics")
    return gettext("Would raise %(topics)s – %(words)s") % {
        "topics": topics,
        "words": quoted(payload.get("words", "")),
    }


def _returned(payload: dict[str, Any]) -> str:
    asked = payload.get("asked") or payload.get("questions", [])  # older entries hold no words for their questions
    return quoted(payload.get("words", "")) + (
        " " + gettext("Pointing at: %(questions)s.") % {"questions": ", ".join(map(quoted, asked))} if asked else ""
    )


def _signed(payload: dict[str, Any]) -> str:
    said = gettext("%(outcome)s. Digest of what was signed %(digest)s.")
    if payload.get("recheck_on"):
        said = gettext("%(outcome)s. Re-check on %(day)s. Digest of what was signed %(digest)s.")
    return said % {
        "outcome": payload.get("outcome", ""),
        "day": _day(payload.get("recheck_on") or ""),
        "digest": _short(payload, "signed_digest"),
    }


def _day(iso: str) -> str:
    """Return a day as the reader's language writes it."""
    return date_format(datetime.date.fromisoformat(iso), "DATE_FORMAT") if iso else ""


def _claimed(payload: dict[str, Any]) -> str:
    return gettext("Their own screening, which the practice allows.") if payload.get("own_review") else ""


def _amended(payload: dict[str, Any]) -> str:
    return gettext("Reason: %(reason)s") % {"reason": apart(payload["reason"])} if payload.get("reason") else ""


def _again(payload: dict[str, Any]) -> str:
    return gettext("Every digest was the same.") if payload.get("same") else gettext("A digest was not the same.")


def _exported(payload: dict[str, Any]) -> str:
    return gettext("SHA-256 of the file %(digest)s, %(bytes)s bytes.") % {
        "digest": payload.get("digest", ""),
        "bytes": number_format(int(payload.get("bytes", 0)), force_grouping=True),
    }


def _on_paper(payload: dict[str, Any]) -> str:
    what = gettext("The whole case") if payload.get("what") == "whole" else gettext("The summary")
    return f"{what}. {_exported(payload)}"


def _short(payload: dict[str, Any], name: str) -> str:
    return str(payload.get(name, ""))[:12]


def _opened(payload: dict[str, Any]) -> str:
    number = payload.get("minutes", 0)
    said = ngettext("For %(number)s minute. Reason: %(reason)s", "For %(number)s minutes. Reason: %(reason)s", number)
    return said % {"number": number, "reason": quoted(payload.get("reason", ""))}


def _acknowledged(payload: dict[str, Any]) -> str:
    return quoted(payload.get("words", ""))


_SENTENCES: dict[str, Said] = {
    "screening.started": _started,
    "screening.saved": _saved,
    "screening.submitted": _submitted,
    "screening.amendment-started": _amended,
    "screening.amendment-dropped": _amended,
    "screening.claimed": _claimed,
    "screening.returned": _returned,
    "reading.written": _read,
    "flag.answered": _answered,
    "determination.signed": _signed,
    "case.evaluated-again": _again,
    "case.exported": _exported,
    "case.exported-as-pdf": _on_paper,
    "case.break-glass-opened": _opened,
    "case.break-glass-acknowledged": _acknowledged,
}
