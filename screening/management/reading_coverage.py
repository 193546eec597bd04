"""What became of each statement of a guidance, to be read: in a terminal, as a page of the docs, or as JSON."""

from collections.abc import Iterator

from screening.engine.coverage import Coverage, Holder, Part, RuleCoverage, StatementCoverage
from screening.engine.guidance import RuleState
from screening.engine.protocol import Protocol
from screening.engine.sentences import rule_sentence
from screening.engine.stored import Document
from screening.engine.words import STATE_WORDS, counted

PART_WORDS = {
    Part.RULE: "rule",
    Part.EXCEPTION: "exception",
    Part.FOR_A_PERSON: "for a person to check",
    Part.BESIDE: "shown beside",
    Part.DISAGREEMENT: "named in the disagreement",
    Part.CONTEXT: "shown with every result",
}
MOST_NAMES = 3


def summary_lines(protocol: Protocol, found: Coverage) -> tuple[str, str]:
    """Return how many statements are held, and how, and how many rules are tried each way."""
    return _statements_summary(found), _rules_summary(protocol, found)


def _statements_summary(found: Coverage) -> str:
    rules = sum(bool(one.held_by(Part.RULE, Part.EXCEPTION)) for one in found.statements)
    answered, nobody = sum(one.answered for one in found.statements), len(found.held_by_nobody)
    return (
        f"{counted(len(found.statements), 'statement')}: {rules} with a rule, {answered - rules} kept for a person "
        f"alone, {len(found.statements) - answered - nobody} only shown, {nobody} held by nobody."
    )


def _rules_summary(protocol: Protocol, found: Coverage) -> str:
    untried = sum(bool(rule.untried) for rule in found.rules)
    return (
        f"{counted(len(found.rules), 'rule')}: {len(found.without_statement)} without a statement, {untried} without "
        f"a case in each state; {counted(len(protocol.vignettes.vignettes), 'made-up case')}."
    )


def coverage_lines(protocol: Protocol, found: Coverage) -> Iterator[str]:
    """Yield the lines of a readable report: statements as the guidance lists them, then rules, then what is missing."""
    yield protocol.rule_set.title
    yield from summary_lines(protocol, found)
    for statement in found.statements:
        yield from ("", *_statement_lines(protocol, statement))
    yield from ("", "Rules and the made-up cases that try them:")
    for rule in found.rules:
        yield from _rule_lines(rule)
    yield from _missing_lines(found)


def _statement_lines(protocol: Protocol, found: StatementCoverage) -> Iterator[str]:
    statement = found.statement
    yield f"{statement.id} · {_kind(found)} · {_sources(protocol, found)}"
    yield f"  {statement.text}"
    yield from (f"  {_holder(holder)}" for holder in found.holders)
    if not found.holders:
        yield "  held by nobody"


def _holder(holder: Holder) -> str:
    named = f": {holder.title} ({_id(holder)})" if holder.id else ""
    return f"{PART_WORDS[holder.part]}{named}"


def _id(holder: Holder) -> str:
    return f"{holder.id}, {holder.exception}" if holder.exception else holder.id


def _kind(found: StatementCoverage) -> str:
    return found.statement.kind.value.replace("-", " ")


def _sources(protocol: Protocol, found: StatementCoverage) -> str:
    sources = (protocol.library.source_by_key.get(key) for key in found.statement.sources)
    return "; ".join(source.title for source in sources if source is not None)


def _rule_lines(found: RuleCoverage) -> Iterator[str]:
    yield f"  {found.rule.id}: {found.rule.title}"
    yield f"    rests on {', '.join(found.rule.cites) or 'no statement'}"
    yield from (f"    {line}" for line in _case_lines(found))


def _case_lines(found: RuleCoverage, mark: str = "") -> Iterator[str]:
    yield from (f"{STATE_WORDS[state]}: {_cases(found.cases[state], mark)}" for state in RuleState)
    for unless in found.rule.unless:
        yield f"exception claimed, {mark}{unless.id}{mark}: {_cases(found.claims[unless.id], mark)}"


def _cases(names: tuple[str, ...], mark: str) -> str:
    if not names:
        return "no case"
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(f"{mark}{name}{mark}" for name in names[:MOST_NAMES]) + more


def _missing_lines(found: Coverage) -> Iterator[str]:
    missing = list(_missing(found))
    if missing:
        yield from ("", "Missing:", *(f"  {line}" for line in missing))


