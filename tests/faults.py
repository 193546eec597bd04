"""A database that fails when it is told to: at the n-th statement, before or after it, at the commit or behind it.

``state`` is what the whole database holds, table by table, to be compared: the old state, the new one, nothing between.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.apps import apps
from django.db import DatabaseError, OperationalError, connection

from core.accounts.models import Session
from core.config.sessions import SEEN, STARTED

OURS = ("accounts", "ledger", "screening", "mfa")
"""The applications whose tables are compared: ours, and the one in which allauth keeps second factors."""

BOOKKEEPING = ("_messages", STARTED, SEEN)
"""What any request may write into a session with nothing done: what is said next, when it was first and last used."""

BEFORE, AFTER = "before", "after"


def _sqlite(words: str, name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorname = name
    return error


def fault(kind: str) -> OperationalError:
    """Return an error as Django raises it on this database: ``full``, ``contended``, ``away``."""
    sqlite = {
        "full": ("database or disk is full", "SQLITE_FULL"),
        "contended": ("database is locked", "SQLITE_BUSY"),
        "away": ("disk I/O error", "SQLITE_IOERR"),
    }
    postgresql = {
        "full": psycopg.errors.DiskFull,
        "contended": psycopg.errors.DeadlockDetected,
        "away": psycopg.errors.AdminShutdown,
    }
    cause = _sqlite(*sqlite[kind]) if connection.vendor == "sqlite" else postgresql[kind](kind)
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


@dataclass
class Failing:
    """Fails the ``at``-th statement, once; counts them all."""

    at: int
    when: str
    kind: str
    count: int = 0
    failed: bool = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        if self.count != self.at:
            return execute(sql, params, many, context)
        self.failed = True
        if self.when == AFTER and not sql.startswith("BEGIN"):  # which an error leaves unbegun on any database
            execute(sql, params, many, context)
        raise fault(self.kind)


@contextmanager
def failing_statement(at: int, *, when: str = BEFORE, kind: str = "full") -> Iterator[Failing]:
    """Fail one statement of what is done inside."""
    wrapper = Failing(at, when, kind)
    with connection.execute_wrapper(wrapper):
        yield wrapper


@contextmanager
def failing_commit(when: str, *, kind: str = "away", times: int = 1, each: Callable[[], None] | None = None) -> Any:
    """Fail commits: before one reaches the database, or once it is through and the answer is lost.

    ``each`` is called in the place of our own error, where it makes the database itself fail.
    """
    wrapper: Any = connection
    real, left = wrapper._commit, [times]

    def commit() -> None:
        if left[0] == 0 or connection.connection is None:
            return real()
        left[0] -= 1
        if when == AFTER:
            real()
            connection.close_if_unusable_or_obsolete()
            raise fault(kind)
        if each is None:
            raise fault(kind)
        each()
        return real()

    wrapper._commit = commit
    try:
        yield left
    finally:
        del wrapper._commit


def state(*leaving_out: str) -> dict[str, str]:
    """Return a digest of every table of ours, as the database has it; some may be left out."""
    tables = [model._meta.db_table for name in OURS for model in apps.get_app_config(name).get_models()]
    found = {table: _digest(table) for table in tables if table not in leaving_out}
    sessions = Session._meta.db_table
    return found | {sessions: _digest_of_sessions()} if sessions in found else found


def held_in(session: Session) -> list[tuple[str, Any]]:
    """Return what a session holds, but for bookkeeping."""
    return sorted((name, value) for name, value in session.get_decoded().items() if name not in BOOKKEEPING)


def _digest_of_sessions() -> str:
    """Digest whose sessions there are and what they hold, but for bookkeeping: every request puts off when they end."""
    rows = [repr((row.pk, row.user_id, held_in(row))) for row in Session.objects.order_by("pk")]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _digest(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
        rows = sorted(repr([bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in cursor.fetchall())
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def fails(act: Callable[[], Any]) -> bool:
    """Do it, and say whether the database's error came through."""
    try:
        act()
    except DatabaseError:
        return True
    return False
