"""What conditions refer to: questions, options, groups and definitions that exist, read as their type allows."""

from collections.abc import Iterator
from dataclasses import dataclass

from screening.engine.conditions import (
    AtLeast,
    Between,
    Compare,
    Condition,
    Contains,
    Count,
    Defined,
    Equals,
    KnownFrom,
    Leaf,
    MultipleOf,
    OneOf,
    Score,
    WashedOut,
    questions_read,
)
from screening.engine.documents import MOST_FINDINGS, Finding, first_findings
from screening.engine.questionnaire import ItemType, Question, Questionnaire
from screening.engine.rules import RuleSet
from screening.engine.spelling import nearest
from screening.engine.walking import MAX_NODES, children, rule_conditions

Fault = tuple[str, str, str]
_READ_TWICE = "Name another question, or take one of the two out."
_IN_HOURS = 'Ask for it in hours, with the unit "hours".'
NUMBERS = (ItemType.INTEGER, ItemType.DECIMAL)
_TYPE_WORDS = {
    ItemType.BOOLEAN: "answered yes or no",
    ItemType.CHOICE: "answered with an option",
    ItemType.INTEGER: "answered with a whole number",
    ItemType.DECIMAL: "answered with a number",
    ItemType.DATE: "answered with a date",
    ItemType.STRING: "answered in words, which no rule reads",
    ItemType.TEXT: "answered in words, which no rule reads",
}


def reference_findings(questionnaire: Questionnaire, rule_set: RuleSet) -> list[Finding]:
    """Return every condition that names what does not exist, or reads a question in a way its type does not allow."""
    found = first_findings(_findings(questionnaire, rule_set))
    return list({(finding.pointer, finding.problem): finding for finding in found}.values())


def _findings(questionnaire: Questionnaire, rule_set: RuleSet) -> Iterator[Finding]:
    if rule_set.questionnaire != questionnaire.name:
        problem = f'the rules are written for "{rule_set.questionnaire}", the questionnaire is "{questionnaire.name}".'
        yield Finding("rules", "/questionnaire", problem, "Name the questionnaire that stands beside them.")
    reader = _Reader(questionnaire, rule_set)
    for index, rule in enumerate(rule_set.rules):
        pointer = f"/rules/{index}"
        for place, condition in rule_conditions(rule):
            yield from reader.problems(condition, pointer + place, None)
        yield from _alongside(questionnaire, rule.alongside, pointer)
    yield from _definitions(rule_set, reader)


def _alongside(questionnaire: Questionnaire, link_ids: tuple[str, ...], pointer: str) -> Iterator[Finding]:
    for index, link_id in enumerate(link_ids):
        if link_id not in questionnaire.item_by_id:
            cure = nearest(link_id, questionnaire.item_by_id)
            yield Finding("rules", f"{pointer}/alongside/{index}", f'there is no question "{link_id}".', cure)


