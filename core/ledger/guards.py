"""Database triggers that make append-only tables append-only for everyone, on SQLite and on PostgreSQL.

They are generated from the registry in ``sealing``, created by migrations (``guard_operations``) and created again
after every ``migrate``, because SQLite loses the triggers of a table that a migration rebuilds. Taking them off is
nothing the product does; the tests do it, in their own folder.
"""

import re
from typing import Any

from django.db import connections, migrations
from django.db.backends.base.base import BaseDatabaseWrapper

from core.ledger.demands import create_demand, demanded, trigger_names
from core.ledger.sealing import Sealed, registered, registration

POSTGRESQL_FUNCTIONS = """
CREATE OR REPLACE FUNCTION guard_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '23001';
END $$;
CREATE OR REPLACE FUNCTION guard_refuse_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - TG_ARGV) IS DISTINCT FROM (to_jsonb(OLD) - TG_ARGV) THEN
        RAISE EXCEPTION '% is append-only: this row is frozen, % is refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
"""


def guard_operations(*labels: str) -> list[migrations.RunPython]:
    """Return the operations with which a migration guards the tables of ``app.Model`` labels; last in the migration."""

    def guard(apps: Any, schema_editor: Any) -> None:
        for label in labels:
            guard_table(schema_editor.connection, registration(label))

    def unguard(apps: Any, schema_editor: Any) -> None:
        for label in labels:
            unguard_table(schema_editor.connection, registration(label))

    return [migrations.RunPython(guard, unguard, elidable=False)]


def restore_guards(connection: BaseDatabaseWrapper | None = None) -> None:
    """Create the guards and demands of every table that exists, in place of whatever was there. Harmless to repeat."""
    connection = connection or connections["default"]
    existing = set(connection.introspection.table_names())
    for sealed in registered():
        if sealed.table in existing:
            guard_table(connection, sealed)
    for wanted in demanded():
        if wanted.table in existing:
            create_demand(connection, wanted)


def guard_table(connection: BaseDatabaseWrapper, sealed: Sealed) -> None:
    """Create the guards of one table, replacing its old ones."""
    unguard_table(connection, sealed)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTIONS)
        for statement in _triggers(connection, sealed).values():
            cursor.execute(statement)


def unguard_table(connection: BaseDatabaseWrapper, sealed: Sealed) -> None:
    """Drop the guards of one table: for a migration that goes backwards, and for replacing them."""
    on = f' ON "{sealed.table}"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in _names(connection, sealed):
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')


def missing_guards(connection: BaseDatabaseWrapper | None = None) -> list[str]:
    """Name every guard that should be in the database and is not there, or is switched off."""
    connection = connection or connections["default"]
    present = _present(connection)
    wanted = [name for sealed in registered() for name in _names(connection, sealed)]
    wanted += [name for one in demanded() for name in trigger_names(connection, one)]
    return [name for name in wanted if name not in present]


def _present(connection: BaseDatabaseWrapper) -> set[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        query = (
            "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE tgenabled = 'A' AND pg_table_is_visible(pg_class.oid)"
        )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall()}


def _names(connection: BaseDatabaseWrapper, sealed: Sealed) -> list[str]:
    kinds = ["update", "delete", "truncate" if connection.vendor == "postgresql" else "insert"]
    if connection.vendor == "postgresql" and _partly(sealed):
        kinds.append("thaw")
    return [_name(sealed, kind) for kind in kinds]


def _name(sealed: Sealed, kind: str) -> str:
    return f"guard_{kind}_{sealed.table}"


def _partly(sealed: Sealed) -> bool:
    return bool(sealed.frozen_when or sealed.mutable)


def _triggers(connection: BaseDatabaseWrapper, sealed: Sealed) -> dict[str, str]:
    if connection.vendor == "postgresql":
        return _postgresql(sealed, _columns(connection, sealed.table))
    if connection.vendor == "sqlite":
        return _sqlite(connection, sealed)
    raise NotImplementedError(f"append-only tables are guarded on SQLite and PostgreSQL, not on {connection.vendor}")


