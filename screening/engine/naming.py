"""Names and structure: nothing is named twice, nothing leads to itself, and no tree is large enough to hurt."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from screening.engine.documents import Finding, first_findings
from screening.engine.library import GuidanceLibrary
from screening.engine.questionnaire import EnableWhen, Group, ItemType, Question, Questionnaire
from screening.engine.rules import Confirmer, Rule, RuleSet, Unless
from screening.engine.spelling import nearest
from screening.engine.walking import MAX_DEPTH, MAX_NODES, MAX_WRITTEN_OUT, conditions, depth, names_used, nodes

_ROLE_LIKE = re.compile(r"[a-z]+(-[a-z]+)*")
_GATING_TYPES = (ItemType.BOOLEAN, ItemType.CHOICE, ItemType.INTEGER, ItemType.DECIMAL)


def naming_findings(library: GuidanceLibrary, questionnaire: Questionnaire, rule_set: RuleSet) -> list[Finding]:
    """Return every name used twice, every cycle, every gate that cannot work, and every tree beyond the limits."""
    return first_findings(_findings(library, questionnaire, rule_set))


def _findings(library: GuidanceLibrary, questionnaire: Questionnaire, rule_set: RuleSet) -> Iterator[Finding]:
    yield from _repeated(library, questionnaire, rule_set)
    yield from _gates(questionnaire)
    yield from _limits(rule_set)
    circles = list(_definition_cycles(rule_set))
    yield from circles or _written_out(rule_set)
    for index, rule in enumerate(rule_set.rules):
        yield from _exceptions(rule, f"/rules/{index}")
        yield from _parts(rule, f"/rules/{index}")


def _repeated(library: GuidanceLibrary, questionnaire: Questionnaire, rule_set: RuleSet) -> Iterator[Finding]:
    yield from _twice("rules", "rule", [(f"/rules/{i}/id", rule.id) for i, rule in enumerate(rule_set.rules)])
    checks = [(f"/for_a_person/{i}/id", check.id) for i, check in enumerate(rule_set.for_a_person)]
    yield from _twice("rules", "check for a person", checks)
    names = [(f"/definitions/{i}/name", definition.name) for i, definition in enumerate(rule_set.definitions)]
    yield from _twice("rules", "definition", names)
    yield from _twice("questionnaire", "item", _link_ids(questionnaire))
    listed: Mapping[str, tuple[str, Iterable[Any], str]] = {
        "statement": ("statements", library.statements, "id"),
        "source": ("sources", library.sources, "key"),
        "topic": ("topics", library.topics, "id"),
        "disagreement": ("disagreements", library.disagreements, "id"),
    }
    for kind, (field, entries, key) in listed.items():
        ids = [(f"/{field}/{index}/{key}", getattr(entry, key)) for index, entry in enumerate(entries)]
        yield from _twice("guidance", kind, ids)


def _twice(document: str, kind: str, names: list[tuple[str, str]]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for pointer, name in names:
        if name in first:
            problem = f'a second {kind} is named "{name}"; the first stands at {first[name]}.'
            yield Finding(document, pointer, problem, "Rename one of them, or remove it.")
        first.setdefault(name, pointer)


def _link_ids(questionnaire: Questionnaire) -> list[tuple[str, str]]:
    found = []
    for place, section in enumerate(questionnaire.sections):
        found.append((f"/sections/{place}/link_id", section.link_id))
        for index, item in enumerate(section.items):
            pointer = f"/sections/{place}/items/{index}"
            found.append((f"{pointer}/link_id", item.link_id))
            inner = item.items if isinstance(item, Group) else ()
            found += [(f"{pointer}/items/{i}/link_id", question.link_id) for i, question in enumerate(inner)]
    return found


def items_with_pointers(questionnaire: Questionnaire) -> Iterator[tuple[str, Question | Group]]:
    """Yield every question and group with its JSON pointer, in the order of asking."""
    for place, section in enumerate(questionnaire.sections):
        for index, item in enumerate(section.items):
            pointer = f"/sections/{place}/items/{index}"
            yield pointer, item
            for inner, question in enumerate(item.items if isinstance(item, Group) else ()):
                yield f"{pointer}/items/{inner}", question


def _gates(questionnaire: Questionnaire) -> Iterator[Finding]:
    for pointer, item in items_with_pointers(questionnaire):
        for index, condition in enumerate(item.enable_when):
            place = f"{pointer}/enable_when/{index}"
            fault = _gate_place(questionnaire, item, condition) or _gate_answer(questionnaire, condition)
            if fault:
                field, problem, cure = fault
                yield Finding("questionnaire", f"{place}/{field}", problem, cure)


def _gate_place(
    questionnaire: Questionnaire, item: Question | Group, condition: EnableWhen
) -> tuple[str, str, str] | None:
    asked = condition.question
    if asked == item.link_id:
        return "question", f'"{asked}" is asked only when it was answered itself.', "Name an earlier question."
    if asked not in questionnaire.questions:
        return "question", f'there is no question "{asked}".', nearest(asked, questionnaire.questions)
    if questionnaire.order[asked] > questionnaire.order[item.link_id]:
        return "question", f'"{asked}" comes later than "{item.link_id}".', "Name an earlier question, or move it up."
    home = questionnaire.group_of.get(asked)
    if home is not None and home != questionnaire.group_of.get(item.link_id):
        return "question", f'"{asked}" is answered row by row in "{home}".', "Name a question outside the group."
    return None


def _gate_answer(questionnaire: Questionnaire, condition: EnableWhen) -> tuple[str, str, str] | None:
    question, answer = questionnaire.questions[condition.question], condition.answer
    if condition.operator == "exists":
        return None if isinstance(answer, bool) else ("answer", '"exists" takes true or false.', "Write true or false.")
    if question.type not in _GATING_TYPES:
        cure = 'Use "exists", or a question with options.'
        return "operator", f'"{question.link_id}" is answered in words or a date.', cure
    if question.type is ItemType.CHOICE and answer not in question.option_by_code:
        problem = f'"{answer}" is not an option of "{question.link_id}".'
        return "answer", problem, nearest(str(answer), question.option_by_code)
    numeric = question.type in (ItemType.INTEGER, ItemType.DECIMAL)
    if question.type is ItemType.BOOLEAN and not isinstance(answer, bool):
        return "answer", f'"{question.link_id}" is answered yes or no.', "Write true or false."
    if numeric and (isinstance(answer, bool) or not isinstance(answer, int | float)):
        return "answer", f'"{question.link_id}" is answered with a number.', "Write a number."
    if not numeric and condition.operator not in ("=", "!="):
        return "operator", f'"{condition.operator}" compares numbers only.', 'Use "=" or "!=".'
    return None


def _limits(rule_set: RuleSet) -> Iterator[Finding]:
    for pointer, condition in conditions(rule_set):
        if depth(condition) > MAX_DEPTH:
            problem = f"the condition is nested {depth(condition)} levels deep; {MAX_DEPTH} are read."
            yield Finding("rules", pointer, problem, "Give an inner part a name among the definitions.")
    total = sum(1 for pointer, condition in conditions(rule_set) for _ in nodes(condition, pointer))
    if total > MAX_NODES:
        problem = f"the rule set has {total:,} conditions; {MAX_NODES:,} are read."
        yield Finding("rules", "", problem, "Split it into two rule sets.")


def _definition_cycles(rule_set: RuleSet) -> Iterator[Finding]:
    uses = {definition.name: names_used(definition.condition) for definition in rule_set.definitions}
    reported: set[str] = set()
    for index, definition in enumerate(rule_set.definitions):
        path = _path_back(definition.name, uses)
        if path and definition.name not in reported:
            reported.update(path)
            problem = f"the definitions lead in a circle: {' → '.join(path)}."
            yield Finding("rules", f"/definitions/{index}/condition", problem, "Take one of these steps out.")


def _written_out(rule_set: RuleSet) -> Iterator[Finding]:
    """Yield the conditions that become too deep with their definitions written out, each where that first happens."""
    written = _depths_written_out(rule_set)
    for pointer, condition in conditions(rule_set):
        inner = max((written.get(name, 0) for name in names_used(condition)), default=0)
        levels = depth(condition) + inner
        if inner <= MAX_WRITTEN_OUT < levels:
            problem = (
                f"with its definitions written out the condition is {levels} levels deep; {MAX_WRITTEN_OUT} are read."
            )
            yield Finding("rules", pointer, problem, "Use fewer definitions within definitions.")


def _depths_written_out(rule_set: RuleSet) -> dict[str, int]:
    """Return how deep each definition is with those that it uses written out. There must be no circle."""
    own = {definition.name: depth(definition.condition) for definition in rule_set.definitions}
    uses = {definition.name: names_used(definition.condition) for definition in rule_set.definitions}
    found = dict(own)
    for _ in own:
        deeper = {name: own[name] + max((found.get(used, 0) for used in uses[name]), default=0) for name in own}
        if deeper == found:
            break
        found = deeper
    return found


def _path_back(start: str, uses: Mapping[str, set[str]]) -> list[str]:
    """Return the shortest way from ``start`` back to itself, or nothing."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for name in sorted(uses.get(way[-1], ())):
            if name == start:
                return [*way, start]
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


