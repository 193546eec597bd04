"""Several protocols side by side, topic by topic: what each raises there, and where only one speaks at all.

Topics are the same where their ids are. That two concerns differ is told; which protocol is right is not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from screening.engine.comparison import in_reading_order
from screening.engine.evaluation import FIRST_TOPIC
from screening.engine.library import Statement
from screening.engine.protocol import Protocol
from screening.engine.rules import Concern, PersonCheck, Rule
from screening.engine.sentences import RuleSentence, rule_sentence


@dataclass(frozen=True, slots=True)
class Raised:
    """One rule of a protocol on a topic, and how it reads."""

    rule: Rule
    sentence: RuleSentence


@dataclass(frozen=True, slots=True)
class Position:
    """What one protocol says on one topic.

    ``raised`` are its rules, in the order in which flags are read; ``for_a_person`` are the checks that rest on a
    statement of the topic; ``said`` are the topic's statements that no rule and no check of it rests on.
    """

    protocol: str
    raised: tuple[Raised, ...]
    for_a_person: tuple[PersonCheck, ...]
    said: tuple[Statement, ...]

    @property
    def concerns(self) -> tuple[Concern, ...]:
        """The kinds of concern that the protocol raises on the topic, each once, in reading order."""
        raised = {found.rule.concern for found in self.raised}
        return tuple(concern for concern in Concern if concern in raised)


@dataclass(frozen=True, slots=True)
class TopicComparison:
    """One topic: what each protocol that speaks of it says, and the names of those that are silent on it."""

    topic: str
    title: str
    positions: tuple[Position, ...]
    silent: tuple[str, ...]

    @property
    def only_one(self) -> bool:
        """Whether a single protocol speaks of the topic."""
        return len(self.positions) == 1

    @property
    def concerns_differ(self) -> bool:
        """Whether two protocols raise something on the topic, and not the same kinds of concern."""
        return len({position.concerns for position in self.positions if position.raised}) > 1


def side_by_side(protocols: Mapping[str, Protocol]) -> tuple[TopicComparison, ...]:
    """Return every topic of which a protocol says anything; ``protocols`` are named as they are to be shown.

    Suicidality stands first; then the topics of which most protocols speak, in the order of the first that has them.
    Every rule has to name a topic, and every condition what exists (``validate`` without an error).
    """
    titles: dict[str, str] = {}
    for protocol in protocols.values():
        titles.update({key: title for key, title in protocol.library.topic_title.items() if key not in titles})
    found = [_topic(topic, title, protocols) for topic, title in titles.items()]
    return tuple(sorted((topic for topic in found if topic.positions), key=_place))


def _place(found: TopicComparison) -> tuple[bool, int]:
    return found.topic != FIRST_TOPIC, -len(found.positions)


def _topic(topic: str, title: str, protocols: Mapping[str, Protocol]) -> TopicComparison:
    positions = {name: _position(name, protocol, topic) for name, protocol in protocols.items()}
    speaking = {name for name, found in positions.items() if found.raised or found.for_a_person or found.said}
    return TopicComparison(
        topic=topic,
        title=title,
        positions=tuple(positions[name] for name in protocols if name in speaking),
        silent=tuple(name for name in protocols if name not in speaking),
    )


def _position(name: str, protocol: Protocol, topic: str) -> Position:
    rule_set = protocol.rule_set
    statements = {one.id: one for one in protocol.library.statements if one.topic == topic}
    rules = in_reading_order(tuple(rule for rule in rule_set.rules if rule.topic == topic))
    checks = tuple(check for check in rule_set.for_a_person if not statements.keys().isdisjoint(check.cites))
    held = {key for rule in rules for key in _cited(rule)}.union(*(check.cites for check in checks))
    return Position(
        protocol=name,
        raised=tuple(Raised(rule, rule_sentence(rule, rule_set, protocol.questionnaire)) for rule in rules),
        for_a_person=checks,
        said=tuple(one for key, one in statements.items() if key not in held),
    )


def _cited(rule: Rule) -> Iterator[str]:
    yield from rule.cites
    for unless in rule.unless:
        yield from unless.cites
