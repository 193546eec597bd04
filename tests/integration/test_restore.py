"""A restore puts a whole backup in place, or changes nothing; and it says what is not as it was recorded."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from io import StringIO
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from cryptography.fernet import Fernet
from django.contrib.sessions.models import Session as OlderSession
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from psycopg.conninfo import make_conninfo

from core.accounts.models import Practice, Session, User
from core.ledger import witness_folder
from core.ledger.checkpointing import make_checkpoint
from core.ledger.findings import Report
from core.ledger.guards import missing_guards
from core.ledger.models import Checkpoint, Entry
from core.ledger.selectors import payload_of
from core.operations import backups, postgresql, restores
from core.operations.archive import open_backup, write_archive
from core.operations.management.commands.restore import Command
from core.operations.manifest import read_manifest
from screening.models import Flag, Screening
from tests.broken_backups import KEY, flipped, forged, repacked, sealed
from tests.conftest import lift_guards
from tests.factories import PracticeFactory
from tests.own_database import _django_db_helper, copied_database, own_database, pointed_at  # noqa: F401
from tests.playing import house, published, submitted

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="a SQLite file")
postgresql_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's programs")


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory):
    """Backups of one practice with a case: as it is, encrypted, altered past the guards, and of an older version."""
    folder = tmp_path_factory.mktemp("made")
    with own_database(django_db_blocker, folder, "source"):
        at_house = house()
        submitted(at_house, published(at_house), "thoughts-are-back")
        Session.objects.create(session_key="somebody", session_data="x", expire_date=AT)
        backups.make(path=folder / "plain", at=AT)
        go_on_after(folder / "older")
        alter_a_row()
        backups.make(path=folder / "altered", at=AT)
    return folder


def go_on_after(folder):
    """Back up, go on working, and have a witness see how far that went."""
    folder.mkdir()
    make_checkpoint(at=AT)
    backups.make(path=folder / "backup", at=AT)
    missing = make_checkpoint(at=AT)  # the backup itself is an event that is not in it
    assert missing
    (folder / "missing").write_text(f"checkpoint {missing.number}: ")
    (folder / "checkpoints.jsonl").write_bytes(b"".join(line + b"\n" for _, line in witness_folder.lines()))


def alter_a_row():
    """Change what a flag says, as somebody would who owns the database, and put the guards back."""
    lift_guards(connection)
    Flag.objects.filter(pk=Flag.objects.order_by("pk")[0].pk).update(rule_id="another")
    call_command("migrate", verbosity=0)


@pytest.fixture
def target(made, django_db_blocker, tmp_path):
    """A database that was migrated and not used yet."""
    with own_database(django_db_blocker, tmp_path, "target"):
        yield made


@pytest.fixture(scope="module")
def hill(made, django_db_blocker, tmp_path_factory):
    """A database with a practice in it, for the tests that must not change it."""
    with copied_database(django_db_blocker, tmp_path_factory.mktemp("hill"), "hill") as name:
        with pointed_at(django_db_blocker, name):
            PracticeFactory.create(name="Hill")
        yield name


@pytest.fixture
def in_use(made, hill, django_db_blocker):
    """Use that database."""
    with pointed_at(django_db_blocker, hill):
        yield made


@pytest.fixture
def to_replace(target):
    """A database of one's own with a practice in it."""
    PracticeFactory.create(name="Hill")
    return target


def restored(path, **options):
    """Restore; return the exit code and what was said."""
    said = StringIO()
    try:
        call_command("restore", str(path), stdout=said, stderr=said, **options)
    except SystemExit as left:
        return left.code, said.getvalue()
    return 0, said.getvalue()


def refused(path, **options):
    """Try to restore what must be refused; return what was said."""
    with pytest.raises(CommandError) as refusal:
        call_command("restore", str(path), **options)
    assert refusal.value.returncode == 3
    return str(refusal.value)


def is_untouched():
    return list(Practice.objects.values_list("name", flat=True)) == ["Hill"] and missing_guards() == []


