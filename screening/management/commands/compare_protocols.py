"""Lays protocols side by side, topic by topic."""

import json
from pathlib import PurePath
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from screening.engine.protocol import Protocol
from screening.engine.side_by_side import side_by_side
from screening.engine.validation import refusals, validate
from screening.management.protocol_files import bad_input, listed, protocol_named
from screening.management.reading_side_by_side import side_by_side_document, side_by_side_lines, side_by_side_page


class Command(BaseCommand):
    """``compare_protocols A B [C …]``: exit 0 with the comparison, 2 with the reason on standard error."""

    help = "Show what several protocols raise on each topic, where they differ, and where only one speaks."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the protocols, two or more, and the format."""
        told = "a folder of four files, the name of a shipped protocol, version:<uuid>"
        parser.add_argument("protocol", help=told)
        parser.add_argument("others", nargs="+", metavar="protocol", help="one or more to lay beside it")
        parser.add_argument("--format", choices=("text", "json", "markdown"), default="text")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read, check, and write the comparison."""
        arguments = [options["protocol"], *options["others"]]
        protocols = {name: _checked(argument) for name, argument in _named(arguments).items()}
        found = side_by_side(protocols)
        if options["format"] == "json":
            self.stdout.write(json.dumps(side_by_side_document(protocols, found), indent=2, ensure_ascii=False))
        elif options["format"] == "markdown":
            self.stdout.write(side_by_side_page(protocols, found, arguments), ending="")
        else:
            self.stdout.write("\n".join(side_by_side_lines(protocols, found)))


def _named(arguments: list[str]) -> dict[str, str]:
    """Return each argument by the name to show it with: the folder's own, or all of it where two would read alike."""
    if twice := next((argument for argument in arguments if arguments.count(argument) > 1), None):
        raise bad_input(f'"{twice}" is named twice. Name each protocol once.')
    short = [PurePath(argument).name or argument for argument in arguments]
    return dict(zip(short if len(set(short)) == len(short) else arguments, arguments, strict=True))


def _checked(argument: str) -> Protocol:
    protocol = protocol_named(argument)
    if faults := refusals(validate(protocol.library, protocol.questionnaire, protocol.rule_set)):
        raise bad_input(f"{argument}:\n{listed(faults)}")
    return protocol
