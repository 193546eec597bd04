"""What clinicians said to flags: the answer that stands, and what was said to the same rule on earlier answers."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from screening.models import Evaluation, Flag, FlagAnswer, Screening


def flags_of(evaluation: Evaluation) -> list[Flag]:
    """Return the flags of one evaluation, in reading order."""
    return list(evaluation.flags.order_by("position"))


def standing_answers(flags: Iterable[Flag]) -> dict[UUID, FlagAnswer]:
    """Return, by flag, the answer that stands: the newest. One query, however many flags."""
    newest_last = _said().filter(flag__in=[flag.pk for flag in flags]).order_by("number")
    return {answer.flag_id: answer for answer in newest_last}


def all_answers(flags: Iterable[Flag]) -> dict[UUID, list[FlagAnswer]]:
    """Return, by flag, everything that was said to it, oldest first."""
    found: dict[UUID, list[FlagAnswer]] = {}
    for answer in _said().filter(flag__in=[flag.pk for flag in flags]).order_by("number"):
        found.setdefault(answer.flag_id, []).append(answer)
    return found


def unanswered(flags: Sequence[Flag]) -> list[Flag]:
    """Return the flags to which no clinician has said anything yet, in the order given."""
    said = standing_answers(flags)
    return [flag for flag in flags if flag.pk not in said]


def earlier_answers(screening: Screening) -> dict[str, FlagAnswer]:
    """Return, by rule, the newest answer given on an earlier evaluation of this case.

    ``response_number`` stands on each: the version of the client's answers on which it was given.
    """
    earlier = _said().filter(flag__evaluation__response__screening=screening)
    earlier = earlier.annotate(response_number=F("flag__evaluation__response__number"))
    earlier = earlier.exclude(flag__evaluation=screening.current_evaluation)
    newest_last = earlier.order_by("flag__evaluation__response__number", "number")
    return {answer.flag.rule_id: answer for answer in newest_last}


def as_recorded(answer: FlagAnswer) -> dict[str, Any]:
    """Return an answer as events and signed documents write it."""
    written = {
        "answer": answer.answer,
        "reason": answer.reason_text,
        "exception": answer.exception_id,
        "words": answer.words,
    }
    return {name: value for name, value in written.items() if value}


def _said() -> QuerySet[FlagAnswer]:
    return FlagAnswer.objects.select_related("answered_by", "flag")
