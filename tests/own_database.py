"""A database that a test may do anything to: a copy of the migrated one, with real commits, thrown away afterwards.

A module that uses it marks its tests with ``django_db`` and imports ``_django_db_helper`` from here: then no
transaction is held around a test.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection


@pytest.fixture
def _django_db_helper() -> None:
    """Take the place of pytest-django's own, which would begin a transaction, or flush the tables afterwards."""


@contextmanager
def own_database(blocker: Any, folder: Path, name: str) -> Iterator[None]:
    """Point the connection at a fresh copy of the test database while it lasts."""
    with copied_database(blocker, folder, name) as copy, pointed_at(blocker, copy):
        yield


@contextmanager
def copied_database(blocker: Any, folder: Path, name: str) -> Iterator[str]:
    """Make a copy of the test database; yield its name."""
    original = str(connection.settings_dict["NAME"])
    copy = str(folder / f"{name}.sqlite3") if connection.vendor == "sqlite" else f"{original}_{name}"
    connection.close()
    with blocker.unblock():
        _copy(original, copy)
        try:
            yield copy
        finally:
            if connection.vendor != "sqlite":
                _command(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')


@contextmanager
def pointed_at(blocker: Any, name: str) -> Iterator[None]:
    """Use the database of that name while it lasts."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    with blocker.unblock():
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before


def _copy(original: str, copy: str) -> None:
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(original)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    else:
        _command(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        # Whatever a thread of an earlier test left open goes: PostgreSQL copies a database that nobody else uses.
        _command(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{original}'")  # noqa: S608
        _command(f'CREATE DATABASE "{copy}" TEMPLATE "{original}"')


def _command(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
