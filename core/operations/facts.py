"""What a manifest says of a database, asked in SQL that both databases understand: of a dump there are no models."""

from collections.abc import Callable, Sequence
from typing import Any

Ask = Callable[[str], Sequence[Sequence[Any]]]
"""Runs a query and returns its rows."""

# What a fresh installation holds before anybody has used it, and what a restore always empties.
FRESH = {"django_migrations", "django_content_type", "auth_permission"}
SESSIONS = ("accounts_session", "django_session")
"""Where sessions lie; in the second before they said whose they are. A backup may lack the first."""
CHECKPOINTS = "ledger_checkpoint"


def migrations_in(ask: Ask, tables: Sequence[str]) -> list[str]:
    """Return the applied migrations, as ``app.0001_name``, sorted."""
    if "django_migrations" not in tables:
        return []
    return sorted(f"{app}.{name}" for app, name in ask("SELECT app, name FROM django_migrations"))


def counts_in(ask: Ask, tables: Sequence[str]) -> dict[str, int]:
    """Return how many rows each table has."""
    return {table: int(ask(f'SELECT count(*) FROM "{table}"')[0][0]) for table in sorted(tables)}  # noqa: S608  a table's own name


def checkpoint_in(ask: Ask, tables: Sequence[str]) -> dict[str, Any] | None:
    """Return the number and hash of the ledger's last checkpoint, where there is one."""
    if CHECKPOINTS not in tables:
        return None
    last = ask(f"SELECT number, hash FROM {CHECKPOINTS} ORDER BY number DESC LIMIT 1")  # noqa: S608
    return {"number": int(last[0][0]), "hash": str(last[0][1])} if last else None


def is_in_use(ask: Ask, tables: Sequence[str]) -> bool:
    """Say whether somebody has put anything into this database: more than a migration puts there."""
    known = [table for table in tables if table not in FRESH]
    return any(ask(f'SELECT 1 FROM "{table}" LIMIT 1') for table in known)  # noqa: S608  a table's own name
