"""Emptying every table after a transactional test, past the append-only triggers, which are put back as they were.

Django's own way empties each table with TRUNCATE and then prepares the database anew, every trigger included: on
PostgreSQL that took longer than most of the tests.
"""

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
"""Tables that a migration fills and no test writes."""

POSTGRESQL = """
DO $$
DECLARE
    filled text[] := ARRAY[]::text[];
    found boolean;
    one text;
    guard record;
BEGIN
    FOR one IN
        SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND NOT tablename = ANY (ARRAY[{kept}])
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', one) INTO found;
        IF found THEN filled := filled || one; END IF;
    END LOOP;
    CREATE TEMPORARY TABLE guarding ON COMMIT DROP AS
        SELECT tgrelid::regclass::text AS on_table, tgname AS name FROM pg_trigger
        WHERE NOT tgisinternal AND tgenabled = 'A' AND tgrelid::regclass::text = ANY (filled);
    FOREACH one IN ARRAY filled LOOP EXECUTE format('ALTER TABLE %I DISABLE TRIGGER USER', one); END LOOP;
    FOREACH one IN ARRAY filled LOOP EXECUTE format('DELETE FROM %I', one); END LOOP;
    SET CONSTRAINTS ALL IMMEDIATE;
    FOR guard IN SELECT * FROM guarding LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', guard.on_table, guard.name);
    END LOOP;
END $$
"""


def empty_every_table() -> None:
    """Leave nothing of what a test wrote, in any database that was used."""
    for connection in connections.all(initialized_only=True):
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(POSTGRESQL.format(kept=", ".join(f"'{table}'" for table in sorted(KEPT))))
            else:
                _empty_sqlite(connection, cursor)


def _empty_sqlite(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> None:
    """Take the triggers off, delete, and write each trigger again word for word."""
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = cursor.fetchall()
    for name, _ in triggers:
        cursor.execute(f'DROP TRIGGER "{name}"')
    cursor.execute("PRAGMA defer_foreign_keys = ON")
    for table in connection.introspection.table_names(cursor):
        if table not in KEPT:
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608  a name that the database itself told
    for _, statement in triggers:
        cursor.execute(statement)
