"""``manage.py checkpoint``: sign where every stream stands, once, or for ever with ``--every``."""

import logging
import signal
import time
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from core.config.database_words import reason
from core.ledger.checkpointing import make_checkpoint
from core.ledger.reach import entries_waiting, newest_entry
from core.ledger.signing_keys import pinned_keys
from core.ledger.witness_folder import problem_of_the_folder

ENTRIES = 1_000
LOOK_AGAIN_AFTER = 1.0
log = logging.getLogger(__name__)


def _seconds(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError("give a whole number of seconds, at least 1")
    return int(text)


class Command(BaseCommand):
    """Make a checkpoint, and go on making them where asked to."""

    help = "Sign where every stream of the ledger stands. With --every 60: each minute, and each 1,000 entries."
    stopped = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how often."""
        parser.add_argument("--every", type=_seconds, metavar="SECONDS", help="go on until told to stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make one checkpoint, or one after the other."""
        try:
            for name, key in pinned_keys().items():
                self.stdout.write(f"Signatures are held against the public key {name}: {key.hex()}")
            if options["every"]:
                if problem := problem_of_the_folder():
                    self.stderr.write(f"{problem} Until then no checkpoint leaves the house.")
                self._go_on(options["every"])
            else:
                self._make()
                self._refuse_a_folder_that_is_not_there()
        except (DatabaseError, ImproperlyConfigured) as problem:
            raise CommandError(f"No checkpoint was made: {reason(problem)}") from None

    def _make(self) -> None:
        made = make_checkpoint(at=timezone.now())
        if made:
            leaves = made.leaves.count()
            self.stdout.write(f"Checkpoint {made.number} signs {leaves} stream{'' if leaves == 1 else 's'}.")
        else:
            self.stdout.write("Nothing was recorded since the last checkpoint, so none was made.")

    def _refuse_a_folder_that_is_not_there(self) -> None:
        """End badly where the checkpoint stands and its witness does not; what is missing is appended the next time."""
        if problem := problem_of_the_folder():
            raise CommandError(f"{problem} What is missing there is appended the next time.")

    def _go_on(self, every: int) -> None:
        """Make one whenever that many seconds or 1,000 entries have passed. A lost database is waited for."""
        signal.signal(signal.SIGTERM, self._stop)
        due, made_at = 0.0, None
        while not self.stopped:
            try:
                close_old_connections()
                made_at = newest_entry() - entries_waiting() if made_at is None else made_at
                if time.monotonic() >= due or newest_entry() - made_at >= ENTRIES:
                    made_at, due = newest_entry(), time.monotonic() + every
                    self._make()
            except DatabaseError:
                log.exception("no checkpoint could be made; the next attempt follows")
                connection.close()
                due, made_at = time.monotonic() + LOOK_AGAIN_AFTER, None
            time.sleep(LOOK_AGAIN_AFTER)

    def _stop(self, *_: Any) -> None:
        self.stopped = True
