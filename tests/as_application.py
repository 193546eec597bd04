"""The application's own role on PostgreSQL, for tests: a superuser is not held by row-level security.

The role is made inside the module's transaction, so that it is gone with it, and named after the process.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from core.tenancy.roles import creating, granting

ROLE = f"soundings_app_{os.getpid()}"


def make_role() -> None:
    """Create the role with the rights that it has in production; nothing on SQLite, where there are none."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for statement in (*creating(ROLE), *granting(ROLE)):
            cursor.execute(statement)


@contextmanager
def as_application() -> Iterator[None]:
    """Ask the database as the application does in production, until the block ends."""
    if connection.vendor != "postgresql":
        yield
        return
    _be(f'SET ROLE "{ROLE}"')
    try:
        yield
    finally:
        _be("RESET ROLE")


def _be(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
