"""A backup is one whole file, consistent while the database is in use; whatever fails leaves the older one alone."""

import io
import os
import resource
import sqlite3
import stat
import subprocess
import sys
import threading
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from io import StringIO
from typing import BinaryIO, cast

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from core.accounts.models import Practice, User
from core.errors import Refused
from core.ledger.models import Entry
from core.operations import backups, chunks, postgresql
from core.operations.archive import open_backup
from core.operations.manifest import read_manifest
from tests.own_database import _django_db_helper, own_database  # noqa: F401
from tests.playing import house, published, submitted

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
KEY, OLDER_KEY = "A" * 43 + "=", "B" * 43 + "="
sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="a SQLite file")
postgresql_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's programs")


@pytest.fixture(scope="module")
def own(django_db_setup, django_db_blocker, tmp_path_factory):
    """A database with one practice and one case in it, for all tests of this module; they only add to it."""
    with own_database(django_db_blocker, tmp_path_factory.mktemp("own"), "backup"):
        at_house = house()
        submitted(at_house, published(at_house), "thoughts-are-back")
        yield at_house


@pytest.fixture
def path(own, tmp_path):
    return tmp_path / "soundings.backup"


def make(path):
    return backups.make(path=path, at=AT)


def leftovers(path):
    return [found.name for found in path.parent.iterdir() if found.name.endswith(".part")]


def beside_the_database():
    return [f.name for f in backups.database_file().parent.iterdir() if f.name.endswith(".part")]


