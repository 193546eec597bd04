"""``manage.py restore FILE``: put a backup in the place of the database, and verify what stands there now.

Exit codes: 0 restored and intact, 1 restored, and something in it was altered or is missing, 2 restored, and something
could not be checked, 3 refused with nothing changed.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from core.config.database_words import reason
from core.errors import Refused
from core.operations.restores import Restored, findings_of, restore
from core.tenancy.house import refuse_part_of_the_house

ALTERED, UNCHECKED, REFUSED = 1, 2, 3
SHOWN = 20


class Command(BaseCommand):
    """Restore a backup and say what was found in it."""

    help = "Restore a backup, put the guards back and verify the ledger. 0 intact, 1 altered, 2 unchecked, 3 refused."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and what may be done beyond filling an empty database."""
        parser.add_argument("file", type=Path, help="the backup")
        parser.add_argument("--replace", action="store_true", help="put it in the place of what the database holds")
        parser.add_argument("--migrate", action="store_true", help="bring an older backup up to date as well")

        parser.add_argument(
            "--witness",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="checkpoints kept elsewhere, which the ledger is held against; WITNESS_FOLDER's are always",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore and leave with the exit code."""
        given = {name: options[name] for name in ("replace", "migrate")}
        given["witnesses"] = options["witness"]
        _refuse_part_of_the_house()
        try:
            restored = restore(path=options["file"].absolute(), at=timezone.now(), **given)
        except Refused as refusal:
            raise CommandError(refusal.message, returncode=REFUSED) from None
        self._say(restored)
        if code := _exit_code(restored):
            sys.exit(code)

    def _say(self, restored: Restored) -> None:
        rows = _counted(sum(restored.manifest.counts.values()), "row")
        self.stdout.write(f"Restored: {rows} as of {restored.manifest.at}. Everybody has to sign in again.")
        if restored.kept_as:
            self.stdout.write(f"What stood there before is kept as {restored.kept_as}.")
        for name in restored.migrated:
            self.stdout.write(f"Migrated: {name}")
        for name in restored.guards:
            self.stdout.write(f"The database trigger {name} is missing or switched off. Run migrate to restore it.")
        for said in (*restored.problems, *(f"Found: {finding}" for finding in findings_of(restored)[:SHOWN])):
            self.stdout.write(said)
        for said in restored.unchecked:
            self.stderr.write(said)
        if report := restored.report:
            entries, streams = _counted(report.entries, "entry", "entries"), _counted(report.streams, "stream")
            looked_at = f"{entries} in {streams}, {_counted(report.rows, 'sealed row')}"
            looked_at += f", {_counted(report.checkpoints, 'checkpoint')}, {report.witnessed:,} witnessed elsewhere"
            verdict = "is intact" if report.intact else f"has {_counted(len(report.findings), 'finding')}"
            self.stdout.write(f"The ledger {verdict}: {looked_at}.")


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def _refuse_part_of_the_house() -> None:
    """Stop where this role sees only part: a database in use would pass for an empty one."""
    try:
        refuse_part_of_the_house("Nothing was restored", returncode=REFUSED)
    except DatabaseError as problem:
        raise CommandError(f"Nothing was restored: {reason(problem)}", returncode=REFUSED) from None


def _exit_code(restored: Restored) -> int:
    if restored.altered:
        return ALTERED
    checked = restored.report is not None and restored.report.intact and not restored.unchecked
    return 0 if checked else UNCHECKED
