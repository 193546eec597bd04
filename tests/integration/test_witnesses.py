"""Checkpoints leave the house by a command and a folder, and the ledger is held against them."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core.ledger import signing_keys, witness
from core.ledger.checkpointing import make_checkpoint
from core.ledger.checks import witnesses_leave_the_house
from core.ledger.models import Checkpoint, WitnessFolder
from core.ledger.verification import report_on
from core.ledger.witness_folder import FILE_NAME, lines
from tests.append_only_rows import NOW
from tests.factories import actor
from tests.past_the_guards import a_case, past_the_guards, record, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return actor()


def file_of(tmp_path: Path, **given: Any) -> Path:
    path = tmp_path / "kept.jsonl"
    path.write_bytes(b"".join(line + b"\n" for _, line in lines(**given)))
    return path


class TestExporting:
    @pytest.fixture(autouse=True)
    def _three(self, by):
        for _ in range(3):
            record(a_case(), by)
            make_checkpoint(at=NOW)

    def call(self, *arguments: str) -> str:
        err = StringIO()
        call_command("export_checkpoints", *arguments, stderr=err)
        return err.getvalue()

    def test_writes_every_checkpoint_as_a_witness_that_holds_by_itself(self, tmp_path):
        said = self.call(str(tmp_path / "out.jsonl"))
        held = [witness.read_line(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
        assert [witness.verify(one, signing_keys.pinned_keys()).number for one in held] == [1, 2, 3]
        assert "3 checkpoints written." in said
        assert held[0].public_key.hex() in said

    def test_begins_behind_a_number(self, tmp_path):
        assert "1 checkpoint written." in self.call(str(tmp_path / "out.jsonl"), "--since", "2")

    @pytest.mark.parametrize("since", ["3", "99"])
    def test_writes_no_file_that_would_be_none(self, tmp_path, since):
        with pytest.raises(CommandError, match=f"none behind number {since}. The newest is number 3") as refused:
            self.call(str(tmp_path / "out.jsonl"), "--since", since)
        assert (refused.value.returncode, list(tmp_path.iterdir())) == (1, [])

    def test_never_writes_over_a_file(self, tmp_path):
        (tmp_path / "out.jsonl").write_text("knows better")
        with pytest.raises(CommandError, match="exists, and was left as it is"):
            self.call(str(tmp_path / "out.jsonl"))
        assert (tmp_path / "out.jsonl").read_text() == "knows better"

    def test_says_where_it_cannot_write(self, tmp_path):
        with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
            self.call(str(tmp_path / "nowhere" / "out.jsonl"))

    def test_the_folder_of_witnesses_gets_each_one_once(self, by, tmp_path, settings):
        settings.WITNESS_FOLDER = str(tmp_path)
        for _ in range(2):
            self.made(by)
        kept = (tmp_path / FILE_NAME).read_bytes().splitlines()
        assert [line for _, line in lines()] == kept
        assert report_on(witnesses=[tmp_path / FILE_NAME]).intact

    def test_a_folder_that_cannot_be_written_undoes_nothing_and_is_made_up_for(self, by, tmp_path, settings):
        settings.WITNESS_FOLDER = str(tmp_path / "later")
        assert self.made(by).number == 4
        assert "FileNotFoundError" in WitnessFolder.objects.get().problem
        (tmp_path / "later").mkdir()
        self.made(by)
        assert WitnessFolder.objects.get().problem == ""
        assert len((tmp_path / "later" / FILE_NAME).read_bytes().splitlines()) == 5

    def made(self, by):
        from django.test import TestCase

        record(a_case(), by)
        with TestCase.captureOnCommitCallbacks(execute=True):
            made = make_checkpoint(at=NOW)
        assert made
        return made


class TestAFolderThatIsNotThere:
    @pytest.fixture(autouse=True)
    def _named(self, tmp_path, settings):
        settings.WITNESS_FOLDER = str(tmp_path / "not. mounted")

    def test_a_checkpoint_stands_and_ends_badly_with_the_cure(self, by, tmp_path):
        record(a_case(), by)
        with pytest.raises(CommandError, match=r"is there: .*/not\. mounted\. Mount or make it.* the next time\.$"):
            call_command("checkpoint", stdout=StringIO())
        assert (Checkpoint.objects.count(), list(tmp_path.iterdir())) == (1, [])

    def test_nor_is_it_fit_for_a_production(self, settings, tmp_path):
        (found,) = witnesses_leave_the_house()
        assert found.id == "soundings.W018"
        assert str(found.hint).startswith("Mount or make it, and let this user write in it. The processes")
        assert found.msg == f"WITNESS_FOLDER is not a folder that is there: {tmp_path / 'not. mounted'}."
        settings.WITNESS_FOLDER = str(tmp_path)
        assert witnesses_leave_the_house() == []

    def test_one_that_names_none_is_no_fault(self, settings):
        settings.WITNESS_FOLDER = ""
        assert witnesses_leave_the_house() == []


class TestVerifyingAgainstAWitness:
    def call(self, *arguments: Any) -> tuple[int, str]:
        out = StringIO()
        with pytest.raises(SystemExit) as left:
            call_command("verify_ledger", *map(str, arguments), stdout=out, stderr=out)
        assert isinstance(left.value.code, int)
        return left.value.code, out.getvalue()

    @pytest.fixture
    def kept(self, by, tmp_path):
        record(a_case(), by)
        make_checkpoint(at=NOW)
        return file_of(tmp_path)

    def test_leaves_with_0_where_it_agrees(self, kept):
        code, said = self.call("--witness", kept, "--witness", kept)
        assert code == 0
        assert "1 checkpoint, 2 witnessed checkpoints" in said

    def test_leaves_with_1_and_names_the_checkpoint_that_is_missing(self, kept):
        with past_the_guards("ledger_checkpoint", "ledger_checkpointleaf"):
            run("DELETE FROM ledger_checkpointleaf")
            run("DELETE FROM ledger_checkpoint")
            code, said = self.call("--witness", kept)
            assert report_on().intact
        assert code == 1
        assert "First failure: checkpoint 1: it is in the witness file and not in the ledger" in said

    def test_leaves_with_2_where_the_file_is_not_there(self, tmp_path):
        code, said = self.call("--witness", tmp_path / "nowhere")
        assert code == 2
        assert "nowhere cannot be read: No such file or directory" in said

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b'"signature":"', b'"signature":"00'),
            (b'"leaves":[[', b'"leaves":[['.replace(b"[[", b'["x",[')),
            (b'{"checkpoint"', b'{"checkpunct"'),
            (b'\\"leaves\\":2', b'\\"leaves\\":3'),
            (b"\n", b""),
            (b"{", b"["),
        ],
        ids=["signature", "leaf", "field", "content", "none", "junk"],
    )
    def test_a_file_that_is_no_witness_is_no_accusation(self, kept, old, new):
        assert old in kept.read_bytes()
        kept.write_bytes(kept.read_bytes().replace(old, new, 1))
        code, said = self.call("--witness", kept)
        assert (code == 2 and "line 1 of kept.jsonl is no witness" in said) or (code, new) == (0, b"")

    def test_a_file_of_something_else_is_said_once_and_with_its_place_first(self, kept):
        kept.write_text("one\ntwo\nthree\n")
        code, said = self.call("--witness", kept)
        assert code == 2
        assert "Could not be checked: line 1 of kept.jsonl is no witness, nor 2 lines after it: it is not" in said
        assert said.count("kept.jsonl") == 1

    def test_an_empty_file_witnesses_nothing_and_is_not_called_intact(self, kept):
        kept.write_bytes(b"")
        code, said = self.call("--witness", kept)
        assert code == 2
        assert "Could not be checked: kept.jsonl is empty: the ledger was held against no checkpoint of it." in said

    def test_a_witness_signed_with_a_key_that_is_not_pinned_is_none(self, kept, settings):
        settings.CHECKPOINT_KEY = "cd" * 32
        findings = report_on(witnesses=[kept]).findings
        assert [finding.checkable for finding in findings] == [True, False]

    def test_answers_in_json_with_the_checkpoint_of_a_finding(self, kept):
        with past_the_guards("ledger_checkpoint"):
            run("UPDATE ledger_checkpoint SET signature = ''")
            content = json.loads(self.call("--format", "json")[1])
        assert [finding["checkpoint"] for finding in content["findings"]] == [1]
        assert content["checkpoints"] == 1
