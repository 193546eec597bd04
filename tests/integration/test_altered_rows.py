"""Rows that were altered, deleted or put there past the ledger are found, in every append-only table."""
# ruff: noqa: S608 - raw SQL over the names of our own tables is what is tried here

from collections.abc import Iterator

import pytest
from django.db import connection, models

from core.ledger.sealing import registered, sealed_models
from core.ledger.verification import verify
from tests.append_only_rows import altered_value, row_in, sealed_rows_of_every_table
from tests.past_the_guards import past_the_guards, run

SEALED = list(sealed_models().values())

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def rows(shared_db: None) -> Iterator[None]:
    """A row in every append-only table, written once; what a test does to it is undone, which is seen at the end."""
    sealed_rows_of_every_table()
    assert verify() == []
    yield
    assert verify() == []


def fixed_fields(sealed):
    return [field for field in sealed.model._meta.concrete_fields if field.column not in sealed.mutable_columns]


def fits(field, junk):
    """Say whether a column is for such values: then this is one alteration more, not junk."""
    target = field.target_field if field.is_relation else field
    kinds = models.BinaryField if isinstance(junk, bytes) else (models.CharField, models.TextField)
    return isinstance(target, kinds)


def altered(sealed, field, value):
    """Alter one column of one row past the guards; return what the verifier finds."""
    row = row_in(sealed.table)
    key = row._meta.pk_fields
    condition = " AND ".join(f'"{part.column}" = %s' for part in key)
    keys = [part.get_db_prep_value(getattr(row, part.attname), connection) for part in key]
    with past_the_guards(sealed.table):
        assert run(f'UPDATE "{sealed.table}" SET "{field.column}" = %s WHERE {condition}', [value, *keys]) == 1
        return verify()


@pytest.mark.parametrize("sealed", registered(), ids=lambda sealed: sealed.table)
class TestARowAlteredPastTheGuards:
    def test_is_found_whichever_column_it_is(self, sealed):
        fields = fixed_fields(sealed)
        assert [field.column for field in fields if not altered(sealed, field, altered_value(field))] == []

    def test_is_found_where_a_column_was_emptied(self, sealed):
        row = row_in(sealed.table)
        fields = [field for field in fixed_fields(sealed) if field.null and getattr(row, field.attname) is not None]
        assert [field.column for field in fields if not altered(sealed, field, None)] == []

    @pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite stores what does not fit the column")
    @pytest.mark.parametrize("junk", ["not a value", b"\xff\xfe", -1])
    def test_is_found_where_it_holds_junk(self, sealed, junk):
        fields = [
            field for field in fixed_fields(sealed) if not fits(field, junk) and (field.column != "id" or junk == -1)
        ]
        assert [field.column for field in fields if not altered(sealed, field, junk)] == []

    def test_is_found_where_it_was_deleted(self, sealed):
        with past_the_guards(sealed.table):
            run(f'DELETE FROM "{sealed.table}"')
            assert verify()


@pytest.mark.parametrize("sealed", SEALED, ids=lambda sealed: sealed.table)
def test_a_row_put_there_past_the_ledger_is_found(sealed):
    with past_the_guards(sealed.table, "ledger_seal"):
        run('DELETE FROM ledger_seal WHERE "table" = %s', [sealed.table])
        problems = {finding.problem for finding in verify() if finding.table == sealed.table}
    assert "no entry of the ledger seals this row." in problems