def _definitions(rule_set: RuleSet, reader: "_Reader") -> Iterator[Finding]:
    """A definition that nothing uses is still read, outside of any group."""
    for index, definition in enumerate(rule_set.definitions):
        if definition.name not in reader.used:
            problem = f'nothing uses the definition "{definition.name}".'
            yield Finding("rules", f"/definitions/{index}", problem, "Use it, or take it out.", "notice")
            yield from reader.problems(definition.condition, f"/definitions/{index}/condition", None, free=True)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a condition stands: in the rows of ``group``; ``free`` where that is not known."""

    group: str | None
    free: bool = False


class _Reader:
    """Reads conditions once per scope, following definitions into the scope that uses them."""

    def __init__(self, questionnaire: Questionnaire, rule_set: RuleSet) -> None:
        self._questionnaire = questionnaire
        self._definitions = rule_set.definition_by_name
        self._index = {definition.name: place for place, definition in enumerate(rule_set.definitions)}
        self._sizes: dict[tuple[str, _Scope], int] = {}
        self.used: set[str] = set()

    def problems(self, node: Condition, pointer: str, group: str | None, *, free: bool = False) -> list[Finding]:
        """Return the findings on ``node`` where it stands in ``group`` (``None``: outside of any)."""
        found: list[Finding] = []
        size = self._read(node, pointer, _Scope(group, free), found)
        if size > MAX_NODES:
            problem = f"with its definitions written out the condition has {size:,} parts; {MAX_NODES:,} are read."
            found.append(Finding("rules", pointer, problem, "Use fewer definitions within definitions."))
        return found

    def _read(self, node: Condition, pointer: str, scope: _Scope, found: list[Finding]) -> int:
        """Collect the findings on ``node`` and return its size with the definitions written out."""
        if len(found) >= MOST_FINDINGS:
            return 0
        if isinstance(node, Defined):
            return 1 + self._definition(node, pointer, scope, found)
        if isinstance(node, Count):
            return 1 + self._count(node, pointer, scope, found)
        parts = list(children(node))
        if isinstance(node, AtLeast) and node.n > len(parts):
            problem = f"at least {node.n} of {len(parts)} can never hold."
            found.append(Finding("rules", f"{pointer}/n", problem, f"Write a number up to {len(parts)}."))
        if not parts:
            faults = self._leaf_faults(node, scope)  # type: ignore[arg-type]
            found += [Finding("rules", f"{pointer}/{field}", problem, cure) for field, problem, cure in faults]
        return 1 + sum(self._read(part, pointer + step, scope, found) for step, part in parts)

    def _definition(self, node: Defined, pointer: str, scope: _Scope, found: list[Finding]) -> int:
        if node.name not in self._definitions:
            cure = nearest(node.name, self._definitions)
            found.append(Finding("rules", f"{pointer}/name", f'there is no definition "{node.name}".', cure))
            return 0
        self.used.add(node.name)
        key = (node.name, scope)
        if key not in self._sizes:
            self._sizes[key] = 0  # what leads back here is reported as a circle, and read once
            place = f"/definitions/{self._index[node.name]}/condition"
            self._sizes[key] = self._read(self._definitions[node.name].condition, place, scope, found)
        return self._sizes[key]

    def _count(self, node: Count, pointer: str, scope: _Scope, found: list[Finding]) -> int:
        groups = self._questionnaire.groups
        if node.group not in groups:
            problem = f'there is no repeating group "{node.group}".'
            found.append(Finding("rules", f"{pointer}/group", problem, nearest(node.group, groups)))
            return 0
        if scope.group is not None:
            problem = f'a count over "{node.group}" stands inside a count over "{scope.group}".'
            found.append(Finding("rules", pointer, problem, "Put the two counts side by side."))
            return 0
        if fault := _different_fault(self._questionnaire, node):
            found.append(Finding("rules", f"{pointer}/different", *fault))
        if node.where is None:
            return 0
        return self._read(node.where, f"{pointer}/where", _Scope(node.group), found)

    def _leaf_faults(self, leaf: Leaf, scope: _Scope) -> Iterator[Fault]:
        named: dict[str, str] = {}
        for field, link_id in questions_read(leaf).items():
            fault = self._question_fault(link_id, field, scope)
            fault = fault or _type_fault(leaf, self._questionnaire.questions[link_id], field)
            if fault is None and link_id in named:
                fault = field, f'"{link_id}" is read twice; the first stands at "{named[link_id]}".', _READ_TWICE
            fault = fault or _unit_fault(leaf, self._questionnaire.questions[link_id], self._questionnaire)
            if fault:
                yield fault
            named.setdefault(link_id, field)

    def _question_fault(self, link_id: str, field: str, scope: _Scope) -> Fault | None:
        question = self._questionnaire.questions.get(link_id)
        if question is None:
            if link_id in self._questionnaire.groups:
                cure = 'Count its rows with {"kind": "count"}.'
                return field, f'"{link_id}" is a repeating group, not a question.', cure
            return field, f'there is no question "{link_id}".', nearest(link_id, self._questionnaire.questions)
        home = self._questionnaire.group_of.get(link_id)
        if home is not None and home != scope.group and not scope.free:
            cure = f'Read it inside the "where" of a count over "{home}".'
            return (
                field,
                f'"{link_id}" is answered row by row in "{home}"; outside its rows it has no one answer.',
                cure,
            )
        return None


def _different_fault(questionnaire: Questionnaire, node: Count) -> tuple[str, str] | None:
    if node.different is None:
        return None
    asked = {question.link_id: question for question in questionnaire.groups[node.group].items}
    question = asked.get(node.different)
    if question is None:
        problem = f'"{node.different}" is not asked in each row of "{node.group}".'
        return problem, nearest(node.different, asked)
    if question.type is not ItemType.CHOICE:
        return _misread(question, "different"), "Read a question of type choice."
    if question.repeats:
        return f'"{question.link_id}" takes several options.', "Read a question that takes one."
    return None


def _type_fault(leaf: Leaf, question: Question, field: str) -> Fault | None:
    if isinstance(leaf, KnownFrom):
        return None
    if isinstance(leaf, Score | MultipleOf) or field == "half_life":
        return _not_a_number(leaf, question, field)
    if isinstance(leaf, Compare | Between):
        return _number_fault(leaf, question)
    if isinstance(leaf, Equals):
        return _equals_fault(leaf, question)
    if isinstance(leaf, OneOf | Contains):
        return _option_fault(leaf, question)
    if question.type is not ItemType.DATE:
        return field, _misread(question, leaf.kind), "Read a question of type date."
    return None


def _unit_fault(leaf: Leaf, question: Question, questionnaire: Questionnaire) -> Fault | None:
    """Half-lives are read in hours, and a reference in the unit of what is compared with it."""
    if isinstance(leaf, WashedOut) and question.link_id == leaf.half_life and question.unit != "hours":
        given = f'in "{question.unit}"' if question.unit else "without a unit"
        return "half_life", f'"{question.link_id}" is given {given}; half-lives are read in hours.', _IN_HOURS
    if isinstance(leaf, MultipleOf) and question.link_id == leaf.of and leaf.question in questionnaire.questions:
        unit = questionnaire.questions[leaf.question].unit
        if question.unit != unit:
            problem = f'"{leaf.of}" is given in "{question.unit}", "{leaf.question}" in "{unit}".'
            return "of", problem, "Ask for both in one unit."
    return None


def _number_fault(leaf: Compare | Between, question: Question) -> Fault | None:
    if fault := _not_a_number(leaf, question, "question"):
        return fault
    if isinstance(leaf, Between) and leaf.low > leaf.high:
        return "low", f"no number lies between {leaf.low} and {leaf.high}.", "Exchange the two limits."
    return None


def _not_a_number(leaf: Leaf, question: Question, field: str) -> Fault | None:
    if question.type in NUMBERS:
        return None
    return field, _misread(question, leaf.kind), "Read a question of type integer or decimal."


def _equals_fault(leaf: Equals, question: Question) -> Fault | None:
    if question.type is ItemType.BOOLEAN:
        wrong = not isinstance(leaf.value, bool)
        return ("value", f'"{question.link_id}" is answered yes or no.', "Write true or false.") if wrong else None
    if question.type in NUMBERS:
        wrong = isinstance(leaf.value, bool | str)
        return ("value", f'"{question.link_id}" is answered with a number.', "Write a number.") if wrong else None
    if question.type is not ItemType.CHOICE:
        return "question", _misread(question, leaf.kind), "Read a question with options, a number, or yes and no."
    if question.repeats:
        return "kind", f'"{question.link_id}" takes several options.', 'Use "contains".'
    return _unknown_option(question, str(leaf.value), "value")


def _option_fault(leaf: OneOf | Contains, question: Question) -> Fault | None:
    if question.type is not ItemType.CHOICE:
        return "question", _misread(question, leaf.kind), "Read a question of type choice."
    if isinstance(leaf, Contains):
        if not question.repeats:
            return "kind", f'"{question.link_id}" takes one option.', 'Use "equals".'
        return _unknown_option(question, leaf.value, "value")
    if question.repeats:
        return "kind", f'"{question.link_id}" takes several options.', 'Use "any" over "contains".'
    faults = (_unknown_option(question, value, f"values/{index}") for index, value in enumerate(leaf.values))
    return next((fault for fault in faults if fault), None)


def _unknown_option(question: Question, code: str, field: str) -> Fault | None:
    if code in question.option_by_code:
        return None
    return field, f'"{code}" is not an option of "{question.link_id}".', nearest(code, question.option_by_code)


def _misread(question: Question, kind: str) -> str:
    return f'"{question.link_id}" is {_TYPE_WORDS[question.type]}; "{kind}" cannot read it.'
