"""Lets SQLite rebuild a table, or drop a column, while triggers of other tables look at tables that come and go.

SQLite changes most of a table by building it anew: the new one is filled, the old one dropped, and the new one renamed.
At the renaming it reads every trigger there is, and refuses where one of another table (a demand) names the table that
was dropped a moment ago, or where a column goes, one that names a table which an older state has not. So they are put
aside for that one statement and put back after it, in the same transaction.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

_READS_TRIGGERS = re.compile(r'ALTER TABLE ("new__\w+" RENAME TO|"\w+" DROP COLUMN) ')

Execute = Callable[[Any, Any, bool, dict[str, Any]], Any]


def install(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Make a new connection to SQLite put the triggers aside where a table is rebuilt."""
    if connection.vendor == "sqlite" and put_triggers_aside not in connection.execute_wrappers:
        connection.execute_wrappers.append(put_triggers_aside)


def put_triggers_aside(execute: Execute, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run a statement; where it gives a rebuilt table its name or drops a column, without any trigger there meanwhile.

    The triggers of the rebuilt table itself are gone with the old one; migrations and ``restore_guards`` create them.
    Where the statement fails, the transaction that the schema is changed in takes everything back.
    """
    if not (isinstance(sql, str) and _READS_TRIGGERS.match(sql)):
        return execute(sql, params, many, context)
    with context["connection"].cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        result = execute(sql, params, many, context)
        for _, statement in triggers:
            cursor.execute(statement)
    return result
