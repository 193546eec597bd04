"""What is typed into a personal field stands in no backup that is not opened with the keys, nor in what a restore says.

A backup copies what is committed, so this has a database of its own, into which the canaries of ``tests/aviary.py`` are
typed. It holds the database whole; what it may not do is to hold more than that, or the same in plain text.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection

from core.operations.archive import DUMP
from tests.aviary import Aviary, filled
from tests.canaries import canary, everything_stored, found_in, spotted
from tests.own_database import _django_db_helper, own_database  # noqa: F401
from tests.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed_and_kept(django_db_setup: None, django_db_blocker: Any, tmp_path: Path) -> Iterator[Aviary]:
    with own_database(django_db_blocker, tmp_path, "aviary"), pytest.MonkeyPatch.context() as patch:
        yield filled(patch=patch)


def test_none_is_in_a_backup_nor_in_what_backing_up_and_restoring_say(
    typed_and_kept: Aviary, tmp_path: Path, capfd: pytest.CaptureFixture[str], settings: Any
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    call_command("backup", str(folder / "plain"))
    settings.BACKUP_KEYS = [Fernet.generate_key().decode()]
    call_command("backup", str(folder / "encrypted"))
    call_command("restore", str(folder / "plain"), replace=True)
    said = capfd.readouterr()
    assert "The ledger is intact" in said.out
    assert found_in(said.out + said.err) == set()
    assert spotted(held_in(folder)) == {}
    assert sorted(path.name for path in folder.iterdir()) == ["encrypted", "plain"]
    assert spotted(everything_stored()) == {}
    case = signed_in(typed_and_kept.house.auditor).get(f"/audit/cases/{typed_and_kept.case.pk}/").content.decode()
    assert canary("emergency-reason") in case  # it is all there for those whom it concerns


def held_in(folder: Path) -> list[tuple[str, str]]:
    """Return what the files hold, and what is packed into the one that is not encrypted."""
    held = [(path.name, path.read_bytes().decode("latin-1")) for path in folder.iterdir()]
    with zipfile.ZipFile(folder / "plain") as opened:
        dump = opened.read(DUMP)
        held += [(name, opened.read(name).decode("latin-1")) for name in opened.namelist()]
    assert b"B-1" in dump, "the code of the client stands in it in plain text, so that a canary would be seen"
    assert (b"SQLite format" in dump) == (connection.vendor == "sqlite")
    return held
