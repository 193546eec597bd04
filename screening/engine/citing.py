"""What rules cite: statements and disagreements that exist and are all shown, by rules with an owner and a date."""

import datetime
from collections.abc import Iterator

from screening.engine.documents import Finding, first_findings
from screening.engine.library import GuidanceLibrary
from screening.engine.rules import Rule, RuleSet
from screening.engine.spelling import nearest


def citation_findings(library: GuidanceLibrary, rule_set: RuleSet, today: datetime.date | None = None) -> list[Finding]:
    """Return what is wrong between rules and guidance: unknown or unshown statements, uncited or overdue rules."""
    return first_findings(_findings(library, rule_set, today))


def _findings(library: GuidanceLibrary, rule_set: RuleSet, today: datetime.date | None) -> Iterator[Finding]:
    yield from _library(library)
    for index, rule in enumerate(rule_set.rules):
        yield from _rule(library, rule, f"/rules/{index}", today)
    for index, statement_id in enumerate(rule_set.context):
        yield from _statements(library, (statement_id,), f"/context/{index}", single=True)
    yield from _unshown(library, rule_set)


def _library(library: GuidanceLibrary) -> Iterator[Finding]:
    for index, statement in enumerate(library.statements):
        pointer = f"/statements/{index}"
        if statement.topic not in library.topic_title:
            yield _unknown("guidance", f"{pointer}/topic", "topic", statement.topic, library.topic_title)
        for place, key in enumerate(statement.sources):
            if key not in library.source_by_key:
                yield _unknown("guidance", f"{pointer}/sources/{place}", "source", key, library.source_by_key)
    for index, disagreement in enumerate(library.disagreements):
        pointer = f"/disagreements/{index}"
        if disagreement.topic not in library.topic_title:
            yield _unknown("guidance", f"{pointer}/topic", "topic", disagreement.topic, library.topic_title)
        for finding in _statements(library, disagreement.statements, f"{pointer}/statements"):
            yield Finding("guidance", finding.pointer, finding.problem, finding.cure)


def _rule(library: GuidanceLibrary, rule: Rule, pointer: str, today: datetime.date | None) -> Iterator[Finding]:
    if not rule.cites:
        cure = "Name the guidance statements that it rests on."
        yield Finding("rules", f"{pointer}/cites", f'the rule "{rule.id}" cites nothing.', cure)
    yield from _statements(library, rule.cites, f"{pointer}/cites")
    yield from _statements(library, rule.weigh_with, f"{pointer}/weigh_with")
    for place, unless in enumerate(rule.unless):
        yield from _statements(library, unless.cites, f"{pointer}/unless/{place}/cites")
    if rule.topic not in library.topic_title:
        yield _unknown("rules", f"{pointer}/topic", "topic", rule.topic, library.topic_title)
    for index, name in enumerate(rule.disagreements):
        if name not in library.disagreement_by_id:
            known = library.disagreement_by_id
            yield _unknown("rules", f"{pointer}/disagreements/{index}", "disagreement", name, known)
    if today is not None and rule.review_by < today:
        problem = f'the rule "{rule.id}" was to be reviewed by {rule.review_by}.'
        cure = f"Have {rule.owner} read it again, and set a new date."
        yield Finding("rules", f"{pointer}/review_by", problem, cure)


def _statements(
    library: GuidanceLibrary, ids: tuple[str, ...], pointer: str, *, single: bool = False
) -> Iterator[Finding]:
    for index, statement_id in enumerate(ids):
        if statement_id not in library.statement_by_id:
            place = pointer if single else f"{pointer}/{index}"
            yield _unknown("rules", place, "guidance statement", statement_id, library.statement_by_id)


def _unknown(document: str, pointer: str, kind: str, name: str, known: dict[str, object] | object) -> Finding:
    names = [str(key) for key in known] if isinstance(known, dict) else []
    return Finding(document, pointer, f'there is no {kind} "{name}".', nearest(name, names))


def shown_statements(library: GuidanceLibrary, rule_set: RuleSet) -> set[str]:
    """Return the ids of the statements that a rule cites or shows, that a disagreement shows, or the context holds."""
    shown = set(rule_set.context)
    for rule in rule_set.rules:
        shown.update(rule.cites, rule.weigh_with, *(unless.cites for unless in rule.unless))
        for name in rule.disagreements:
            if name in library.disagreement_by_id:
                shown.update(library.disagreement_by_id[name].statements)
    return shown


def _unshown(library: GuidanceLibrary, rule_set: RuleSet) -> Iterator[Finding]:
    shown = shown_statements(library, rule_set)
    for index, statement in enumerate(library.statements):
        if statement.id not in shown:
            problem = f'no rule cites or shows "{statement.id}", and it is not in the context.'
            yield Finding("guidance", f"/statements/{index}", problem, "Cite it in a rule, or add it to the context.")
    named = {name for rule in rule_set.rules for name in rule.disagreements}
    for index, disagreement in enumerate(library.disagreements):
        if disagreement.id not in named:
            problem = f'no rule shows the disagreement "{disagreement.id}".'
            yield Finding("guidance", f"/disagreements/{index}", problem, "Name it in the rules that it concerns.")
