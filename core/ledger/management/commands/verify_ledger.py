"""``manage.py verify_ledger``: verify the ledger and every append-only table; say where the first failure is, and why.

Exit codes: 0 intact, 1 tampered with, 2 could not be checked.
"""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand
from django.db import DatabaseError

from core.config.database_words import reason
from core.ledger.findings import Report
from core.ledger.guards import missing_guards
from core.ledger.verification import report_on
from core.tenancy.house import refuse_part_of_the_house
from core.tenancy.roles import too_mighty

INTACT, TAMPERED, UNCHECKED = 0, 1, 2


class Command(BaseCommand):
    """Verify, print and leave with the exit code."""

    help = "Verify the ledger. Exit code 0: intact. 1: tampered with. 2: could not be checked."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the streams to verify, and the form of the answer."""
        parser.add_argument("streams", nargs="*", help="names of streams, such as case:<id>; none means everything")
        parser.add_argument(
            "--witness",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="checkpoints kept elsewhere, which the ledger is held against; may be given several times",
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and leave with 0, 1 or 2."""
        try:
            self._refuse_part_of_the_house()
            report = report_on(options["streams"] or None, options["witness"])
            guards = missing_guards()
        except OSError as problem:
            self.stderr.write(f"The witness file {problem.filename} cannot be read: {problem.strerror}.")
            sys.exit(UNCHECKED)
        except (DatabaseError, ImproperlyConfigured) as problem:
            self.stderr.write(f"The ledger could not be checked: {reason(problem)}")
            sys.exit(UNCHECKED)
        say = self._json if options["format"] == "json" else self._text
        say(report, guards)
        sys.exit(_exit_code(report, guards))

    def _refuse_part_of_the_house(self) -> None:
        """Stop where this role sees only part, which would pass for intact. Warn of one that is too mighty."""
        refuse_part_of_the_house("The ledger could not be checked", returncode=UNCHECKED)
        if settings.PRODUCTION and not settings.CONNECTS_AS_OWNER:
            for said in too_mighty():
                self.stderr.write(f"Warning: {said}")

    def _json(self, report: Report, guards: list[str]) -> None:
        content = {
            "intact": report.intact and not guards,
            "streams": report.streams,
            "entries": report.entries,
            "rows": report.rows,
            "checkpoints": report.checkpoints,
            "witnessed": report.witnessed,
            "erased": report.erased,
            "findings": [asdict(finding) for finding in report.findings],
            "missing_guards": guards,
        }
        self.stdout.write(json.dumps(content, indent=2, sort_keys=True))

    def _text(self, report: Report, guards: list[str]) -> None:
        entries, streams = _counted(report.entries, "entry", "entries"), _counted(report.streams, "stream")
        erased = f" ({report.erased} of them erased, their chains whole)" if report.erased else ""
        looked_at = f"{entries} in {streams}{erased}, {_counted(report.rows, 'sealed row')}"
        for count, what in ((report.checkpoints, "checkpoint"), (report.witnessed, "witnessed checkpoint")):
            looked_at += f", {_counted(count, what)}" if count else ""
        for name in guards:
            self.stdout.write(f"The database trigger {name} is missing or switched off. Run migrate to restore it.")
        if report.intact:
            self.stdout.write(f"The ledger is intact: {looked_at}.")
            return
        self.stdout.write(f"{_first(report)}: {report.findings[0]}")
        for finding in report.findings[1:]:
            self.stdout.write(f"Also: {finding}")
        self.stdout.write(f"{_counted(len(report.findings), 'finding')} in {looked_at}.")


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def _first(report: Report) -> str:
    return "First failure" if report.tampered else "Could not be checked"


def _exit_code(report: Report, guards: list[str]) -> int:
    if report.tampered or guards:
        return TAMPERED
    return INTACT if report.intact else UNCHECKED
