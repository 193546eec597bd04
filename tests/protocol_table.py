"""The page that says where each guidance statement went: ``python -m tests.protocol_table > docs/protocol-intake.md``.

A test holds the page in ``docs/`` to what this module makes of the shipped documents.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import screening.protocols
from screening.engine.library import GuidanceLibrary, Statement
from screening.engine.protocol import Protocol, load_protocol
from screening.engine.rules import Rule, RuleSet

SHIPPED = Path(screening.protocols.__file__).parent
PAGE = SHIPPED.parent.parent / "docs" / "protocol-intake.md"
HEAD = """# Intake: from guidance to rules

Every statement of the guidance with the rules that rest on it and those that show it to be read beside them. *Every
result* means that it is shown whatever is raised. Made from the documents in `screening/protocols/intake/` by
`python -m tests.protocol_table > docs/protocol-intake.md`; a test fails where the two differ.
"""


def citing(rule_set: RuleSet, statement_id: str) -> list[Rule]:
    """Return the rules that rest on a statement, in themselves or in an exception."""
    return [rule for rule in rule_set.rules if statement_id in _cited(rule)]


def showing(rule_set: RuleSet, statement_id: str) -> list[Rule]:
    """Return the rules that show a statement to be read beside them."""
    return [rule for rule in rule_set.rules if statement_id in rule.weigh_with]


def showing_disagreement(rule_set: RuleSet, disagreement_id: str) -> list[Rule]:
    """Return the rules whose flags show both sides of a disagreement."""
    return [rule for rule in rule_set.rules if disagreement_id in rule.disagreements]


def page(protocol: Protocol) -> str:
    """Return the whole page for one protocol."""
    library, rule_set = protocol.library, protocol.rule_set
    return "\n".join([HEAD, *_statements(library, rule_set), "", *_disagreements(library, rule_set)]) + "\n"


def _cited(rule: Rule) -> set[str]:
    return {*rule.cites, *(key for unless in rule.unless for key in unless.cites)}


def _statements(library: GuidanceLibrary, rule_set: RuleSet) -> Iterator[str]:
    yield "## Statements\n"
    yield "| id | source | kind | in our words | rests on it | shows it |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for statement in library.statements:
        yield _row(statement, rule_set)


def _row(statement: Statement, rule_set: RuleSet) -> str:
    shown = ["every result"] if statement.id in rule_set.context else []
    cells = (
        statement.id,
        ", ".join(statement.sources),
        statement.kind.value.replace("-", " "),
        statement.text,
        _names(citing(rule_set, statement.id)),
        ", ".join(part for part in (*shown, _names(showing(rule_set, statement.id))) if part),
    )
    return f"| {' | '.join(cells)} |"


def _disagreements(library: GuidanceLibrary, rule_set: RuleSet) -> Iterator[str]:
    yield "## Where the sources disagree\n"
    yield "| disagreement | statements | flags that show both sides |"
    yield "| --- | --- | --- |"
    for found in library.disagreements:
        yield f"| {found.title} | {', '.join(found.statements)} | {_names(showing_disagreement(rule_set, found.id))} |"


def _names(rules: Iterable[Rule]) -> str:
    return ", ".join(f"`{rule.id}`" for rule in rules)


if __name__ == "__main__":
    sys.stdout.write(page(load_protocol(SHIPPED / "intake")))
