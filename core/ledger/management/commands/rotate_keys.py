"""``manage.py rotate_keys``: move what FIELD_KEYS encrypts to the newest key; ``--check`` what still needs an old one.

Exit codes: 0 everything is on the newest key. 1 (``--check``, or somebody saved meanwhile) something needs an older
key. 2 something does not open with any key, or no key is set.
"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, transaction
from django.utils import timezone

from core.accounts.models import Practice
from core.config.database_words import reason
from core.encryption import encrypt
from core.ledger import events
from core.ledger.services import Event, append, practice_stream
from core.rotation import Progress, sources, watched
from core.tenancy.house import HouseCommand

DONE, LEFT, UNOPENED = 0, 1, 2
MOST_NAMED = 20
EVERY = 1_000


class Command(HouseCommand):
    """Move or check every source, and say what came of it."""

    help = (
        "Move everything that FIELD_KEYS encrypts to its newest key, while the product is in use. It can be run again "
        "after an interruption. --check changes nothing and says whether an older key is still needed. "
        "Exit code 0: none is. 1: one is. 2: something does not open with any of the keys."
    )
    begun = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whether to look only."""
        parser.add_argument("--check", action="store_true", help="change nothing; say what still needs an older key")

    def handle(self, *args: Any, **options: Any) -> None:
        """Pass over everything, record what was moved, and leave with 0, 1 or 2."""
        move = not options["check"]
        try:
            encrypt(b"")
            passed = [self._pass(name, go(move, self._tell)) for name, go in sources().items()]
            waiting = self._wait_for()
            _record(sum(progress.moved for progress in passed))
        except (DatabaseError, ImproperlyConfigured) as problem:
            self.stderr.write(self._stopped(reason(problem)))
            sys.exit(UNOPENED)
        sys.exit(self._conclude(passed, waiting))

    def _stopped(self, why: str) -> str:
        if not self.begun:
            return f"Nothing was moved: {why}"
        return f"It was interrupted: {why}\nWhat was moved stays moved. Run it again to go on."

    def _tell(self, progress: Progress) -> None:
        self.begun = True
        if progress.seen and progress.seen % EVERY == 0:
            self.stdout.write(f"{progress.source}: {progress.seen} so far")

    def _pass(self, name: str, progress: Progress) -> Progress:
        parts = [f"{progress.newest} on the newest key"]
        parts += [f"{progress.moved} moved"] if progress.moved else []
        parts += [f"{progress.old} on an older key"] if progress.old else []
        parts += [f"{progress.changed_meanwhile} saved meanwhile by somebody"] if progress.changed_meanwhile else []
        parts += [f"{len(progress.unopened)} DO NOT OPEN"] if progress.unopened else []
        self.stdout.write(f"{name}: {', '.join(parts)}")
        return progress

    def _wait_for(self) -> int:
        """Say how much of what ends by itself is still on an older key, and return how much."""
        found = {name: count() for name, count in watched().items()}
        for name, number in found.items():
            self.stdout.write(f"{name}: {number} on an older key{', which end by themselves' if number else ''}")
        return sum(found.values())

    def _conclude(self, passed: list[Progress], waiting: int) -> int:
        unopened = [f"{progress.source}, row {key}" for progress in passed for key in progress.unopened]
        if unopened:
            self.stderr.write("These do not open with any of the keys in FIELD_KEYS, and were left as they are:")
            for place in unopened[:MOST_NAMED]:
                self.stderr.write(f"  {place}")
            more = len(unopened) - MOST_NAMED
            self.stderr.write(f"  and {more} more" if more > 0 else "")
            self.stderr.write("Put the key that they were written with back into FIELD_KEYS, last, and run this again.")
            return UNOPENED
        if waiting or any(progress.old or progress.changed_meanwhile for progress in passed):
            self.stdout.write("An older key is still needed: keep it. Run this again, then --check.")
            return LEFT
        self.stdout.write("Nothing needs an older key. Copies and backups made before still do.")
        return DONE


@transaction.atomic
def _record(moved: int) -> None:
    """Tell every practice: whose texts are on which key concerns each of them."""
    if not moved:
        return
    for practice in Practice.objects.order_by("pk"):
        stream = practice_stream(practice.pk)
        happened = Event(stream, events.KEYS_ROTATED, stream, {"moved": moved})
        append(happened, by=None, at=timezone.now(), practice=practice)