def _missing(found: Coverage, mark: str = "") -> Iterator[str]:
    for statement in found.held_by_nobody:
        yield f"{statement.id} is held by nobody."
    for rule in found.without_statement:
        yield f"{mark}{rule.id}{mark} rests on no statement."
    for one in found.rules:
        states = ", ".join(STATE_WORDS[state] for state in one.untried)
        if states:
            yield f"{mark}{one.rule.id}{mark} has no case in which it is: {states}."
        for exception in one.never_claimed:
            yield f"{mark}{one.rule.id}{mark} has no case that claims its exception {mark}{exception}{mark}."


def coverage_page(protocol: Protocol, found: Coverage, argument: str) -> str:
    """Return the report as a page in Markdown; ``argument`` is what the command was given."""
    return "\n".join(_page_lines(protocol, found, argument)) + "\n"


def _page_lines(protocol: Protocol, found: Coverage, argument: str) -> Iterator[str]:
    yield from (f"# {protocol.rule_set.title}: where each statement went", "", protocol.rule_set.description, "")
    yield from _source_lines(protocol)
    yield from ("", *summary_lines(protocol, found), "")
    made_by = f"python3 start.py manage protocol_coverage {argument} --format markdown"
    yield f"Made by `{made_by}`; a test fails where this page is stale."
    yield from ("", "## Statements", "", "| id | kind | in our words | held by |", "| --- | --- | --- | --- |")
    yield from (_statement_row(statement) for statement in found.statements)
    yield from ("", "## Rules")
    for rule in found.rules:
        yield from ("", *_rule_section(protocol, rule))
    yield from _person_section(protocol)
    if missing := list(_missing(found, "`")):
        yield from ("", "## Missing", "", *(f"- {line}" for line in missing))


def _source_lines(protocol: Protocol) -> Iterator[str]:
    for source in protocol.library.sources:
        by = ", ".join(name for name in (source.author, source.publisher) if name)
        yield f"- *{source.title}*{f', {by}' if by else ''}. {source.grade}."


def _statement_row(found: StatementCoverage) -> str:
    held = "; ".join(_holder_cell(holder) for holder in found.holders) or "**nobody**"
    return f"| {found.statement.id} | {_kind(found)} | {_cell(found.statement.text)} | {held} |"


def _holder_cell(holder: Holder) -> str:
    inner = f", exception `{holder.exception}`" if holder.exception else ""
    if holder.part in (Part.RULE, Part.EXCEPTION):
        return f"`{holder.id}`{inner}"
    return f"{PART_WORDS[holder.part]}{f' `{holder.id}`' if holder.id else ''}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _rule_section(protocol: Protocol, found: RuleCoverage) -> Iterator[str]:
    rule = found.rule
    yield from (f"### {rule.title}", "")
    yield from (str(rule_sentence(rule, protocol.rule_set, protocol.questionnaire)), "")
    yield f"`{rule.id}` rests on {', '.join(rule.cites) or 'no statement'}. {rule.explanation}"
    yield ""
    yield from (f"- {line}" for line in _case_lines(found, "`"))


def _person_section(protocol: Protocol) -> Iterator[str]:
    checks = protocol.rule_set.for_a_person
    if checks:
        yield from ("", "## For a person to check", "")
    for check in checks:
        cited = f" ({', '.join(check.cites)})" if check.cites else ""
        yield f"- **{check.title}**{cited}: {check.text}"


def coverage_document(found: Coverage) -> Document:
    """Return the report as plain JSON, with the names of all cases."""
    return {
        "statements": [_statement_document(statement) for statement in found.statements],
        "rules": [
            {
                "id": one.rule.id,
                "title": one.rule.title,
                "cites": list(one.rule.cites),
                "cases": {state.value: list(one.cases[state]) for state in RuleState},
                "claims": {exception: list(cases) for exception, cases in one.claims.items()},
            }
            for one in found.rules
        ],
        "held_by_nobody": [statement.id for statement in found.held_by_nobody],
        "without_statement": [rule.id for rule in found.without_statement],
        "untried": {one.rule.id: [state.value for state in one.untried] for one in found.rules if one.untried},
        "never_claimed": {one.rule.id: list(one.never_claimed) for one in found.rules if one.never_claimed},
    }


def _statement_document(found: StatementCoverage) -> Document:
    holders = [
        {
            name: value
            for name, value in (
                ("part", holder.part.value),
                ("id", holder.id),
                ("title", holder.title),
                ("exception", holder.exception),
            )
            if value
        }
        for holder in found.holders
    ]
    return {"id": found.statement.id, "text": found.statement.text, "answered": found.answered, "held_by": holders}
