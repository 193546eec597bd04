"""Tells where each statement of a protocol's guidance went: into a rule, to a person, or nowhere."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from screening.engine.coverage import coverage, coverage_problems
from screening.management.protocol_files import bad_input, listed, protocol_named
from screening.management.reading_coverage import coverage_document, coverage_lines, coverage_page


class Command(BaseCommand):
    """``protocol_coverage FOLDER|NAME``: exit 0 with the report, 2 with the reason on standard error.

    What is missing is part of the report; ``check_protocol`` is the one that refuses it.
    """

    help = "Tell which rule holds each statement of the guidance, and which made-up cases try each rule."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the protocol and the format."""
        parser.add_argument("protocol", help="a folder of four files, the name of a shipped protocol, version:<uuid>")
        parser.add_argument("--format", choices=("text", "json", "markdown"), default="text")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read, run the made-up cases, and write the report."""
        protocol = protocol_named(options["protocol"])
        if problems := coverage_problems(protocol):
            raise bad_input(listed(problems))
        found = coverage(protocol)
        if options["format"] == "json":
            self.stdout.write(json.dumps(coverage_document(found), indent=2, ensure_ascii=False))
        elif options["format"] == "markdown":
            self.stdout.write(coverage_page(protocol, found, options["protocol"]), ending="")
        else:
            self.stdout.write("\n".join(coverage_lines(protocol, found)))
