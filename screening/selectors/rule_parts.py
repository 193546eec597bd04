"""The parts of a rule beside its condition, as they are read with its flag. None of them changes how it came out."""

from dataclasses import dataclass

from screening.engine.conditions import Truth
from screening.engine.guidance import RuleOutcome
from screening.engine.rules import Rule
from screening.engine.words import recheck_words, roles_words, undertaking_words


@dataclass(frozen=True, slots=True)
class SubGroupView:
    """Whom a rule is for, and whether this case is among them: ``None`` where that is not known."""

    title: str
    inside: bool | None


@dataclass(frozen=True, slots=True)
class PartsView:
    """What stands beside a flag from the rule itself."""

    only_for: SubGroupView | None = None
    weighed_by: str = ""
    recheck: str = ""
    undertakings: tuple[str, ...] = ()


def parts_view(rule: Rule, outcome: RuleOutcome) -> PartsView:
    """Return the parts of ``rule`` as they are read with its outcome on one case."""
    return PartsView(
        only_for=sub_group_view(rule, outcome),
        weighed_by=roles_words(rule.weighed_by),
        recheck=recheck_words(rule.recheck),
        undertakings=tuple(undertaking_words(undertaking) for undertaking in rule.undertakings),
    )


def sub_group_view(rule: Rule, outcome: RuleOutcome) -> SubGroupView | None:
    """Return whom the rule is for, with whether this case is; ``None`` where the rule is for everybody."""
    if rule.only_for is None:
        return None
    inside = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}[outcome.trace.parts[0].truth]
    return SubGroupView(rule.only_for.title, inside)
