"""A rule as it reads, in plain English: questions as they are asked, options by their words.

Each node becomes a ``Sentence``: phrases that a page can mark, and parts that it can nest. ``str()`` gives the flat
words. How a rule came out on a case is told in ``explaining``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any as Anything
from typing import Literal

from screening.engine.answers import Source
from screening.engine.conditions import (
    After,
    All,
    Any,
    AtLeast,
    Between,
    Compare,
    Condition,
    Contains,
    Count,
    Defined,
    Equals,
    KnownFrom,
    Lasted,
    Leaf,
    MultipleOf,
    Not,
    OneOf,
    Relating,
    Score,
    Truth,
    WashedOut,
    Within,
    questions_read,
    relates,
)
from screening.engine.questionnaire import Question, Questionnaire
from screening.engine.rules import Need, Rule, RuleSet, SubGroup, Unless
from screening.engine.words import (
    CONCERN_WORDS,
    CONFIRMER_WORDS,
    counted,
    listed,
    need_words,
    plural,
    recheck_words,
    roles_words,
    undertaking_words,
    value_words,
)

_QUOTED = re.compile("“[^”]*”")
PhraseKind = Literal["text", "question", "value", "name"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of words: plain ``text``, a ``question`` as asked, a ``value`` looked for, a definition's ``name``."""

    text: str
    kind: PhraseKind = "text"

    def __str__(self) -> str:
        return f"“{self.text}”" if self.kind in ("question", "name") else self.text


@dataclass(frozen=True, slots=True)
class Sentence:
    """One node of a condition in words. ``parts`` are its parts; ``joiner`` is what stands between them.

    On a case, ``truth`` says how it came out, ``why`` what the truth alone does not tell, ``answer`` what was
    answered. ``wraps`` says that the phrases alone say it all and the parts spell it out (a named definition).
    """

    phrases: tuple[Phrase, ...]
    parts: tuple["Sentence", ...] = ()
    joiner: str = ""
    wraps: bool = False
    truth: Truth | None = None
    why: str = ""
    answer: str = ""

    def __str__(self) -> str:
        words = " ".join(str(phrase) for phrase in self.phrases)
        if self.wraps or not self.parts:
            return words
        apart = "," if self.joiner == " or" and any(_says_or(part) for part in self.parts) else ""
        joined = f"{apart}{self.joiner} ".join(_bracketed(part) for part in self.parts)
        return f"{words} {joined}".strip() if self.joiner in ("", ";") else joined


def _bracketed(part: Sentence) -> str:
    return f"({part})" if len(part.parts) > 1 and not part.wraps else str(part)


def _says_or(part: Sentence) -> bool:
    """Whether a part that stands without brackets has an "or" of its own, beside that of the join it stands in."""
    if len(part.parts) > 1:
        return False
    within = () if part.wraps else part.parts
    own = (phrase.text for phrase in part.phrases if phrase.kind in ("text", "value"))
    return any(" or " in f" {_QUOTED.sub('', words)} " for words in own) or any(_says_or(inner) for inner in within)


@dataclass(frozen=True, slots=True)
class UnlessSentence:
    """An exception as it reads: its title, its condition, who confirms it, and the exception that it lifts."""

    exception_id: str
    title: str
    when: Sentence
    confirmed_by: str
    lifts: str = ""

    def __str__(self) -> str:
        opening = f"and “{self.lifts}” is lifted when" if self.lifts else "unless"
        return f"{opening} {self.when} ({self.confirmed_by} confirms)"


@dataclass(frozen=True, slots=True)
class SubGroupSentence:
    """Whom a rule is for as it reads: its title, and the condition that says who that is."""

    title: str
    when: Sentence

    def __str__(self) -> str:
        return f"only for “{self.title}” ({self.when})"


@dataclass(frozen=True, slots=True)
class NeedSentence:
    """What is to be had first as it reads: from whom, for how long, and when it is in hand if an answer tells."""

    words: str
    in_hand: Sentence | None

    def __str__(self) -> str:
        return f"To have first: {self.words}" + (f"; in hand when {self.in_hand}" if self.in_hand else "")


@dataclass(frozen=True, slots=True)
class RuleSentence:
    """A whole rule as it reads: raise this concern, for whom, when, unless."""

    concern: str
    when: Sentence
    unless: tuple[UnlessSentence, ...]
    only_for: SubGroupSentence | None = None
    weighed_by: str = ""
    needs: tuple[NeedSentence, ...] = ()
    recheck: str = ""
    undertakings: tuple[str, ...] = ()

    def __str__(self) -> str:
        whom = f", {self.only_for}," if self.only_for else ""
        opening = f"Raise “{self.concern}”{whom} when {self.when}"
        said = ", ".join([opening, *(str(unless) for unless in self.unless)])
        return " ".join(f"{words}." for words in (said, *self.beside))

    @property
    def beside(self) -> tuple[str, ...]:
        """What stands beside the condition, each as a sentence without its full stop."""
        found = [f"To be weighed by {self.weighed_by}"] if self.weighed_by else []
        found += [str(need) for need in self.needs]
        found += [f"The answers behind it are asked again {self.recheck}"] if self.recheck else []
        found += [f"To be agreed {undertaking}" for undertaking in self.undertakings]
        return tuple(found)


