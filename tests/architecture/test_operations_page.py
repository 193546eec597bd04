"""The page for whoever runs it: its commands are there, its limits are the code's, and no setting is left out."""

import re
import shlex

import pytest
from django.core.management import get_commands, load_command_class

from core.config import limits
from screening.engine import json_text
from tests.architecture.source import ROOT
from tests.architecture.test_deployment import commands_of_start

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
HEADINGS = {
    "One practice, one machine",
    "A network of practices",
    "Who talks to whom",
    "Limits",
    "Backups",
    "Restoring",
    "Checkpoints and their witness",
    "Keys",
    "Logs",
    "What to watch",
    "Updates",
    "When something happened",
}
SECRETS = (
    *("SECRET_KEY", "FIELD_KEYS", "CHECKPOINT_KEY", "BACKUP_KEYS", "POSTGRES_PASSWORD"),
    *("DATABASE_OWNER_URL", "OIDC_CLIENT_SECRET"),
)
COMMAND = re.compile(r"python3 start\.py manage ([^\n`]+)")


def test_the_page_has_what_an_operator_looks_for():
    assert set(re.findall(r"^## (.+)$", PAGE, re.MULTILINE)) >= HEADINGS


@pytest.mark.parametrize("line", sorted(set(COMMAND.findall(PAGE))))
def test_a_command_takes_what_the_page_gives_it(line):
    name, *arguments = shlex.split(line)
    if name == "db_worker":  # its parser asks for production's settings; it is given nothing to take
        assert (name in get_commands(), arguments) == (True, [])
        return
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    parser.parse_args(arguments)


def test_an_option_that_no_command_has_would_be_found():
    parser = load_command_class(get_commands()["restore"], "restore").create_parser("manage.py", "restore")
    with pytest.raises(BaseException, match=r"unrecognized|2"):
        parser.parse_args(["x", "--overwrite"])


def test_every_command_of_the_script_that_the_page_names_is_there():
    named = set(re.findall(r"start\.py (\w+)", PAGE))
    assert {"serve", "ready", "install", "static", "manage"} <= named <= commands_of_start()


def test_every_setting_is_explained_on_a_page():
    text = (ROOT / "core" / "config" / "settings.py").read_text(encoding="utf-8")
    settings = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", text)) | {"LISTEN", "WORKERS"}
    said = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert {name for name in settings if f"`{name}" not in said} == set()


@pytest.mark.parametrize("secret", SECRETS)
def test_every_secret_has_a_row_that_says_what_its_loss_means(secret):
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{secret}` | ") and line.count("|") == 7]
    assert all(cell.strip() for cell in row.strip("|").split("|"))


@pytest.mark.parametrize(
    "most",
    [
        f"{limits.LARGEST_BODY:,} bytes",
        f"| {limits.MOST_FIELDS:,} |",
        f"{limits.LONGEST_ADDRESS:,} characters, and {limits.LONGEST_QUERY:,} of query",
        f"{limits.MOST_HEADERS}, and {limits.LONGEST_HEADERS:,} characters",
        f"{json_text.MAX_BYTES:,} bytes, {json_text.MAX_PARTS:,} parts",
    ],
)
def test_the_limits_on_the_page_are_those_of_the_code(most):
    assert most in PAGE.partition("## Limits")[2].partition("## Backups")[0]


def test_every_word_of_the_health_check_is_explained():
    from core.operations import health

    for word in ("database", *health._NEEDED, *health._BESIDE):
        assert f"| `{word}` |" in PAGE
