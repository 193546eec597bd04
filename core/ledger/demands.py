"""What one row demands of others, held by the database: a trigger refuses the row that is written without it.

A check constraint sees one row and a foreign key only that the other exists. A demand looks further, such as "a
determination needs an answer to every flag". Like the guards, demands are created by migrations and again after every
``migrate``, because SQLite loses the triggers of a table that a migration rebuilds.
"""

from dataclasses import dataclass
from typing import Any

from django.db import migrations
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Demand:
    """Refuse to write a row of ``table`` when ``refuse_when`` holds: SQL over ``NEW`` that both databases understand.

    ``on="DELETE"`` refuses to delete one, by a condition over ``OLD``, and to truncate the table. ``name`` is the
    trigger's; ``said`` is what the database answers.
    """

    name: str
    table: str
    refuse_when: str
    said: str
    on: str = "WRITE"


_registry: dict[str, Demand] = {}


def demand(*, name: str, table: str, refuse_when: str, said: str, on: str = "WRITE") -> Demand:
    """Register a demand. A migration has to create it (``demand_operation``)."""
    return _registry.setdefault(name, Demand(name, table, refuse_when, said, on))


def demanded() -> list[Demand]:
    """Return every demand, in the order of registration."""
    return list(_registry.values())


def demand_operation(*names: str) -> migrations.RunPython:
    """Return the operation with which a migration creates the demands of these names."""

    def create(apps: Any, schema_editor: Any) -> None:
        for name in names:
            create_demand(schema_editor.connection, _registry[name])

    def drop(apps: Any, schema_editor: Any) -> None:
        for name in names:
            drop_demand(schema_editor.connection, _registry[name])

    return migrations.RunPython(create, drop, elidable=False)


def create_demand(connection: BaseDatabaseWrapper, wanted: Demand) -> None:
    """Create a demand's triggers in place of whatever stood there under their names."""
    drop_demand(connection, wanted)
    with connection.cursor() as cursor:
        for statement in _statements(connection, wanted):
            cursor.execute(statement)


def drop_demand(connection: BaseDatabaseWrapper, wanted: Demand) -> None:
    """Drop a demand's triggers."""
    on = f' ON "{wanted.table}"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in trigger_names(connection, wanted):
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')


def trigger_names(connection: BaseDatabaseWrapper, wanted: Demand) -> list[str]:
    """Return the names of a demand's triggers: SQLite needs one for each way of writing a row."""
    if wanted.on == "DELETE":
        return [wanted.name, f"{wanted.name}_truncate"] if connection.vendor == "postgresql" else [wanted.name]
    return [wanted.name] if connection.vendor == "postgresql" else [wanted.name, f"{wanted.name}_later"]


def _statements(connection: BaseDatabaseWrapper, wanted: Demand) -> list[str]:
    if connection.vendor == "postgresql":
        return _postgresql(wanted)
    return [
        f'CREATE TRIGGER "{name}" BEFORE {event} ON "{wanted.table}" FOR EACH ROW WHEN {wanted.refuse_when}'
        f" BEGIN SELECT RAISE(ABORT, '{wanted.said}'); END"
        for name, event in zip(trigger_names(connection, wanted), _events(wanted), strict=True)
    ]


def _events(wanted: Demand) -> tuple[str, ...]:
    return ("DELETE",) if wanted.on == "DELETE" else ("INSERT", "UPDATE")


def _postgresql(wanted: Demand) -> list[str]:
    return _postgresql_delete(wanted) if wanted.on == "DELETE" else _postgresql_write(wanted)


def _postgresql_delete(wanted: Demand) -> list[str]:
    """Refuse deleting row by row, and truncating at all: that sees no row."""
    name, table, truncate = f'"{wanted.name}"', f'"{wanted.table}"', f'"{wanted.name}_truncate"'
    refuse = f"RAISE EXCEPTION '{wanted.said}' USING ERRCODE = '23514';"
    body = f"BEGIN IF TG_OP = 'TRUNCATE' THEN {refuse} ELSIF {wanted.refuse_when} THEN {refuse} END IF; RETURN OLD; END"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        f"CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        f"CREATE TRIGGER {truncate} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {truncate}",
    ]


def _postgresql_write(wanted: Demand) -> list[str]:
    name, table = f'"{wanted.name}"', f'"{wanted.table}"'
    refuse = f"IF {wanted.refuse_when} THEN RAISE EXCEPTION '{wanted.said}' USING ERRCODE = '23514'; END IF;"
    body = f"BEGIN {refuse} RETURN NEW; END"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    ]
