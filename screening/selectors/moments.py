"""What an entry of the ledger says, in a sentence for the auditor: made from what was recorded with it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from core.ledger.selectors import Moment
from core.quoting import apart, quoted
from screening.engine.answers import Answer, Rows
from screening.engine.documents import InvalidDocument, load
from screening.engine.questionnaire import Questionnaire
from screening.engine.words import NOT_ANSWERED, counted, sourced_words
from screening.models.reviews import kind_in_words

OPENED = ("screening.viewed", "case.audited")
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
        (asked, f"{words}; what was typed cannot be read" if key in unread else words) for key, (asked, words) in given
    ]


def _answer(questionnaire: Questionnaire, link_id: str, stored: Any) -> tuple[str, str]:
    question = questionnaire.questions.get(link_id)
    if question is None:
        return "Note for the reviewer", "changed"
    try:
        answer = load(Answer, stored, document="answer") if stored else None
    except InvalidDocument:
        return question.text, "cannot be read"
    return question.text, sourced_words(question, answer)


def _rows(questionnaire: Questionnaire, link_id: str, stored: Any) -> tuple[str, str]:
    group = questionnaire.groups[link_id]
    try:
        rows = load(Rows, stored or {}, document="rows")
    except InvalidDocument:
        return group.text, "cannot be read"
    if not rows.rows:
        return group.text, NOT_ANSWERED
    return group.text, counted(len(rows.rows), group.row_name) + (", and these are all" if rows.complete else "")


def _saved(payload: dict[str, Any]) -> str:
    return f"Revision {payload.get('revision')}, {counted(len(payload.get('changed', [])), 'answer')}."


def _submitted(payload: dict[str, Any]) -> str:
    reason = f" Reason: {apart(payload['reason'].rstrip('.'))}." if payload.get("reason") else ""
    return f"Answers version {payload.get('response')}.{reason} Evaluation {_short(payload, 'evaluation_digest')}."


def _started(payload: dict[str, Any]) -> str:
    return f"Pinned to questionnaire {_short(payload, 'questionnaire')} and rules {_short(payload, 'rules')}."


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
    said = f" Given again, as on version {repeats} of the answers." if repeats else ""
    return f"{said} One press gave {counted(at_once, 'such answer')}." if at_once > 1 else said


def _returned(payload: dict[str, Any]) -> str:
    asked = payload.get("asked") or payload.get("questions", [])  # older entries hold no words for their questions
    return quoted(payload.get("words", "")) + (f" Pointing at: {', '.join(map(quoted, asked))}." if asked else "")


def _signed(payload: dict[str, Any]) -> str:
    recheck = f" Re-check on {payload['recheck_on']}." if payload.get("recheck_on") else ""
    return f"{payload.get('outcome', '')}.{recheck} Digest of what was signed {_short(payload, 'signed_digest')}."


def _claimed(payload: dict[str, Any]) -> str:
    return "Their own screening, which the practice allows." if payload.get("own_review") else ""


def _amended(payload: dict[str, Any]) -> str:
    return f"Reason: {apart(payload['reason'])}" if payload.get("reason") else ""


def _again(payload: dict[str, Any]) -> str:
    return "Every digest was the same." if payload.get("same") else "A digest was not the same."


def _exported(payload: dict[str, Any]) -> str:
    return f"SHA-256 of the file {payload.get('digest', '')}, {int(payload.get('bytes', 0)):,} bytes."


def _short(payload: dict[str, Any], name: str) -> str:
    return str(payload.get(name, ""))[:12]


def _opened(payload: dict[str, Any]) -> str:
    return f"For {counted(payload.get('minutes', 0), 'minute')}. Reason: {quoted(payload.get('reason', ''))}"


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
    "flag.answered": _answered,
    "determination.signed": _signed,
    "case.evaluated-again": _again,
    "case.exported": _exported,
    "case.break-glass-opened": _opened,
    "case.break-glass-acknowledged": _acknowledged,
}
