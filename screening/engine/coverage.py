"""What became of each statement of a protocol's guidance, and which made-up cases try each of its rules.

A statement is held by a rule, by an exception, by a check that is left to a person, or it is only shown. What nobody
holds is named, and so is a rule without a statement. Whether a rule says what its statement says is for people to read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from screening.engine.conditions import Condition, Count, Defined, Leaf, questions_read
from screening.engine.documents import Finding
from screening.engine.guidance import Guidance, RuleState
from screening.engine.library import Statement
from screening.engine.naming import naming_findings
from screening.engine.protocol import Protocol
from screening.engine.questionnaire import Questionnaire
from screening.engine.referring import reference_findings
from screening.engine.rules import Rule, RuleSet
from screening.engine.trials import claimed, run_vignettes, told, vignette_problems
from screening.engine.validation import quoted, refusals
from screening.engine.vignettes import Vignette
from screening.engine.walking import nodes

Tried = tuple[Vignette, Guidance]


class Part(StrEnum):
    """The part of a rule set that holds a statement."""

    RULE = "rule"
    EXCEPTION = "exception"
    FOR_A_PERSON = "for-a-person"
    BESIDE = "beside"
    DISAGREEMENT = "disagreement"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Holder:
    """Where a statement is held: the part, the id it has there (of a rule or a check), and its title.

    ``exception`` is the exception's id where the part is one.
    """

    part: Part
    id: str = ""
    title: str = ""
    exception: str = ""


@dataclass(frozen=True, slots=True)
class StatementCoverage:
    """One statement, with everything that holds or shows it."""

    statement: Statement
    holders: tuple[Holder, ...]

    def held_by(self, *parts: Part) -> tuple[Holder, ...]:
        """Return what holds the statement in these parts."""
        return tuple(holder for holder in self.holders if holder.part in parts)

    @property
    def answered(self) -> bool:
        """Whether a rule or an exception rests on the statement, or a person is asked to check it."""
        return bool(self.held_by(Part.RULE, Part.EXCEPTION, Part.FOR_A_PERSON))


@dataclass(frozen=True, slots=True)
class RuleCoverage:
    """One rule, with the ids of the cases that tell it in each state, and in which it ends so.

    ``own`` are those that answer, or leave out, a question that the rule reads or that opens it, rather than taking it
    from their base: of the cases in which it is not met, these come nearest to it. In ``cases`` they stand first.
    ``claims`` are the cases that tell each exception as claimed, and in which it is, by the exception's id.
    """

    rule: Rule
    cases: dict[RuleState, tuple[str, ...]]
    own: dict[RuleState, tuple[str, ...]]
    claims: dict[str, tuple[str, ...]]

    @property
    def untried(self) -> tuple[RuleState, ...]:
        """The states in which no case shows the rule."""
        return tuple(state for state in RuleState if not self.cases[state])

    @property
    def never_claimed(self) -> tuple[str, ...]:
        """The exceptions that no case shows as claimed."""
        return tuple(exception for exception, cases in self.claims.items() if not cases)


@dataclass(frozen=True)
class Coverage:
    """Every statement in the order of the guidance, and every rule in the order of the rule set."""

    statements: tuple[StatementCoverage, ...]
    rules: tuple[RuleCoverage, ...]

    @cached_property
    def held_by_nobody(self) -> tuple[Statement, ...]:
        """The statements that nothing holds and nothing shows."""
        return tuple(found.statement for found in self.statements if not found.holders)

    @cached_property
    def without_statement(self) -> tuple[Rule, ...]:
        """The rules that rest on no statement of this guidance."""
        known = {found.statement.id for found in self.statements}
        return tuple(found.rule for found in self.rules if not known.intersection(found.rule.cites))


def coverage(protocol: Protocol) -> Coverage:
    """Return where each statement of ``protocol`` went, and which cases try each rule.

    The vignettes are run, so there may be no ``coverage_problems``. A case counts only where the rule ends as the case
    tells.
    """
    statements = tuple(
        StatementCoverage(statement, tuple(_holders(protocol, statement.id)))
        for statement in protocol.library.statements
    )
    return Coverage(statements, _rules(protocol))


def coverage_problems(protocol: Protocol) -> list[Finding]:
    """Return what keeps the vignettes from being run. A statement without a rule is none of it: that is reported."""
    library, questionnaire, rule_set = protocol.library, protocol.questionnaire, protocol.rule_set
    found = refusals(naming_findings(library, questionnaire, rule_set))
    found = found or refusals(reference_findings(questionnaire, rule_set))
    found = found or vignette_problems(rule_set, questionnaire, protocol.vignettes)
    documents = {"guidance": library, "questionnaire": questionnaire, "rules": rule_set}
    return quoted(found, {**documents, "vignettes": protocol.vignettes})


def _holders(protocol: Protocol, statement_id: str) -> Iterator[Holder]:
    rule_set = protocol.rule_set
    for rule in rule_set.rules:
        if statement_id in rule.cites:
            yield Holder(Part.RULE, rule.id, rule.title)
        for unless in rule.unless:
            if statement_id in unless.cites:
                yield Holder(Part.EXCEPTION, rule.id, unless.title, unless.id)
    for check in rule_set.for_a_person:
        if statement_id in check.cites:
            yield Holder(Part.FOR_A_PERSON, check.id, check.title)
    yield from _shown(rule_set, statement_id)
    for disagreement in protocol.library.disagreements:
        if statement_id in disagreement.statements:
            yield Holder(Part.DISAGREEMENT, disagreement.id, disagreement.title)


def _shown(rule_set: RuleSet, statement_id: str) -> Iterator[Holder]:
    for rule in rule_set.rules:
        if statement_id in rule.weigh_with:
            yield Holder(Part.BESIDE, rule.id, rule.title)
    if statement_id in rule_set.context:
        yield Holder(Part.CONTEXT)


def _rules(protocol: Protocol) -> tuple[RuleCoverage, ...]:
    results = run_vignettes(protocol.rule_set, protocol.questionnaire, protocol.vignettes)
    tried = [
        (vignette, result.guidance) for vignette, result in zip(protocol.vignettes.vignettes, results, strict=True)
    ]
    return tuple(_rule(protocol, rule, tried) for rule in protocol.rule_set.rules)


def _rule(protocol: Protocol, rule: Rule, tried: list[Tried]) -> RuleCoverage:
    read = _with_gates(protocol.questionnaire, frozenset(_reads(protocol.rule_set, rule.condition)))
    own: dict[RuleState, list[str]] = {state: [] for state in RuleState}
    others: dict[RuleState, list[str]] = {state: [] for state in RuleState}
    for vignette, guidance in tried:
        state = guidance.outcome(rule.id).state
        if told(vignette).get(rule.id) is state:
            found = others if read.isdisjoint(_answered(vignette)) else own
            found[state].append(vignette.id)
    return RuleCoverage(
        rule=rule,
        cases={state: (*own[state], *others[state]) for state in RuleState},
        own={state: tuple(own[state]) for state in RuleState},
        claims=_claims(rule, tried),
    )


def _claims(rule: Rule, tried: list[Tried]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {unless.id: [] for unless in rule.unless}
    for vignette, guidance in tried:
        wanted = vignette.claims.get(rule.id, ())
        for exception in set(wanted).intersection(claimed(guidance, rule.id)) if wanted else ():
            found[exception].append(vignette.id)
    return {exception: tuple(cases) for exception, cases in found.items()}


def _reads(rule_set: RuleSet, condition: Condition) -> Iterator[str]:
    """Yield what a condition reads, questions and groups, in its definitions as well."""
    for _, node in nodes(condition, ""):
        if isinstance(node, Defined):
            yield from _reads(rule_set, rule_set.definition_by_name[node.name].condition)
        elif isinstance(node, Count):
            yield node.group
        elif isinstance(node, Leaf):
            yield from questions_read(node).values()


def _with_gates(questionnaire: Questionnaire, link_ids: frozenset[str]) -> frozenset[str]:
    """Return ``link_ids`` with the questions that open them."""
    items = (questionnaire.item_by_id[link_id] for link_id in link_ids)
    return link_ids.union(gate.question for item in items for gate in item.enable_when)


def _answered(vignette: Vignette) -> set[str]:
    return {*vignette.answers, *vignette.groups, *vignette.without}
