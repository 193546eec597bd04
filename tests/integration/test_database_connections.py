"""A connection is set up as the ledger's guards need it."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def pragma(name):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return cursor.fetchone()[0]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="these are SQLite's own settings")
@pytest.mark.parametrize(("name", "value"), [("journal_mode", "wal"), ("foreign_keys", 1), ("recursive_triggers", 1)])
def test_sqlite_runs_every_pragma_on_a_new_connection(name, value):
    assert pragma(name) == value
