"""What two versions of rules raise differently, rule by rule: told of every kind of answer, with a smallest case each.

By the order *not met*, *cannot be ruled out*, *met* a rule raises more or less than before. No stored case is read;
what became of a rule as it is written stands in ``comparison``, the words for all this in ``difference_words``.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from screening.engine.answers import Answers
from screening.engine.conditions import Condition, Truth
from screening.engine.guidance import RuleState
from screening.engine.rules import Rule
from screening.engine.searching import Budget, Searcher
from screening.engine.smallest import smallest
from screening.engine.unfolding import Side
from screening.engine.walking import sources_read

ALL_STEPS = 4_000_000
STEPS = 200_000
STATE_OF = {
    Truth.TRUE: RuleState.MET,
    Truth.FALSE: RuleState.NOT_MET,
    Truth.UNKNOWN: RuleState.CANNOT_RULE_OUT,
}
Pair = tuple[Truth, Truth]
MORE: tuple[Pair, ...] = (
    (Truth.FALSE, Truth.TRUE),
    (Truth.UNKNOWN, Truth.TRUE),
    (Truth.FALSE, Truth.UNKNOWN),
)
"""How a rule can come out before and now where it raises more, what tells a reader most first."""
LESS = tuple((now, before) for before, now in MORE)
CONDITION = ("when", "only_for")


class Raises(StrEnum):
    """How a rule raises beside the earlier version of it."""

    ALIKE = "alike"
    MORE = "more"
    LESS = "less"
    BOTH = "more-and-less"
    ADDED = "added"
    REMOVED = "removed"
    NOT_DECIDED = "not-decided"


@dataclass(frozen=True, slots=True)
class Example:
    """A made-up case on which a rule comes out otherwise; a state is None where that version has no such rule.

    ``sourced`` are the questions of which the rule reads on whose word an answer stands.
    """

    before: RuleState | None
    now: RuleState | None
    answers: Answers
    sourced: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """What one rule raises beside the earlier version of it, with an example each way.

    ``decided`` is false where the search for a further difference ended before every kind of answer was looked at.
    ``also_changed`` are the fields that are not as they were; the condition only where it raises alike all the same.
    """

    rule: Rule
    raises: Raises
    examples: tuple[Example, ...] = ()
    decided: bool = True
    also_changed: tuple[str, ...] = ()


def rule_differences(before: Side, now: Side, steps: int = ALL_STEPS) -> list[RuleDifference]:
    """Return what every rule of both versions raises differently, in the order of ``now``; those that went come last.

    Each version is read on the answers that its own questionnaire knows. Of no more than so many ``steps`` in all.
    """
    comparing = _Comparing(before, now, Budget(steps))
    gone = [rule for rule in before.rule_set.rules if rule.id not in now.rule_set.rule_by_id]
    found = [comparing.rule(rule) for rule in now.rule_set.rules]
    return found + [comparing.in_one_only(before, rule, Raises.REMOVED) for rule in gone]


@dataclass
class _Comparing:
    before: Side
    now: Side
    budget: Budget
    _decided: bool = field(default=True, init=False)

    def rule(self, rule: Rule) -> RuleDifference:
        """Return what one rule of the newer version raises beside the older one."""
        old = self.before.rule_set.rule_by_id.get(rule.id)
        if old is None:
            return self.in_one_only(self.now, rule, Raises.ADDED)
        changed = self._changed(old, rule)
        beside = tuple(name for name in changed if name not in CONDITION)
        searcher = self._searcher((self.before, old.condition), (self.now, rule.condition))
        if searcher.same():
            return RuleDifference(rule, Raises.ALIKE, also_changed=changed)
        self._decided = True
        more, less = self._example(searcher, MORE), self._example(searcher, LESS)
        examples = tuple(example for example in (less, more) if example is not None)
        raises = _raises(more=more is not None, less=less is not None, decided=self._decided)
        also = changed if raises is Raises.ALIKE else beside
        return RuleDifference(rule, raises, examples, self._decided, also)

    def in_one_only(self, side: Side, rule: Rule, raises: Raises) -> RuleDifference:
        """Return a rule that one version alone has, with a case that meets it."""
        searcher = self._searcher((side, rule.condition))
        found = searcher.find(frozenset({(Truth.TRUE,)})).case
        if found is None:
            return RuleDifference(rule, raises)
        case, met, sourced = smallest(found, searcher), RuleState.MET, _sourced(searcher)
        added = raises is Raises.ADDED
        example = Example(None, met, case, sourced) if added else Example(met, None, case, sourced)
        return RuleDifference(rule, raises, (example,))

    def _example(self, searcher: Searcher, pairs: tuple[Pair, ...]) -> Example | None:
        """Return a smallest case in which the two come out as one of ``pairs``, the first of these that there is."""
        found = searcher.find(frozenset(pairs))
        self._decided = self._decided and found.decided
        if found.case is None:
            return None
        least = searcher.truths(found.case)
        stronger = (searcher.find(frozenset({pair})).case for pair in pairs[: pairs.index((least[0], least[1]))])
        case = smallest(next((case for case in stronger if case is not None), found.case), searcher)
        before, now = searcher.truths(case)
        return Example(STATE_OF[before], STATE_OF[now], case, _sourced(searcher))

    def _changed(self, old: Rule, rule: Rule) -> tuple[str, ...]:
        """Return the fields that differ, or use a definition that does."""
        names = (name for name in Rule.model_fields if name != "id")
        return tuple(
            name for name in names if getattr(old, name) != getattr(rule, name) or not self._used_alike(old, rule, name)
        )

    def _used_alike(self, old: Rule, rule: Rule, name: str) -> bool:
        """Return whether conditions of a field that are written alike mean the same, definitions written out."""
        pairs = zip(_conditions(old, name), _conditions(rule, name), strict=True)
        return all(self._searcher((self.before, one), (self.now, other)).same() for one, other in pairs)

    def _searcher(self, *conditions: tuple[Side, Condition]) -> Searcher:
        return Searcher(list(conditions), Budget(STEPS, self.budget))


def _sourced(searcher: Searcher) -> frozenset[str]:
    read = (sources_read(side.rule_set, condition) for side, condition in searcher.conditions)
    return frozenset().union(*read)


def _conditions(rule: Rule, name: str) -> list[Condition]:
    if name == "unless":
        return [unless.when for unless in rule.unless]
    return [need.in_hand for need in rule.needs if need.in_hand is not None] if name == "needs" else []


def _raises(*, more: bool, less: bool, decided: bool) -> Raises:
    if more and less:
        return Raises.BOTH
    if more or less:
        return Raises.MORE if more else Raises.LESS
    return Raises.ALIKE if decided else Raises.NOT_DECIDED
