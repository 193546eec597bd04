"""What became of each statement of a protocol's guidance, and which made-up cases try each of its rules.

A statement is held by a rule, by an exception, by a check that is left to a person, or it is only shown. What nobody
holds is named, and so is a rule without a statement. Whether a rule says what its statement says is for people to read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from screening.engine.documents import Finding
from screening.engine.guidance import RuleState
from screening.engine.library import Statement
from screening.engine.naming import naming_findings
from screening.engine.protocol import Protocol
from screening.engine.referring import reference_findings
from screening.engine.rules import Rule, RuleSet
from screening.engine.trials import run_vignettes, told, vignette_problems
from screening.engine.validation import quoted, refusals


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
    """One rule, with the ids of the cases that tell it in each state, and in which it ends so."""

    rule: Rule
    cases: dict[RuleState, tuple[str, ...]]

    @property
    def untried(self) -> tuple[RuleState, ...]:
        """The states in which no case shows the rule."""
        return tuple(state for state in RuleState if not self.cases[state])


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
    found: dict[str, dict[RuleState, list[str]]] = {
        rule.id: {state: [] for state in RuleState} for rule in protocol.rule_set.rules
    }
    results = run_vignettes(protocol.rule_set, protocol.questionnaire, protocol.vignettes)
    for vignette, result in zip(protocol.vignettes.vignettes, results, strict=True):
        wanted = told(vignette)
        for outcome in result.guidance.outcomes:
            if wanted.get(outcome.rule_id) is outcome.state:
                found[outcome.rule_id][outcome.state].append(vignette.id)
    return tuple(
        RuleCoverage(rule, {state: tuple(cases) for state, cases in found[rule.id].items()})
        for rule in protocol.rule_set.rules
    )
