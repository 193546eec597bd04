"""The page that teaches how to write a rule, put into a folder as it says, does on the command line what it says."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from screening.engine.protocol import KINDS
from screening.management.reading_out import CRISIS_NOTE
from screening.models.versions import VersionStatus
from screening.selectors import protocols, shipped
from tests import playing
from tests.spec.book import ON
from tests.teaching import NOW, PAGE, documents_of

TEXT = PAGE.read_text(encoding="utf-8")


def run(*arguments: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue().strip()


def said(label: str) -> str:
    (found,) = re.findall(rf"^```text {label}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return str(found).strip()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the page in a folder of protocols, on the day of the page."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: ON)
    monkeypatch.setattr("django.utils.timezone.localtime", lambda *_: NOW)
    folder = tmp_path / "substance-use-page"
    folder.mkdir()
    for name in KINDS:
        (folder / f"{name}.json").write_text(json.dumps(documents_of(TEXT)[name]))
    return folder


def test_check_protocol_finds_nothing_and_says_what_the_page_says(folder: Path) -> None:
    checked = run("check_protocol", str(folder))
    assert checked.splitlines()[-1].startswith("0 findings")
    assert [line for line in checked.splitlines() if not line.startswith("to read: ")] == said("checked").splitlines()
    assert checked.count("to read: ") == 4


def test_screen_prints_of_the_response_what_the_page_says(folder: Path) -> None:
    response = folder / "response.json"
    response.write_text(json.dumps(documents_of(TEXT)["response"]))
    printed = run("screen", str(folder), str(response))
    assert printed == said("told")
    assert CRISIS_NOTE not in printed


@pytest.mark.django_db
def test_a_folder_beside_those_that_ship_can_be_adopted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "FOLDER", folder.parent)
    house = playing.house()
    protocol = playing.published(house, folder.name)
    assert protocol in protocols.ready_to_screen(house.author)
    assert playing.newest_version(protocol).status == VersionStatus.ACTIVE
