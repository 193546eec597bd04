"""The command line itself, as a process: what it does where nobody reads on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import Error, connection

from core.config.database_words import in_words


@pytest.mark.parametrize("command", [["database_roles", "--sql", "rights"], ["export_schemas"], ["help"]])
@pytest.mark.parametrize("unbuffered", [[], ["-u"]], ids=["at its end", "line by line"])
def test_it_ends_quietly_where_nobody_reads_on(root: Path, command: list[str], unbuffered: list[str]) -> None:
    asked = [sys.executable, *unbuffered, "manage.py", *command]
    with subprocess.Popen(asked, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


LONG = "00000000-0000-4000-8000-000000000000"
NOT_SET_UP = "he database is not set up: run manage.py migrate first.\n"
ASKED = {
    "create_practice Harbour": 2,
    "due_for_erasure": 2,
    "reset_password tess": 2,
    "add_member tess --practice Harbour --role therapist": 2,
    f"screen version:{LONG} -": 2,
    f"export_evidence {LONG} case.zip": 2,
    "rotate_keys --check": 2,
    "verify_ledger": 2,
    "checkpoint": 1,
    "export_checkpoints -": 1,
}
NOWHERE = "postgres://nobody@127.0.0.1:1/none"
REACHING = [
    ("create_practice Harbour", NOWHERE),
    ("create_practice Harbour", "sqlite:////nowhere/at/all.sqlite3"),
    ("database_roles", NOWHERE),
    ("rotate_keys --check", NOWHERE),
    ("verify_ledger", NOWHERE),
]


def manage(root: Path, asked: str, url: str) -> "subprocess.CompletedProcess[str]":
    known = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    return subprocess.run(
        [sys.executable, "manage.py", *asked.split()],
        cwd=root,
        env={**known, "PRODUCTION": "0", "DATABASE_URL": url},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("asked", ASKED)
def test_a_database_that_is_not_set_up_is_said_in_one_line(root: Path, tmp_path: Path, asked: str) -> None:
    done = manage(root, asked, f"sqlite:///{tmp_path}/new.sqlite3")
    said = [line for line in done.stderr.splitlines(keepends=True) if not line.startswith("Signatures")]
    assert done.returncode == ASKED[asked]
    assert len(said) == 1
    assert said[0].endswith(NOT_SET_UP)
    assert "interrupted" not in done.stderr


def test_a_backup_of_one_says_so_with_its_own_exit_code(root: Path, tmp_path: Path) -> None:
    (tmp_path / "new.sqlite3").touch()
    done = manage(root, f"backup {tmp_path}/new.backup", f"sqlite:///{tmp_path}/new.sqlite3")
    assert (done.returncode, done.stderr) == (3, f"CommandError: No backup was made: t{NOT_SET_UP}")


@pytest.mark.parametrize(("asked", "url"), REACHING)
def test_a_database_that_does_not_answer_is_said_in_one_line(root: Path, asked: str, url: str) -> None:
    done = manage(root, asked, url)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "he database does not answer: " in done.stderr
    assert done.stderr.endswith("; check DATABASE_URL and that it runs.\n")


@pytest.mark.django_db
class TestWhatTheDatabaseSays:
    @pytest.mark.parametrize(
        ("statement", "words"),
        [("SELECT 1 FROM nothing_of_this_name", NOT_SET_UP.strip()), ("SELECT nothing_of_this_name", None)],
    )
    def test_a_mistake_in_a_statement_stays_a_fault_of_ours(self, statement: str, words: str | None) -> None:
        with pytest.raises(Error) as raised, connection.cursor() as cursor:
            cursor.execute(statement)
        said = in_words(raised.value)
        assert (said and said.removeprefix("t")) == words
