"""Waiting for SQLite's one lock: asked for again and again, with some chance, and for no longer than a person waits.

SQLite waits by itself too, but asks ever less often: among many who write, somebody may then find it taken each time.
"""

import random
import time
from collections.abc import Callable
from typing import Any

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from core.config.database import LONGEST_WAIT_FOR_A_LOCK
from core.database_faults import Trouble, trouble_of

_PAUSES = (0.001, 0.02)  # seconds: the shortest and the longest

Execute = Callable[[Any, Any, bool, dict[str, Any]], Any]


def install(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Make a new connection to SQLite wait in our way, and no more in its own."""
    if connection.vendor != "sqlite":
        return
    connection.connection.execute("PRAGMA busy_timeout = 10")
    if wait_for_the_lock not in connection.execute_wrappers:
        connection.execute_wrappers.append(wait_for_the_lock)


def wait_for_the_lock(execute: Execute, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run a statement, once the lock can be had: one that begins a transaction, or is one by itself."""
    began = time.monotonic()
    while True:
        try:
            return execute(sql, params, many, context)
        except Error as error:
            late = time.monotonic() - began > LONGEST_WAIT_FOR_A_LOCK
            if late or many or _in_a_transaction(context) or trouble_of(error) is not Trouble.CONTENDED:
                raise
        time.sleep(random.uniform(*_PAUSES))  # noqa: S311 - chance keeps two from meeting again


def _in_a_transaction(context: dict[str, Any]) -> bool:
    held = context["connection"].connection
    return held is None or held.in_transaction