class TestIntoAnEmptyDatabase:
    def test_everything_is_there_again_guarded_verified_and_recorded(self, target):
        code, said = restored(target / "plain")
        assert (code, "The ledger is intact" in said) == (0, True), said
        assert Screening.objects.count() == 1
        assert missing_guards() == []
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Flag.objects.update(rule_id="another")
        assert_recorded(target / "plain")
        assert Session.objects.count() == 0  # nobody is signed in who was when the backup was made
        assert "Everybody has to sign in again" in said

    @sqlite_only
    def test_a_database_that_is_not_there_yet_is_made(self, target, tmp_path):
        connection.close()
        backups.database_file().unlink()
        assert restored(target / "plain")[0] == 0
        assert Screening.objects.count() == 1

    def test_an_encrypted_backup_is_restored_with_its_key(self, target, tmp_path, settings):
        settings.BACKUP_KEYS = [KEY]
        with open_backup(target / "plain", []) as backup, (tmp_path / "sealed").open("wb") as file:
            write_archive(file, backup.dump(), lambda _: backup.manifest, backups.backup_keys()[0])
        assert restored(tmp_path / "sealed")[0] == 0
        assert Screening.objects.count() == 1


def assert_recorded(path):
    with open_backup(path, []) as backup:
        digest, checkpoint = backup.manifest.dump_sha256, backup.manifest.checkpoint
    assert checkpoint is not None
    assert checkpoint["hash"] == Checkpoint.objects.get(number=checkpoint["number"]).hash
    entry = Entry.objects.get(action="backup.restored")
    assert entry.stream.name == f"practice:{Practice.objects.get().pk}"
    assert payload_of(entry) == {
        "made_at": "2026-11-03T04:00:00.000000Z",
        "dump_sha256": digest,
        "checkpoint": checkpoint,
        "replaced": False,
        "findings": 0,
    }


class TestWhatWasAltered:
    def test_a_row_altered_before_the_backup_is_named(self, target):
        code, said = restored(target / "altered")
        assert code == 1
        assert "screening_flag" in said
        assert "The ledger has 1 finding:" in said
        assert payload_of(Entry.objects.get(action="backup.restored"))["findings"] == 1

    def test_rows_that_are_missing_are_counted(self, target, tmp_path):
        with open_backup(target / "plain", []) as backup:
            counts = backup.manifest.counts
        more = forged(target / "plain", tmp_path / "x", counts={**counts, "accounts_user": 99})
        code, said = restored(more)
        assert code == 1
        assert f"accounts_user has {counts['accounts_user']} rows, and had 99" in said

    def test_a_ledger_whose_key_is_missing_could_not_be_checked(self, target, settings):
        settings.FIELD_KEYS = [Fernet.generate_key().decode()]
        code, said = restored(target / "plain")
        assert code == 2
        assert "FIELD_KEYS" in said


def test_one_of_a_kind_is_said_as_one():
    manifest: Any = SimpleNamespace(counts={"a": 1}, at="noon")
    report = Report(streams=1, entries=1, rows=1, checkpoints=1, witnessed=1)
    said = StringIO()
    Command(stdout=said)._say(restores.Restored(manifest, replaced=False, report=report))
    assert said.getvalue().splitlines() == [
        "Restored: 1 row as of noon. Everybody has to sign in again.",
        "The ledger is intact: 1 entry in 1 stream, 1 sealed row, 1 checkpoint, 1 witnessed elsewhere.",
    ]


