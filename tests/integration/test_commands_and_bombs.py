"""Documents made to hurt whoever reads them are refused by every command that reads one, within two seconds."""

import time
from pathlib import Path

import pytest

from tests.integration.test_screening_command_line import refusal
from tests.unit.engine.bombs import BOMBS, written

SECONDS = 2
OF_RULES = (
    "100,000 conditions in conditions",
    "100,000 empty rules",
    "a whole number of a million digits",
    "definitions that double",
    "45,000 unknown fields, deep down",
    "700,000 small objects",
    "a file of 100 MB",
)
OF_ANSWERS = ("1,000,000 answers", "20,000 answers to no known question")
READERS = ("protocol_coverage", "compare_rules", "compare_protocols")


def refused_in_time(*asked: str) -> str:
    started = time.process_time()
    said = refusal(*asked)
    assert time.process_time() - started < SECONDS
    return said


@pytest.mark.parametrize("name", OF_RULES)
def test_checking_a_folder(tmp_path: Path, name: str) -> None:
    assert BOMBS[name][0] == "rules"
    assert refused_in_time("check_protocol", str(written(tmp_path, name).parent))


@pytest.mark.parametrize("command", READERS)
def test_every_other_command_that_reads_a_folder(tmp_path: Path, command: str) -> None:
    folder = str(written(tmp_path, "100,000 empty rules").parent)
    assert refused_in_time(command, *(["intake"] if command != "protocol_coverage" else []), folder)


@pytest.mark.parametrize("name", OF_ANSWERS)
def test_screening_a_response(tmp_path: Path, name: str) -> None:
    assert refused_in_time("screen", "session-day", str(written(tmp_path, name)))
