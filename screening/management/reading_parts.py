"""The parts of a rule beside its condition, as lines of text for ``screen``. None of them changes how it came out."""

from collections.abc import Iterator

from screening.engine.conditions import Truth
from screening.engine.guidance import RuleOutcome
from screening.engine.rules import Rule


def parts_lines(rule: Rule, outcome: RuleOutcome) -> Iterator[str]:
    """Yield a line for each part of ``rule`` that stands beside its condition."""
    if rule.only_for is not None:
        known = outcome.trace.parts[0].truth is not Truth.UNKNOWN
        yield f"  only for: {rule.only_for.title}{'' if known else '; whether that is so here is not known'}"
