"""What a clinician reads before signing, as one document: the page shows it, its digest binds it, the service keeps it.

Nothing here signs.
"""

from calendar import month_name
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_noop

from core.accounts.models import Actor
from core.canonical import digest
from core.errors import NotForThisUser
from core.languages import in_the_language_of_record
from screening.engine.library import GuidanceLibrary
from screening.engine.rules import RuleSet
from screening.models import Determination, Evaluation, Flag, FlagAnswer, ResponseVersion, Screening
from screening.selectors.answers_to_flags import flags_of, standing_answers
from screening.selectors.concerns import CONCERN_LABELS
from screening.selectors.documents import library_of, rule_set_of
from screening.selectors.policies import policy_of

VERSION = 1
MEANING = (
    "I have read the answers of this screening and every flag listed here, and this determination is my own "
    "clinical judgement."
)
PARTS = {
    "answers": gettext_noop("the client's answers"),
    "evaluation": gettext_noop("what the rules made of them"),
    "flags": gettext_noop("the answers to the flags"),
    "offered": gettext_noop("the practice's list of determinations"),
    "printed_name": gettext_noop("your printed name"),
}


def to_be_signed(screening: Screening, by: Actor) -> dict[str, Any]:
    """Return everything that ``by`` reads on the page for signing, in the words in which they read it.

    It is made, read and signed in the language of the record, whichever language the rest of the page is in.
    """
    with in_the_language_of_record():
        return _to_be_signed(screening, by)


def _to_be_signed(screening: Screening, by: Actor) -> dict[str, Any]:
    evaluation, response = _evaluated(screening)
    flags = flags_of(evaluation)
    policy = policy_of(by.practice)
    return {
        "version": VERSION,
        "practice": by.practice.name,
        "client": screening.client.code,
        "screening": str(screening.pk),
        "protocol": screening.protocol.title,
        "questionnaire": _named(screening.questionnaire_version),
        "rules": _named(evaluation.rule_set_version),
        "answers": {**_named(response), "submitted_at": in_words(response.submitted_at), "reason": response.reason},
        "evaluation": {"on": day_in_words(evaluation.on), "digest": evaluation.digest},
        "flags": _flags(flags, rule_set_of(evaluation.rule_set_version), library_of(evaluation.rule_set_version)),
        "screened_by": screening.therapist.printed_name,
        "own_review": by.user.pk in (screening.therapist_id, response.submitted_by_id),
        "offered": [option["text"] for option in policy.determinations],
        "meaning": MEANING,
        "printed_name": by.user.printed_name,
        "time_zone": settings.TIME_ZONE,
    }


def parts_of(shown: dict[str, Any]) -> str:
    """Return short digests of the document's parts, for a form to carry, so that a change can be named."""
    return " ".join(f"{name}={digest(shown[name])[:12]}" for name in PARTS)


def what_changed(parts: str, now: dict[str, Any]) -> list[str]:
    """Return in words which parts of the document are no longer what ``parts`` was made from."""
    before = set(parts.split())
    return [gettext(PARTS[name]) for name in PARTS if f"{name}={digest(now[name])[:12]}" not in before]


def in_zone(moment: datetime) -> str:
    """Return a moment as signed documents hold it for programs: local time of the practice, with the offset."""
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).isoformat(timespec="seconds")


def in_words(moment: datetime) -> str:
    """Return a moment as it reads: ``3 May 2026, 14:05:00 UTC+02:00``."""
    local = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
    offset = local.isoformat(timespec="seconds")[-len("+00:00") :]
    return f"{day_in_words(local)}, {local:%H:%M:%S} UTC{offset}"


def day_in_words(day: date) -> str:
    """Return a day as it reads, whatever the language of the machine."""
    return f"{day.day} {month_name[day.month]} {day.year}"


def determinations_of(screening: Screening) -> QuerySet[Determination]:
    """Return the signed determinations of a case, newest first; an earlier one was of earlier answers."""
    found = Determination.objects.filter(evaluation__response__screening=screening)
    return found.select_related("signer", "evaluation__response").order_by("-signed_at")


def _evaluated(screening: Screening) -> tuple[Evaluation, ResponseVersion]:
    if screening.current_evaluation is None or screening.current_response is None:
        raise NotForThisUser("There is no such case among those you may review.")
    return screening.current_evaluation, screening.current_response


def _named(version: Any) -> dict[str, Any]:
    return {"number": version.number, "digest": version.digest}


def _flags(flags: list[Flag], rule_set: RuleSet, library: GuidanceLibrary) -> list[dict[str, Any]]:
    said = standing_answers(flags)
    return [_flag(flag, said.get(flag.pk), rule_set, library) for flag in flags]


def _flag(flag: Flag, answer: FlagAnswer | None, rule_set: RuleSet, library: GuidanceLibrary) -> dict[str, Any]:
    return {
        "rule": flag.rule_id,
        "title": flag.title,
        "concern": CONCERN_LABELS[flag.concern],
        "topic": library.topic_title.get(flag.topic, flag.topic),
        "answer": _answer(answer, rule_set) if answer else None,
    }


def _answer(answer: FlagAnswer, rule_set: RuleSet) -> dict[str, Any]:
    exceptions = {unless.id: unless.title for unless in rule_set.rule_by_id[answer.flag.rule_id].unless}
    return {
        "answer": answer.in_words,
        "reason": answer.reason_text,
        "exception": exceptions.get(answer.exception_id, answer.exception_id),
        "words": answer.words,
        "by": answer.answered_by.printed_name,
        "at": in_words(answer.answered_at),
    }
