"""Walking a condition tree: every node with its JSON pointer, and the limits that keep a tree small."""

from collections.abc import Iterator

from screening.engine.conditions import Condition, Count, Defined, Joined, Not
from screening.engine.rules import RuleSet

MAX_DEPTH = 12
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
    """Yield every condition of the rule set with its pointer: definitions, rules, and exceptions to rules."""
    for index, definition in enumerate(rule_set.definitions):
        yield f"/definitions/{index}/condition", definition.condition
    for index, rule in enumerate(rule_set.rules):
        yield f"/rules/{index}/when", rule.when
        for place, unless in enumerate(rule.unless):
            yield f"/rules/{index}/unless/{place}/when", unless.when


def names_used(node: Condition) -> set[str]:
    """Return the names of the definitions that a condition uses directly."""
    return {part.name for _, part in nodes(node, "") if isinstance(part, Defined)}
