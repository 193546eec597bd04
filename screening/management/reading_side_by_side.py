"""Protocols side by side, to be read: in a terminal, as a page of the docs, or as JSON."""

from collections.abc import Iterator, Mapping, Sequence

from screening.engine.documents import as_document
from screening.engine.protocol import Protocol
from screening.engine.rules import PersonCheck
from screening.engine.side_by_side import Position, Raised, TopicComparison
from screening.engine.stored import Document
from screening.engine.words import CONCERN_WORDS, CONFIRMER_WORDS, counted, roles_words

NEITHER = "Where protocols differ, nothing here says which is right: a practice's own clinicians weigh that."


def side_by_side_lines(protocols: Mapping[str, Protocol], found: Sequence[TopicComparison]) -> Iterator[str]:
    """Yield the lines of a readable comparison, topic by topic."""
    yield _summary(found)
    yield NEITHER
    for name, protocol in protocols.items():
        yield f"  {name}: {protocol.rule_set.title}"
    for topic in found:
        yield from ("", f"{topic.title} ({topic.topic}) – {_marks(topic, len(protocols))}")
        for position in topic.positions:
            yield from _position_lines(position)
        if topic.silent:
            yield f"  nothing on it: {', '.join(topic.silent)}"


def _summary(found: Sequence[TopicComparison]) -> str:
    differ, alone = sum(topic.concerns_differ for topic in found), sum(topic.only_one for topic in found)
    return f"{counted(len(found), 'topic')}: on {differ} the concerns differ, of {alone} only one protocol speaks."


def _marks(topic: TopicComparison, protocols: int) -> str:
    told = f"{len(topic.positions)} of {protocols}"
    return f"{told}; their concerns differ" if topic.concerns_differ else told


def _position_lines(position: Position) -> Iterator[str]:
    yield f"  {position.protocol}"
    for raised in position.raised:
        yield f"    {CONCERN_WORDS[raised.rule.concern]}: {raised.rule.title}"
        yield from (f"      {words}" for words in _parts(raised))
    yield from (f"    for a person to check: {_check(check)}" for check in position.for_a_person)
    yield from (f"    said, and raised by no rule here: {one.id}: {one.text}" for one in position.said)


def _parts(raised: Raised) -> Iterator[str]:
    """Yield what a rule says beside its concern: for whom, when, unless what, and what stands beside it."""
    sentence = raised.sentence
    if sentence.only_for is not None:
        yield str(sentence.only_for)
    yield f"when {sentence.when}"
    yield from (str(unless) for unless in sentence.unless)
    yield from sentence.beside
    yield f"rests on {', '.join(raised.rule.cites)}"


def _check(check: PersonCheck) -> str:
    return f"{check.title}. {check.text} ({CONFIRMER_WORDS[check.by]} checks it)"


def side_by_side_page(
    protocols: Mapping[str, Protocol], found: Sequence[TopicComparison], arguments: Sequence[str]
) -> str:
    """Return the comparison as a page in Markdown; ``arguments`` are what the command was given."""
    return "\n".join(_page_lines(protocols, found, arguments)) + "\n"


def _page_lines(
    protocols: Mapping[str, Protocol], found: Sequence[TopicComparison], arguments: Sequence[str]
) -> Iterator[str]:
    yield from ("# Protocols side by side", "", f"{_summary(found)} {NEITHER}", "")
    yield from (f"- **{name}**: {protocol.rule_set.title}." for name, protocol in protocols.items())
    made_by = f"python3 start.py manage compare_protocols {' '.join(arguments)} --format markdown"
    yield from ("", f"Made by `{made_by}`; a test fails where")
    yield from ("this page is stale.", "", "## At a glance", "")
    yield from _glance(protocols, found)
    for topic in found:
        yield from ("", f"## {topic.title}", "", f"{_marks(topic, len(protocols))}.")
        if topic.silent:
            yield from ("", f"Nothing on it: {', '.join(topic.silent)}.")
        for position in topic.positions:
            yield from ("", f"### {topic.title}: {position.protocol}", "", *_bullets(position))


def _glance(protocols: Mapping[str, Protocol], found: Sequence[TopicComparison]) -> Iterator[str]:
    """Yield a table of topics and protocols: the concerns that each raises, and what stands beside them."""
    yield f"| topic | {' | '.join(protocols)} |"
    yield f"| --- |{' --- |' * len(protocols)}"
    for topic in found:
        cells = {position.protocol: _glance_cell(position) for position in topic.positions}
        differ = " (differ)" if topic.concerns_differ else ""
        yield f"| {topic.title}{differ} | {' | '.join(cells.get(name, '') for name in protocols)} |"


def _glance_cell(position: Position) -> str:
    concerns = ", ".join(CONCERN_WORDS[concern] for concern in position.concerns)
    rules = [raised.rule for raised in position.raised]
    roles = tuple(dict.fromkeys(role for rule in rules for role in rule.weighed_by))
    words = [concerns] if concerns else []
    words += [f"weighed by {roles_words(roles)}"] if roles else []
    words += ["something first"] if any(rule.needs for rule in rules) else []
    words += ["an exception"] if any(rule.unless for rule in rules) else []
    words += ["for a person"] if position.for_a_person else []
    return "; ".join(words) or "said only"


def _bullets(position: Position) -> Iterator[str]:
    for raised in position.raised:
        yield f"- **{CONCERN_WORDS[raised.rule.concern]}**: {raised.rule.title}"
        yield from (f"  - {words}" for words in _parts(raised))
    yield from (f"- **for a person to check**: {_check(check)}" for check in position.for_a_person)
    yield from (f"- said, and raised by no rule here: {one.id}: {one.text}" for one in position.said)


def side_by_side_document(protocols: Mapping[str, Protocol], found: Sequence[TopicComparison]) -> Document:
    """Return the comparison as plain JSON."""
    return {
        "protocols": {name: protocol.rule_set.title for name, protocol in protocols.items()},
        "topics": [
            {
                "topic": topic.topic,
                "title": topic.title,
                "concerns_differ": topic.concerns_differ,
                "silent": list(topic.silent),
                "positions": {position.protocol: _position_document(position) for position in topic.positions},
            }
            for topic in found
        ],
    }


def _position_document(position: Position) -> Document:
    return {
        "raised": [{"rule": as_document(raised.rule), "in_words": str(raised.sentence)} for raised in position.raised],
        "for_a_person": [as_document(check) for check in position.for_a_person],
        "said": [as_document(statement) for statement in position.said],
    }
