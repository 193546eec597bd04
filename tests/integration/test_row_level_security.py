"""The second wall between practices: PostgreSQL shows a practice its own rows, whatever the code asks for."""
# ruff: noqa: S608 - raw SQL over the names of our own tables is what is tried here

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from core import tenancy
from core.accounts.models import Practice
from core.ledger.sealing import registered
from core.tenancy import policies, roles
from core.tenancy.connections import naming
from screening.models import Client
from tests import playing
from tests.as_application import as_application, make_role
from tests.integration.acts import ACTS
from tests.playing import House

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no row-level security")

TABLES = [wall.table for wall in policies.walls()]
APPEND_ONLY = {sealed.table for sealed in registered()}
HELD_WITHOUT_PRACTICE = {"ledger_stream", "ledger_entry", "ledger_streamkey", "ledger_payload"}
"""Where a person's own stream lies: what is recorded of them before they choose a practice is nobody's."""

NOT_HERE = "row-level security|a reading is of the case that was drawn"
"""Said by the wall, or before it by a demand on rows that are behind it."""


@pytest.fixture(scope="module")
def houses(shared_db: None) -> list[House]:
    """Two practices, each with rows in every table that belongs to a practice."""
    made = [playing.house(), playing.house()]
    for house in made:
        protocol = playing.published(house)
        playing.signed(house, protocol, "thoughts-are-back")
        for verb in (
            "reviews.send_back",
            "readings.write",
            "policies.change",
            "rule_sets.note_changes",
            "access.record_refusal",
            "erasures.ask",
            *MORE_ROWS,
        ):
            ACTS[verb](house)()
    make_role()
    return made


MORE_ROWS = tuple(verb for verb in ACTS if verb.startswith(("emergencies.", "erasures.")))


def seen(table: str, practice: UUID | None = None, person: UUID | None = None) -> set[str]:
    """Return the rows of a table that the application is shown, as JSON."""
    with tenancy.inside(practice=practice, person=person), as_application(), connection.cursor() as cursor:
        cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" AS t')
        return {text for (text,) in cursor.fetchall()}


