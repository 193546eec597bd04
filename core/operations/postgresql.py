"""A PostgreSQL database dumped from one snapshot by pg_dump, and restored in one transaction by pg_restore and psql."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast

import psycopg
from psycopg import pq

from core.errors import Refused
from core.operations.archive import PIECE
from core.operations.facts import SESSIONS, Ask

DEBIAN = Path("/usr/lib/postgresql")

# Everything in the schema is dropped, and not the schema, whose privileges are not the dump's to restore. What belongs
# to an extension stays. The wait for others ends with an error that says so.
PREAMBLE = """
\\set ON_ERROR_STOP on
BEGIN;
SET LOCAL lock_timeout = '15s';
SET client_min_messages = warning;
DO $$
DECLARE found record;
BEGIN
    FOR found IN
        SELECT format('public.%I', c.relname) AS name, CASE c.relkind WHEN 'v' THEN 'VIEW'
            WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('e', 'i', 'a'))
    LOOP
        EXECUTE format('DROP %s IF EXISTS %s CASCADE', found.kind, found.name);
    END LOOP;
    FOR found IN
        SELECT p.oid::regprocedure::text AS name FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', found.name);
    END LOOP;
END $$;
"""
_END = "IF to_regclass('public.{0}') IS NOT NULL THEN DELETE FROM public.{0}; END IF;"
ENDING = f"\nDO $$ BEGIN {' '.join(_END.format(table) for table in SESSIONS)} END $$;\nCOMMIT;\n"

_CURES = (
    ("row-level security", "Set BACKUP_DATABASE_URL to a role that owns the tables and may pass by row security."),
    ("lock timeout", "Others are using the database. Stop the servers and the workers, and try again."),
    ("role", "Create the roles that the dump names in this cluster first, and try again."),
)


def parameters_of(url: str, of_django: Mapping[str, Any]) -> dict[str, str]:
    """Return how to reach the database: by ``url`` where there is one, else as Django does."""
    if url:
        try:
            return {name: str(value) for name, value in psycopg.conninfo.conninfo_to_dict(url).items()}
        except psycopg.ProgrammingError:
            raise Refused("BACKUP_DATABASE_URL is no address of a PostgreSQL: postgres://name:word@host/base") from None
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    return {name: str(value) for name, value in of_django.items() if name in known and value is not None}


@contextmanager
def asking(parameters: Mapping[str, str]) -> Iterator[tuple[Ask, list[str], str, int]]:
    """Yield what asks the database in one snapshot, its tables, the snapshot's name and the server's major version."""
    with _connected(parameters) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")

        def ask(query: str) -> list[tuple[Any, ...]]:
            return connection.execute(query.encode()).fetchall()

        tables = [str(name) for (name,) in ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        snapshot = str(ask("SELECT pg_export_snapshot()")[0][0])
        yield ask, tables, snapshot, connection.info.server_version // 10_000


@contextmanager
def _connected(parameters: Mapping[str, str]) -> Iterator[psycopg.Connection[Any]]:
    try:
        connection = psycopg.connect(psycopg.conninfo.make_conninfo(**parameters), autocommit=True)
    except psycopg.OperationalError:
        raise Refused("The database does not answer. Is DATABASE_URL, or BACKUP_DATABASE_URL, right?") from None
    with connection:
        yield connection


def dumped(parameters: Mapping[str, str], snapshot: str, version: int) -> Iterator[bytes]:
    """Yield pg_dump's custom format piece by piece, as of that snapshot."""
    options = ["--format=custom", "--compress=0", "--no-owner", "--no-password", f"--snapshot={snapshot}"]
    with _running([program("pg_dump", version), *options], parameters, stdout=subprocess.PIPE) as process:
        output = cast(IO[bytes], process.stdout)
        while piece := output.read(PIECE):
            yield piece


def examine(pieces: Iterable[bytes], version: int) -> None:
    """Have pg_restore read a dump to its end without a database, so that one it cannot read changes nothing."""
    with _running([program("pg_restore", version), "--file=/dev/null"], {}, stdin=subprocess.PIPE) as process:
        _feed(process, pieces)


