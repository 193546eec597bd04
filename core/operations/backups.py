"""Making a backup: one file with a consistent dump of the database and what it says of itself."""

import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from core.accounts.models import Practice
from core.errors import Refused
from core.ledger.chain import timestamp
from core.ledger.services import Event, append, practice_stream
from core.operations import events, facts, postgresql, sqlite
from core.operations.archive import Dumped, is_backup, write_archive
from core.operations.chunks import key_from, name_of
from core.operations.files import Unfinished, unfinished
from core.operations.manifest import Manifest


@dataclass(frozen=True)
class Made:
    """A backup that is in its place: what it says of itself, its size, and the name of its key where it has one."""

    manifest: Manifest
    bytes: int
    key: str


@dataclass(frozen=True)
class _Source:
    """A dump being read, and all of its manifest but what is known only when it has been read."""

    pieces: Iterator[bytes]
    described: Manifest


def make(*, path: Path, at: datetime) -> Made:
    """Write a backup of the whole database to ``path``, and record that it was made.

    It gets its name when it is whole and on the disk, as the last thing before the record is committed. Until then,
    and where anything fails, an older backup of that name is what it was.
    """
    _refuse_to_write_over_something_else(path)
    keys = backup_keys()
    with unfinished(path) as fresh, _told_in_words():
        manifest = _write(fresh, keys[0] if keys else None, at)
        size = fresh.part.stat().st_size
        with transaction.atomic():
            _record(manifest, at=at, encrypted=bool(keys))
            fresh.put_in_place()
    return Made(manifest, size, name_of(keys[0]).hex() if keys else "")


def backup_keys() -> list[bytes]:
    """Return the keys of BACKUP_KEYS, the newest first; none where backups are not encrypted."""
    return [key_from(text) for text in settings.BACKUP_KEYS]


def database_file() -> Path:
    """Return the file of the SQLite database."""
    return Path(str(connection.settings_dict["NAME"]))


def connection_parameters() -> dict[str, str]:
    """Return how PostgreSQL's programs reach the database: past a pooler, where BACKUP_DATABASE_URL says how."""
    return postgresql.parameters_of(settings.BACKUP_DATABASE_URL, connection.get_connection_params())


def _write(fresh: Unfinished, key: bytes | None, at: datetime) -> Manifest:
    def describe(dumped: Dumped) -> Manifest:
        return replace(source.described, dump_bytes=dumped.bytes, dump_sha256=dumped.sha256)

    with _source(at) as source:
        manifest = write_archive(fresh.file, source.pieces, describe, key)
    fresh.settle()
    return manifest


@contextmanager
def _told_in_words() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        words = f"The backup could not be written: {problem.strerror or problem}."
        raise Refused(f"{words} Nothing was changed, and an older backup of that name is what it was.") from None


@contextmanager
def _source(at: datetime) -> Iterator[_Source]:
    if connection.vendor == "sqlite":
        with sqlite.copied(database_file()) as copy, sqlite.asking(copy) as (ask, tables):
            described = _described(ask, tables, "sqlite", sqlite3.sqlite_version, at)
            yield _Source(sqlite.pieces_of(copy), described)
    else:
        parameters = connection_parameters()
        with postgresql.asking(parameters) as (ask, tables, snapshot, version):
            described = _described(ask, tables, "postgresql", str(version), at)
            yield _Source(postgresql.dumped(parameters, snapshot, version), described)


def _described(ask: facts.Ask, tables: list[str], database: str, server: str, at: datetime) -> Manifest:
    return Manifest(
        product=product_version(),
        database=database,
        server=server,
        at=timestamp(at),
        migrations=facts.migrations_in(ask, tables),
        counts=facts.counts_in(ask, tables),
        checkpoint=facts.checkpoint_in(ask, tables),
        dump_bytes=0,
        dump_sha256="",
    )


def product_version() -> str:
    """Return the version of this product."""
    try:
        content: dict[str, Any] = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    except OSError:
        return "unknown"
    return str(content["project"]["version"])


def _record(manifest: Manifest, *, at: datetime, encrypted: bool) -> None:
    """Record the backup in the stream of each practice that is in it. Where it lies is not the record's to say."""
    payload = {"dump_sha256": manifest.dump_sha256, "encrypted": encrypted, "checkpoint": manifest.checkpoint}
    record_for_every_practice(events.BACKUP_MADE, payload, at=at)


def record_for_every_practice(action: str, payload: dict[str, Any], *, at: datetime) -> None:
    """Append an event of the system to the stream of each practice; last in a transaction."""
    streams = [practice_stream(key) for key in Practice.objects.order_by("pk").values_list("pk", flat=True)]
    if streams:
        append(*(Event(stream, action, stream, payload) for stream in streams), by=None, at=at)


def _refuse_to_write_over_something_else(path: Path) -> None:
    if path.is_dir():
        raise Refused(f"{path} is a folder. Name a file in it.")
    if path.exists() and not is_backup(path):
        raise Refused(f"{path} exists and is no backup. Name another file; nothing was written.")
