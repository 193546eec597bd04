"""What the plain leaves of a rule set say of each answer: the classes that rules can tell answers apart by.

A plain leaf compares one question that is neither gated nor in rows, and is neither a date nor asked for its source.
Two responses of which all plain leaves of a rule say the same come out the same in that rule, with the same trace.
"""

from collections.abc import Callable, Hashable, Iterator
from enum import Enum
from itertools import chain
from operator import itemgetter
from typing import TypeGuard, cast

from screening.engine.answers import Absence, Answers, Value
from screening.engine.comparing import holds, leaf_question
from screening.engine.conditions import (
    Between,
    Compare,
    Condition,
    Contains,
    Count,
    Defined,
    Equals,
    Leaf,
    OneOf,
)
from screening.engine.questionnaire import ItemType, Questionnaire
from screening.engine.rules import RuleSet
from screening.engine.walking import children, conditions, nodes

UNANSWERED, HOLDS, HOLDS_NOT, DECLINED, UNKNOWN = range(5)


class Silent(Enum):
    """Why there is no answer; nothing that anybody could answer is equal to it."""

    DECLINED = DECLINED
    UNKNOWN = UNKNOWN


SILENT = {
    None: None,
    Absence.NOT_ASKED: None,
    Absence.DECLINED: Silent.DECLINED,
    Absence.UNKNOWN: Silent.UNKNOWN,
}
Plain = Equals | OneOf | Contains | Compare | Between
PLAIN = (Equals, OneOf, Contains, Compare, Between)
CLASSED = (ItemType.BOOLEAN, ItemType.CHOICE, ItemType.INTEGER, ItemType.DECIMAL)
REMEMBERED = 1024  # different answers to one question

Says = tuple[int, ...]
"""What each plain leaf on one question says of an answer to it."""


class Classes:
    """What all plain leaves of one rule set say of a response to one questionnaire."""

    def __init__(self, questionnaire: Questionnaire, rule_set: RuleSet) -> None:
        self._questionnaire = questionnaire
        self._definitions = rule_set.definition_by_name
        by_question: dict[str, dict[Plain, None]] = {}
        for _, condition in conditions(rule_set):
            for leaf in self._plain_leaves(condition):
                by_question.setdefault(leaf_question(leaf), {})[leaf] = None
        listed = [leaf for leaves in by_question.values() for leaf in leaves]
        self._place = {leaf: place for place, leaf in enumerate(listed)}
        self._asked = [_Asked(link_id, tuple(leaves)) for link_id, leaves in by_question.items()]
        self._met = [(asked.link_id, asked.met.get) for asked in self._asked]

    def codes(self, answers: Answers) -> list[int]:
        """Return what every plain leaf says of ``answers``, in one order."""
        given = {
            link_id: value if (value := answer.value) is not None else SILENT[answer.absent]
            for link_id, answer in answers.answers.items()
        }.get
        said = [met(given(link_id)) for link_id, met in self._met]
        if None in said:
            said = [asked.says(given(asked.link_id)) for asked in self._asked]
        return list(chain.from_iterable(said))  # type: ignore[arg-type]

    def of(self, condition: Condition) -> Callable[[list[int]], Hashable] | None:
        """Return what picks the codes that decide ``condition``; None where more than plain leaves decides it."""
        read: dict[int, None] = {}
        return itemgetter(*read) if self._collect(condition, read) else None

    def _collect(self, node: Condition, read: dict[int, None]) -> bool:
        """Gather the places of what is read, and return whether nothing else is."""
        if isinstance(node, Leaf):
            place = self._place.get(node) if self._plain(node) else None
            if place is not None:
                read[place] = None
            return place is not None
        if isinstance(node, Count):
            return False
        if isinstance(node, Defined):
            return self._collect(self._definitions[node.name].condition, read)
        return all(self._collect(part, read) for _, part in children(node))

    def _plain_leaves(self, node: Condition) -> Iterator[Plain]:
        return (part for _, part in nodes(node, "") if isinstance(part, Leaf) and self._plain(part))

    def _plain(self, leaf: Leaf) -> TypeGuard[Plain]:
        if not isinstance(leaf, PLAIN):
            return False
        link_id, asked = leaf_question(leaf), self._questionnaire
        return asked.questions[link_id].type in CLASSED and link_id not in asked.gated and link_id not in asked.group_of


class _Asked:
    """What the plain leaves on one question say of its answers: of those met before, and of any other."""

    def __init__(self, link_id: str, leaves: tuple[Plain, ...]) -> None:
        self.link_id = link_id
        self._leaves = leaves
        self.met: dict[Value | Silent | None, Says] = {
            silent: (code,) * len(leaves)
            for silent, code in ((None, UNANSWERED), (Silent.DECLINED, DECLINED), (Silent.UNKNOWN, UNKNOWN))
        }

    def says(self, given: Value | Silent | None) -> Says:
        """Return what each leaf says of an answer, or of why there is none."""
        found = self.met.get(given)
        if found is None:
            found = tuple(HOLDS if holds(leaf, cast(Value, given)) else HOLDS_NOT for leaf in self._leaves)
            if len(self.met) < REMEMBERED:
                self.met[given] = found
        return found
