"""Checks a protocol: its documents, its wording, every vignette, and the translations of its questionnaire."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from core.canonical import digest
from screening.engine.documents import Finding, InvalidDocument, as_document
from screening.engine.protocol import Protocol, check
from screening.engine.translations import Translation, translation_findings
from screening.engine.validation import refusals
from screening.engine.wording_translated import translated_wording_findings
from screening.engine.words import counted
from screening.management.protocol_files import bad_input, listed, read_protocol, translations_beside


class Command(BaseCommand):
    """``check_protocol FOLDER|NAME``: exit 0 without a finding, 2 with every finding on standard error.

    ``--format json`` writes the findings, notices among them, to standard output instead.
    """

    help = "Check the protocol in a folder, or one that ships: documents, wording, vignettes."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the one argument."""
        parser.add_argument("protocol", help="a folder of four files, the name of a shipped protocol, version:<uuid>")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read, check and report."""
        protocol, findings, translations = _checked(options["protocol"])
        faults = refusals(findings)
        notices = [finding for finding in findings if finding not in faults]
        as_json = options["format"] == "json"
        if as_json:
            told = {"protocol": options["protocol"], "findings": [finding.as_document() for finding in findings]}
            self.stdout.write(json.dumps(told, indent=2, ensure_ascii=False))
        else:
            for notice in notices:
                self.stdout.write(f"to read: {notice}")
        if protocol is None or faults:
            found = f"{counted(len(faults), 'finding')} in {options['protocol']}."
            raise bad_input(found if as_json else f"{listed(faults)}\n{found}")
        if not as_json:
            self.stdout.write(self._summary(protocol, notices))
            for into in translations:
                self.stdout.write(f'Translation "{into.language}", {into.status}: whole.')

    def _summary(self, protocol: Protocol, notices: list[Any]) -> str:
        rules, questions = len(protocol.rule_set.rules), len(protocol.questionnaire.questions)
        vignettes, statements = len(protocol.vignettes.vignettes), len(protocol.library.statements)
        return (
            f"{protocol.rule_set.title}: {counted(questions, 'question')}, {counted(rules, 'rule')}, "
            f"{counted(statements, 'guidance statement')}.\n"
            f"0 findings, {counted(len(notices), 'notice')}; {vignettes} of {vignettes} vignettes are as they tell."
        )


def _checked(argument: str) -> tuple[Protocol | None, list[Finding], tuple[Translation, ...]]:
    """Return the protocol, where its documents can be loaded, everything found, and the translations beside it."""
    try:
        protocol, translations = read_protocol(argument), translations_beside(argument)
    except InvalidDocument as problem:
        return None, problem.findings, ()
    asked = protocol.questionnaire
    found = check(protocol, today=timezone.localdate())
    for into in translations:
        found += translation_findings(asked, into, digest(as_document(asked)))
        found += translated_wording_findings(into)
    return protocol, found, translations