def rule_sentence(rule: Rule, rule_set: RuleSet, questionnaire: Questionnaire) -> RuleSentence:
    """Return ``rule`` as it reads over ``questionnaire``."""
    writer = Writer(rule_set, questionnaire)
    titles = {unless.id: unless.title for unless in rule.unless}
    return RuleSentence(
        concern=CONCERN_WORDS[rule.concern],
        when=writer.sentence(rule.when),
        unless=tuple(_unless(writer, unless, titles) for unless in rule.unless),
        only_for=_sub_group(writer, rule.only_for) if rule.only_for else None,
        weighed_by=roles_words(rule.weighed_by),
        needs=tuple(_need(writer, need) for need in rule.needs),
        recheck=recheck_words(rule.recheck),
        undertakings=tuple(undertaking_words(undertaking) for undertaking in rule.undertakings),
    )


def condition_sentence(node: Condition, rule_set: RuleSet, questionnaire: Questionnaire) -> Sentence:
    """Return one condition as it reads."""
    return Writer(rule_set, questionnaire).sentence(node)


def _sub_group(writer: "Writer", group: SubGroup) -> SubGroupSentence:
    return SubGroupSentence(group.title, writer.sentence(group.when))


def _need(writer: "Writer", need: Need) -> NeedSentence:
    return NeedSentence(need_words(need), writer.sentence(need.in_hand) if need.in_hand else None)


def _unless(writer: "Writer", unless: Unless, titles: dict[str, str]) -> UnlessSentence:
    return UnlessSentence(
        exception_id=unless.id,
        title=unless.title,
        when=writer.sentence(unless.when),
        confirmed_by=CONFIRMER_WORDS[unless.confirmed_by],
        lifts=titles[unless.to] if unless.to else "",
    )


class Writer:
    """Puts conditions into words, with the questions and definitions that they name."""

    def __init__(self, rule_set: RuleSet, questionnaire: Questionnaire) -> None:
        self._definitions = rule_set.definition_by_name
        self._questionnaire = questionnaire

    def sentence(self, node: Condition, *, negated: bool = False) -> Sentence:
        """Return ``node`` in words; ``negated`` where a *not* stands before it."""
        if isinstance(node, Leaf):
            return Sentence(self.leaf(node, negated=negated))
        if isinstance(node, Not):
            return self._not(node, negated=negated)
        if isinstance(node, Defined):
            definition = self._definitions[node.name]
            phrases = (*_prefix("it is not so that", negated), Phrase(definition.title, "name"))
            return Sentence(phrases, (self.sentence(definition.condition),), wraps=True)
        if isinstance(node, Count):
            parts = (self.sentence(node.where),) if node.where is not None else ()
            return Sentence((*_prefix("it is not so that there are", negated), *self.count(node)), parts)
        opening, joiner = joined_words(node, negated=negated)
        return Sentence((Phrase(opening),), tuple(self.sentence(part) for part in node.of), joiner)

    def _not(self, node: Not, *, negated: bool) -> Sentence:
        if isinstance(node.condition, Not) and not negated:
            return self.sentence(node.condition.condition)
        return self.sentence(node.condition, negated=not negated)

    def leaf(self, leaf: Leaf, *, negated: bool = False) -> tuple[Phrase, ...]:
        """Return the phrases of a leaf: the question as asked, and what is looked for in its answer."""
        if relates(leaf):
            return self.related(leaf, negated=negated)
        question = self._questionnaire.questions[next(iter(questions_read(leaf).values()))]
        verb, value = _LEAVES[type(leaf)](leaf, question)
        return Phrase(question.text, "question"), Phrase(_negative(verb) if negated else verb), Phrase(value, "value")

    def asked(self, link_id: str) -> Phrase:
        """Return a question as it is asked."""
        return Phrase(self._questionnaire.questions[link_id].text, "question")

    def related(self, leaf: Relating, *, negated: bool) -> tuple[Phrase, ...]:
        """Return the phrases of a leaf that reads several answers together."""
        if isinstance(leaf, Score):
            return self._score(leaf, negated=negated)
        question, other = [self.asked(link_id) for link_id in questions_read(leaf).values()]
        said, value = _RELATING[type(leaf)](leaf)
        verb = Phrase(_negative(said) if negated else said)
        if isinstance(leaf, Lasted):
            return question, Phrase("until"), other, verb, Phrase(value, "value")
        return question, verb, *([Phrase(value, "value")] if value else []), other

    def _score(self, leaf: Score, *, negated: bool) -> tuple[Phrase, ...]:
        first, *others = [self.asked(link_id) for link_id in leaf.items]
        summed = [first, *(phrase for other in others for phrase in (Phrase("plus"), other))]
        total = [] if leaf.total is None else [Phrase("or in place of these"), self.asked(leaf.total)]
        verb = Phrase(_negative("is") if negated else "is")
        return (*summed, *total, verb, Phrase(f"{_OPERATOR_WORDS[leaf.operator]} {leaf.value}", "value"))

    def count(self, node: Count) -> tuple[Phrase, ...]:
        """Return the phrases of a count: how many rows, of what, and whether there is something they must meet."""
        noun = self._questionnaire.groups[node.group].row_name
        found: tuple[Phrase, ...] = (Phrase(_number_of_rows(node, noun), "value"),)
        if node.different is not None:
            found = (*found, Phrase("that differ in"), self.asked(node.different))
        return found if node.where is None else (*found, Phrase("where"))


