"""Row-level security on PostgreSQL: which rows of which table a practice sees and writes, whatever the code asks for.

A table with a practice shows that practice's rows; a table below one shows a row where it shows the row above. Models
are found by themselves, so a new table is inside from the first ``migrate``. What lies outside is listed with a reason.
"""

# ruff: noqa: S608 - SQL over the names of our own tables is what this module writes

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from django.apps import apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from core.ledger.sealing import practice_path

POLICY = "only_for_the_practice"
HEADS_POLICY = "heads_for_checkpoints"
PRACTICE = "nullif(current_setting('app.practice', true), '')::uuid"
PERSON = "nullif(current_setting('app.person', true), '')::uuid"
HEADS = "current_setting('app.house', true) = 'heads'"

OUTSIDE_APPS = {
    "account": "addresses of a person, who may work in several practices",
    "auth": "Django's groups and permissions, which nobody is given",
    "axes": "failed sign-ins, counted before it is known who asks",
    "contenttypes": "names of tables",
    "django_tasks_database": "work handed over, which the worker has to find before it knows for whom",
    "mfa": "second factors of a person, read while they sign in",
    "sessions": "Django's own, which stays empty: sessions are accounts.Session",
    "socialaccount": "sign-ins of a person elsewhere, read while they sign in",
}
OUTSIDE_MODELS = {
    "accounts.Session": "read before it is known who asks",
    "accounts.SingleSignOn": "sign-ins of a person elsewhere, read while they sign in",
    "accounts.User": "a person may work in several practices, and signs in before choosing one",
    "accounts.User_groups": "Django's; it stays empty",
    "accounts.User_user_permissions": "Django's; it stays empty",
    "ledger.Checkpoint": "signed over the heads of all streams; hashes alone",
    "ledger.Command": "random keys of forms that were carried out, and the addresses they led to",
    "ledger.CheckpointLeaf": "names of streams, numbers and hashes; nothing of what they hold",
    "ledger.WitnessFolder": "how far the checkpoints are written to a folder",
}
OUTSIDE_TABLES = {"django_migrations": "which migrations ran"}


@dataclass(frozen=True)
class Wall:
    """Which rows of a table are there to be read (``using``), and which may be written (``check``): SQL over them."""

    table: str
    using: str
    check: str

    @property
    def stamp(self) -> str:
        """Return what tells this wall from an earlier one; it stands in the database as the policy's comment."""
        return sha256(f"{self.using}|{self.check}".encode()).hexdigest()


def walls() -> list[Wall]:
    """Return the wall of every table that belongs to a practice, by itself or through what it hangs on."""
    return [_wall(model) for model in inside_models()]


def inside_models() -> list[type[models.Model]]:
    """Return the models whose rows belong to a practice."""
    found = [model for model in apps.get_models(include_auto_created=True) if _is_inside(model)]
    return sorted(found, key=lambda model: model._meta.db_table)


def is_outside(model: type[models.Model]) -> bool:
    """Say whether a model is listed as belonging to no practice."""
    return model._meta.app_label in OUTSIDE_APPS or model._meta.label in OUTSIDE_MODELS


def restore_policies(connection: BaseDatabaseWrapper | None = None) -> None:
    """Put up every wall that is missing or is not as it should be. Harmless to repeat; nothing on SQLite."""
    connection = connection or connections["default"]
    wanting = set(missing_policies(connection))
    existing = set(connection.introspection.table_names()) if wanting else set()
    for wall in walls():
        if wall.table in wanting & existing:
            _put_up(connection, wall)


def missing_policies(connection: BaseDatabaseWrapper | None = None) -> list[str]:
    """Name every table that shows more than its practice's rows: unforced, without its policy, or with another."""
    connection = connection or connections["default"]
    if connection.vendor != "postgresql":
        return []
    found = _as_they_are(connection)
    return [wall.table for wall in walls() if found.get(wall.table) != _as_it_should_be(wall)]


def _is_inside(model: type[models.Model]) -> bool:
    if is_outside(model) or model._meta.proxy:
        return False
    return model._meta.db_table in _WRITTEN or practice_path(model) is not None


def _wall(model: type[models.Model]) -> Wall:
    table = model._meta.db_table
    if table in _WRITTEN:
        return _WRITTEN[table]
    using = _using(model)
    return Wall(table, using, " AND ".join(dict.fromkeys([using, *_of_the_same_practice(model)])))


def _using(model: type[models.Model]) -> str:
    path = practice_path(model) or ""
    first = model._meta.get_field(path.split("__")[0])
    if "__" not in path:
        return f'"{first.column}" = {PRACTICE}'  # type: ignore[union-attr]
    return _is_there(model, first)


def _of_the_same_practice(model: type[models.Model]) -> Iterator[str]:
    """Yield what is asked of a row that is written: whatever it points at is there for this practice too."""
    for field in model._meta.concrete_fields:
        target = field.related_model
        if isinstance(target, type) and _is_inside(target) and not _leads_back(target, model):
            there = _is_there(model, field)
            yield f'("{field.column}" IS NULL OR {there})' if field.null else there


