"""``manage.py backup FILE``: one consistent backup of the whole database, while it is in use.

Exit codes: 0 made, 3 not made, and why; an older backup of that name is then what it was.
"""

import signal
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from core.config.database_words import reason
from core.encryption import DecryptionFailed
from core.errors import Refused
from core.operations.backups import Made, make
from core.operations.chunks import NEW_KEY
from core.tenancy.house import PART_OF_THE_HOUSE
from core.tenancy.roles import sees_the_whole_house

NOT_MADE = 3


class Command(BaseCommand):
    """Make a backup and say what is in it."""

    help = "Write one backup of the whole database to a file, encrypted where BACKUP_KEYS is set."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file to write."""
        parser.add_argument("file", type=Path, help="the file to write; an older backup of that name is replaced")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the backup; being told to stop removes what was begun."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            made = make(path=options["file"].absolute(), at=timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.message, returncode=NOT_MADE) from None
        except DecryptionFailed as problem:
            raise CommandError(
                f"It could not be recorded, so it was not made: {problem}", returncode=NOT_MADE
            ) from None
        except DatabaseError as problem:
            raise CommandError(f"No backup was made: {reason(problem)}", returncode=NOT_MADE) from None
        self._say(options["file"], made)

    def _say(self, file: Path, made: Made) -> None:
        rows = sum(made.manifest.counts.values())
        sealed = f"encrypted with the key named {made.key}" if made.key else "not encrypted"
        self.stdout.write(f"{file}: {rows:,} rows as of {made.manifest.at}, {made.bytes:,} bytes, {sealed}.")
        if checkpoint := made.manifest.checkpoint:
            self.stdout.write(f"The ledger's last checkpoint in it is number {checkpoint['number']}.")
        if not sees_the_whole_house():
            self.stderr.write(f"That it was made is not recorded: {PART_OF_THE_HOUSE}")
        if not made.key:
            self.stderr.write(f"Whoever has this file reads codes and flags in it. Set BACKUP_KEYS: {NEW_KEY}")
