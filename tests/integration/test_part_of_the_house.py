"""A command that needs the whole house refuses, on PostgreSQL, as a role that sees no practice's rows."""

from pathlib import Path

import pytest
from django.core.management import call_command, get_commands, load_command_class
from django.core.management.base import CommandError
from django.db import connection

from core.accounts.models import Practice
from core.config.database import HOUSE_COMMANDS
from core.tenancy.house import PART_OF_THE_HOUSE, HouseCommand
from tests import playing
from tests.as_application import as_application, make_role

pytestmark = pytest.mark.django_db

UNHELD = {"backup", "checkpoint", "export_checkpoints", "restore", "verify_ledger"}
"""They look after the house as well, and say so in their own way: the first three need no row that a policy hides."""
ASKED = [
    ["rotate_keys"],
    ["rotate_keys", "--check"],
    ["due_for_erasure"],
    ["create_practice", "Harbour Street"],
    ["add_member", "tess", "--practice", "Harbour Street", "--role", "therapist"],
    ["reset_password", "tess"],
    ["reset_second_factor", "tess"],
    ["link_single_sign_on", "tess", "subject"],
    ["export_evidence", "00000000-0000-4000-8000-000000000000", "case.zip"],
    ["write_pdf", "00000000-0000-4000-8000-000000000000", "case.pdf"],
    ["demo"],
    ["verify_ledger"],
]


def test_every_command_of_ours_that_needs_the_house_looks_who_asks() -> None:
    ours = {name: app for name, app in get_commands().items() if str(app).startswith(("core", "screening"))}
    needing = {name: load_command_class(ours[name], name) for name in ours if name in HOUSE_COMMANDS}
    assert {name for name, found in needing.items() if not isinstance(found, HouseCommand)} == UNHELD


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite knows no roles")
class TestAsTheApplication:
    @pytest.mark.parametrize("asked", ASKED, ids=" ".join)
    def test_it_is_refused_with_the_cure(self, asked: list[str]) -> None:
        playing.house()
        make_role()
        before = Practice.objects.count()
        with as_application(), pytest.raises(CommandError) as refused:
            call_command(*asked)
        assert (str(refused.value).endswith(PART_OF_THE_HOUSE), refused.value.returncode) == (True, 2)
        assert Practice.objects.count() == before

    def test_a_restore_is_too_for_a_database_in_use_would_pass_for_an_empty_one(self, tmp_path: Path) -> None:
        make_role()
        with as_application(), pytest.raises(CommandError) as refused:
            call_command("restore", str(tmp_path / "some.backup"))
        assert (str(refused.value).endswith(PART_OF_THE_HOUSE), refused.value.returncode) == (True, 3)

    def test_a_backup_is_made_by_whom_it_names_and_says_that_it_is_not_recorded(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        make_role()
        with as_application():
            call_command("backup", str(tmp_path / "some.backup"))
        assert f"not recorded: {PART_OF_THE_HOUSE}" in capsys.readouterr().err

    def test_whoever_sees_the_whole_house_is_not(self) -> None:
        playing.house()
        with pytest.raises(SystemExit) as left:
            call_command("rotate_keys", "--check")
        assert (left.value.code, connection.vendor) == (0, "postgresql")
