"""What is committed names no machine, no package registry and nobody's secret, and holds nothing of a third party."""

import re

import pytest

from tests.architecture.source import project_files, shown

# Written in halves, so that this file does not name them.
HOSTS = (
    "pypi" + r"\.org",
    "python" + r"hosted\.org",
    "npmjs" + r"\.",
    "unpkg" + r"\.com",
    "jsdelivr" + r"\.net",
    "cdnjs" + r"\.",
    "google" + r"apis\.com",
)
MACHINE_PATHS = ("/wo" + r"rk/(?:main|shared)", "/ro" + r"ot/", "/ho" + r"me/[a-z]", "/opt/(?:py" + "pi|wh" + "eels)")
SECRETS = (r"-----BEGIN [A-Z ]*PRIVATE" + " KEY-----",)
PATTERN = re.compile("|".join((*HOSTS, *MACHINE_PATHS, *SECRETS)))
BINARY = {".mo", ".png", ".jpg", ".jpeg", ".ico", ".woff2", ".pdf"}


@pytest.mark.parametrize("path", [path for path in project_files() if path.suffix not in BINARY], ids=shown)
def test_it_names_no_registry_no_machine_and_no_key(path):
    assert PATTERN.findall(path.read_text(encoding="utf-8")) == []


def test_a_registry_would_be_found():
    assert PATTERN.search("--index-url https://" + "pypi" + ".org/simple")


def test_no_minified_file_of_somebody_else_is_committed():
    assert [shown(path) for path in project_files() if ".min." in path.name or "node_modules" in path.parts] == []


def test_no_database_environment_or_key_file_is_committed():
    endings = {".sqlite3", ".db", ".env", ".pem", ".key"}
    assert [shown(path) for path in project_files() if path.suffix in endings or path.name == ".env"] == []
