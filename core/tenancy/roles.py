"""Which role the application connects to PostgreSQL as, and what that role may do. Nothing here writes a row.

Two roles: the owner, who owns the tables, migrates, and sees the whole house; and the application's, which owns
nothing, bypasses nothing, and may do to each table only what the product does to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from core.ledger.sealing import registered

OURS = ("accounts", "ledger", "screening")
READ_ONLY_APPS = ("auth", "contenttypes")
READ_ONLY_TABLES = ("django_migrations",)
READ, ADD, CHANGE, ALL = "SELECT", "SELECT, INSERT", "SELECT, INSERT, UPDATE", "SELECT, INSERT, UPDATE, DELETE"

DELETED = {
    "accounts_session": "a session ends",
    "accounts_singlesignon": "somebody's link to the sign-in service is taken away",
    "ledger_streamkey": "a stream is erased; a demand asks that the record says so",
    "screening_clientnameword": "a client's name is changed, or they are erased",
    "screening_draft": "a client is erased",
}
"""Tables of ours from which the product deletes rows, and when. From no other of ours may the role delete any."""

SETTINGS = {"max_parallel_workers_per_gather": "0"}
"""What PostgreSQL sets for the application's role as it connects. Its statements ask for a page of rows: to start
processes that look for these together takes longer than to find them, and takes the cores from other people."""


@dataclass(frozen=True)
class Connected:
    """As whom a connection asks, and what it is not held by."""

    role: str
    superuser: bool
    bypasses: bool
    owns: int

    @property
    def sees_everything(self) -> bool:
        """Whether row-level security does not hold this role."""
        return self.superuser or self.bypasses


def connected(connection: BaseDatabaseWrapper | None = None) -> Connected | None:
    """Return as whom a connection asks; ``None`` where there are no roles, on SQLite."""
    connection = connection or connections["default"]
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.rolname, r.rolsuper, r.rolbypassrls, (SELECT count(*) FROM pg_class AS c"
            " WHERE c.relowner = r.oid AND c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace)"
            " FROM pg_roles AS r WHERE r.rolname = current_user"
        )
        return Connected(*cursor.fetchone())


def sees_the_whole_house(connection: BaseDatabaseWrapper | None = None) -> bool:
    """Say whether every row of every practice is there for this connection."""
    found = connected(connection)
    return found is None or found.sees_everything


def too_mighty(connection: BaseDatabaseWrapper | None = None) -> list[str]:
    """Say what the role of a connection may do that the application's should not; nothing where all is well."""
    found = connected(connection)
    if found is None:
        return []
    said = []
    if found.sees_everything:
        said.append(f"The application connects as {found.role}, whom row-level security does not hold.")
    if found.owns:
        said.append(f"The application connects as {found.role}, who owns {found.owns} tables and can change them.")
    return said


def rights() -> Iterator[tuple[str, str]]:
    """Yield what the application's role may do to each table."""
    kept = {sealed.table for sealed in registered() if not sealed.frozen_when and not sealed.mutable}
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.db_table):
        table, label = model._meta.db_table, model._meta.app_label
        if label in READ_ONLY_APPS:
            yield table, READ
        elif label in OURS:
            yield table, ALL if table in DELETED else ADD if table in kept else CHANGE
        else:
            yield table, ALL
    yield from ((table, READ) for table in READ_ONLY_TABLES)


def creating(role: str) -> list[str]:
    """Return the statements that create the application's role where it is not there, without a password.

    They are a superuser's: nobody else may say of a role that it is none, or does not bypass the wall.
    """
    can = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"
    missing = f"to_regrole('{role}') IS NULL"
    return [
        f'DO $$ BEGIN IF {missing} THEN CREATE ROLE "{role}" {can}; END IF; END $$',
        f'ALTER ROLE "{role}" {can}',
        *(f'ALTER ROLE "{role}" SET {name} = {value}' for name, value in SETTINGS.items()),
    ]


def granting(role: str) -> list[str]:
    """Return the statements that leave the role the rights it needs, and none more. They are the owner's."""
    revoked = [
        f'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "{role}"',
        f'REVOKE CREATE ON SCHEMA public FROM "{role}"',
    ]
    granted = [f'GRANT {what} ON "{table}" TO "{role}"' for table, what in rights()]
    return [*revoked, f'GRANT USAGE ON SCHEMA public TO "{role}"', *granted]


def grant_to_the_application(connection: BaseDatabaseWrapper) -> None:
    """Give the application's role its rights on every table there is now, where the owner connects as somebody else."""
    role = settings.DATABASE_APPLICATION_ROLE
    if connection.vendor != "postgresql" or not role or not _exists(connection, role):
        return
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for statement in granting(role):
            if not statement.startswith("GRANT") or " ON SCHEMA " in statement or _table_of(statement) in existing:
                cursor.execute(statement)


def _exists(connection: BaseDatabaseWrapper, role: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s AND rolname <> current_user", [role])
        return cursor.fetchone() is not None


def _table_of(statement: str) -> str:
    return statement.split('"')[1]