def all_rows(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" AS t')
        return {text for (text,) in cursor.fetchall()}


@contextmanager
def refused(words: str) -> Iterator[None]:
    """Expect that the database refuses the application something, and leave the test's transaction usable."""
    with pytest.raises(DatabaseError, match=words), as_application(), transaction.atomic():
        yield


def run(statement: str, parameters: Any = ()) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


class TestWhichTables:
    def test_every_model_belongs_to_a_practice_or_is_listed_as_outside_with_a_reason(self) -> None:
        inside = set(policies.inside_models())
        models = apps.get_models(include_auto_created=True)
        assert [model._meta.label for model in models if model not in inside and not policies.is_outside(model)] == []

    def test_none_is_both(self) -> None:
        assert [model for model in policies.inside_models() if policies.is_outside(model)] == []

    @on_postgresql
    def test_every_table_of_the_database_is_forced_or_listed(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
                " AND NOT (relrowsecurity AND relforcerowsecurity) AND relnamespace = current_schema()::regnamespace"
            )
            open_tables = {name for (name,) in cursor.fetchall()}
        outside = {
            model._meta.db_table for model in apps.get_models(include_auto_created=True) if policies.is_outside(model)
        }
        assert open_tables - outside - set(policies.OUTSIDE_TABLES) == set()
        assert not open_tables & set(TABLES)

    @on_postgresql
    def test_every_wall_stands(self) -> None:
        assert policies.missing_policies() == []

    @on_postgresql
    @pytest.mark.parametrize(
        "harm",
        [
            "ALTER TABLE screening_client DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE screening_client NO FORCE ROW LEVEL SECURITY",
            "DROP POLICY only_for_the_practice ON screening_client",
            "CREATE POLICY wide ON screening_client USING (true)",
            "COMMENT ON POLICY only_for_the_practice ON screening_client IS 'an earlier one'",
        ],
    )
    def test_one_that_was_taken_down_is_named_and_put_up_again(self, harm: str) -> None:
        run(harm)
        assert policies.missing_policies() == ["screening_client"]
        policies.restore_policies()
        assert policies.missing_policies() == []
        with connection.cursor() as cursor:
            cursor.execute("SELECT polname FROM pg_policy WHERE polrelid = 'screening_client'::regclass")
            assert cursor.fetchall() == [("only_for_the_practice",)]


@on_postgresql
@pytest.mark.parametrize("table", TABLES)
class TestATable:
    def test_shows_each_practice_its_own_rows(self, houses: list[House], table: str) -> None:
        here, there = (seen(table, house.practice.pk) for house in houses)
        assert here
        assert there
        assert here & there == set()
        assert here | there <= all_rows(table)

    def test_shows_nothing_to_whoever_names_no_practice(self, houses: list[House], table: str) -> None:
        assert seen(table) == set()

    def test_shows_nothing_of_a_practice_that_is_not_there(self, houses: list[House], table: str) -> None:
        assert seen(table, uuid.uuid4()) == set()

    def test_loses_no_row_of_a_practice_between_the_two(self, houses: list[House], table: str) -> None:
        """What neither is shown is nobody's: a person's own stream, before they worked anywhere."""
        shown = {row for practice in Practice.objects.all() for row in seen(table, practice.pk)}
        left = all_rows(table) - shown
        assert left == set() or (table in HELD_WITHOUT_PRACTICE and all(_is_nobodys(table, row) for row in left))

    def test_takes_no_row_for_another_practice(self, houses: list[House], table: str) -> None:
        theirs = json.loads(sorted(seen(table, houses[1].practice.pk))[0])
        theirs |= _another_key(table)
        with tenancy.inside(practice=houses[0].practice.pk), refused(NOT_HERE):
            _insert(table, theirs)

    def test_takes_no_row_from_whoever_names_no_practice(self, houses: list[House], table: str) -> None:
        row = json.loads(sorted(seen(table, houses[0].practice.pk))[0]) | _another_key(table)
        with refused(NOT_HERE):
            _insert(table, row)

    def test_changes_and_deletes_nothing_of_another_practice(self, houses: list[House], table: str) -> None:
        """Not even with every right on the table: there is nothing there to change."""
        run(f'GRANT UPDATE, DELETE ON "{table}" TO "{_role()}"')
        theirs = seen(table, houses[1].practice.pk)
        column = connection.introspection.get_table_description(connection.cursor(), table)[0].name
        own = f"to_jsonb(t)::text IN ({', '.join(['%s'] * len(theirs))})"
        with tenancy.inside(practice=houses[0].practice.pk), as_application():
            assert run(f'UPDATE "{table}" AS t SET "{column}" = "{column}" WHERE {own}', sorted(theirs)) == 0
            assert run(f'DELETE FROM "{table}" AS t WHERE {own}', sorted(theirs)) == 0
        assert seen(table, houses[1].practice.pk) == theirs


@on_postgresql
class TestMovingARow:
    @pytest.mark.parametrize("table", ["screening_client", "screening_screening", "screening_protocol"])
    def test_to_another_practice_is_refused(self, houses: list[House], table: str) -> None:
        with tenancy.inside(practice=houses[0].practice.pk), refused("row-level security"):
            run(f'UPDATE "{table}" SET practice_id = %s', [houses[1].practice.pk])

    def test_a_case_cannot_be_hung_on_a_client_of_another_practice(self, houses: list[House]) -> None:
        theirs = Client.objects.filter(practice=houses[1].practice)[0]
        with tenancy.inside(practice=houses[0].practice.pk), refused("row-level security"):
            run("UPDATE screening_screening SET client_id = %s", [theirs.pk])


@on_postgresql
class TestAPerson:
    def test_finds_their_own_roles_before_a_practice_is_chosen_and_nothing_else(self, houses: list[House]) -> None:
        person = houses[0].therapist.user.pk
        assert {json.loads(row)["user_id"] for row in seen("accounts_membership", person=person)} == {str(person)}
        assert {json.loads(row)["id"] for row in seen("accounts_practice", person=person)} == {
            str(houses[0].practice.pk)
        }
        inside = set(TABLES) - {"accounts_membership", "accounts_practice"} - HELD_WITHOUT_PRACTICE
        assert [table for table in inside if seen(table, person=person)] == []

    def test_cannot_give_themselves_a_role(self, houses: list[House]) -> None:
        row = json.loads(sorted(seen("accounts_membership", houses[1].practice.pk))[0])
        row |= {"id": 999_999_999, "user_id": str(houses[0].therapist.user.pk), "role": "auditor"}
        with tenancy.inside(person=houses[0].therapist.user.pk), refused("row-level security"):
            _insert("accounts_membership", row)


@on_postgresql
class TestTheSetting:
    def test_is_gone_with_the_statement_outside_a_transaction(self) -> None:
        with _another_connection() as other:
            practice = uuid.uuid4()
            with tenancy.inside(practice=practice):
                assert _said(other) == str(practice)
            assert not _said(other)
            with other.cursor() as cursor:
                cursor.execute("SELECT 1")
            assert not _said(other)

    def test_does_not_reach_whoever_is_given_the_connection_next(self) -> None:
        """As PgBouncer hands a connection on after each transaction: two people take turns on one."""
        one, two = uuid.uuid4(), uuid.uuid4()
        with _another_connection() as pooled:
            for practice in (one, two, one):
                pooled.set_autocommit(False)
                with tenancy.inside(practice=practice):
                    assert [_said(pooled), _said(pooled)] == [str(practice)] * 2
                pooled.commit()
                pooled.set_autocommit(True)
                assert not _said(pooled)
            pooled.set_autocommit(False)
            with tenancy.inside(practice=two):
                _said(pooled)
            pooled.rollback()
            pooled.set_autocommit(True)
            assert not _said(pooled)

    def test_is_taken_back_where_a_transaction_goes_on_for_nobody(self, houses: list[House]) -> None:
        with transaction.atomic():
            with tenancy.inside(practice=houses[0].practice.pk):
                assert _said(connection) == str(houses[0].practice.pk)
            assert not _said(connection)

    def test_is_said_again_after_a_savepoint_was_undone(self, houses: list[House]) -> None:
        one, two = (house.practice.pk for house in houses)
        with tenancy.inside(practice=one):
            _said(connection)
            with pytest.raises(DatabaseError), transaction.atomic(), tenancy.inside(practice=two):
                run("SELECT 1 / 0")
            assert _said(connection) == str(one)

    def test_comes_along_with_a_cursor_on_the_server_and_with_many_rows(self, houses: list[House]) -> None:
        with tenancy.inside(practice=houses[0].practice.pk), as_application():
            expected = set(Client.objects.values_list("pk", flat=True))
            assert set(Client.objects.values_list("pk", flat=True).iterator(chunk_size=1)) == expected
            assert expected
            with connection.cursor() as cursor:
                cursor.executemany("UPDATE screening_client SET code = code WHERE id = %s", [[pk] for pk in expected])
                assert cursor.rowcount == len(expected)

    def test_holds_nothing_but_ids(self) -> None:
        said = naming(tenancy.Tenant(practice=uuid.UUID(int=1), person=uuid.UUID(int=2)))
        assert said.count("'") == 12

    @pytest.mark.parametrize("nonsense", ["", "' OR true --", "not-a-uuid"])
    def test_that_is_no_practice_shows_nothing(self, houses: list[House], nonsense: str) -> None:
        with as_application(), transaction.atomic():
            run("SELECT set_config('app.practice', %s, true)", [nonsense])
            with connection.cursor() as cursor:
                try:
                    with transaction.atomic():
                        cursor.execute("SELECT count(*) FROM screening_client")
                        assert cursor.fetchone() == (0,)
                except DatabaseError as refused:
                    assert "invalid input syntax for type uuid" in str(refused)  # noqa: PT017 - either is a closed door


@on_postgresql
class TestHeads:
    def test_are_shown_for_a_checkpoint_and_nothing_else_is(self, houses: list[House]) -> None:
        with tenancy.reading_heads(), as_application(), connection.cursor() as cursor:
            found = {}
            for table in TABLES:
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                found[table] = cursor.fetchone()[0]
        assert {table for table, count in found.items() if count} == {"ledger_stream"}
        assert found["ledger_stream"] == len(all_rows("ledger_stream"))

    def test_cannot_be_moved_so(self, houses: list[House]) -> None:
        with tenancy.reading_heads(), as_application():
            assert run("UPDATE ledger_stream SET head_seq = 0") == 0


@on_postgresql
class TestTheRole:
    def test_owns_nothing_and_bypasses_nothing(self, houses: list[House]) -> None:
        with as_application():
            assert roles.too_mighty() == []
            assert not roles.sees_the_whole_house()

    @pytest.mark.parametrize(
        "table", sorted(APPEND_ONLY - {"screening_rulesetversion", "screening_questionnaireversion"})
    )
    @pytest.mark.parametrize("statement", ['UPDATE "{}" SET "{}" = "{}"', 'DELETE FROM "{}"', 'TRUNCATE "{}"'])
    def test_has_no_right_to_change_what_is_kept(self, houses: list[House], table: str, statement: str) -> None:
        column = connection.introspection.get_table_description(connection.cursor(), table)[0].name
        with refused("permission denied"):
            run(statement.format(table, column, column))

    def test_changes_no_table_and_no_wall(self, houses: list[House]) -> None:
        for statement in ("ALTER TABLE screening_client NO FORCE ROW LEVEL SECURITY", "CREATE TABLE mine (id int)"):
            with refused("must be owner|permission denied"):
                run(statement)

    def test_verifies_no_ledger_that_it_cannot_see(self, houses: list[House]) -> None:
        with as_application(), pytest.raises(CommandError, match="DATABASE_OWNER_URL") as left:
            call_command("verify_ledger")
        assert left.value.returncode == 2

    def test_a_mightier_one_is_warned_of_in_production(self, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
        settings.PRODUCTION = True
        found = [check.id for check in run_checks(tags=["database"], databases=["default"])]
        assert found == ["soundings.W016", "soundings.W016"]  # a superuser, and the owner of the tables
        with pytest.raises(SystemExit):
            call_command("verify_ledger")
        assert "row-level security does not hold" in capsys.readouterr().err
        settings.CONNECTS_AS_OWNER = True
        assert run_checks(tags=["database"], databases=["default"]) == []

    def test_the_applications_own_is_not_warned_of(self, houses: list[House], settings: Any) -> None:
        settings.PRODUCTION = True
        with as_application():
            assert run_checks(tags=["database"], databases=["default"]) == []


def _role() -> str:
    from tests.as_application import ROLE

    return ROLE


def _said(through: Any) -> str | None:
    with through.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.practice', true)")
        return cursor.fetchone()[0]


class _another_connection:  # noqa: N801 - it reads as what it opens
    def __enter__(self) -> Any:
        self.opened = connection.copy()
        return self.opened

    def __exit__(self, *_: object) -> None:
        self.opened.close()


def _is_nobodys(table: str, row: str) -> bool:
    found = json.loads(row)
    if table in ("ledger_stream", "ledger_entry"):
        return found["practice_id"] is None
    column, above = ("stream_id", "ledger_stream") if table == "ledger_streamkey" else ("entry_id", "ledger_entry")
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT practice_id FROM "{above}" WHERE id = %s', [found[column]])
        return bool(cursor.fetchone() == (None,))


def _another_key(table: str) -> dict[str, Any]:
    """Return a key that no row has, where a row's key is its own and not that of the row it hangs on."""
    model = next(model for model in policies.inside_models() if model._meta.db_table == table)
    key = model._meta.pk
    if key.is_relation or not getattr(key, "column", None):
        return {}
    return {str(key.column): str(uuid.uuid4()) if key.get_internal_type() == "UUIDField" else 987_654_321}


def _insert(table: str, row: dict[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in row if name != "code_found")  # which the database writes by itself
    filled = f'jsonb_populate_record(NULL::"{table}", %s::jsonb)'
    run(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM {filled}', [json.dumps(row)])
