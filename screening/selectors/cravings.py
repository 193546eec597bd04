"""How strong cravings were, check by check: the numbers that were answered, and where there is none.

A question with the id ``cravings`` is read, in whichever questionnaire of the practice asks it as a number between two
bounds. Nothing is made of the numbers: no mean, no direction, no line through what is missing.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from core.ledger.content import load_keys
from screening.engine.questionnaire import ItemType, Question, Questionnaire
from screening.models import QuestionnaireVersion, ResponseVersion, Screening
from screening.selectors.answers import view_of
from screening.selectors.documents import questionnaire_of, response_content

LINK_ID = "cravings"
MOST = 24
NUMBERS = (ItemType.INTEGER, ItemType.DECIMAL)


@dataclass(frozen=True, slots=True)
class Asked:
    """A check that asks about cravings, with its own questionnaire."""

    screening: Screening
    questionnaire: Questionnaire

    @property
    def question(self) -> Question:
        """The question about cravings, as it was asked then."""
        return self.questionnaire.questions[LINK_ID]


@dataclass(frozen=True, slots=True)
class Check:
    """One check in which cravings were asked about, on the day it was begun; ``value`` is None where there is none.

    ``drawn`` is False where it was asked on another scale than the newest one.
    """

    number: int
    screening: Screening
    on: datetime.date
    value: float | None
    words: str
    source: str
    note: str
    response_number: int
    drawn: bool


@dataclass(frozen=True, slots=True)
class Cravings:
    """The checks, oldest first, and the newest question that they answer, with its bounds."""

    question: str
    lowest: float
    highest: float
    checks: tuple[Check, ...]
    older: bool

    @property
    def without_number(self) -> int:
        """How many checks have no number."""
        return sum(check.value is None for check in self.checks)


def checks_about_cravings(screenings: Sequence[Screening]) -> list[Asked]:
    """Return those that ask about cravings and were submitted, newest first: one more than are read, if there are.

    One query; nothing of what was answered is opened.
    """
    submitted = [one for one in screenings if one.current_response_id is not None and one.erased_at is None]
    asking = _questionnaires_that_ask({one.questionnaire_version_id for one in submitted})
    found = [(one, asking[one.questionnaire_version_id]) for one in submitted if one.questionnaire_version_id in asking]
    return [Asked(one, questionnaire) for one, questionnaire in found[: MOST + 1]]


def cravings_in(asked: Sequence[Asked]) -> Cravings | None:
    """Return what was answered in these checks, given newest first; None where there are none. Two queries."""
    if not asked:
        return None
    read, newest = asked[:MOST][::-1], asked[0].question
    load_keys(f"case:{one.screening.pk}" for one in read)
    found = ResponseVersion.objects.filter(pk__in=[one.screening.current_response_id for one in read])
    responses = {response.screening_id: response for response in found}
    return Cravings(
        question=newest.text,
        lowest=newest.minimum or 0,
        highest=newest.maximum or 0,
        checks=tuple(_check(number, one, responses, newest) for number, one in enumerate(read, start=1)),
        older=len(asked) > MOST,
    )


def _check(number: int, asked: Asked, responses: dict[UUID, ResponseVersion], newest: Question) -> Check:
    response, question = responses[asked.screening.pk], asked.question
    answer = response_content(response).answers.get(LINK_ID)
    told = view_of(asked.questionnaire, question, answer, None)
    value = answer.value if answer is not None else None
    return Check(
        number=number,
        screening=asked.screening,
        on=timezone.localdate(asked.screening.started_at),
        value=value if isinstance(value, int | float) else None,
        words=told.words,
        source=told.source,
        note=told.note,
        response_number=response.number,
        drawn=(question.minimum, question.maximum) == (newest.minimum, newest.maximum),
    )


def _questionnaires_that_ask(versions: Iterable[UUID]) -> dict[UUID, Questionnaire]:
    found = QuestionnaireVersion.objects.filter(pk__in=versions)
    parsed = {version.pk: questionnaire_of(version) for version in found}
    return {pk: questionnaire for pk, questionnaire in parsed.items() if _asks(questionnaire)}


def _asks(questionnaire: Questionnaire) -> bool:
    """Say whether cravings are asked about once, as a number between two bounds that are not the same."""
    question = questionnaire.questions.get(LINK_ID)
    if question is None or LINK_ID in questionnaire.group_of or question.type not in NUMBERS:
        return False
    return question.minimum is not None and question.maximum is not None and question.minimum < question.maximum
