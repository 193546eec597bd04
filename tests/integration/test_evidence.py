"""A case leaves the house as one bundle, and the verifier that goes with it agrees. On both databases."""

import copy
import errno
import hashlib
import io
import json
import os
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from core.ledger import checkpoints
from core.ledger.chain import timestamp
from core.ledger.models import CheckpointLeaf, Entry
from core.ledger.selectors import payload_of
from core.ledger.signing_keys import private_key
from core.ledger.verification import verify as verify_ledger
from core.operations.files import Unfinished
from screening.evidence.verify_bundle import INTACT, TAMPERED, UNCHECKED, verify
from screening.models import PracticePolicy, Screening
from screening.selectors.answers_to_flags import flags_of
from screening.selectors.redisclosure import NOTICE
from screening.services import evidence
from tests import playing
from tests.evidence_cases import Files, eventful, lines_of, run_verifier, unzipped
from tests.past_the_guards import past_the_guards, run
from tests.playing import NOON, House

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def once(shared_db: None) -> tuple[House, Screening, evidence.Exported]:
    """A case with a return, an amendment and two determinations, exported once for the module."""
    house = playing.house()
    case = eventful(house, playing.published(house))
    return house, case, evidence.export(screening=case, by=house.auditor, at=NOON)


@pytest.fixture
def house(once: Any) -> House:
    return copy.deepcopy(once[0])


@pytest.fixture
def case(once: Any) -> Screening:
    return playing.again(once[1])


@pytest.fixture
def exported(once: Any) -> evidence.Exported:
    return once[2]


@pytest.fixture
def files(exported: evidence.Exported) -> Files:
    return unzipped(exported.content)


@pytest.fixture
def path(exported: evidence.Exported, tmp_path: Path) -> Path:
    return put(exported.content, tmp_path)


def put(content: bytes, folder: Path) -> Path:
    made = folder / "bundle.zip"
    made.write_bytes(content)
    return made


def public_key() -> str:
    return checkpoints.public_key_of(private_key()).hex()


