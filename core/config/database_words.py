"""What is said on the command line where the database cannot serve: what is wrong, and what to do.

A mistake in a statement is none of these: that is a fault of ours, and its traceback says where.
"""

import sqlite3

import psycopg
from django.db import Error

from core.database_faults import Trouble, trouble_of

NOT_SET_UP = "the database is not set up: run manage.py migrate first."
CURES = {
    Trouble.AWAY: "the database does not answer: {said}; check DATABASE_URL and that it runs.",
    Trouble.CONTENDED: "the database is held by others: {said}; try again in a moment.",
    Trouble.FULL: "the database has no room: {said}; make some.",
}
LONGEST = 300


def in_words(error: Error) -> str | None:
    """Return what is wrong with the database and what to do, as the end of a sentence; None for a fault of ours."""
    if _lacks_a_table(error.__cause__):
        return NOT_SET_UP
    trouble = Trouble.AWAY if _is_another_file(error.__cause__) else trouble_of(error)
    if trouble is None:
        return None
    return CURES[trouble].format(said=" ".join(str(error).split())[:LONGEST].rstrip("."))


def reason(problem: Exception) -> str:
    """Return the same for any problem, in its own words where there are none here."""
    return (in_words(problem) if isinstance(problem, Error) else None) or str(problem)


def _lacks_a_table(cause: BaseException | None) -> bool:
    if isinstance(cause, sqlite3.OperationalError):
        return str(cause).startswith("no such table")
    return isinstance(cause, psycopg.errors.UndefinedTable)


def _is_another_file(cause: BaseException | None) -> bool:
    return isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorname", "") == "SQLITE_NOTADB"
