"""Checks a protocol: its documents, its wording, and every vignette."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from screening.engine.protocol import Protocol, check
from screening.engine.validation import refusals
from screening.management.protocol_files import bad_input, listed, protocol_named


class Command(BaseCommand):
    """``check_protocol FOLDER|NAME``: exit 0 without a finding, 2 with every finding on standard error."""

    help = "Check the protocol in a folder, or one that ships: documents, wording, vignettes."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the one argument."""
        parser.add_argument("protocol", help="a folder of four files, the name of a shipped protocol, version:<uuid>")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read, check and report."""
        protocol = protocol_named(options["protocol"])
        findings = check(protocol, today=timezone.localdate())
        faults = refusals(findings)
        notices = [finding for finding in findings if finding not in faults]
        for notice in notices:
            self.stdout.write(f"to read: {notice}")
        if faults:
            raise bad_input(f"{listed(faults)}\n{_counted(faults, 'finding')} in {options['protocol']}.")
        self.stdout.write(self._summary(protocol, notices))

    def _summary(self, protocol: Protocol, notices: list[Any]) -> str:
        rules, questions = len(protocol.rule_set.rules), len(protocol.questionnaire.questions)
        vignettes, statements = len(protocol.vignettes.vignettes), len(protocol.library.statements)
        return (
            f"{protocol.rule_set.title}: {questions} questions, {rules} rules, {statements} guidance statements.\n"
            f"0 findings, {_counted(notices, 'notice')}; {vignettes} of {vignettes} vignettes are as they tell."
        )


def _counted(found: list[Any], noun: str) -> str:
    return f"{len(found)} {noun}{'' if len(found) == 1 else 's'}"
