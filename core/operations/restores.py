"""Putting a backup in the place of the database, and finding out whether what stands there now is whole.

Everything that can be known beforehand is looked at before anything is touched. Nothing is migrated unless asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from django.db.migrations.loader import MigrationLoader

from core.encryption import DecryptionFailed
from core.errors import Refused
from core.ledger import witness
from core.ledger.findings import Finding, Report
from core.ledger.guards import missing_guards, restore_guards
from core.ledger.services import KeyMissing
from core.ledger.verification import report_on
from core.ledger.witness_folder import FILE_NAME
from core.operations import events, facts, postgresql, sqlite
from core.operations.archive import Backup, open_backup
from core.operations.backups import (
    backup_keys,
    connection_parameters,
    database_file,
    record_for_every_practice,
)
from core.operations.manifest import Manifest


@dataclass
class Restored:
    """What was restored and what was found in it. ``report`` is missing where nothing could be checked, and why."""

    manifest: Manifest
    replaced: bool
    kept_as: Path | None = None
    migrated: list[str] = field(default_factory=list)
    report: Report | None = None
    guards: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    @property
    def altered(self) -> bool:
        """Say whether something is not what it was when it was recorded, or is gone."""
        return bool(self.problems or self.guards or (self.report and self.report.tampered))


def restore(*, path: Path, at: datetime, replace: bool, migrate: bool, witnesses: Sequence[Path] = ()) -> Restored:
    """Restore the backup at ``path``, put the guards back, verify the ledger and record it.

    The ledger is held against the ``witnesses`` and the checkpoints in WITNESS_FOLDER: what they saw and the backup
    does not have is a finding. Refuses, with nothing touched: a broken file, one of the other database or of a newer
    version, one that needs migrations unless ``migrate``, and a database that is in use unless ``replace``.
    """
    known = _readable([*witnesses, *_witness_of_ours()])
    with open_backup(path, backup_keys()) as backup:
        missing = _missing_migrations(backup.manifest)
        _refuse_what_does_not_fit(backup.manifest, missing, migrate=migrate)
        backup.check()
        in_use = _refuse_a_database_in_use(replace=replace)
        restored = Restored(backup.manifest, replaced=in_use)
        connections.close_all()
        if connection.vendor == "sqlite":
            restored.kept_as = _restore_sqlite(backup, at, keep=in_use)
        else:
            _restore_postgresql(backup)
    _bring_up_to_date(restored, missing)
    _check(restored, known)
    _record(restored, at)
    return restored


def _readable(witnesses: Sequence[Path]) -> list[Path]:
    """Refuse a witness that cannot be read, or is none, while nothing has been touched yet."""
    for path in witnesses:
        try:
            with path.open("rb") as lines:
                is_one = any(map(_is_witness, lines))
        except OSError as problem:
            raise Refused(f"The witness {path} cannot be read: {problem.strerror}. Nothing was changed.") from None
        if not is_one:
            what = "has no line of a witness" if path.stat().st_size else "is empty"
            raise Refused(f"The witness {path} {what}. Name one that export_checkpoints wrote. Nothing was changed.")
    return list(dict.fromkeys(path.resolve() for path in witnesses))


def _is_witness(line: bytes) -> bool:
    try:
        witness.read_line(line)
    except witness.WitnessBroken:
        return False
    return True


def _witness_of_ours() -> list[Path]:
    path = Path(settings.WITNESS_FOLDER) / FILE_NAME
    return [path] if settings.WITNESS_FOLDER and path.exists() else []


def _refuse_what_does_not_fit(manifest: Manifest, missing: list[str], *, migrate: bool) -> None:
    if manifest.database != connection.vendor:
        to = f"This one is {connection.vendor}."
        raise Refused(f"The backup is of a {manifest.database} database. {to} Set DATABASE_URL to one of its kind.")
    unknown = sorted(set(manifest.migrations) - _known_migrations())
    if unknown:
        newer = f"The backup was made by a newer version ({manifest.product}; {unknown[-1]} is not known here)."
        raise Refused(f"{newer} Install that version and restore with it. Nothing was changed.")
    if missing and not migrate:
        older = f"The backup was made by an older version ({manifest.product}; {missing[0]} is not in it)."
        raise Refused(f"{older} Add --migrate to bring it up to date as well. Nothing was changed.")


def _known_migrations() -> set[str]:
    loader = MigrationLoader(None)
    return {f"{app}.{name}" for app, name in loader.disk_migrations or {}}


def _missing_migrations(manifest: Manifest) -> list[str]:
    return sorted(_known_migrations() - set(manifest.migrations))


def _refuse_a_database_in_use(*, replace: bool) -> bool:
    in_use = _is_in_use()
    if in_use and not replace:
        cure = "Add --replace to put the backup in its place; make a backup of it first."
        raise Refused(f"The database holds something already. {cure} Nothing was changed.")
    return in_use


def _is_in_use() -> bool:
    if connection.vendor == "sqlite" and not database_file().exists():
        return False

    def ask(query: str) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    try:
        return facts.is_in_use(ask, connection.introspection.table_names())
    except DatabaseError:  # damaged, which may be why it is replaced; certainly not empty
        return True


def _restore_sqlite(backup: Backup, at: datetime, *, keep: bool) -> Path | None:
    path = database_file()
    kept = path.with_name(f"{path.name}.before-{at:%Y%m%dT%H%M%S}") if keep else None
    with sqlite.laid_beside(path, backup.dump()) as fresh:
        sqlite.swap(fresh, path, keep_as=kept)
    return kept


def _restore_postgresql(backup: Backup) -> None:
    parameters = connection_parameters()
    with postgresql.asking(parameters) as (_, _, _, version):
        pass
    postgresql.examine(backup.dump(), version)
    postgresql.restore(backup.dump(), parameters, version)


def _bring_up_to_date(restored: Restored, missing: list[str]) -> None:
    if missing:
        call_command("migrate", verbosity=0, interactive=False)
        restored.migrated = missing
    restore_guards()


def _check(restored: Restored, witnesses: Sequence[Path]) -> None:
    """Count the rows, look at the guards and verify the ledger; what cannot be done is said, not passed over."""
    try:
        restored.problems.extend(_lost_rows(restored))
        restored.guards = missing_guards()
        restored.report = report_on(witnesses=witnesses)
    except (DatabaseError, ImproperlyConfigured, OSError) as problem:
        restored.unchecked.append(f"The ledger could not be checked: {problem}")


def _lost_rows(restored: Restored) -> list[str]:
    if restored.migrated:
        return []  # a migration may move rows; the dump's own digest was right
    expected = {table: rows for table, rows in restored.manifest.counts.items() if table not in facts.SESSIONS}
    found = {}
    with connection.cursor() as cursor:
        for table in expected:
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  counted when the backup was made
            found[table] = cursor.fetchone()[0]
    return [
        f"The table {table} has {found[table]} rows, and had {rows} when the backup was made."
        for table, rows in expected.items()
        if found[table] != rows
    ]


def _record(restored: Restored, at: datetime) -> None:
    payload = {
        "made_at": restored.manifest.at,
        "dump_sha256": restored.manifest.dump_sha256,
        "checkpoint": restored.manifest.checkpoint,
        "replaced": restored.replaced,
        "findings": len(restored.report.findings) if restored.report else None,
    }
    try:
        with transaction.atomic():
            record_for_every_practice(events.BACKUP_RESTORED, payload, at=at)
    except (DecryptionFailed, KeyMissing):
        restored.unchecked.append("That it was restored could not be recorded: FIELD_KEYS opens no key of the ledger.")
    except DatabaseError as problem:
        restored.unchecked.append(f"That it was restored could not be recorded: {problem}")


def findings_of(restored: Restored) -> list[Finding]:
    """Return what the verifier found."""
    return restored.report.findings if restored.report else []
