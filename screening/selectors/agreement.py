"""How reviewers and rules agree, in counts over the practice: by topic where cases were read first, by rule where flags
were answered. Never by person, and nothing is said of a few.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext

from core.accounts.models import Actor
from screening.models import Flag, FlagAnswer, Reading, RuleSetVersion
from screening.models.reviews import CANNOT_RULE_OUT, FlagAnswerKind, kind_in_words
from screening.selectors.documents import library_of, rule_set_of
from screening.selectors.policies import policy_of
from screening.selectors.results import SUICIDALITY

FEWEST = 5
"""Of fewer cases or answers nothing is told."""
FEWEST_PEOPLE = 2
"""What one person alone read or answered would be told by person."""


@dataclass(frozen=True, slots=True)
class TopicAgreement:
    """In how many cases a topic was raised by both, by the reader or the rules alone, or by neither.

    ``left_open`` says of those that the reader raised alone, in how many a rule could not rule the topic out.
    """

    title: str
    both: int
    reader_only: int
    rules_only: int
    neither: int
    left_open: int


@dataclass(frozen=True, slots=True)
class ProtocolAgreement:
    """The read-first cases of one protocol, topic by topic; no topics where there are too few to tell."""

    title: str
    cases: int
    topics: tuple[TopicAgreement, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """How often a kind of answer was given, and with which reasons."""

    answered: str
    times: int
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class RuleAnswered:
    """What was said to the flags of one rule. ``said`` is empty where they are too few, or one person's, to tell."""

    title: str
    raised: bool
    answered: int
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class RulesAnswered:
    """The answered rules of one protocol, by their titles."""

    title: str
    rules: tuple[RuleAnswered, ...]

    @property
    def told(self) -> list[RuleAnswered]:
        """The rules of which there is enough to tell."""
        return [rule for rule in self.rules if rule.said]

    @property
    def few(self) -> list[RuleAnswered]:
        """The rules of which there is not."""
        return [rule for rule in self.rules if not rule.said]


@dataclass(slots=True)
class _Read:
    """The readings of one protocol: what each raised, and the topics that its rules spoke of."""

    title: str
    people: set[UUID] = field(default_factory=set)
    cases: list[tuple[UUID, set[str], dict[str, str]]] = field(default_factory=list)


def by_topic(by: Actor) -> list[ProtocolAgreement]:
    """Return, by protocol, how readings and rules agree. Three queries, however many cases.

    What somebody screened themselves is left out: they saw what the answers raised. So is suicidality, which every
    list tells of before a case is read.
    """
    found = list(_readings(by))
    spoken_of = _topics({row["version"] for row in found})
    raised, left_open = _flags(row["evaluation"] for row in found)
    protocols: dict[UUID, _Read] = {}
    for row in found:
        read = protocols.setdefault(row["protocol"], _Read(row["title"]))
        read.people.add(row["read_by"])
        read.cases.append((row["evaluation"], set(row["topics"]), spoken_of[row["version"]]))
    return [_protocol(read, raised, left_open) for read in sorted(protocols.values(), key=lambda read: read.title)]


def by_rule(by: Actor) -> list[RulesAnswered]:
    """Return, by protocol, what was said to the flags of each rule: the answer that stands. Three queries."""
    newer = FlagAnswer.objects.filter(flag=OuterRef("flag"), number__gt=OuterRef("number"))
    of_practice = FlagAnswer.objects.filter(flag__evaluation__response__screening__practice=by.practice)
    standing = of_practice.filter(~Exists(newer)).values(**_OF_A_RULE).order_by()
    counted = standing.values(*_OF_A_RULE, "answer", "reason_code").annotate(times=Count("pk"))
    people = standing.values(*_OF_A_RULE, "answered_by").distinct()
    return _rules([*counted], [*people], _reasons(by))


_OF_A_RULE = {
    "protocol": F("flag__evaluation__response__screening__protocol"),
    "protocol_title": F("flag__evaluation__response__screening__protocol__title"),
    "rule": F("flag__rule_id"),
    "title": F("flag__title"),
    "concern": F("flag__concern"),
}


def _readings(by: Actor) -> Iterable[Any]:
    practice = Reading.objects.filter(draw__screening__practice=by.practice)
    own = Q(read_by=F("draw__screening__therapist")) | Q(read_by=F("evaluation__response__submitted_by"))
    return practice.exclude(own).values(
        "evaluation",
        "topics",
        "read_by",
        version=F("evaluation__rule_set_version"),
        protocol=F("draw__screening__protocol"),
        title=F("draw__screening__protocol__title"),
    )


def _topics(versions: set[UUID]) -> dict[UUID, dict[str, str]]:
    """Return, by version of rules, the topics that they speak of, with their titles."""
    found = {}
    for version in RuleSetVersion.objects.filter(pk__in=versions).only("library", "rules"):
        spoken_of = {rule.topic for rule in rule_set_of(version).rules} - {SUICIDALITY}
        titles = library_of(version).topic_title
        found[version.pk] = {topic: titles.get(topic, topic) for topic in spoken_of}
    return found