def _leads_back(target: type[models.Model], model: type[models.Model]) -> bool:
    """Say whether asking for a row of ``target`` asks for one of ``model`` again, which PostgreSQL refuses to follow.

    A practice itself is named by the column, and needs no asking.
    """
    passed: list[object] = [target]
    for name in (practice_path(target) or "").split("__"):
        passed.append(passed[-1]._meta.get_field(name).related_model if name else target)  # type: ignore[attr-defined]
    return model in passed or target._meta.label == "accounts.Practice"


def _is_there(model: type[models.Model], field: object) -> str:
    column, target = field.column, field.related_model._meta  # type: ignore[attr-defined]
    above = f'"{target.db_table}" AS above WHERE above."{target.pk.column}" = "{model._meta.db_table}"."{column}"'
    return f"EXISTS (SELECT 1 FROM {above})"


def _of_a_person(stream: str) -> str:
    """Return the condition for a stream that is nobody's practice's: one's own, and those of whoever works here."""
    works_here = (
        f"EXISTS (SELECT 1 FROM accounts_membership AS m WHERE m.practice_id = {PRACTICE}"
        f" AND 'user:' || m.user_id::text = {stream}.name)"
    )
    return f"{stream}.practice_id IS NULL AND ({stream}.name = 'user:' || {PERSON}::text OR {works_here})"


def _in_a_stream(table: str, condition: str) -> str:
    above = f"ledger_stream AS s WHERE s.id = {table}.stream_id AND ({condition})"
    return f"EXISTS (SELECT 1 FROM {above})"


def _written() -> Iterator[Wall]:
    """Yield the walls that no foreign key can tell: practices themselves, and people's streams, which are nobody's."""
    mine = f"practice_id = {PRACTICE}"
    works = f"EXISTS (SELECT 1 FROM accounts_membership AS m WHERE m.practice_id = accounts_practice.id AND {_MINE})"
    yield Wall("accounts_practice", f"id = {PRACTICE} OR {works}", f"id = {PRACTICE}")
    yield Wall("accounts_membership", f"{mine} OR user_id = {PERSON}", mine)
    stream = f"{mine} OR ({_of_a_person('ledger_stream')})"
    yield Wall("ledger_stream", stream, stream)
    # Not merely "where the stream is there": for a checkpoint every stream is, and what it holds is not.
    shown = f"s.{mine} OR ({_of_a_person('s')})"
    yield Wall("ledger_streamkey", *[_in_a_stream("ledger_streamkey", shown)] * 2)
    yield Wall(
        "ledger_entry",
        f"{mine} OR {_in_a_stream('ledger_entry', _of_a_person('s'))}",
        f"(practice_id IS NULL OR {mine}) AND {_in_a_stream('ledger_entry', shown)}",
    )
    for table in ("ledger_payload", "ledger_seal"):
        yield Wall(table, *[f"EXISTS (SELECT 1 FROM ledger_entry AS e WHERE e.id = {table}.entry_id)"] * 2)


_MINE = f"m.user_id = {PERSON}"
_WRITTEN = {wall.table: wall for wall in _written()}


def _put_up(connection: BaseDatabaseWrapper, wall: Wall) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT polname FROM pg_policy WHERE polrelid = %s::regclass", [wall.table])
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP POLICY "{name}" ON "{wall.table}"')
        for statement in statements(wall):
            cursor.execute(statement)


def statements(wall: Wall) -> list[str]:
    """Return the statements that put up a wall where there is none."""
    table = f'"{wall.table}"'
    made = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {POLICY} ON {table} USING ({wall.using}) WITH CHECK ({wall.check})",
        f"COMMENT ON POLICY {POLICY} ON {table} IS '{wall.stamp}'",
    ]
    if wall.table == "ledger_stream":
        made.append(f"CREATE POLICY {HEADS_POLICY} ON {table} FOR SELECT USING ({HEADS})")
    return made


def _as_it_should_be(wall: Wall) -> tuple[bool, bool, dict[str, str]]:
    extra = {HEADS_POLICY: ""} if wall.table == "ledger_stream" else {}
    return True, True, {POLICY: wall.stamp, **extra}


def _as_they_are(connection: BaseDatabaseWrapper) -> dict[str, tuple[bool, bool, dict[str, str]]]:
    """Return of every table whether row-level security is on and forced, and its policies with their comments."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polname,"
            " coalesce(obj_description(p.oid, 'pg_policy'), '')"
            " FROM pg_class AS c LEFT JOIN pg_policy AS p ON p.polrelid = c.oid"
            " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace"
        )
        found: dict[str, tuple[bool, bool, dict[str, str]]] = {}
        for table, enabled, forced, name, comment in cursor.fetchall():
            policies = found.setdefault(table, (enabled, forced, {}))[2]
            if name is not None:
                policies[name] = comment
    return found
