"""The tables of what is asked and shown: each row names tests that exist, and says honestly how far it is kept."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
RESULTS = {"met", "partly", "not met"}
TEST = re.compile(r"`(tests/[\w/]+\.py)((?:::\w+)+)?`")
MODULE = re.compile(
    r"`((?:core|screening|templates|static|docs|requirements)/[\w/.-]+|[\w.-]+\.(?:py|yml|md)|Dockerfile)`"
)


def rows():
    """Return the rows of every table of the page, each as its cells."""
    lines = [line for line in PAGE.splitlines() if line.startswith("|") and not line.startswith("| ---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "requirement |" not in line]


def asvs_rows():
    return [row for row in rows() if re.match(r"V\d", row[0])]


@cache
def names_in(path):
    """Return ``::name`` and ``::Class::name`` of each test of a file."""
    found = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(f"::{node.name}")
        if isinstance(node, ast.ClassDef):
            found |= {f"::{node.name}::{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
    return found


def test_there_are_at_least_60_requirements_of_the_asvs():
    numbers = [row[0] for row in asvs_rows()]
    assert len(numbers) == len(set(numbers)) >= 60
    assert [number for number in numbers if not re.fullmatch(r"V\d{1,2}\.\d{1,2}\.\d{1,2}", number)] == []


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_row_says_how_it_is_kept_and_shown_and_with_which_result(row):
    assert len(row) == 5
    _, words, kept, shown, result = row
    assert words
    assert kept
    assert result in RESULTS
    if result != "not met":
        assert TEST.search(shown), "what is met, wholly or partly, names a test"
    assert "expected" not in kept, "a row says what is, and waits for nothing"


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_every_test_and_module_that_a_row_names_is_there(row):
    for path, name in TEST.findall(row[3]):
        assert (ROOT / path).is_file(), path
        assert not name or name in names_in(path), f"{path}{name}"
    for name in MODULE.findall(row[2]):
        assert (ROOT / name).exists(), name


def test_a_test_that_is_not_there_would_be_found():
    path = "tests/architecture/test_asvs.py"
    assert "::test_a_test_that_is_not_there_would_be_found" in names_in(path)
    assert "::test_nothing" not in names_in(path)


def test_the_numbers_above_the_table_are_those_of_the_table():
    counted = {result: sum(row[4] == result for row in asvs_rows()) for result in RESULTS}
    told = re.search(r"(\d+) requirements of the ASVS: (\d+) met, (\d+) partly, (\d+) not met", PAGE)
    assert told
    total, met, partly, missing = map(int, told.groups())
    assert (total, met, partly, missing) == (
        len(asvs_rows()),
        counted["met"],
        counted["partly"],
        counted["not met"],
    )
