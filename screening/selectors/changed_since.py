"""What a reviewer has not read yet: how the newest answers differ from those that were worked on before."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext, gettext_noop

from core.accounts.models import Actor
from screening.models import Determination, Evaluation, FlagAnswer, ResponseVersion, Return
from screening.selectors.answered import Changed, changes
from screening.selectors.documents import questionnaire_of, response_content
from screening.selectors.shifts import Shifted, shifts_between

OWN = gettext_noop("the one that you worked on last")
SOMEBODYS = gettext_noop("the last one that a reviewer worked on")
BEFORE = gettext_noop("the version before")


@dataclass(frozen=True, slots=True)
class ChangedSince:
    """How answers differ from an earlier version, and which that is: ``whose`` says why it was taken.

    ``between``: the versions that came after it and before the newest, each with its reason, oldest first.
    ``shifts``: the rules that come out otherwise, as ``shifts_between`` tells them.
    """

    earlier: ResponseVersion
    whose: str
    between: tuple[ResponseVersion, ...]
    changed: tuple[Changed, ...]
    shifts: dict[str, tuple[Shifted, ...]]


def changed_since(evaluation: Evaluation, by: Actor) -> ChangedSince | None:
    """Return what differs from the answers that ``by`` worked on last; ``None`` where there are no earlier answers.

    Where they worked on none, it is the last version that any reviewer worked on, else the version before. To work on
    a version is to answer one of its flags, to return it, or to sign it. Three queries; select ``rule_set_version`` and
    ``response__screening__questionnaire_version`` with the evaluation.
    """
    response = evaluation.response
    if response.number == 1:
        return None
    marked = response.screening.responses.filter(number__lt=response.number).annotate(
        own=_worked_on(by), somebodys=_worked_on()
    )
    earlier = marked.order_by("-own", "-somebodys", "-number")[0]
    before, now = response_content(earlier), response_content(response)
    found = changes(questionnaire_of(response.screening.questionnaire_version), before, now)
    shifts = shifts_between(Evaluation.objects.select_related("rule_set_version").get(response=earlier), evaluation)
    between = response.screening.responses.filter(number__gt=earlier.number, number__lt=response.number)
    reasons = tuple(between.defer("document").order_by("number"))
    return ChangedSince(earlier, _whose(earlier), reasons, tuple(found), shifts)


def _worked_on(by: Actor | None = None) -> Q:
    """Say of a version whether ``by``, or anybody, answered one of its flags, returned it or signed it."""
    this = OuterRef("pk")
    answers = FlagAnswer.objects.filter(flag__evaluation__response=this)
    returns = Return.objects.filter(evaluation__response=this)
    signatures = Determination.objects.filter(evaluation__response=this)
    if by is not None:
        answers, returns = answers.filter(answered_by=by.user), returns.filter(returned_by=by.user)
        signatures = signatures.filter(signer=by.user)
    return Q(Exists(answers)) | Q(Exists(returns)) | Q(Exists(signatures))


def _whose(earlier: ResponseVersion) -> str:
    marked: Any = earlier
    return gettext(OWN if marked.own else SOMEBODYS if marked.somebodys else BEFORE)