class TestABundle:
    def test_is_intact_for_whoever_pins_the_key_and_the_digest(self, path: Path, exported: evidence.Exported) -> None:
        findings, counts = verify(path, public_key=public_key(), digest=exported.digest)
        assert (findings.found, findings.code) == ([], INTACT)
        covered = f"Entries 1 to {counts['entries']} are covered by checkpoint 1, of {timestamp(NOON)}."
        assert findings.notes == [covered]

    def test_is_intact_for_the_verifier_inside_it_run_outside_the_project(self, path: Path, files: Files) -> None:
        verifier = path.parent / "verify_bundle.py"
        verifier.write_bytes(files["verify_bundle.py"])
        done = run_verifier(verifier, path, "--public-key", public_key())
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("INTACT: case:")

    def test_tells_who_gives_no_key_what_that_means(self, path: Path) -> None:
        findings, _ = verify(path)
        assert findings.code == INTACT
        assert "only against the key inside the bundle" in findings.notes[0]

    def test_holds_every_event_as_it_is_stored(self, case: Screening, files: Files) -> None:
        stored = Entry.objects.filter(stream__name=f"case:{case.pk}").exclude(action="case.exported").order_by("seq")
        lines = lines_of(files["chain/events.jsonl"])
        assert [line["event"].encode() for line in lines] == [bytes(entry.bytes) for entry in stored]
        assert [json.loads(line["payload"])["data"] for line in lines] == [payload_of(entry) for entry in stored]

    def test_tells_the_case_as_the_tables_do(self, case: Screening, files: Files) -> None:
        told = json.loads(files["case.json"])["responses"]
        stored = list(case.responses.order_by("number"))
        assert [one["number"] for one in told] == [1, 2, 3]
        for one, response in zip(told, stored, strict=True):
            assert files[f"responses/{response.number}/answers.json"].decode() == response.document
            assert files[f"responses/{response.number}/evaluation.json"].decode() == response.evaluation.document
            flags = flags_of(response.evaluation)
            assert [flag["rule_id"] for flag in one["flags"]] == [flag.rule_id for flag in flags]
            said = [flag.answers.count() for flag in flags]
            assert [len(flag["answers"]) for flag in one["flags"]] == said
        assert [one["reason"] for one in told][2] == "A letter came."
        assert [len(one["returns"]) for one in told] == [1, 0, 0]
        assert [bool(one["determination"]) for one in told] == [False, True, True]

    def test_tells_of_each_answer_whence_when_and_by_whom(self, house: House, files: Files) -> None:
        first, second, third = json.loads(files["case.json"])["responses"]
        events = {line["seq"]: json.loads(line["event"]) for line in lines_of(files["chain/events.jsonl"])}
        asked = "suicide-thoughts-today"
        assert [one["answers"][asked]["sources"] for one in (first, second)] == [["client"], ["record"]]
        for one in (first, second, third):
            for given in one["answers"].values():
                link = events[given["given"]["entry"]]
                assert (link["action"], link["at"]) == ("screening.saved", given["given"]["at"])
                assert given["given"]["by"] == str(house.therapist.user.pk)
        tried = "attempt-since-last"  # changed in an amendment that was dropped, and so never submitted
        assert third["answers"][tried]["given"] == first["answers"][tried]["given"]

    def test_has_the_signature_block_of_each_determination(self, case: Screening, files: Files) -> None:
        for one in json.loads(files["case.json"])["responses"][1:]:
            signed, row = one["determination"], case.responses.get(number=one["number"]).evaluation.determination
            document = files[f"responses/{one['number']}/determination.json"]
            assert document.decode() == row.signed_document
            assert signed["signed_digest"] == row.signed_digest == hashlib.sha256(document).hexdigest()
            assert (signed["printed_name"], signed["meaning"], signed["time_zone"]) == (
                *(row.printed_name, row.meaning, row.time_zone),
            )

    def test_holds_neither_name_nor_birth_date(self, case: Screening, exported: evidence.Exported) -> None:
        assert case.client.name == "Ada Example"
        assert b"Ada Example" not in exported.content
        assert case.client.code.encode() in exported.content

    def test_is_the_same_file_for_the_same_content(self, files: Files, exported: evidence.Exported) -> None:
        from screening.evidence.bundle import zipped

        assert zipped(dict(reversed(files.items()))) == exported.content
        with zipfile.ZipFile(io.BytesIO(exported.content)) as opened:
            assert opened.namelist()[0] == "README.txt"
            assert {info.date_time for info in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}

    def test_of_a_case_with_nothing_submitted_is_intact_too(
        self, house: House, case: Screening, tmp_path: Path
    ) -> None:
        begun = playing.started(house, case.protocol)
        made = evidence.export(screening=begun, by=None, at=NOON)
        findings, counts = verify(put(made.content, tmp_path), public_key=public_key())
        assert (findings.found, counts["rows"]) == ([], 0)

    def test_tells_that_it_was_opened_in_an_emergency(self, house: House, case: Screening, tmp_path: Path) -> None:
        playing.looked_into(house, case)
        made = evidence.export(screening=case, by=None, at=NOON)
        assert verify(put(made.content, tmp_path), public_key=public_key())[0].found == []
        files = unzipped(made.content)
        said = [json.loads(line["payload"])["data"] for line in lines_of(files["chain/events.jsonl"])]
        assert {one.get("reason") for one in said} >= {playing.REASON}
        tables = [row["content"]["table"] for row in lines_of(files["rows/rows.jsonl"])]
        assert tables.count("screening_emergencyaccess") == tables.count("screening_emergencyacknowledgement") == 1

    @pytest.mark.parametrize("wanted", [True, False])
    def test_carries_the_notice_of_42_cfr_part_2_where_the_practice_says_so(
        self, case: Screening, wanted: bool, tmp_path: Path
    ) -> None:
        PracticePolicy.objects.create(practice=case.practice, part2_notice=wanted, changed_at=NOON)
        made = evidence.export(screening=case, by=None, at=NOON)
        found = unzipped(made.content)
        assert ("notice.txt" in found) == wanted
        assert (NOTICE in " ".join(found["README.txt"].decode().split())) == wanted
        assert not wanted or " ".join(found["notice.txt"].decode().split()) == NOTICE
        assert verify(put(made.content, tmp_path), public_key=public_key())[0].code == INTACT

    def test_names_whoever_exported_it_and_nobody_twice(self, house: House, files: Files) -> None:
        said = json.loads(files["case.json"])["as_exported"]
        assert (said["exported_by"], said["exported_as"]) == (house.auditor.user.printed_name, "Auditor")
        assert set(said["people"].values()) == {
            *(house.therapist.user.printed_name, house.clinician.user.printed_name),
        }


