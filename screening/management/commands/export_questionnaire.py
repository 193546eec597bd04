"""Writes a protocol's questionnaire as a FHIR R4 Questionnaire."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.canonical import digest
from screening.engine.documents import as_document
from screening.management.protocol_files import bad_input, protocol_named, questionnaire_version_named
from screening.selectors.translations import questionnaire_as_fhir


class Command(BaseCommand):
    """``export_questionnaire NAME``: FHIR JSON on standard output, or in a file."""

    help = "Write a protocol's questionnaire as FHIR R4 Questionnaire JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the protocol and where to write."""
        parser.add_argument("protocol", help="a shipped protocol, a folder, or version:<uuid> as published")
        parser.add_argument("--output", help="a file to write; standard output where left out")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read the protocol and write its questionnaire."""
        argument = options["protocol"]
        questionnaire = protocol_named(argument).questionnaire
        resource = questionnaire_as_fhir(
            questionnaire, digest=digest(as_document(questionnaire)), number=questionnaire_version_named(argument)
        )
        text = json.dumps(resource, indent=2, ensure_ascii=False)
        if options["output"] is None:
            self.stdout.write(text)
            return
        try:
            Path(options["output"]).write_text(f"{text}\n", encoding="utf-8")
        except OSError as problem:
            raise bad_input(f"{options['output']} cannot be written: {problem.strerror}.") from None