class TestAnOlderBackup:
    """The record went on after the backup was made; a witness elsewhere saw how far."""

    @pytest.fixture
    def older(self, target):
        return target / "older"

    def test_is_caught_with_a_witness_and_the_missing_checkpoint_is_named(self, older):
        code, said = restored(older / "backup", witness=[older / "checkpoints.jsonl"])
        assert code == 1
        assert (older / "missing").read_text() in said
        assert f"practice:{Practice.objects.get().pk}" in said
        assert payload_of(Entry.objects.get(action="backup.restored"))["findings"] > 0

    def test_looks_intact_without_one(self, older):
        """Nothing inside the database can tell that there was more: that is what the witness is for."""
        assert restored(older / "backup")[0] == 0

    def test_is_caught_with_the_folder_of_witnesses_without_being_told(self, older, settings):
        settings.WITNESS_FOLDER = str(older)
        code, said = restored(older / "backup")
        assert (code, (older / "missing").read_text() in said) == (1, True)

    def test_a_witness_that_is_not_there_is_named_before_anything_is_touched(self, in_use):
        assert "cannot be read" in refused(in_use / "plain", replace=True, witness=[in_use / "nowhere"])
        assert is_untouched()

    @pytest.mark.parametrize("how", ["given", "in the folder"])
    @pytest.mark.parametrize(("holds", "words"), [("", "is empty"), ("{}\n\n", "has no line of a witness")])
    def test_so_is_one_that_is_none(self, in_use, tmp_path, settings, how, holds, words):
        (tmp_path / "checkpoints.jsonl").write_text(holds)
        settings.WITNESS_FOLDER = "" if how == "given" else str(tmp_path)
        given = [tmp_path / "checkpoints.jsonl"] if how == "given" else []
        assert words in refused(in_use / "plain", replace=True, witness=given)
        assert is_untouched()


