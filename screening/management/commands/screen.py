"""Evaluates a FHIR QuestionnaireResponse against a protocol, without touching any case."""

import datetime
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from core.errors import Refused
from screening.engine.dates import EARLIEST_YEAR
from screening.engine.documents import InvalidDocument
from screening.engine.evaluation import evaluate
from screening.engine.json_text import read_json_from
from screening.engine.responses import answers_from_fhir, authored_on
from screening.engine.validation import refusals, validate
from screening.management.protocol_files import bad_input, listed, protocol_named, questionnaire_version_named
from screening.management.reading_out import guidance_lines
from screening.management.reading_parts import beside_guidance


class Command(BaseCommand):
    """``screen PROTOCOL RESPONSE.json``: exit 0 with the guidance, 2 with the reason on standard error."""

    help = "Show what a protocol's guidance raises on a FHIR R4 QuestionnaireResponse. Nothing is stored."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the protocol, the response, the format and the day."""
        parser.add_argument("protocol", help="a shipped protocol, a folder, or version:<uuid> as published")
        parser.add_argument("response", help="a QuestionnaireResponse as JSON; - reads standard input")
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument(
            "--on", metavar="YYYY-MM-DD", help="the day of the answers; left out: the response's own, else today"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read both documents, evaluate, and write the guidance."""
        asked = _day(options["on"])
        protocol = protocol_named(options["protocol"])
        if faults := refusals(validate(protocol.library, protocol.questionnaire, protocol.rule_set)):
            raise bad_input(listed(faults))
        try:
            response = _read(options["response"])
            authored = authored_on(response, timezone.localtime())
            on = asked or authored or timezone.localdate()
            answers = answers_from_fhir(response, protocol.questionnaire, on, _versions(options["protocol"]))
            guidance = evaluate(protocol.rule_set, protocol.questionnaire, answers, on=on)
        except Refused as refusal:
            raise bad_input(refusal.message) from None
        except InvalidDocument as problem:
            raise bad_input(listed(problem.findings)) from None
        if options["format"] == "json":
            found = guidance.as_document() | beside_guidance(protocol, answers, guidance)
            self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
        else:
            day_known = asked is not None or authored is not None
            self.stdout.write("\n".join(guidance_lines(protocol, answers, guidance, day_known=day_known)))


def _versions(argument: str) -> list[str]:
    version = questionnaire_version_named(argument)
    return [version] if version else []


def _day(text: str | None) -> datetime.date | None:
    if text is None:
        return None
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise bad_input(f'--on "{text}" is not a day. Write it as 2026-11-21.')
    if day.year < EARLIEST_YEAR:
        raise bad_input(f'--on "{text}" lies before {EARLIEST_YEAR}. Check the year.')
    if day > timezone.localdate():
        raise bad_input(f'--on "{text}" lies in the future. Give the day on which the answers were given.')
    return day


def _read(name: str) -> Any:
    try:
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as file:
            return read_json_from(file, "response")
    except OSError as problem:
        raise bad_input(f"{name} cannot be read: {problem.strerror}. Check the path.") from None
