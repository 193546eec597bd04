"""Walking a condition tree: every node with its JSON pointer, and the limits that keep a tree small."""

from collections.abc import Iterator

from screening.engine.conditions import Condition, Count, Defined, Joined, KnownFrom, Leaf, Not, questions_read
from screening.engine.rules import Rule, RuleSet

MAX_DEPTH = 12
MAX_WRITTEN_OUT = 100
MAX_NODES = 5_000


def children(node: Condition) -> Iterator[tuple[str, Condition]]:
    """Yield the parts of a node, each with the pointer that leads from the node to it."""
    if isinstance(node, Not):
        yield "/condition", node.condition
    elif isinstance(node, Count):
        if node.where is not None:
            yield "/where", node.where
    elif isinstance(node, Joined):
        for index, part in enumerate(node.of):
            yield f"/of/{index}", part


def nodes(node: Condition, pointer: str) -> Iterator[tuple[str, Condition]]:
    """Yield ``node`` and everything below it with the pointer to each; named definitions are not followed."""
    yield pointer, node
    for step, part in children(node):
        yield from nodes(part, pointer + step)


def depth(node: Condition) -> int:
    """Return how many levels a condition has, named definitions not followed."""
    return 1 + max((depth(part) for _, part in children(node)), default=0)


def conditions(rule_set: RuleSet) -> Iterator[tuple[str, Condition]]:
    """Yield every condition of the rule set with its pointer: of definitions, then of each rule with all its parts."""
    for index, definition in enumerate(rule_set.definitions):
        yield f"/definitions/{index}/condition", definition.condition
    for index, rule in enumerate(rule_set.rules):
        for pointer, condition in rule_conditions(rule):
            yield f"/rules/{index}{pointer}", condition


def rule_conditions(rule: Rule) -> Iterator[tuple[str, Condition]]:
    """Yield every condition of a rule with the pointer that leads to it from the rule."""
    if rule.only_for is not None:
        yield "/only_for/when", rule.only_for.when
    yield "/when", rule.when
    for place, unless in enumerate(rule.unless):
        yield f"/unless/{place}/when", unless.when
    for place, need in enumerate(rule.needs):
        if need.in_hand is not None:
            yield f"/needs/{place}/in_hand", need.in_hand


def names_used(node: Condition) -> set[str]:
    """Return the names of the definitions that a condition uses directly."""
    return {part.name for _, part in nodes(node, "") if isinstance(part, Defined)}


def all_questions_read(rule_set: RuleSet, node: Condition) -> frozenset[str]:
    """Return the ``link_id`` of every question that a condition reads, in named definitions as well."""
    read: set[str] = set()
    for part in _written_out(rule_set, node):
        if isinstance(part, Leaf):
            read |= set(questions_read(part).values())
        elif isinstance(part, Count) and part.different is not None:
            read.add(part.different)
    return frozenset(read)


def sources_read(rule_set: RuleSet, node: Condition) -> frozenset[str]:
    """Return the ``link_id`` of every question of which a condition reads on whose word its answer stands."""
    return frozenset(part.question for part in _written_out(rule_set, node) if isinstance(part, KnownFrom))


def _written_out(rule_set: RuleSet, node: Condition) -> Iterator[Condition]:
    """Yield ``node`` and everything below it, and each definition that it uses once."""
    waiting, seen = [node], set[str]()
    while waiting:
        for _, part in nodes(waiting.pop(), ""):
            yield part
            if isinstance(part, Defined) and part.name not in seen:
                seen.add(part.name)
                waiting.append(rule_set.definition_by_name[part.name].condition)