def out_of_space(handle: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class TestWhatACheckpointCovers:
    def test_without_a_key_the_bundle_says_plainly_that_nothing_is_signed(
        self, house: House, case: Screening, settings: Any, tmp_path: Path
    ) -> None:
        settings.CHECKPOINT_KEY, settings.CHECKPOINT_PUBLIC_KEYS = "", ["ab" * 32]
        begun = playing.started(house, case.protocol)
        made = evidence.export(screening=begun, by=house.auditor, at=NOON)
        bundle = put(made.content, tmp_path)
        assert b"NOT COVERED BY A CHECKPOINT" in unzipped(made.content)["README.txt"]
        findings, _ = verify(bundle)
        assert findings.code == INTACT
        assert any("NOT SIGNED" in note for note in findings.notes)
        assert verify(bundle, public_key="ab" * 32)[0].code == UNCHECKED

    def test_what_is_newer_than_the_checkpoint_is_named(
        self, house: House, case: Screening, settings: Any, tmp_path: Path
    ) -> None:
        key, settings.CHECKPOINT_PUBLIC_KEYS = public_key(), [public_key()]
        settings.CHECKPOINT_KEY = ""
        covered = CheckpointLeaf.objects.filter(stream=f"case:{case.pk}").order_by("-seq")[0].seq
        made = evidence.export(screening=case, by=house.auditor, at=NOON)
        bundle = put(made.content, tmp_path)
        assert b"NOT COVERED BY ANY SIGNATURE" in unzipped(made.content)["README.txt"]
        assert any(f"Entries {covered + 1} to " in note for note in verify(bundle)[0].notes)
        findings, _ = verify(bundle, public_key=key)
        assert findings.code == UNCHECKED
        assert f"entry {covered + 1}" in findings.found[0][1]


class TestARecordThatWasAltered:
    """It can leave the house, and whoever checks it finds what the house would have found."""

    def exported(self, case: Screening, statement: str, parameters: list[Any], table: str, folder: Path) -> Any:
        with past_the_guards(table):
            assert run(statement, parameters) > 0
            made = evidence.export(screening=case, by=None, at=NOON)
        return verify(put(made.content, folder))[0]

    def test_in_a_sealed_row(self, case: Screening, tmp_path: Path) -> None:
        findings = self.exported(
            *(case, "UPDATE screening_flaganswer SET words = %s", ["Never said."], "screening_flaganswer", tmp_path)
        )
        assert findings.code == TAMPERED
        assert all("rows/rows.jsonl, stream case:" in place for _, place, _ in findings.found if "flaganswer" in place)

    def test_in_an_entry(self, case: Screening, tmp_path: Path) -> None:
        entry = Entry.objects.get(stream__name=f"case:{case.pk}", seq=3)
        altered = bytes(entry.bytes).replace(b"screening.", b"screaming.")
        statement = "UPDATE ledger_entry SET bytes = %s WHERE id = %s"
        findings = self.exported(case, statement, [altered, entry.pk], "ledger_entry", tmp_path)
        assert findings.code == TAMPERED
        assert "entry 3" in findings.found[0][1]

    def test_in_bytes_that_are_no_text(self, case: Screening, tmp_path: Path) -> None:
        entry = Entry.objects.get(stream__name=f"case:{case.pk}", seq=3)
        statement = "UPDATE ledger_entry SET bytes = %s WHERE id = %s"
        findings = self.exported(case, statement, [b"\xff\xfe\x00", entry.pk], "ledger_entry", tmp_path)
        assert (findings.code, "entry 3" in findings.found[0][1]) == (TAMPERED, True)

    def test_in_a_payload_that_does_not_open(self, case: Screening, tmp_path: Path) -> None:
        entry = Entry.objects.get(stream__name=f"case:{case.pk}", seq=3)
        statement = "UPDATE ledger_payload SET ciphertext = %s WHERE entry_id = %s"
        findings = self.exported(case, statement, [b"\x00" * 80, entry.pk], "ledger_payload", tmp_path)
        assert findings.code != INTACT
        assert any("entry 3" in place and "could not be checked" in said for _, place, said in findings.found)


class TestExporting:
    def test_is_recorded_with_the_digest_of_the_file(self, house: House, case: Screening, client: Client) -> None:
        client.force_login(house.auditor.user)
        answer = client.post(reverse("audit-export", args=[case.pk]))
        entry = Entry.objects.filter(stream__name=f"case:{case.pk}").order_by("-seq")[0]
        assert (entry.action, entry.actor_id, entry.role) == ("case.exported", house.auditor.user.pk, "auditor")
        assert payload_of(entry)["digest"] == hashlib.sha256(answer.content).hexdigest()
        assert answer.headers["Cache-Control"] == "no-store"
        assert case.client.code not in answer.headers["Content-Disposition"]
        assert verify_ledger() == []
        page = client.get(reverse("audit-case", args=[case.pk])).content.decode()
        assert payload_of(entry)["digest"] in page

    def test_on_the_command_line_is_recorded_as_the_system(self, case: Screening, tmp_path: Path) -> None:
        file, said = tmp_path / "case.zip", StringIO()
        call_command("export_evidence", str(case.pk), str(file), stdout=said)
        entry = Entry.objects.filter(stream__name=f"case:{case.pk}").order_by("-seq")[0]
        assert (entry.action, entry.actor_id, entry.practice_id) == ("case.exported", None, case.practice_id)
        assert said.getvalue().split()[0] == hashlib.sha256(file.read_bytes()).hexdigest()
        assert verify(file, public_key=public_key())[0].code == INTACT

    @pytest.mark.parametrize("wrong", ["no-uuid", "00000000-0000-0000-0000-000000000000"])
    def test_of_no_case_is_refused(self, wrong: str, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="There is no screening"):
            call_command("export_evidence", wrong, str(tmp_path / "case.zip"))
        assert list(tmp_path.iterdir()) == []

    def test_never_writes_over_a_file(self, case: Screening, tmp_path: Path) -> None:
        file = tmp_path / "case.zip"
        file.write_text("mine")
        before = Entry.objects.count()
        with pytest.raises(CommandError, match="exists already"):
            call_command("export_evidence", str(case.pk), str(file))
        assert (file.read_text(), Entry.objects.count()) == ("mine", before)

    def test_without_a_folder_to_write_to_is_refused(self, case: Screening, tmp_path: Path) -> None:
        before = Entry.objects.count()
        with pytest.raises(CommandError, match="cannot be written"):
            call_command("export_evidence", str(case.pk), str(tmp_path / "nowhere" / "case.zip"))
        assert Entry.objects.count() == before

    def test_on_a_disk_that_is_full_leaves_no_file_and_no_record(
        self, case: Screening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = Entry.objects.count()
        monkeypatch.setattr("core.operations.files.os.fsync", out_of_space)
        with pytest.raises(CommandError, match="No space left on device"):
            call_command("export_evidence", str(case.pk), str(tmp_path / "case.zip"))
        assert (list(tmp_path.iterdir()), Entry.objects.count()) == ([], before)

    def test_does_not_write_over_what_came_meanwhile(
        self, case: Screening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file, settle = tmp_path / "case.zip", Unfinished.settle
        monkeypatch.setattr(Unfinished, "settle", lambda self: (settle(self), file.write_text("theirs")))
        with pytest.raises(CommandError, match="exists already"):
            call_command("export_evidence", str(case.pk), str(file))
        assert ([found.name for found in tmp_path.iterdir()], file.read_text()) == (["case.zip"], "theirs")

    def test_of_a_record_that_is_too_long_is_refused_and_changes_nothing(
        self, house: House, case: Screening, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("core.ledger.evidence.MOST_EVENTS", 3)
        client.force_login(house.auditor.user)
        before = Entry.objects.count()
        answer = client.post(reverse("audit-export", args=[case.pk]))
        assert (answer.status_code, Entry.objects.count()) == (409, before + 1)
        newest = Entry.objects.order_by("-pk")[0]
        assert (newest.action, newest.stream.name) == ("act.refused", f"user:{house.auditor.user.pk}")
        assert "too many for one bundle" in answer.content.decode()
