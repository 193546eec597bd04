"""A SQLite database copied whole while it is in use, and put in the place of another."""

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from core.errors import Refused
from core.operations import facts
from core.operations.archive import PIECE
from core.operations.facts import Ask
from core.operations.files import settle_folder

IN_USE = "Something has the database open. Stop the server and the worker, and try again. Nothing was changed."
NOT_OURS = "The backup holds no database of ours. Take another one. Nothing was changed."


@contextmanager
def copied(path: Path) -> Iterator[Path]:
    """Yield a copy of the database as it is at one moment, beside it; the copy is gone afterwards.

    The online backup in one step holds one read transaction: with the write-ahead log nobody waits, and what is
    written meanwhile is not in the copy.
    """
    with _beside(path) as copy:
        try:
            with closing(_opened(path, "ro")) as source, closing(sqlite3.connect(copy)) as target:
                source.backup(target, pages=-1)
                target.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as problem:
            raise Refused(f"The database could not be copied: {problem}. Is there space on the disk?") from None
        yield copy


@contextmanager
def asking(path: Path) -> Iterator[tuple[Ask, list[str]]]:
    """Yield what asks the database of this file, and the names of its tables."""
    with closing(_opened(path, "ro")) as connection:

        def ask(query: str) -> list[tuple[object, ...]]:
            return connection.execute(query).fetchall()

        named = ask("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
        yield ask, [str(name) for (name,) in named]


def pieces_of(path: Path) -> Iterator[bytes]:
    """Read a file piece by piece."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


@contextmanager
def laid_beside(path: Path, pieces: Iterable[bytes]) -> Iterator[Path]:
    """Write a dump beside the database and look whether it is a whole one; it is gone unless it was moved away."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _beside(path) as fresh:
        try:
            with fresh.open("wb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        except OSError as problem:
            raise Refused(f"The backup could not be unpacked: {problem.strerror}. Nothing was changed.") from None
        _prepare(fresh)
        yield fresh


def swap(fresh: Path, path: Path, *, keep_as: Path | None) -> None:
    """Put ``fresh`` in the place of the database, in one step; the old one is kept under another name."""
    if path.exists():
        _close_for_good(path)
    try:
        if keep_as:
            os.link(path, keep_as)
        fresh.replace(path)
    except OSError as problem:
        raise Refused(f"The backup could not be put in place: {problem.strerror}. Nothing was changed.") from None
    settle_folder(path.parent)


def _prepare(fresh: Path) -> None:
    """Check the dump's pages, and end the sessions in it: those that were ended since must not come back."""
    try:
        with closing(sqlite3.connect(fresh)) as connection, connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise Refused("The backup holds a database that is damaged. Take another one. Nothing was changed.")
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables.intersection(facts.SESSIONS):
                raise Refused(NOT_OURS)
            for table in tables.intersection(facts.SESSIONS):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names from above
    except sqlite3.Error:
        raise Refused(NOT_OURS) from None


def _close_for_good(path: Path) -> None:
    """Move what stands in the write-ahead log into the database. That works for the only one who has it open."""
    try:
        with closing(sqlite3.connect(path, timeout=2)) as connection:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError:
        raise Refused(IN_USE) from None
    except sqlite3.DatabaseError:  # what stands there is damaged, which may be why it is replaced
        return
    if mode != ("delete",):
        raise Refused(IN_USE)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):
                Path(name + ending).unlink(missing_ok=True)


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=20)
