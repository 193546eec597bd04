"""The verifier that goes with a bundle, run as by somebody who has nothing else: its exit codes, what it survives."""

import ast
import io
import json
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from screening.evidence import verify_bundle
from screening.evidence.verify_bundle import INTACT, TAMPERED, UNCHECKED, verify
from tests.evidence_cases import run_verifier
from tests.small_bundle import Files, facts_on_the_page, files_on_the_page, zipped

VERIFIER = Path(verify_bundle.__file__)
KEY, DIGEST = facts_on_the_page()["public key"], facts_on_the_page()["SHA-256 of the zip"]
MUTATIONS = 2_000 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 100


@pytest.fixture
def files() -> Files:
    return files_on_the_page()


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder with the verifier in it, and nothing of the project."""
    (tmp_path / "verify_bundle.py").write_bytes(VERIFIER.read_bytes())
    return tmp_path


def put(content: bytes, folder: Path) -> Path:
    path = folder / "bundle.zip"
    path.write_bytes(content)
    return path


def run(outside: Path, content: bytes, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return run_verifier(outside / "verify_bundle.py", put(content, outside), *arguments)


class TestItStandsAlone:
    def test_it_imports_the_standard_library_and_cryptography(self) -> None:
        tree = ast.parse(VERIFIER.read_text(encoding="utf-8"))
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names | {"cryptography"}

    def test_it_runs_outside_the_project(self, outside: Path, files: Files) -> None:
        done = run(outside, zipped(files), "--public-key", KEY, "--digest", DIGEST)
        assert (done.returncode, done.stderr) == (INTACT, "")
        assert done.stdout.startswith("INTACT: case:")
        assert "No --public-key" not in done.stdout

    def test_it_says_so_where_no_key_was_given(self, outside: Path, files: Files) -> None:
        done = run(outside, zipped(files))
        assert done.returncode == INTACT
        assert "No --public-key was given" in done.stdout

    def test_it_names_what_was_altered(self, outside: Path, files: Files) -> None:
        done = run(outside, zipped({**files, "documents/rules.json": b"{}"}), "--format", "json")
        said = json.loads(done.stdout)
        assert (done.returncode, said["verdict"]) == (TAMPERED, "tampered")
        assert said["findings"][0]["place"] == "documents/rules.json"

    def test_without_cryptography_it_checks_all_but_the_signature_and_ends_with_2(
        self, outside: Path, files: Files
    ) -> None:
        path = put(zipped(files), outside)
        command = [sys.executable, "-I", "-S", str(outside / "verify_bundle.py"), str(path)]
        done = subprocess.run(command, cwd=outside, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == UNCHECKED, done.stdout
        assert "cryptography is missing" in done.stdout
        path.write_bytes(zipped({**files, "case.json": b"{}"}))
        done = subprocess.run(command, cwd=outside, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == TAMPERED

    @pytest.mark.parametrize("wrong", [["--public-key", "abc"], ["--digest", "zz" * 32], ["--format", "xml"]])
    def test_a_wrong_argument_is_refused(self, outside: Path, files: Files, wrong: list[str]) -> None:
        assert run(outside, zipped(files), *wrong).returncode == UNCHECKED

    def test_another_key_than_the_one_given_is_found(self, outside: Path, files: Files) -> None:
        done = run(outside, zipped(files), "--public-key", "ab" * 32)
        assert done.returncode == TAMPERED
        assert "another key" in done.stdout

    def test_where_that_is_all_a_slip_of_the_pen_is_thought_of_first(self, outside: Path, files: Files) -> None:
        done = run(outside, zipped(files), "--public-key", "ab" * 32)
        assert done.stdout.startswith("NOT SIGNED WITH THE KEY GIVEN: case:")
        assert "Compare the key with the one on the practice's ledger page" in done.stdout
        altered = run(outside, zipped({**files, "documents/rules.json": b"{}"}), "--public-key", "ab" * 32)
        assert altered.stdout.startswith("TAMPERED WITH: case:")
        assert "Compare the key" not in altered.stdout

    def test_what_is_no_bundle_has_nothing_that_could_be_counted(self, outside: Path) -> None:
        first, second = run(outside, b"not a zip").stdout.splitlines()
        assert first == "COULD NOT BE CHECKED:"
        assert second.startswith("  not checked: bundle.zip: This is not a bundle")


def with_member(files: Files, name: str, content: bytes, **flags: int) -> bytes:
    """Return the zip with one file more, compressed."""
    written = io.BytesIO(zipped(files))
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as bundle:
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        bundle.writestr(info, content)
    return written.getvalue()


class TestWhatIsNoBundle:
    @pytest.mark.parametrize(
        "content",
        [b"", b"PK", b"not a zip" * 100, b"\x00" * 30, b"PK\x05\x06" + b"\xff" * 18, b"PK\x05\x06" + b"\x00" * 18],
    )
    def test_could_not_be_checked(self, content: bytes, tmp_path: Path) -> None:
        assert verify(put(content, tmp_path))[0].code == UNCHECKED

    def test_nor_what_is_not_there(self, tmp_path: Path) -> None:
        assert verify(tmp_path / "nowhere.zip")[0].code == UNCHECKED

    def test_nor_a_bundle_cut_off(self, files: Files, tmp_path: Path) -> None:
        whole = zipped(files)
        for length in range(0, len(whole), 700):
            assert verify(put(whole[:length], tmp_path))[0].code == UNCHECKED

    @pytest.mark.parametrize("manifest", [b"", b"[]", b"{}", b'{"v":1}', b"\xff", b"[" * 100_000, b'{"v":1,"v":1}'])
    def test_nor_one_whose_manifest_cannot_be_read(self, files: Files, manifest: bytes, tmp_path: Path) -> None:
        assert verify(put(zipped({**files, "manifest.json": manifest}), tmp_path))[0].code == UNCHECKED

    def test_nor_one_with_a_table_of_contents_larger_than_any(self, tmp_path: Path) -> None:
        many = {f"file-{number}": b"" for number in range(verify_bundle.MOST_FILES + 1)}
        findings, _ = verify(put(zipped({"README.txt": b"", **many}), tmp_path))
        assert "table of contents" in findings.found[0][2]


class TestItIsBounded:
    def test_a_file_that_unpacks_to_very_much_is_never_unpacked(self, files: Files, tmp_path: Path) -> None:
        bomb = with_member(files, "notice.txt", b"0" * (verify_bundle.LARGEST_FILE + 1))
        assert len(bomb) < 100_000
        findings, _ = verify(put(bomb, tmp_path))
        assert findings.code == TAMPERED
        assert ("notice.txt", "it is encrypted, or larger than any file of a bundle.") in {
            (place, problem) for _, place, problem in findings.found
        }

    def test_nor_one_that_says_it_is_small(self, files: Files, tmp_path: Path) -> None:
        bomb = with_member(files, "notice.txt", b"0" * 1_000_000)
        lied = bomb.replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
        findings, _ = verify(put(lied, tmp_path))
        assert findings.code == TAMPERED
        assert any(place == "notice.txt" for _, place, _ in findings.found)

    @pytest.mark.parametrize(
        "name", ["../../etc/cron.d/x", "/etc/passwd", "C:\\x", "a/../../b", "\x1b[31mred", "chain/"]
    )
    def test_a_name_that_leads_away_is_a_finding_and_nothing_is_written(
        self, files: Files, name: str, tmp_path: Path
    ) -> None:
        findings, _ = verify(put(with_member(files, name, b"x"), tmp_path))
        assert findings.code == TAMPERED
        assert [path.name for path in tmp_path.iterdir()] == ["bundle.zip"]
        assert all(place.isprintable() and problem.isprintable() for _, place, problem in findings.found)

    def test_a_file_that_stands_there_twice_is_a_finding(self, files: Files, tmp_path: Path) -> None:
        with pytest.warns(UserWarning, match="Duplicate name"):
            twice = with_member(files, "case.json", b"{}")
        findings, _ = verify(put(twice, tmp_path))
        assert (True, "case.json", "there are two files of this name.") in findings.found

    @pytest.mark.parametrize(
        "junk",
        [
            b"[" * 200_000,
            b'{"a":' * 100_000,
            b"NaN\n",
            b'"\\ud800"\n',
            b'{"v":1e400}\n',
            b"1" * 10_000 + b"\n",
            b"null\n",
            b"[]\n",
            b"{}\n",
            b"\xff\xfe\n",
            b"",
        ],
    )
    def test_junk_in_any_file_is_a_finding(self, files: Files, junk: bytes, tmp_path: Path) -> None:
        from tests.evidence_cases import listed_anew

        for name in sorted(set(files) - {"manifest.json", "manifest-signature.json", "README.txt", "verify_bundle.py"}):
            findings, _ = verify(put(zipped(listed_anew({**files, name: junk})), tmp_path))
            assert findings.code == TAMPERED, name

    def test_a_zip_that_was_packed_anew_is_still_a_bundle(self, files: Files, tmp_path: Path) -> None:
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name, raw in files.items():
                bundle.writestr(name, raw)
        assert verify(put(written.getvalue(), tmp_path), public_key=KEY)[0].code == INTACT

    def test_whatever_byte_is_altered_it_answers(self, files: Files, tmp_path: Path) -> None:
        """Some bytes of a zip say nothing of its content, such as a date; the digest of the whole tells of these."""
        chance, whole = random.Random(7), zipped(files)
        for _ in range(MUTATIONS):
            at = chance.randrange(len(whole))
            altered = whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :]
            path = put(altered, tmp_path)
            assert verify(path)[0].code in (INTACT, TAMPERED, UNCHECKED)
            assert verify(path, digest=DIGEST)[0].code != INTACT


class TestCanonicalJson:
    """The same bytes as the product's own, for every kind of value that occurs."""

    @pytest.mark.parametrize(
        "value",
        [
            {"b": 1, "a": [True, False, None, -5, 2**53 - 1], "\u20ac": "\U0001f642", "\ufb01": "x", "\U0001f600": ""},
            {"controls": "".join(map(chr, range(0x20))) + '"\\/\x7f\u2028', "empty": {}, "list": []},
        ],
    )
    def test_is_the_products(self, value: object) -> None:
        from core.canonical import canonical_bytes

        assert verify_bundle.canonical(value).encode() == canonical_bytes(value)

    @pytest.mark.parametrize("value", [1.5, 2**53, float("nan"), {"deep": 1.0}, [[[[1.5]]]]])
    def test_refuses_other_numbers(self, value: object) -> None:
        with pytest.raises(verify_bundle.Broken):
            verify_bundle.canonical(value)