def joined_words(node: All | Any | AtLeast, *, negated: bool = False) -> tuple[str, str]:
    """Return how a join opens, and what stands between its parts. A negated join keeps its parts as they are."""
    if isinstance(node, All):
        return ("not all of these hold:", ";") if negated else ("all of these hold", " and")
    if isinstance(node, Any):
        return ("none of these holds:", ";") if negated else ("one or more of these hold", " or")
    return f"{'fewer than' if negated else 'at least'} {node.n} of these hold:", ";"


def _prefix(words: str, wanted: bool) -> tuple[Phrase, ...]:
    return (Phrase(words),) if wanted else ()


def _number_of_rows(node: Count, noun: str) -> str:
    if node.value == 0 and node.operator in ("=", "<="):
        return f"no {noun}"
    opening = {">=": "at least", "<=": "at most", "=": "exactly"}[node.operator]
    return f"{opening} {counted(node.value, noun)}" if node.value else f"any number of {plural(noun)}"


def _negative(verb: str) -> str:
    return {
        "is answered": "is not answered",
        "is": "is not",
        "is one of": "is none of",
        "includes": "does not include",
        "lies": "does not lie",
        "is not before": "is before",
        "lies back at least": "does not lie back at least",
        "is a time of": "is not a time of",
        "names a time that has lasted": "names a time that has not lasted",
        "is known from": "is not known from",
    }[verb]


def _quoted(question: Question, code: str) -> str:
    return f"“{question.option_text(code)}”"


def _equals(leaf: Equals, question: Question) -> tuple[str, str]:
    if isinstance(leaf.value, bool):
        return "is answered", "yes" if leaf.value else "no"
    if isinstance(leaf.value, str):
        return "is", _quoted(question, leaf.value)
    return "is", value_words(question, leaf.value)


_OPERATOR_WORDS = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least"}
_SOURCE_NOUNS = {
    Source.CLIENT: "the client",
    Source.CLINICIAN: "an assessment at screening",
    Source.RECORD: "a record",
    Source.TEST: "a test",
    Source.OTHER: "someone else",
}


def _one_of(leaf: OneOf, question: Question) -> tuple[str, str]:
    return "is one of", listed([_quoted(question, code) for code in leaf.values], "or")


def _compare(leaf: Compare, question: Question) -> tuple[str, str]:
    return "is", f"{_OPERATOR_WORDS[leaf.operator]} {value_words(question, leaf.value)}"


def _between(leaf: Between, question: Question) -> tuple[str, str]:
    return "is", f"from {leaf.low} to {value_words(question, leaf.high)}"


def _known_from(leaf: KnownFrom, _question: Question) -> tuple[str, str]:
    return "is known from", listed([_SOURCE_NOUNS[source] for source in leaf.sources], "or")


_RELATING: dict[type, Callable[[Anything], tuple[str, str]]] = {
    Lasted: lambda leaf: ("is a time of", f"at least {leaf.at_least}"),
    After: lambda _: ("is not before", ""),
    WashedOut: lambda leaf: ("lies back at least", f"{leaf.times} times"),
    MultipleOf: lambda leaf: ("is", f"{_OPERATOR_WORDS[leaf.operator]} {leaf.times} times"),
}
_LEAVES: dict[type, Callable[[Anything, Question], tuple[str, str]]] = {
    Equals: _equals,
    OneOf: _one_of,
    Contains: lambda leaf, question: ("includes", _quoted(question, leaf.value)),
    Compare: _compare,
    Between: _between,
    Within: lambda leaf, _: ("lies", f"in the last {leaf.last}"),
    Lasted: lambda leaf, _: ("names a time that has lasted", f"at least {leaf.at_least}"),
    KnownFrom: _known_from,
}
