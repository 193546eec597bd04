"""The command line itself, as a process: what it does where nobody reads on."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("command", [["database_roles", "--sql", "rights"], ["export_schemas"], ["help"]])
@pytest.mark.parametrize("unbuffered", [[], ["-u"]], ids=["at its end", "line by line"])
def test_it_ends_quietly_where_nobody_reads_on(root: Path, command: list[str], unbuffered: list[str]) -> None:
    asked = [sys.executable, *unbuffered, "manage.py", *command]
    with subprocess.Popen(asked, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141