def _columns(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """Return the columns the table has now: a guard made by an early migration must not name a later column."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')  # noqa: S608 - Django's own way parses the whole table's SQL
        return [column[0] for column in cursor.description]


def _of(row: str, condition: str, columns: list[str]) -> str:
    """Write a condition over a table's columns as one over ``OLD`` or ``NEW``, leaving quoted text alone."""
    names = "|".join(re.escape(column) for column in columns)
    pattern = re.compile(rf"('(?:[^']|'')*')|\"({names})\"|\b({names})\b")
    return pattern.sub(lambda m: m[1] or f'{row}."{m[2] or m[3]}"', condition)


def _postgresql(sealed: Sealed, columns: list[str]) -> dict[str, str]:
    """Row triggers for UPDATE and DELETE, a statement trigger for TRUNCATE, enabled ALWAYS.

    An ordinary trigger is skipped under ``session_replication_role = replica``.
    """
    frozen = sealed.frozen_when or "1 = 1"
    old, new = _of("OLD", frozen, columns), _of("NEW", frozen, columns)
    refuse = "EXECUTE FUNCTION guard_refuse()"
    made = {
        "truncate": f"BEFORE TRUNCATE ON {{table}} FOR EACH STATEMENT {refuse}",
        "delete": f"BEFORE DELETE ON {{table}} FOR EACH ROW WHEN ({old}) {refuse}",
        "update": f"BEFORE UPDATE ON {{table}} FOR EACH ROW {refuse}",
    }
    if _partly(sealed):
        mutable = ", ".join(f"'{column}'" for column in sealed.mutable_columns)
        thawing = f"({old}) AND ({new}) IS NOT TRUE"
        made["thaw"] = f"BEFORE UPDATE ON {{table}} FOR EACH ROW WHEN ({thawing}) {refuse}"
        made["update"] = (
            f"BEFORE UPDATE ON {{table}} FOR EACH ROW WHEN ({old}) EXECUTE FUNCTION guard_refuse_frozen({mutable})"
        )
    return {kind: _always(sealed, kind, body) for kind, body in made.items()}


def _always(sealed: Sealed, kind: str, body: str) -> str:
    name, table = f'"{_name(sealed, kind)}"', f'"{sealed.table}"'
    return f"CREATE TRIGGER {name} {body.format(table=table)}; ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"


def _sqlite(connection: BaseDatabaseWrapper, sealed: Sealed) -> dict[str, str]:
    """BEFORE UPDATE, DELETE and INSERT. The last refuses a key that exists: OR REPLACE would overwrite its row."""
    columns = _columns(connection, sealed.table)
    frozen = sealed.frozen_when or "1 = 1"
    old, new = _of("OLD", frozen, columns), _of("NEW", frozen, columns)
    changed = "1 = 1"
    if _partly(sealed):
        fixed = [column for column in columns if column not in sealed.mutable_columns]
        differs = " OR ".join(f'NEW."{column}" IS NOT OLD."{column}"' for column in fixed)
        changed = f"(({new}) IS NOT TRUE OR {differs})"
    taken = " OR ".join(_key_taken(key, where, columns) for key, where in _unique_keys(connection, sealed.table))
    existing = f'SELECT 1 FROM "{sealed.table}" AS kept WHERE ({_of("kept", frozen, columns)}) AND ({taken})'  # noqa: S608
    conditions = {
        "update": f"({old}) AND {changed}",
        "delete": f"({old})",
        "insert": f"EXISTS ({existing})",
    }
    return {kind: _sqlite_trigger(sealed, kind, condition) for kind, condition in conditions.items()}


def _sqlite_trigger(sealed: Sealed, kind: str, condition: str) -> str:
    refusal = f"{sealed.table} is append-only: {kind.upper()} is refused"
    return (
        f'CREATE TRIGGER "{_name(sealed, kind)}" BEFORE {kind.upper()} ON "{sealed.table}" FOR EACH ROW'
        f" WHEN {condition} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
    )


def _key_taken(key: list[str], where: str, columns: list[str]) -> str:
    same = " AND ".join(f'kept."{column}" = NEW."{column}"' for column in key)
    if not where:
        return f"({same})"
    return f"({same} AND ({_of('kept', where, columns)}) AND ({_of('NEW', where, columns)}))"


def _unique_keys(connection: BaseDatabaseWrapper, table: str) -> list[tuple[list[str], str]]:
    """Return the primary key and every unique index of a SQLite table, each with the condition of a partial one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pragma_table_info(%s) WHERE pk > 0 ORDER BY pk", [table])
        keys = [([name for (name,) in cursor.fetchall()], "")]
        cursor.execute(
            "SELECT l.name, coalesce(m.sql, '') FROM pragma_index_list(%s) AS l"
            ' LEFT JOIN sqlite_master AS m ON m.name = l.name WHERE l."unique" ORDER BY l.name',
            [table],
        )
        for index, sql in cursor.fetchall():
            cursor.execute("SELECT name FROM pragma_index_info(%s) ORDER BY seqno", [index])
            names = [name for (name,) in cursor.fetchall()]
            if None not in names:  # an index over an expression: recursive_triggers guards that one
                keys.append((names, sql.partition(" WHERE ")[2]))
    return keys
