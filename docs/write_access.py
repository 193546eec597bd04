"""Writes the policy table of ``docs/access.md`` from the access matrix: ``python -m docs.write_access``.

The matrix (``tests/integration/test_access_matrix.py``) is what the tests try with every role, method and object. A
test fails while the table on the page says anything else, so a cell that was widened shows in the page's own history.
"""

import os
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parent / "access.md"
BEGIN, END = "<!-- The table is written by docs/write_access.py. -->", "<!-- Here it ends. -->"
WHOSE = {
    "": "–",
    "own": "their own clients' only",
    "practice": "of their practice",
    "grant": "their own grant, while it lasts",
}


def table() -> str:
    """Return the policy table as the matrix has it: a line for each address, a column for each role."""
    from core.accounts.models import Role  # noqa: PLC0415
    from tests.integration.test_access_matrix import NAMED, ROWS  # noqa: PLC0415

    head = ["page", "address", *(role.label.lower() for role in Role), "whose object"]
    lines = [head, ["---"] * len(head)]
    for name, row in ROWS.items():
        may = [", ".join(row.methods) if role in row.roles else "–" for role in Role]
        lines.append([f"`{name}`", f"`/{_route(NAMED[name])}`", *may, WHOSE[row.whose]])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page_with(written: str) -> str:
    """Return the page with this table in its place."""
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    return f"{before}{BEGIN}\n\n{written}\n\n{END}{after}"


def _route(pattern: object) -> str:
    return re.sub(r"<\w+:(\w+)>", r"<\1>", str(getattr(pattern, "pattern", "")))


def main() -> None:
    """Write the table into the page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.config.settings")
    import django  # noqa: PLC0415

    django.setup()
    PAGE.write_text(page_with(table()), encoding="utf-8")


if __name__ == "__main__":
    main()
