"""What a database says when it cannot serve: which of its errors pass by themselves, and how to tell them apart.

A mistake in a statement is none of these: that is a fault of ours, and stays one. Nothing here reads or writes a table.
"""

import sqlite3
from enum import Enum

import psycopg
from django.db import Error

CONTENDED_STATES = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available
AWAY_STATES = {"57P01", "57P02", "57P03", "57P05", "53200", "53300", "57014", "25006", "58000", "58030"}
FULL_STATES = {"53100"}
CONTENDED_NAMES = ("SQLITE_BUSY", "SQLITE_LOCKED")
AWAY_NAMES = ("SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_PROTOCOL", "SQLITE_READONLY")
FULL_NAMES = ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")  # the second on opening a file, for what WAL keeps beside it


class Trouble(Enum):
    """Why the database could not serve. After ``CONTENDED`` nothing was done; after ``AWAY`` nobody knows yet."""

    CONTENDED = "contended"
    AWAY = "away"
    FULL = "full"

    @property
    def passes(self) -> bool:
        """Say whether trying again in a moment may help. Room on a disk does not come by itself."""
        return self is not Trouble.FULL


def trouble_of(error: BaseException | None) -> Trouble | None:
    """Return what kept the database from serving, or None where the error is anything else."""
    cause = error.__cause__ if isinstance(error, Error) else None
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(getattr(cause, "sqlite_errorname", "") or "")
    if isinstance(cause, psycopg.Error):
        return _of_postgresql(cause)
    return None


def _of_sqlite(name: str) -> Trouble | None:
    kinds = ((CONTENDED_NAMES, Trouble.CONTENDED), (FULL_NAMES, Trouble.FULL), (AWAY_NAMES, Trouble.AWAY))
    return next((kind for names, kind in kinds if name.startswith(names)), None)


def _of_postgresql(cause: psycopg.Error) -> Trouble | None:
    state = cause.sqlstate
    if state is None:  # the driver itself speaks: there is no connection
        return Trouble.AWAY if isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError) else None
    if state in CONTENDED_STATES:
        return Trouble.CONTENDED
    if state in FULL_STATES:
        return Trouble.FULL
    return Trouble.AWAY if state in AWAY_STATES or state.startswith("08") else None
