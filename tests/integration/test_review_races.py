"""Two people at once, each on a connection of their own: one wins, the other is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from core.accounts.models import Role
from core.canonical import digest
from core.errors import Conflict
from core.ledger.verification import verify
from core.quoting import apart
from screening.models import Determination, FlagAnswer
from screening.selectors.determinations import to_be_signed
from screening.services import determinations, reviews
from screening.services.meanwhile import AnsweredMeanwhile
from tests.factories import actor
from tests.playing import NOON, again, answered, claimed, house, published, submitted

pytestmark = pytest.mark.django_db(transaction=True)
UNASKED = "nothing-asked-yet"


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do these at the same moment; return what each returned, or the refusal that it got."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        ready.wait()
        try:
            return act()
        except Conflict as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_clinicians_claiming_at_once_one_gets_the_case_and_the_other_a_name() -> None:
    here = house()
    waiting = submitted(here, published(here), UNASKED)
    second = actor(Role.CLINICIAN, practice=here.practice)
    outcomes = at_once(
        *(lambda by=by: reviews.claim(screening=waiting, by=by, at=NOON) for by in (here.clinician, second))
    )
    [refusal] = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    winner = again(waiting).claimed_by
    assert winner is not None
    assert refusal.message.startswith(apart(winner.printed_name))
    assert verify() == []


def test_signing_twice_at_once_signs_once() -> None:
    here = house()
    case = answered(here, published(here), UNASKED)
    shown = digest(to_be_signed(case, here.clinician))

    def sign() -> Determination:
        return determinations.sign(
            screening=case,
            shown_digest=shown,
            outcome_code="more-information",
            reasons="Earlier records first.",
            recheck_on=None,
            by=here.clinician,
            at=NOON,
        )

    outcomes = at_once(sign, sign)
    assert [type(outcome) for outcome in outcomes].count(Conflict) == 1
    assert Determination.objects.count() == 1
    assert verify() == []


def test_of_two_tabs_answering_the_same_flag_at_once_one_is_told_and_replaces_nothing() -> None:
    here = house()
    case = claimed(here, published(here), UNASKED)
    assert case.current_evaluation
    rule, evaluation_id = case.current_evaluation.flags.get(position=1).rule_id, case.current_evaluation.pk

    def say(kind: str) -> Callable[[], Any]:
        given = [reviews.GivenAnswer(rule, kind)]
        return lambda: reviews.answer_flags(
            screening=case, evaluation_id=evaluation_id, given=given, by=here.clinician, at=NOON
        )

    outcomes = at_once(say("agree"), say("not-applicable"))
    assert [outcome.rules for outcome in outcomes if isinstance(outcome, AnsweredMeanwhile)] == [[rule]]
    assert FlagAnswer.objects.get().number == 1
    assert verify() == []
