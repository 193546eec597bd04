"""What a balancer and a monitor ask: does the process live, may it be given work, and is what runs beside it late?

Only words from a short list are answered: nothing personal, no versions, no sessions. What a check costs is spent at
most every ``KEPT`` seconds; whether the database answers is asked each time.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django.utils import timezone

from core import tenancy
from core.background import oldest_waiting
from core.ledger.guards import missing_guards
from core.ledger.models import Checkpoint
from core.ledger.reach import moved_streams

KEPT = 30.0
LATE = timedelta(minutes=5)
_answers: dict[str, tuple[float, bool]] = {}
_behind: dict[str, tuple[int | None, float]] = {}


@dataclass(frozen=True)
class Health:
    """``broken``: why this process must get no work. ``late``: what beside it should be looked at by a person."""

    broken: tuple[str, ...] = ()
    late: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the line that is answered."""
        if self.broken:
            return "not ready: " + " ".join(self.broken)
        return "ok, but late: " + " ".join(self.late) if self.late else "ok"


def health() -> Health:
    """Look at the database, its migrations and guards, the waiting work and the checkpoints.

    Late work makes no web server unready: it would take every page away, because one other process stands still.
    """
    if not _database_answers():
        return Health(broken=("database",))
    broken = tuple(word for word, check in _NEEDED.items() if not _kept(word, check))
    if broken:
        return Health(broken=broken)
    return Health(late=tuple(word for word, check in _BESIDE.items() if not _kept(word, check)))


def forget() -> None:
    """Ask everything anew the next time."""
    _answers.clear()
    _behind.clear()


def _kept(word: str, check: Callable[[], bool]) -> bool:
    """Return the last answer while it is fresh; one that says no is asked again at once."""
    asked, answer = _answers.get(word, (0.0, False))
    if not answer or time.monotonic() - asked > KEPT:
        answer = _said_by(check)
        _answers[word] = (time.monotonic(), answer)
    return answer


def _said_by(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, ImproperlyConfigured):
        return False


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _guarded() -> bool:
    return not missing_guards()


def _work_is_done() -> bool:
    waiting_since = oldest_waiting()
    return waiting_since is None or timezone.now() - waiting_since < LATE


def _checkpoints_are_made() -> bool:
    """Say whether what was recorded is signed in time; a development server has nobody who signs it.

    The server sees the heads of streams and no entry's time. So it notes since when something waits behind the same
    checkpoint, as far as it has seen itself.
    """
    if not settings.PRODUCTION:
        return True
    with tenancy.reading_heads():
        waiting = moved_streams().exists()
    if not waiting:
        _behind.clear()
        return True
    newest = Checkpoint.objects.aggregate(number=Max("number"))["number"]
    behind = _behind.get("checkpoint")
    if behind is None or behind[0] != newest:
        behind = _behind["checkpoint"] = (newest, time.monotonic())
    return time.monotonic() - behind[1] < LATE.total_seconds()


_NEEDED = {"migrations": _migrated, "guards": _guarded}
_BESIDE = {"worker": _work_is_done, "checkpoints": _checkpoints_are_made}
