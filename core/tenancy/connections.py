"""Has every statement on PostgreSQL say for whom it is asked, so that nothing said earlier on a connection counts.

``set_config(…, true)`` lasts as long as a transaction. Outside of one, a statement is a transaction of its own; so the
two travel as one message, which PostgreSQL runs as one transaction: no statement more is sent, and nothing is left on
the connection for whoever gets it next from a pool.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from core import tenancy

CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SET ", "BEGIN", "COMMIT")
"""What steers a transaction names nobody: some of it must come first, or in a transaction that has failed."""
_SAID = "soundings_tenant_said"

Execute = Callable[[Any, Any, bool, dict[str, Any]], Any]


def install(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Make a new connection to PostgreSQL name the tenant with each statement."""
    if connection.vendor == "postgresql" and name_tenant not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, name_tenant)


def name_tenant(execute: Execute, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run a statement for the tenant of this moment."""
    connection, tenant = context["connection"], tenancy.current()
    if not _has_to_be_named(connection, tenant, sql):
        return execute(sql, params, many, context)
    if many or not _takes_two_in_one(context["cursor"].cursor, sql):
        return _in_a_transaction(execute, sql, params, many, context)
    setattr(connection, _SAID, tenant != tenancy.NOBODY)
    result = execute(f"{naming(tenant)}; {sql}", params, many, context)
    context["cursor"].nextset()  # past the answer to what was said, to the answer to the statement
    return result


def naming(tenant: tenancy.Tenant) -> str:
    """Return the statement that says, until the transaction ends, for whom the database is asked."""
    said = {
        "practice": str(tenant.practice or ""),  # UUIDs, and a name of our own: nothing here needs quoting
        "person": str(tenant.person or ""),
        "house": tenant.house,
    }
    return "SELECT " + ", ".join(f"set_config('app.{name}', '{value}', true)" for name, value in said.items())


def _has_to_be_named(connection: Any, tenant: tenancy.Tenant, sql: Any) -> bool:
    if isinstance(sql, str) and sql.startswith(CONTROL):
        return False
    # Nobody is named only where the transaction may still go on from somebody.
    return tenant != tenancy.NOBODY or (connection.in_atomic_block and getattr(connection, _SAID, False))


def _takes_two_in_one(cursor: Any, sql: Any) -> bool:
    """Say whether the cursor sends plain text: one that binds on the server, or is named there, takes one statement."""
    from psycopg import ClientCursor  # noqa: PLC0415 - only where there is PostgreSQL

    return isinstance(sql, str) and isinstance(cursor, ClientCursor)


def _in_a_transaction(execute: Execute, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Say first for whom, then run the statement, in one transaction; a cursor held by the server outlives it."""
    connection = context["connection"]
    with transaction.atomic(using=connection.alias), connection.cursor() as first:
        setattr(connection, _SAID, True)
        first.execute("SELECT 1")
        return execute(sql, params, many, context)