def restore(pieces: Iterable[bytes], parameters: Mapping[str, str], version: int) -> None:
    """Put a dump in the place of everything in the database, in one transaction: all of it, or nothing."""
    psql = [program("psql", version), "--no-psqlrc", "--quiet", "--no-password", "--output=/dev/null"]
    script = [program("pg_restore", version), "--file=-", "--no-owner"]
    with _running(psql, parameters, stdin=subprocess.PIPE) as session:
        _feed(session, [PREAMBLE.encode()])
        try:
            with _running(script, {}, stdin=subprocess.PIPE, stdout=session.stdin) as reading:
                _feed(reading, pieces)
        except Refused:
            if not _ended_well(session):  # then what it read from the other was not what failed
                return
            raise
        _feed(session, [ENDING.encode()])  # reached only where the whole dump was read: else nothing is committed


def program(name: str, version: int) -> str:
    """Return the path of one of PostgreSQL's programs, of the server's major version."""
    found = [path for path in (shutil.which(name), str(DEBIAN / str(version) / "bin" / name)) if path]
    there = {path: _version_of(path) for path in found if Path(path).exists()}
    for path, its in there.items():
        if its == version:
            return path
    wrong = f"it is of version {next(iter(there.values()))}" if there else "it is not installed here"
    cure = f"On Debian and Ubuntu: apt-get install postgresql-client-{version}."
    raise Refused(f"{name} of version {version}, the server's, is needed, and {wrong}. {cure} Nothing was changed.")


def _version_of(path: str) -> int:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True, timeout=20).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return 0
    number = re.search(r"\b(\d+)", said)
    return int(number[1]) if number else 0


@contextmanager
def _running(command: list[str], parameters: Mapping[str, str], **pipes: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program with the connection in its environment; end it, or wait for it and refuse where it failed."""
    with tempfile.TemporaryFile() as complaints:
        environment = {**_inherited(), **_as_environment(parameters)}
        process = subprocess.Popen(command, env=environment, stderr=complaints, **pipes)  # noqa: S603  by its path
        try:
            yield process
            _close(process)
            failed = process.wait()
        except BaseException:
            process.kill()
            _close(process)
            process.wait()
            raise
        finally:
            if process.stdout:
                process.stdout.close()
        if failed:
            raise _refusal(Path(command[0]).name, complaints)


def _ended_well(process: subprocess.Popen[bytes]) -> bool:
    _close(process)
    return process.wait(timeout=60) == 0


def _feed(process: subprocess.Popen[bytes], pieces: Iterable[bytes]) -> None:
    """Send everything; where the program has ended before, its own words say why."""
    target = cast(IO[bytes], process.stdin)
    with suppress(BrokenPipeError):
        for piece in pieces:
            target.write(piece)
        target.flush()


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        with suppress(BrokenPipeError):
            process.stdin.close()


def _refusal(name: str, complaints: IO[bytes]) -> Refused:
    """Say which program failed. Its first line says why; what follows may quote a row, and is left out."""
    complaints.seek(0)
    said = complaints.read(4_000).decode(errors="replace").strip().splitlines() or ["it said nothing"]
    cure = next((cure for words, cure in _CURES if words in said[0]), "")
    return Refused(
        f"{name} failed: {said[0][:300]}. {cure} Nothing was changed.".replace("..", ".").replace(".  ", ". ")
    )


def _inherited() -> dict[str, str]:
    """Pass on what a program needs to run, and no setting of ours: FIELD_KEYS is none of its business."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "PGOPTIONS") if name in os.environ}


def _as_environment(parameters: Mapping[str, str]) -> dict[str, str]:
    """Say how to connect in the environment, where no list of processes shows it."""
    named = {option.keyword.decode(): option.envvar for option in pq.Conninfo.get_defaults()}
    return {named[name].decode(): value for name, value in parameters.items() if named.get(name)}  # type: ignore[union-attr]
