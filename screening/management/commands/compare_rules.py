"""Compares the rules of two protocols: which rules raise more or less than before, each with its smallest case."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from screening.engine.difference_words import (
    DAY_WORDS,
    NOT_LOOKED_AT,
    RAISES_WORDS,
    example_sentence,
    questionnaire_differences,
    raises_words,
)
from screening.engine.differences import Example, Raises, RuleDifference, rule_differences
from screening.engine.documents import as_document
from screening.engine.protocol import Protocol
from screening.engine.unfolding import Side
from screening.engine.validation import refusals, validate
from screening.management.protocol_files import bad_input, listed, protocol_named


class Command(BaseCommand):
    """``compare_rules BEFORE NOW``: exit 0 with what is raised differently, 2 with the reason on standard error."""

    help = "Show which rules raise more or less in one protocol than in another, each with a smallest case."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the two protocols and the format."""
        named = "a shipped protocol, a folder, or version:<uuid> as published"
        parser.add_argument("before", help=named)
        parser.add_argument("now", help=named)
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read both protocols, compare their rules, and write what is raised differently."""
        before, now = _sound(options["before"]), _sound(options["now"])
        compared = _Compared(before, now)
        if options["format"] == "json":
            self.stdout.write(json.dumps(compared.as_document(), indent=2, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(compared.lines()))


def _sound(argument: str) -> Protocol:
    protocol = protocol_named(argument)
    if faults := refusals(validate(protocol.library, protocol.questionnaire, protocol.rule_set)):
        raise bad_input(f"{argument} cannot be compared.\n{listed(faults)}")
    return protocol


class _Compared:
    """Two protocols, and what their rules raise differently."""

    def __init__(self, before: Protocol, now: Protocol) -> None:
        self._asked = before.questionnaire, now.questionnaire
        self._titles = before.rule_set.title, now.rule_set.title
        sides = Side(before.rule_set, before.questionnaire), Side(now.rule_set, now.questionnaire)
        self._differences = rule_differences(*sides)

    def lines(self) -> Iterator[str]:
        """Yield the lines of a readable result: the counts, then every rule that is not as it was."""
        before, now = self._titles
        yield f"Before: {before}"
        yield f"Now: {now}"
        counts = Counter(difference.raises for difference in self._differences)
        told = [f"{words} {counts[raises]}" for raises, words in RAISES_WORDS.items() if counts[raises]]
        yield f"Rules: {'; '.join(told)}."
        yield from questionnaire_differences(*self._asked)
        for difference in self._differences:
            if difference.raises is not Raises.ALIKE or difference.also_changed:
                yield ""
                yield from self._rule(difference)
        if any(difference.examples for difference in self._differences):
            yield from ("", f"The cases are made up; nothing more can be left out of them. {DAY_WORDS}")

    def _rule(self, difference: RuleDifference) -> Iterator[str]:
        yield f"{difference.rule.title} ({difference.rule.id}): {raises_words(difference)}"
        yield from (f"  {self._sentence(example)}" for example in difference.examples)
        if not difference.decided:
            yield f"  {NOT_LOOKED_AT}"

    def _sentence(self, example: Example) -> str:
        return example_sentence(example, *self._asked)

    def as_document(self) -> dict[str, Any]:
        """Return the same as plain JSON, with the answers of each case."""
        return {
            "before": self._titles[0],
            "now": self._titles[1],
            "questionnaire": questionnaire_differences(*self._asked),
            "rules": [self._rule_document(difference) for difference in self._differences],
        }

    def _rule_document(self, difference: RuleDifference) -> dict[str, Any]:
        return {
            "id": difference.rule.id,
            "title": difference.rule.title,
            "raises": difference.raises.value,
            "decided": difference.decided,
            "also_changed": list(difference.also_changed),
            "examples": [self._example_document(example) for example in difference.examples],
        }

    def _example_document(self, example: Example) -> dict[str, Any]:
        return {
            "before": example.before.value if example.before else None,
            "now": example.now.value if example.now else None,
            "answers": as_document(example.answers),
            "words": self._sentence(example),
        }
