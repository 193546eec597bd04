"""Events for the tests of the ledger, and a way to alter its tables as somebody would who owns the database."""

import uuid
from contextlib import contextmanager

from django.db import connection, transaction

from core.ledger.services import Event, append
from tests.append_only_rows import NOW
from tests.conftest import lift_guards

ACTION = "access.refused"


def a_case():
    return f"case:{uuid.uuid4()}"


def record(stream, by, *, times=1, seals=(), **payload):
    happened = [Event(stream, ACTION, stream, payload, tuple(seals)) for _ in range(times)]
    with transaction.atomic():
        return append(*happened, by=by, at=NOW)


def run(statement, parameters=()):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


@contextmanager
def past_the_guards(*tables):
    """Write as somebody would who owns the database: triggers, keys and checks off; then put everything back."""
    with transaction.atomic():
        if connection.vendor == "sqlite":
            lift_guards(connection)
            run("PRAGMA ignore_check_constraints = ON")
        else:
            run("SET CONSTRAINTS ALL IMMEDIATE")
            for table in tables:
                _switch_off(table)
        yield
        transaction.set_rollback(True)
    if connection.vendor == "sqlite":
        run("PRAGMA ignore_check_constraints = OFF")


def _switch_off(table):
    run(f'ALTER TABLE "{table}" DISABLE TRIGGER ALL')
    query = "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass"
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        for (name,) in cursor.fetchall():
            run(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