class TestADatabaseThatHoldsSomething:
    def test_is_not_replaced_unless_asked_for(self, in_use):
        assert "Add --replace" in refused(in_use / "plain")
        assert is_untouched()

    def test_is_replaced_whole_where_asked_for(self, to_replace):
        code, said = restored(to_replace / "plain", replace=True)
        assert code == 0, said
        assert "Hill" not in Practice.objects.values_list("name", flat=True)
        assert User.objects.count() > 0
        assert payload_of(Entry.objects.get(action="backup.restored"))["replaced"] is True

    @sqlite_only
    def test_is_kept_under_another_name(self, to_replace):
        _, said = restored(to_replace / "plain", replace=True)
        (kept,) = backups.database_file().parent.glob("*.before-*")
        assert str(kept) in said
        with closing(sqlite3.connect(kept)) as before:
            assert before.execute("SELECT name FROM accounts_practice").fetchall() == [("Hill",)]

    @sqlite_only
    def test_is_not_replaced_while_somebody_has_it_open(self, in_use):
        with closing(sqlite3.connect(backups.database_file())) as another:
            another.execute("SELECT count(*) FROM accounts_user").fetchone()
            assert "Stop the server and the worker" in refused(in_use / "plain", replace=True)
        assert is_untouched()

    @sqlite_only
    def test_stays_where_the_last_step_fails(self, in_use, monkeypatch):
        def fails(*args):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("core.operations.sqlite.os.link", fails)
        assert "No space left" in refused(in_use / "plain", replace=True)
        assert is_untouched()
        assert list(backups.database_file().parent.glob("*.part")) == []

    @postgresql_only
    def test_is_not_waited_for_for_ever(self, in_use, monkeypatch):
        monkeypatch.setattr(postgresql, "PREAMBLE", postgresql.PREAMBLE.replace("'15s'", "'300ms'"))
        with psycopg.connect(make_conninfo(**backups.connection_parameters())) as another:
            another.execute("SELECT count(*) FROM accounts_user")
            assert "Others are using the database" in refused(in_use / "plain", replace=True)
        assert is_untouched()

    @postgresql_only
    def test_stays_where_the_dump_breaks_off_half_way(self, in_use, tmp_path, monkeypatch):
        """What is looked at beforehand would find it; the transaction holds where it did not."""
        with open_backup(in_use / "plain", []) as backup:
            dump = b"".join(backup.dump())
        half = forged(in_use / "plain", tmp_path / "half", dump=dump[: len(dump) * 9 // 10])
        assert "pg_restore failed" in refused(half, replace=True)
        monkeypatch.setattr(postgresql, "examine", lambda *_: None)
        assert "pg_restore failed" in refused(half, replace=True)
        assert is_untouched()

    @postgresql_only
    def test_stays_where_the_database_refuses_a_part_of_the_dump(self, in_use, monkeypatch):
        monkeypatch.setattr(
            postgresql, "PREAMBLE", postgresql.PREAMBLE + "CREATE TABLE public.screening_flag (x int);\n"
        )
        assert "psql failed" in refused(in_use / "plain", replace=True)
        assert is_untouched()

    @postgresql_only
    def test_gives_way_whole_whatever_else_was_in_it(self, to_replace):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE of_a_newer_version (who uuid REFERENCES accounts_user)")
            cursor.execute("CREATE VIEW seen AS SELECT * FROM of_a_newer_version")
        assert restored(to_replace / "plain", replace=True)[0] == 0
        assert not {"of_a_newer_version", "seen"} & set(connection.introspection.table_names(include_views=True))


class TestABrokenFile:
    @pytest.mark.parametrize("how", ["cut", "empty", "a letter", "one bit", "one bit sealed", "no manifest", "more"])
    def test_is_refused_before_anything_is_touched(self, in_use, tmp_path, settings, how):
        raw, broken = (in_use / "plain").read_bytes(), tmp_path / "broken"
        if how == "cut":
            broken.write_bytes(raw[: len(raw) // 2])
        elif how in ("empty", "a letter"):
            broken.write_bytes(b"" if how == "empty" else b"Dear Ana,")
        elif how.startswith("one bit"):
            raw = flipped(sealed(in_use / "plain", settings) if how.endswith("sealed") else raw)
            broken.write_bytes(raw)
        else:
            repacked(in_use / "plain", broken, how)
        assert "Take another one" in refused(broken, replace=True)
        assert is_untouched()

    def test_one_that_is_not_there_is_named(self, in_use, tmp_path):
        assert "cannot be opened" in refused(tmp_path / "nowhere", replace=True)

    def test_a_dump_that_is_none_is_refused(self, in_use, tmp_path):
        said = refused(forged(in_use / "plain", tmp_path / "x", dump=b"no database" * 1000), replace=True)
        assert "Nothing was changed" in said
        assert is_untouched()

    @pytest.mark.parametrize(
        "spoilt",
        [
            {"format": 2},
            {"format": "1"},
            {"counts": {"accounts_user": -1}},
            {"counts": {"accounts_user": "many"}},
            {"database": "oracle"},
            {"dump_bytes": None},
            {"more": 1},
        ],
    )
    def test_what_it_says_of_itself_is_read_strictly(self, in_use, spoilt):
        with open_backup(in_use / "plain", []) as backup:
            content = json.loads(backup.manifest.to_bytes())
        with pytest.raises(restores.Refused):
            read_manifest(json.dumps({**content, **spoilt}).encode())


class TestAnotherVersion:
    def test_a_newer_one_is_refused(self, in_use, tmp_path):
        with open_backup(in_use / "plain", []) as backup:
            applied = backup.manifest.migrations
        newer = forged(in_use / "plain", tmp_path / "x", migrations=[*applied, "screening.9999_later"], product="9.9")
        assert "made by a newer version (9.9; screening.9999_later" in refused(newer, replace=True)
        assert is_untouched()

    def test_another_kind_of_database_is_refused(self, in_use, tmp_path):
        other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
        assert f"of a {other} database" in refused(forged(in_use / "plain", tmp_path / "x", database=other))

    def test_an_older_one_is_brought_up_to_date_only_where_asked_for(self, to_replace, django_db_blocker, tmp_path):
        with own_database(django_db_blocker, tmp_path, "earlier"):
            call_command("migrate", "screening", "0003", verbosity=0)
            backups.make(path=tmp_path / "older", at=AT)
        assert "Add --migrate" in refused(tmp_path / "older", replace=True)
        assert is_untouched()
        code, said = restored(tmp_path / "older", replace=True, migrate=True)
        assert code == 0, said
        assert "Migrated: screening.0004_demands" in said

    def test_nobody_is_signed_in_from_one_in_which_sessions_lay_elsewhere(self, target, tmp_path):
        call_command("migrate", "accounts", "0001", verbosity=0)
        OlderSession.objects.create(session_key="somebody", session_data="x", expire_date=AT)
        backups.make(path=tmp_path / "older", at=AT)
        code, said = restored(tmp_path / "older", replace=True, migrate=True)
        assert code == 0, said
        assert (OlderSession.objects.count(), Session.objects.count()) == (0, 0)
