"""Questions and options that no rule ever reads: what is asked, and changes nothing."""

from collections.abc import Iterator

from screening.engine.conditions import Condition, Contains, Count, Equals, Leaf, OneOf, questions_read
from screening.engine.documents import Finding
from screening.engine.naming import items_with_pointers
from screening.engine.questionnaire import Question, Questionnaire
from screening.engine.rules import RuleSet
from screening.engine.walking import children, conditions, nodes


def unread_findings(questionnaire: Questionnaire, rule_set: RuleSet) -> Iterator[Finding]:
    """Yield a notice for each question and each list of options that no rule reads or shows."""
    read = _options_read(rule_set)
    gates = {gate.question for _, item in items_with_pointers(questionnaire) for gate in item.enable_when}
    shown = {link_id for rule in rule_set.rules for link_id in rule.alongside}
    every = (node for pointer, condition in conditions(rule_set) for _, node in nodes(condition, pointer))
    shown |= {node.different for node in every if isinstance(node, Count) and node.different is not None}
    shown |= {question for question, group in questionnaire.group_of.items() if group in shown}
    for pointer, item in items_with_pointers(questionnaire):
        if not isinstance(item, Question) or item.link_id in shown:
            continue
        if item.link_id not in read and item.link_id not in gates:
            cure = "Read it in a rule, show it alongside one, or stop asking it."
            yield Finding("questionnaire", pointer, f'no rule reads or shows "{item.link_id}".', cure, "notice")
        elif read.get(item.link_id):
            yield from _unread_options(pointer, item, read[item.link_id])


def _unread_options(pointer: str, question: Question, read: set[str]) -> Iterator[Finding]:
    """One option may stay unread: it is what is left when all others are."""
    unread = [option.code for option in question.answer_options if option.code not in read]
    if len(unread) > 1:
        listed = ", ".join(f'"{code}"' for code in unread)
        problem = f'no rule reads these options of "{question.link_id}": {listed}.'
        yield Finding("questionnaire", f"{pointer}/answer_options", problem, "Look whether a rule should.", "notice")


def _options_read(rule_set: RuleSet) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for _, condition in conditions(rule_set):
        for leaf in _leaves(condition):
            for link_id in questions_read(leaf).values():
                found.setdefault(link_id, set()).update(_codes(leaf))
    return found


def _codes(leaf: Leaf) -> tuple[str, ...]:
    if isinstance(leaf, OneOf):
        return leaf.values
    return (str(leaf.value),) if isinstance(leaf, Equals | Contains) else ()


def _leaves(node: Condition) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
    for _, part in children(node):
        yield from _leaves(part)
