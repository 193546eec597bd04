"""The engine's short words that pages look up: all that it has, and in English just as it says them."""

import pytest

from screening.engine.dates import Duration, Unit
from screening.engine.rules import Confirmer, Recheck
from screening.engine.words import (
    ABSENCE_WORDS,
    CONFIRMER_WORDS,
    IN_HAND_WORDS,
    NOT_ANSWERED,
    SOURCE_WORDS,
    recheck_words,
    roles_words,
)
from screening.selectors.answered import NOTE_WORDS, NOTHING
from screening.selectors.last_screening import NOT_ASKED, NOT_TOLD
from screening.selectors.short_words import ROLES, SHORT_WORDS, recheck_label, roles_label


def test_every_short_word_of_the_engine_is_looked_up():
    engines = {*SOURCE_WORDS.values(), *ABSENCE_WORDS.values(), *IN_HAND_WORDS.values(), NOT_ANSWERED}
    assert engines | {NOTE_WORDS, NOTHING, NOT_ASKED, NOT_TOLD} <= SHORT_WORDS
    assert ROLES == CONFIRMER_WORDS


@pytest.mark.parametrize("roles", [(), tuple(Confirmer)[:1], tuple(Confirmer)[:2], tuple(Confirmer)])
def test_roles_are_listed_as_the_engine_lists_them(roles):
    assert roles_label(roles) == roles_words(roles)


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("unit", Unit)
def test_how_often_answers_are_asked_again_reads_as_the_engine_says_it(number, unit):
    recheck = Recheck(every=Duration(value=number, unit=unit))
    assert recheck_label(recheck) == recheck_words(recheck)


@pytest.mark.parametrize("recheck", [None, Recheck(before="each-session")])
def test_before_each_session_or_never(recheck):
    assert recheck_label(recheck) == recheck_words(recheck)
