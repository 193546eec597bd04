"""Which process connects to the database as whom, and the SQL that makes the application's role."""

import pytest
from django.apps import apps
from django.core.management import call_command, get_commands

from core.config.database import HOUSE_COMMANDS, application_role, as_owner
from core.tenancy.roles import DELETED, OURS, rights

SEES_NO_PRACTICE = {
    "check_protocol",
    "compare_protocols",
    "compare_rules",
    "export_questionnaire",
    "export_schemas",
} | {
    "protocol_coverage",
    "screen",
    "database_roles",
}
"""Our commands that read no practice's rows: they read folders and what is published by its id."""


class TestWhoConnectsAsWhom:
    OWNER, APPLICATION = "postgres://owner:x@db/soundings", "postgres://app:y@db/soundings"

    @pytest.mark.parametrize("command", sorted(HOUSE_COMMANDS))
    def test_what_needs_the_house_connects_as_its_owner(self, command: str) -> None:
        assert as_owner(["manage.py", command], self.OWNER)
        assert not as_owner(["manage.py", command], "")

    @pytest.mark.parametrize("arguments", [[], ["gunicorn"], ["manage.py", "db_worker"], ["manage.py", "runserver"]])
    def test_nothing_else_does(self, arguments: list[str]) -> None:
        assert not as_owner(arguments, self.OWNER)

    def test_the_application_has_a_role_of_its_own_only_where_the_owner_is_named(self) -> None:
        assert application_role(self.APPLICATION, self.OWNER) == "app"
        assert application_role(self.APPLICATION, "") == application_role(self.OWNER, self.OWNER) == ""

    def test_every_command_of_ours_says_whether_it_needs_the_house(self) -> None:
        ours = {name for name, app in get_commands().items() if str(app).startswith(("core", "screening"))}
        assert ours - set(HOUSE_COMMANDS) - SEES_NO_PRACTICE == set()

    def test_it_may_delete_rows_of_ours_only_where_the_product_does(self) -> None:
        may = {table for table, what in rights() if "DELETE" in what}
        ours = {model._meta.db_table for model in apps.get_models() if model._meta.app_label in OURS}
        assert may & ours == set(DELETED)

    def test_the_sql_has_a_part_for_a_superuser_and_one_for_the_owner(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("database_roles", "--sql", "role", "--role", "soundings_web")
        made = capsys.readouterr().out
        call_command("database_roles", "--sql", "rights", "--role", "soundings_web")
        given = capsys.readouterr().out
        assert "NOSUPERUSER NOBYPASSRLS" in made
        assert "GRANT" not in made
        assert 'GRANT SELECT, INSERT ON "ledger_entry" TO "soundings_web";' in given
        assert " ROLE " not in given