def _parts(rule: Rule, pointer: str) -> Iterator[Finding]:
    roles = [(f"{pointer}/weighed_by/{index}", role.value) for index, role in enumerate(rule.weighed_by)]
    yield from _twice("rules", f'role that weighs "{rule.id}"', roles)
    for index, need in enumerate(rule.needs):
        if not isinstance(need.from_whom, Confirmer) and _ROLE_LIKE.fullmatch(need.from_whom):
            cure = f'{nearest(need.from_whom, list(Confirmer))} Or say it in words: "the family doctor".'
            yield Finding("rules", f"{pointer}/needs/{index}/from", f'there is no role "{need.from_whom}".', cure)
    needs = [(f"{pointer}/needs/{index}/id", need.id) for index, need in enumerate(rule.needs)]
    yield from _twice("rules", f'need of "{rule.id}"', needs)
    ids = [(f"{pointer}/undertakings/{index}/id", entry.id) for index, entry in enumerate(rule.undertakings)]
    yield from _twice("rules", f'undertaking of "{rule.id}"', ids)


def _exceptions(rule: Rule, pointer: str) -> Iterator[Finding]:
    ids = [(f"{pointer}/unless/{index}/id", unless.id) for index, unless in enumerate(rule.unless)]
    yield from _twice("rules", f'exception of "{rule.id}"', ids)
    lifts = {unless.id: {unless.to} if unless.to else set() for unless in rule.unless}
    reported: set[str] = set()
    for index, unless in enumerate(rule.unless):
        if unless.id not in reported and (problem := _lift_problem(unless, lifts)):
            reported.update(_path_back(unless.id, lifts))
            yield Finding("rules", f"{pointer}/unless/{index}/to", *problem)


def _lift_problem(unless: Unless, lifts: Mapping[str, set[str]]) -> tuple[str, str] | None:
    if unless.to is None:
        return None
    if unless.to == unless.id:
        problem = f'the exception "{unless.id}" is an exception to itself (an unless on itself).'
        return problem, 'Name another exception, or leave "to" out: it is then one to the rule.'
    if unless.to not in lifts:
        return f'the rule has no exception "{unless.to}".', nearest(unless.to, set(lifts) - {unless.id})
    if path := _path_back(unless.id, lifts):
        return f"these exceptions lift each other in a circle: {' → '.join(path)}.", 'Leave one "to" out.'
    return None
