"""The parts of a rule beside its condition, as they are read with its flag. None of them changes how it came out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from screening.engine.conditions import Truth
from screening.engine.guidance import Basis, NeedOutcome, RuleOutcome
from screening.engine.rules import Need, Rule
from screening.engine.words import IN_HAND_WORDS, need_words, undertaking_words
from screening.selectors.answers import AnswerView
from screening.selectors.short_words import recheck_label, roles_label

Told = Callable[[Iterable[Basis]], tuple[AnswerView, ...]]
"""Puts the answers that something rests on into words."""


@dataclass(frozen=True, slots=True)
class SubGroupView:
    """Whom a rule is for, and whether this case is among them: ``None`` where that is not known."""

    title: str
    inside: bool | None


@dataclass(frozen=True, slots=True)
class NeedView:
    """What is to be had first, whether it is in hand, and the answers that say so."""

    words: str
    in_hand: str
    because: tuple[AnswerView, ...]


@dataclass(frozen=True, slots=True)
class PartsView:
    """What stands beside a flag from the rule itself."""

    only_for: SubGroupView | None = None
    weighed_by: str = ""
    needs: tuple[NeedView, ...] = ()
    recheck: str = ""
    undertakings: tuple[str, ...] = ()


def parts_view(rule: Rule, outcome: RuleOutcome, because: Told) -> PartsView:
    """Return the parts of ``rule`` as they are read with its outcome on one case; ``because`` tells answers."""
    needs = {need.id: need for need in rule.needs}
    return PartsView(
        only_for=sub_group_view(rule, outcome),
        weighed_by=roles_label(rule.weighed_by),
        needs=tuple(_need(needs[found.need_id], found, because) for found in outcome.needs),
        recheck=recheck_label(rule.recheck),
        undertakings=tuple(undertaking_words(undertaking) for undertaking in rule.undertakings),
    )


def _need(need: Need, outcome: NeedOutcome, because: Told) -> NeedView:
    return NeedView(need_words(need), IN_HAND_WORDS[outcome.in_hand], because(outcome.because))


def sub_group_view(rule: Rule, outcome: RuleOutcome) -> SubGroupView | None:
    """Return whom the rule is for, with whether this case is; ``None`` where the rule is for everybody."""
    if rule.only_for is None:
        return None
    inside = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}[outcome.trace.parts[0].truth]
    return SubGroupView(rule.only_for.title, inside)
