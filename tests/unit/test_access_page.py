"""The page on access says what the matrix says, so no cell of the matrix is wider than the policy that is read."""

from docs.write_access import PAGE, page_with, table
from tests.integration.test_access_matrix import ROWS

WRITE_AGAIN = "read what changed, then write the table again: .venv/bin/python -m docs.write_access"


def test_the_policy_table_is_the_matrix() -> None:
    assert page_with(table()) == PAGE.read_text(encoding="utf-8"), WRITE_AGAIN


def test_the_table_has_a_line_for_each_address_and_no_other() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert [line.split("`")[1] for line in lines] == list(ROWS)