def _flags(evaluations: Iterable[UUID]) -> tuple[set[tuple[UUID, str]], set[tuple[UUID, str]]]:
    """Return which topics were raised in which evaluation, and which a rule could not rule out."""
    raised: set[tuple[UUID, str]] = set()
    left_open: set[tuple[UUID, str]] = set()
    flags = Flag.objects.filter(evaluation__in=list(evaluations)).values_list("evaluation", "topic", "concern")
    for evaluation, topic, concern in flags:
        (left_open if concern == CANNOT_RULE_OUT else raised).add((evaluation, topic))
    return raised, left_open


def _protocol(read: _Read, raised: set[tuple[UUID, str]], left_open: set[tuple[UUID, str]]) -> ProtocolAgreement:
    if len(read.cases) < FEWEST or len(read.people) < FEWEST_PEOPLE:
        return ProtocolAgreement(read.title, len(read.cases), ())
    titles = {topic: title for _, _, topics in read.cases for topic, title in topics.items()}
    topics = [
        _topic(topic, title, [case for case in read.cases if topic in case[2]], raised, left_open)
        for topic, title in sorted(titles.items(), key=lambda topic: topic[1].casefold())
    ]
    return ProtocolAgreement(read.title, len(read.cases), tuple(topic for topic in topics if topic is not None))


def _topic(
    topic: str,
    title: str,
    cases: list[tuple[UUID, set[str], dict[str, str]]],
    raised: set[tuple[UUID, str]],
    left_open: set[tuple[UUID, str]],
) -> TopicAgreement | None:
    if len(cases) < FEWEST:
        return None
    found = Counter((topic in by_reader, (evaluation, topic) in raised) for evaluation, by_reader, _ in cases)
    alone = [
        evaluation for evaluation, by_reader, _ in cases if topic in by_reader and (evaluation, topic) not in raised
    ]
    return TopicAgreement(
        title=title,
        both=found[True, True],
        reader_only=found[True, False],
        rules_only=found[False, True],
        neither=found[False, False],
        left_open=sum((evaluation, topic) in left_open for evaluation in alone),
    )


def _reasons(by: Actor) -> dict[str, str]:
    """Return the practice's reasons for disagreeing, as they read today."""
    return {reason["code"]: str(reason["text"]) for reason in policy_of(by.practice).disagreement_reasons}


def _rules(counted: list[Any], people: list[Any], reasons: dict[str, str]) -> list[RulesAnswered]:
    """Put the counts together by rule; a title that was changed later counts with the rule it names."""
    answered: dict[tuple[UUID, str, bool], list[dict[str, Any]]] = {}
    for row in counted:
        answered.setdefault(_key(row), []).append(row)
    who: dict[tuple[UUID, str, bool], set[UUID]] = {}
    for row in people:
        who.setdefault(_key(row), set()).add(row["answered_by"])
    protocols: dict[UUID, tuple[str, list[RuleAnswered]]] = {}
    for key, rows in answered.items():
        protocols.setdefault(key[0], (rows[0]["protocol_title"], []))[1].append(_rule(rows, len(who[key]), reasons))
    return [
        RulesAnswered(title, tuple(sorted(rules, key=lambda rule: (rule.title.casefold(), not rule.raised))))
        for title, rules in sorted(protocols.values(), key=lambda protocol: protocol[0])
    ]


def _key(row: dict[str, Any]) -> tuple[UUID, str, bool]:
    return row["protocol"], row["rule"], row["concern"] == CANNOT_RULE_OUT


def _rule(rows: list[dict[str, Any]], people: int, reasons: dict[str, str]) -> RuleAnswered:
    times, is_open = sum(row["times"] for row in rows), rows[0]["concern"] == CANNOT_RULE_OUT
    told = times >= FEWEST and people >= FEWEST_PEOPLE
    return RuleAnswered(
        title=max(row["title"] for row in rows),
        raised=not is_open,
        answered=times,
        said=tuple(_said(rows, reasons, CANNOT_RULE_OUT if is_open else "")) if told else (),
    )


def _said(rows: list[dict[str, Any]], reasons: dict[str, str], concern: str) -> Iterator[Said]:
    for kind in FlagAnswerKind.values:
        of_kind = [row for row in rows if row["answer"] == kind]
        given: Counter[str] = Counter()
        for row in of_kind:
            given[row["reason_code"]] += row["times"]
        if of_kind:
            told = [
                (reasons.get(code, gettext("an earlier reason of the list (%(code)s)") % {"code": code}), n)
                for code, n in given.items()
                if code
            ]
            yield Said(kind_in_words(kind, concern), sum(given.values()), tuple(sorted(told)))
