"""Rules and exceptions that come out one way whatever is answered, and rules that add nothing to another.

Each is looked for over every kind of answer (``searching``). Where that takes too many steps nothing is claimed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from screening.engine.conditions import Condition, Truth
from screening.engine.documents import Finding
from screening.engine.questionnaire import Questionnaire
from screening.engine.rules import Rule, RuleSet, Unless
from screening.engine.searching import Budget, Search, Searcher, Wanted
from screening.engine.unfolding import Side
from screening.engine.walking import all_questions_read

ALL_STEPS = 400_000
HOLDS: Wanted = frozenset({(Truth.TRUE,)})
HOLDS_NOT: Wanted = frozenset({(Truth.FALSE,)})
FURTHER: Wanted = frozenset({(Truth.TRUE, Truth.UNKNOWN), (Truth.TRUE, Truth.FALSE), (Truth.UNKNOWN, Truth.FALSE)})
"""The first of two conditions goes further: it holds, or may, where the second does not, or may."""


def reach_findings(questionnaire: Questionnaire, rule_set: RuleSet) -> list[Finding]:
    """Return the rules and exceptions that always or never hold, and as notices rules that add nothing to another."""
    reach = _Reach(Side(rule_set, questionnaire))
    found: list[Finding] = []
    for index, rule in enumerate(rule_set.rules):
        found += reach.rule(rule, f"/rules/{index}")
    return found + list(reach.repeated())


@dataclass
class _Reach:
    """Looks into the conditions of one rule set, with so many steps for all of them together."""

    side: Side
    budget: Budget = field(default_factory=lambda: Budget(ALL_STEPS))
    _one_way: set[str] = field(default_factory=set)

    def rule(self, rule: Rule, pointer: str) -> Iterator[Finding]:
        """Yield what is found on a rule, its exceptions and its needs."""
        whole = self._whole(rule, pointer)
        self._one_way |= {rule.id} if whole else set()
        yield from whole
        for place, unless in enumerate(rule.unless):
            yield from self._exception(rule, unless, f"{pointer}/unless/{place}/when")
        for place, need in enumerate(rule.needs):
            if need.in_hand is not None:
                what = f'that "{need.id}" of "{rule.id}" is in hand'
                yield from self._constant(need.in_hand, f"{pointer}/needs/{place}/in_hand", what)

    def _whole(self, rule: Rule, pointer: str) -> list[Finding]:
        """Return whether the sub-group has everybody or nobody in it; else whether the rule can end only one way."""
        if rule.only_for is not None:
            what = f'the sub-group of "{rule.id}"'
            if found := list(self._constant(rule.only_for.when, f"{pointer}/only_for/when", what)):
                return found
        return list(self._constant(rule.condition, f"{pointer}/when", f'the rule "{rule.id}"'))

    def _exception(self, rule: Rule, unless: Unless, pointer: str) -> Iterator[Finding]:
        what = f'the exception "{unless.id}" of "{rule.id}"'
        found = list(self._constant(unless.when, pointer, what))
        yield from found
        if not found and self._never_applies(rule, unless):
            where = f'"{unless.to}" is claimed' if unless.to else "the rule is met or may be"
            cure = "Look for parts that exclude each other, or leave it out."
            yield Finding("rules", pointer, f"{what} can never apply: it never holds where {where}.", cure)

    def _never_applies(self, rule: Rule, unless: Unless) -> bool:
        """Return whether an exception surely never holds where the rule may be met and what it lifts is claimed."""
        lifted = next((other.when for other in rule.unless if other.id == unless.to), None)
        beside = [rule.condition] if lifted is None else [rule.condition, lifted]
        claimed = (Truth.TRUE,) if lifted is None else (Truth.TRUE, Truth.TRUE)
        wanted = frozenset({(Truth.TRUE, *claimed), (Truth.UNKNOWN, *claimed)})
        return _never(self._searcher(*beside, unless.when).find(wanted))

    def _constant(self, node: Condition, pointer: str, what: str) -> Iterator[Finding]:
        searcher = self._searcher(node)
        if _never(searcher.find(HOLDS)):
            yield Finding("rules", pointer, f"{what} can never hold.", "Look for parts that exclude each other.")
        elif _never(searcher.find(HOLDS_NOT)):
            yield Finding("rules", pointer, f"{what} always holds.", "Look for parts that cover every answer.")

    def repeated(self) -> Iterator[Finding]:
        """Yield a notice for each rule that adds nothing to another: it is met only where that one is met as well."""
        rules = list(enumerate(self.side.rule_set.rules))
        shown = [_Shown.of(self.side, index, rule) for index, rule in rules if rule.id not in self._one_way]
        for one in shown:
            other = next((other for other in shown if self._repeats(one, other)), None)
            if other is not None:
                yield from self._repetition(one, other)

    def _repetition(self, one: "_Shown", other: "_Shown") -> Iterator[Finding]:
        """Yield the notice; of two rules that repeat each other the later one has it."""
        pointer, name, wider = f"/rules/{one.index}/when", one.rule.id, other.rule.id
        if not self._repeats(other, one):
            problem = f'everything that meets "{name}" meets "{wider}" as well, for the same concern.'
            yield Finding("rules", pointer, problem, "Take it out, or narrow the other one.", "notice")
        elif one.index > other.index:
            problem = f'"{name}" comes out as "{wider}" does, whatever is answered, for the same concern.'
            yield Finding("rules", pointer, problem, "Keep one of the two.", "notice")

    def _repeats(self, one: "_Shown", other: "_Shown") -> bool:
        """Return whether a rule reads, shows and raises nothing that another does not."""
        if one.index == other.index or not one.within(other):
            return False
        searcher = self._searcher(one.rule.condition, other.rule.condition)
        return searcher.same() or _never(searcher.find(FURTHER))

    def _searcher(self, *conditions: Condition) -> Searcher:
        return Searcher([(self.side, condition) for condition in conditions], Budget(within=self.budget))


def _never(found: Search) -> bool:
    return found.decided and found.case is None


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a rule reads, and what it shows beside its condition."""

    index: int
    rule: Rule
    read: frozenset[str]
    beside: tuple[frozenset[object], ...]

    @classmethod
    def of(cls, side: Side, index: int, rule: Rule) -> "_Shown":
        """Return what ``rule`` reads and shows."""
        beside = (rule.cites, rule.unless, rule.needs, rule.undertakings, rule.weighed_by)
        read = all_questions_read(side.rule_set, rule.condition)
        return cls(index, rule, read, tuple(frozenset(shown) for shown in beside))

    def within(self, other: "_Shown") -> bool:
        """Return whether all of it stands in another rule, on the same topic and for the same concern."""
        if not self.read <= other.read:
            return False
        alike = (self.rule.topic, self.rule.concern) == (other.rule.topic, other.rule.concern)
        return alike and all(own <= others for own, others in zip(self.beside, other.beside, strict=True))
