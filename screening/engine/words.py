"""Answers, sources, roles and kinds of concern in words. How rules read stands in ``sentences``."""

from calendar import month_name

from screening.engine.answers import Absence, Answer, Source, Value
from screening.engine.conditions import Truth
from screening.engine.guidance import RuleState
from screening.engine.questionnaire import ItemType, Question
from screening.engine.rules import Concern, Confirmer, Need, Recheck, Undertaking

SOURCE_WORDS = {
    Source.CLIENT: "client says",
    Source.CLINICIAN: "assessed at screening",
    Source.RECORD: "on record",
    Source.TEST: "from a test",
    Source.OTHER: "someone else says",
}
ABSENCE_WORDS = {
    Absence.UNKNOWN: "not known",
    Absence.DECLINED: "preferred not to say",
    Absence.NOT_ASKED: "not asked",
}
NOT_ANSWERED = "not answered"
CONCERN_WORDS = {
    Concern.ADVISES_AGAINST: "guidance advises against",
    Concern.TREAT_FIRST: "other treatment first",
    Concern.PREPARE: "prepare first",
    Concern.CAUTION: "caution",
    Concern.DIFFERENTIAL: "is the label right?",
    Concern.CONDITION_MISSING: "condition missing",
    Concern.SAFEGUARD_MISSING: "safeguard missing",
}
CONFIRMER_WORDS = {
    Confirmer.THERAPIST: "the therapist",
    Confirmer.CLINICIAN: "a clinician",
    Confirmer.PRESCRIBER: "the prescriber",
    Confirmer.MEDICAL_DIRECTOR: "the medical director",
    Confirmer.ADDICTION_PHYSICIAN: "the addiction physician",
    Confirmer.TREATMENT_TEAM: "the treatment team",
}
STATE_WORDS = {
    RuleState.MET: "met",
    RuleState.NOT_MET: "not met",
    RuleState.CANNOT_RULE_OUT: "cannot be ruled out",
}
TRUTH_WORDS = {Truth.TRUE: "holds", Truth.FALSE: "does not hold", Truth.UNKNOWN: "cannot be told"}
IN_HAND_WORDS = {Truth.TRUE: "in hand", Truth.FALSE: "not in hand", Truth.UNKNOWN: "not known whether it is in hand"}
WHY_WORDS = {
    "": "",
    "not-asked-here": "not asked, because of an earlier answer",
    "gate-open": "whether to ask it is not known yet",
    "unanswered": "not answered",
    "declined": "preferred not to say",
    "unknown": "not known",
    "vague-date": "the date is too vague to tell",
    "contradiction": "the answers do not fit together",
    "may-be-more-rows": "there may be more",
}


def roles_words(roles: tuple[Confirmer, ...]) -> str:
    """Return roles as people list them: ``the prescriber and the medical director``; empty where there is none."""
    return listed([CONFIRMER_WORDS[role] for role in roles], "and") if roles else ""


def recheck_words(recheck: Recheck | None) -> str:
    """Return when answers are asked again: ``every 30 days``, ``before each session``; empty where nothing says so."""
    if recheck is None:
        return ""
    return f"every {recheck.every}" if recheck.every else "before each session"


def need_words(need: Need) -> str:
    """Return what is to be had first: ``an ECG, from the prescriber, good for 6 months``."""
    whom = CONFIRMER_WORDS[need.from_whom] if isinstance(need.from_whom, Confirmer) else need.from_whom
    lasting = f", good for {need.good_for}" if need.good_for else ""
    return f"{need.title}, from {whom}{lasting}"


def undertaking_words(undertaking: Undertaking) -> str:
    """Return who undertakes what: ``by the client: “no driving until the next day”``, phrase or sentence alike."""
    return f"by {undertaking.by}: “{undertaking.text.removesuffix('.')}”"


def value_words(question: Question, value: Value) -> str:
    """Return a value as people read it: Yes or No, the options' words, a number with its unit, a date."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, tuple):
        return ", ".join(question.option_text(code) for code in value) or "none of them"
    if question.type is ItemType.CHOICE:
        return question.option_text(str(value))
    if question.type is ItemType.DATE:
        return date_words(str(value))
    return f"{value} {question.unit}".strip()


def answer_words(question: Question, answer: Answer | None) -> str:
    """Return an answer in words, or why there is none."""
    if answer is None:
        return NOT_ANSWERED
    if answer.absent is not None:
        return absence_words(question, answer.absent)
    return NOT_ANSWERED if answer.value is None else value_words(question, answer.value)


def absence_words(question: Question, absent: Absence) -> str:
    """Return why there is no answer: a fact that the client is not asked was not told, rather than kept back."""
    if absent is Absence.DECLINED and question.usual_source is not Source.CLIENT:
        return "asked, not told"
    return ABSENCE_WORDS[absent]


def sourced_words(question: Question, answer: Answer | None) -> str:
    """Return an answer in words with where it comes from: ``Yes (client says)``."""
    words = answer_words(question, answer)
    return words if answer is None or answer.value is None else f"{words} ({SOURCE_WORDS[answer.source]})"


def date_words(text: str) -> str:
    """Return a date as vague as it was given: ``3 May 2021``, ``May 2021``, ``spring 2021``, ``2021``.

    A stretch reads ``between May 2021 and July 2021``.
    """
    first, stroke, last = text.partition("/")
    if stroke:
        return f"between {date_words(first)} and {date_words(last)}"
    year, _, rest = text.partition("-")
    if not rest:
        return year
    if not rest[0].isdigit():
        return f"{rest} {year}"
    month, _, day = rest.partition("-")
    return " ".join(filter(None, [day.lstrip("0"), month_name[int(month)], year]))


def listed(words: list[str], joiner: str) -> str:
    """Return words as people list them: ``a, b or c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joiner} {words[-1]}"


def counted(number: int, noun: str) -> str:
    """Return a number of things: ``1 attempt``, ``2 attempts``, ``3 substances``."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural(noun)}"


def plural(noun: str) -> str:
    """Return the plural of a plain English noun."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"