class TestABackup:
    def test_is_one_file_for_its_owner_alone_that_says_what_is_in_it(self, path):
        made = make(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert leftovers(path) == []
        with zipfile.ZipFile(path) as archive:
            assert sorted(archive.namelist()) == ["dump", "manifest.json"]
            manifest = read_manifest(archive.read("manifest.json"))
        assert manifest == made.manifest
        assert (manifest.format, manifest.product, manifest.database) == (1, "0.1.0", connection.vendor)
        assert manifest.at == "2026-11-03T04:00:00.000000Z"
        assert "ledger.0001_initial" in manifest.migrations
        assert manifest.counts["screening_responseversion"] == 1
        assert manifest.dump_bytes == made.manifest.dump_bytes > 100_000

    def test_is_recorded_in_the_practice_after_what_it_holds(self, path):
        made = make(path)
        entry = Entry.objects.filter(action="backup.made").order_by("-pk")[0]
        assert entry.stream.name == f"practice:{Practice.objects.get().pk}"
        assert entry.actor_id is None
        assert made.manifest.counts["ledger_entry"] == Entry.objects.count() - 1

    @sqlite_only
    def test_opens_as_a_database_without_this_product(self, path, tmp_path):
        make(path)
        with zipfile.ZipFile(path) as archive:
            archive.extract("dump", tmp_path)
        with closing(sqlite3.connect(tmp_path / "dump")) as copy:
            assert copy.execute("SELECT count(*) FROM screening_responseversion").fetchone() == (1,)

    @postgresql_only
    def test_opens_with_pg_restore_without_this_product(self, path, tmp_path):
        make(path)
        with zipfile.ZipFile(path) as archive:
            archive.extract("dump", tmp_path)
        listed = subprocess.run(["pg_restore", "--list", tmp_path / "dump"], capture_output=True, text=True, check=True)
        assert "TABLE DATA public screening_responseversion" in listed.stdout
        assert "TRIGGER public ledger_entry guard_update_ledger_entry" in listed.stdout

    def test_is_consistent_while_others_write(self, path, django_db_blocker):
        """Pairs of people are written in one transaction each: none is ever torn apart."""
        stop = threading.Event()
        written: list[int] = []

        def write():
            with django_db_blocker.unblock():
                while not stop.is_set():
                    with transaction.atomic():
                        for half in ("one", "two"):
                            User.objects.create(username=f"{half} {len(written)}")
                    written.append(1)
                    stop.wait(0.002)
                connection.close()

        before = User.objects.count()
        writer = threading.Thread(target=write)
        writer.start()
        try:
            counted = [make(path).manifest.counts["accounts_user"] for _ in range(4)]
        finally:
            stop.set()
            writer.join()
        assert written
        assert [count for count in counted if (count - before) % 2] == []
        assert counted[-1] > before
        User.objects.filter(username__regex="^(one|two) ").delete()


class TestEncrypted:
    def test_it_opens_with_its_key_alone(self, path, settings):
        settings.BACKUP_KEYS = [OLDER_KEY]
        made = make(path)
        raw = path.read_bytes()
        assert raw.startswith(b"SOUNDINGS ENCRYPTED BACKUP 1\n")
        assert b"screening_responseversion" not in raw
        assert b"manifest" not in raw
        with open_backup(path, [chunks.key_from(KEY), chunks.key_from(OLDER_KEY)]) as backup:
            backup.check()
            assert backup.manifest == made.manifest
        with pytest.raises(Refused, match="No key in BACKUP_KEYS opens this backup"), open_backup(path, [b"x" * 32]):
            pass
        with pytest.raises(Refused, match="Set BACKUP_KEYS"), open_backup(path, []):
            pass

    def test_it_says_so_where_it_is_not(self, own, tmp_path):
        said, warned = StringIO(), StringIO()
        call_command("backup", str(tmp_path / "plain"), stdout=said, stderr=warned)
        assert "not encrypted" in said.getvalue()
        assert "Set BACKUP_KEYS" in warned.getvalue()

    @pytest.mark.parametrize("key", ["short", "Ä" * 44, "A" * 100])
    def test_a_key_that_is_none_is_refused_with_its_cure(self, path, settings, key):
        settings.BACKUP_KEYS = [key]
        with pytest.raises(CommandError, match="32 bytes in base64") as refused:
            call_command("backup", str(path))
        assert refused.value.returncode == 3
        assert not path.exists()


class TestChunks:
    KEYED = chunks.key_from(KEY)

    def sealed(self, data):
        target = io.BytesIO()
        writer = chunks.SealingWriter(target, self.KEYED)
        for begin in range(0, len(data), 700_001):
            writer.write(data[begin : begin + 700_001])
        writer.finish()
        return target.getvalue()

    def opened(self, closed):
        return io.BufferedReader(chunks.OpeningReader(io.BytesIO(closed), [self.KEYED])).read()

    @pytest.mark.parametrize("size", [0, 1, chunks.CHUNK - 1, chunks.CHUNK, chunks.CHUNK + 1, 2 * chunks.CHUNK])
    def test_what_is_sealed_opens_again(self, size):
        data = os.urandom(size)
        assert self.opened(self.sealed(data)) == data

    def test_any_place_can_be_read(self):
        data = os.urandom(2 * chunks.CHUNK + 5)
        reader = io.BufferedReader(chunks.OpeningReader(io.BytesIO(self.sealed(data)), [self.KEYED]))
        for place in (chunks.CHUNK - 3, 2 * chunks.CHUNK, 0):
            reader.seek(place)
            assert reader.read(7) == data[place : place + 7]

    def test_two_of_one_content_have_nothing_in_common(self):
        assert self.sealed(b"x" * 99)[chunks.HEADER :] != self.sealed(b"x" * 99)[chunks.HEADER :]

    @pytest.mark.parametrize("how", ["altered", "cut", "cut at a chunk", "swapped", "appended", "another's header"])
    def test_what_was_altered_does_not_open(self, how):
        closed, size = bytearray(self.sealed(os.urandom(2 * chunks.CHUNK + 5))), chunks.CHUNK + chunks.TAG
        begin, second = chunks.HEADER, chunks.HEADER + size
        if how == "altered":
            closed[-1] ^= 1
        elif how == "cut":
            del closed[-3:]
        elif how == "cut at a chunk":
            del closed[begin + 2 * size :]
        elif how == "swapped":
            closed[begin : second + size] = closed[second : second + size] + closed[begin:second]
        elif how == "appended":
            closed += closed[begin:second]
        else:
            closed[:begin] = self.sealed(b"")[:begin]
        with pytest.raises(Refused, match="altered or cut off"):
            self.opened(bytes(closed))


class TestWhatGoesWrong:
    @pytest.fixture
    def older(self, path):
        make(path)
        assert path.stat().st_size > 40_000
        return path.read_bytes()

    def test_a_full_disk_leaves_the_older_backup_alone(self, path, older):
        """A limit on the size of files stands for the disk: what is written beyond it fails in the same places."""
        entries = Entry.objects.count()
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
        try:
            with pytest.raises(CommandError) as refused:
                call_command("backup", str(path))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert refused.value.returncode == 3
        assert "could not be" in str(refused.value)
        assert path.read_bytes() == older
        assert leftovers(path) == []
        assert Entry.objects.count() == entries
        if connection.vendor == "sqlite":
            assert beside_the_database() == []

    def test_a_disk_that_fills_up_while_it_is_written_leaves_the_older_one_alone(self, path, older, monkeypatch):
        """The copy of the database fits, what comes of it does not."""
        monkeypatch.setattr(backups, "write_archive", full_after(20_000))
        with pytest.raises(Refused, match="could not be written: No space left"):
            make(path)
        assert path.read_bytes() == older
        assert leftovers(path) == []

    def test_an_interruption_leaves_the_older_backup_alone(self, path, older, monkeypatch):
        def interrupted(*args):
            raise KeyboardInterrupt

        monkeypatch.setattr("core.operations.archive.hashlib.sha256", interrupted)
        with pytest.raises(KeyboardInterrupt):
            make(path)
        assert path.read_bytes() == older
        assert leftovers(path) == []

    def test_one_that_cannot_be_recorded_is_not_made(self, path, older, monkeypatch):
        def fails(*args, **kwargs):
            raise Refused("no")

        monkeypatch.setattr(backups, "append", fails)
        with pytest.raises(Refused):
            make(path)
        assert path.read_bytes() == older

    def test_one_that_cannot_get_its_name_is_not_recorded(self, path, older, monkeypatch):
        entries = Entry.objects.count()

        def fails(*args):
            raise OSError(5, "Input/output error")

        monkeypatch.setattr("core.operations.files.Path.replace", fails)
        with pytest.raises(CommandError, match="Input/output error"):
            call_command("backup", str(path))
        assert Entry.objects.count() == entries
        assert path.read_bytes() == older

    def test_it_does_not_write_over_what_is_no_backup(self, path):
        path.write_bytes(b"somebody's letters")
        with pytest.raises(Refused, match="exists and is no backup"):
            make(path)
        assert path.read_bytes() == b"somebody's letters"
        with pytest.raises(Refused, match="is a folder"):
            make(path.parent)

    @sqlite_only
    def test_it_does_not_write_over_the_database(self, own):
        with pytest.raises(Refused, match="exists and is no backup"):
            make(backups.database_file())

    def test_a_folder_that_is_not_there_is_named(self, own, tmp_path):
        with pytest.raises(CommandError, match="cannot be written to"):
            call_command("backup", str(tmp_path / "nowhere" / "x"))


def full_after(size):
    write = backups.write_archive

    class Full:
        def __init__(self, file):
            self.file, self.left = file, size

        def __getattr__(self, name):
            return getattr(self.file, name)

        def write(self, data):
            self.left -= len(data)
            if self.left < 0:
                raise OSError(28, "No space left on device")
            return self.file.write(data)

    return lambda target, *rest: write(cast(BinaryIO, Full(target)), *rest)


@postgresql_only
class TestPostgresqlsPrograms:
    @pytest.fixture
    def programs(self, own, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(postgresql, "DEBIAN", tmp_path)
        return tmp_path

    def test_a_missing_one_is_named_with_its_cure(self, programs, path):
        with pytest.raises(Refused, match=r"pg_dump of version \d+.* not installed.*apt-get install postgresql-client"):
            make(path)
        assert not path.exists()

    def test_one_of_another_version_is_named_with_its_cure(self, programs, path):
        (programs / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
        (programs / "pg_dump").chmod(0o755)
        with pytest.raises(Refused, match=r"it is of version 9\. .*apt-get install postgresql-client"):
            make(path)

    def test_the_password_is_in_no_list_of_processes(self, own, path, monkeypatch):
        commands = []
        started = subprocess.Popen

        def noted(command, **options):
            commands.append((command, options.get("env", {})))
            return started(command, **options)

        monkeypatch.setattr(postgresql.subprocess, "Popen", noted)
        monkeypatch.setattr(
            backups, "connection_parameters", lambda: {**backups_parameters(), "password": "not shown anywhere"}
        )
        make(path)
        assert [command for command, _ in commands if "not shown" in " ".join(command)] == []
        (environment,) = [env for command, env in commands if "--format=custom" in command]
        assert environment["PGPASSWORD"] == "not shown anywhere"
        assert "FIELD_KEYS" not in environment

    def test_another_address_for_backups_is_believed(self, own, settings):
        settings.BACKUP_DATABASE_URL = "postgres://owner:word@db.example:5433/soundings?sslmode=require"
        assert backups.connection_parameters() == {
            "user": "owner",
            "password": "word",
            "host": "db.example",
            "port": "5433",
            "dbname": "soundings",
            "sslmode": "require",
        }


backups_parameters = backups.connection_parameters


@sqlite_only
def test_being_told_to_stop_leaves_nothing_behind(own, tmp_path):
    """SIGTERM while the archive is being written, as a scheduler sends it that has waited long enough."""
    program = (
        "import os, signal, sys\n"
        "import core.config.wsgi\n"
        "from core.operations import archive\n"
        "from django.core.management import call_command\n"
        "archive.SealingWriter.write = lambda *a: os.kill(os.getpid(), signal.SIGTERM)\n"
        f"call_command('backup', {str(tmp_path / 'x')!r})\n"
    )
    database = f"sqlite:///{connection.settings_dict['NAME']}"
    environment = {**os.environ, "DATABASE_URL": database, "BACKUP_KEYS": KEY, "PRODUCTION": "0"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=False)
    assert done.returncode == 143, done.stderr
    assert list(tmp_path.iterdir()) == []
    assert beside_the_database() == []
