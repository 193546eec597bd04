"""The database itself refuses to change, delete or replace what was recorded, on SQLite and on PostgreSQL."""
# ruff: noqa: S608 - raw SQL over the names of our own tables is what is tried here

from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction

from core.ledger.guards import guard_table, missing_guards, restore_guards, unguard_table
from core.ledger.models import Entry, Payload
from core.ledger.sealing import registered, registration
from core.ledger.services import Event, append
from tests.append_only_rows import NOW, altered_value, row_in, row_of, sealed_rows_of_every_table
from tests.factories import actor

TABLES = [sealed.table for sealed in registered()]
PARTLY = [sealed for sealed in registered() if sealed.frozen_when]
on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's own way round")
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL's own way round")

pytestmark = pytest.mark.django_db
REFUSALS = r"append-only|gains no editors|of the case that was drawn"


@pytest.fixture
def rows():
    return sealed_rows_of_every_table()


@contextmanager
def refused():
    """Expect the database to refuse, and leave the test's transaction usable."""
    with pytest.raises(IntegrityError, match=REFUSALS), transaction.atomic():
        yield


def run(statement, parameters=()):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


def fixed_fields(sealed):
    return [field for field in sealed.model._meta.concrete_fields if field.column not in sealed.mutable_columns]


def test_every_append_only_model_has_its_guards_in_the_database():
    assert missing_guards() == []


@pytest.mark.parametrize("sealed", registered(), ids=lambda sealed: sealed.table)
def test_no_column_can_be_updated(rows, sealed):
    for field in fixed_fields(sealed):
        with refused():
            run(f'UPDATE "{sealed.table}" SET "{field.column}" = %s', [altered_value(field)])


@pytest.mark.parametrize("table", TABLES)
def test_no_row_can_be_deleted(rows, table):
    with refused():
        run(f'DELETE FROM "{table}"')


@pytest.mark.parametrize("table", TABLES)
def test_the_orm_cannot_delete_or_save_either(rows, table):
    row = row_in(table)
    with refused():
        models.QuerySet(type(row)).filter(pk=row.pk)._raw_delete("default")


@on_postgresql
@pytest.mark.parametrize("table", TABLES)
def test_no_table_can_be_truncated(rows, table):
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with refused():
        run(f'TRUNCATE "{table}" CASCADE')


@on_postgresql
@pytest.mark.parametrize("table", TABLES)
def test_a_session_that_plays_a_replica_is_refused_too(rows, table):
    run("SET LOCAL session_replication_role = replica")
    with refused():
        run(f'DELETE FROM "{table}"')


@on_postgresql
def test_an_upsert_is_refused(rows):
    with refused():
        run(
            "INSERT INTO ledger_payload SELECT * FROM ledger_payload ON CONFLICT (entry_id) DO UPDATE SET ciphertext=''"
        )


@on_sqlite
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"])
@pytest.mark.parametrize("table", TABLES)
def test_no_row_can_be_replaced(rows, table, verb):
    with refused():
        run(f'{verb} INTO "{table}" SELECT * FROM "{table}"')


@on_sqlite
def test_a_row_cannot_be_replaced_through_another_unique_key_than_the_primary(rows):
    columns = ", ".join(f'"{field.column}"' for field in Entry._meta.concrete_fields if field.column != "id")
    with refused():
        run(f"INSERT OR REPLACE INTO ledger_entry (id, {columns}) SELECT 99999, {columns} FROM ledger_entry")


@on_sqlite
def test_a_row_cannot_be_replaced_where_the_pragma_is_off(rows):
    run("PRAGMA recursive_triggers = OFF")
    try:
        with refused():
            run("INSERT OR REPLACE INTO ledger_payload SELECT * FROM ledger_payload")
    finally:
        run("PRAGMA recursive_triggers = ON")


@on_sqlite
def test_the_settings_switch_recursive_triggers_on():
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA recursive_triggers").fetchone()[0] == 1


@pytest.mark.parametrize("sealed", PARTLY, ids=lambda sealed: sealed.table)
class TestAPublishedVersion:
    def test_can_be_retired(self, rows, sealed):
        assert run(f"UPDATE \"{sealed.table}\" SET status = 'retired', retired_at = %s", [NOW]) == 1

    def test_cannot_become_a_draft_again(self, rows, sealed):
        with refused():
            run(f"UPDATE \"{sealed.table}\" SET status = 'draft'")

    def test_cannot_change_along_with_what_may(self, rows, sealed):
        with refused():
            run(f"UPDATE \"{sealed.table}\" SET status = 'retired', number = number + 1")

    def test_cannot_be_deleted_once_retired(self, rows, sealed):
        run(f"UPDATE \"{sealed.table}\" SET status = 'retired'")
        with refused():
            run(f'DELETE FROM "{sealed.table}"')


@pytest.mark.parametrize("sealed", PARTLY, ids=lambda sealed: sealed.table)
class TestADraft:
    @pytest.fixture
    def draft(self, sealed):
        return row_of(sealed.model, {}, status="draft", published_at=None, published_by=None)

    def test_can_change(self, sealed, draft):
        assert run(f'UPDATE "{sealed.table}" SET number = number + 1 WHERE status = %s', ["draft"]) == 1

    def test_can_be_deleted(self, sealed, draft):
        assert run(f'DELETE FROM "{sealed.table}" WHERE status = %s', ["draft"]) == 1

    def test_cannot_be_sealed_because_it_may_still_change(self, sealed, draft):
        event = Event("case:1", "access.refused", "case:1", seals=(draft,))
        with pytest.raises(ValueError, match="not frozen yet"):
            append(event, by=actor(), at=NOW)


class TestGuards:
    def test_one_that_is_gone_is_named_and_restored(self):
        unguard_table(connection, registration("ledger.Payload"))
        assert "guard_delete_ledger_payload" in missing_guards()
        restore_guards(connection)
        assert missing_guards() == []

    @on_postgresql
    def test_one_that_is_switched_off_is_named(self):
        run("ALTER TABLE ledger_payload DISABLE TRIGGER guard_delete_ledger_payload")
        assert missing_guards() == ["guard_delete_ledger_payload"]

    @on_postgresql
    def test_one_that_a_replica_would_skip_is_named(self):
        run("ALTER TABLE ledger_payload ENABLE TRIGGER guard_delete_ledger_payload")
        assert missing_guards() == ["guard_delete_ledger_payload"]

    def test_can_be_restored_again_and_again(self):
        for _ in range(2):
            restore_guards(connection)
        assert missing_guards() == []

    def test_leave_quoted_text_in_a_condition_alone(self):
        guard_table(connection, registration("screening.RuleSetVersion"))
        rows = sealed_rows_of_every_table()
        with refused():
            run("UPDATE screening_rulesetversion SET digest = 'status' WHERE id = id")
        assert rows["screening_rulesetversion"].pk


@on_sqlite
@pytest.mark.django_db(transaction=True)
def test_a_table_rebuilt_by_a_migration_gets_its_guards_back():
    with connection.schema_editor() as editor:
        editor._remake_table(Payload)  # type: ignore[attr-defined]
    assert "guard_delete_ledger_payload" in missing_guards()
    call_command("migrate", verbosity=0)
    assert missing_guards() == []
