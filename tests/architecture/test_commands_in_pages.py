"""Every page names a command in the one way that works for whoever has just unpacked the project."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "screening").rglob("*.md"))]
NAMED = re.compile(r"python3 start\.py manage\s+([a-z]\w*)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_commands_by_start_py(page: Path) -> None:
    assert "manage.py" not in page.read_text(encoding="utf-8")


def test_every_command_that_a_page_names_is_there() -> None:
    named = {name for page in PAGES for name in NAMED.findall(page.read_text(encoding="utf-8"))}
    assert {"check_protocol", "compare_rules", "verify_ledger"} <= named
    assert named <= set(get_commands())
