"""The fewest answers that could settle a flag that cannot be ruled out, as people read them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from screening.engine.guidance import Place, RuleState
from screening.engine.settling import Settled
from screening.selectors.answers import AnswerView

MOST_SHOWN = 3
END_WORDS = {RuleState.NOT_MET: gettext_noop("rule it out"), RuleState.MET: gettext_noop("raise it")}


@dataclass(frozen=True, slots=True)
class SettlingView:
    """What could bring a flag to one end: each way is the answers it takes together. ``more`` ways are not listed."""

    end: str
    ways: tuple[tuple[AnswerView, ...], ...]
    more: int


def settling_views(
    settled: Settled, waiting: tuple[Place, ...], answer: Callable[[Place], AnswerView]
) -> tuple[SettlingView, ...]:
    """Return what could settle a flag that waits for the answers at ``waiting``.

    Nothing where any of these alone could settle it either way: that is what the list of them says already.
    """
    ways = {end: [found.places for found in settled.sets if found.state is end] for end in END_WORDS}
    alone = {(place,) for place in waiting}
    if all(set(found) == alone for found in ways.values()):
        return ()
    return tuple(
        SettlingView(
            gettext(END_WORDS[end]),
            tuple(tuple(answer(place) for place in places) for places in found[:MOST_SHOWN]),
            max(0, len(found) - MOST_SHOWN),
        )
        for end, found in ways.items()
        if found
    )
