"""docs/evidence-format.md holds what it says: its small bundle is checked from the page alone, and by what ships."""

import hashlib
import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature

from screening.evidence import verify_bundle
from tests import small_bundle
from tests.small_bundle import Differs, check, facts_on_the_page, files_on_the_page, zipped

FILES, FACTS = files_on_the_page(), facts_on_the_page()


def test_the_page_shows_a_whole_bundle() -> None:
    named = {name for name in FILES if not name.startswith("responses/")}
    assert named == verify_bundle.REQUIRED | {"manifest.json", verify_bundle.SIGNED}


def test_a_verifier_written_from_the_page_agrees_with_the_bundle_on_the_page() -> None:
    check(FILES, FACTS["public key"])


def test_the_verifier_that_ships_agrees_with_it_too(tmp_path: Path) -> None:
    path = tmp_path / "small.zip"
    path.write_bytes(zipped(FILES))
    findings, _ = verify_bundle.verify(path, public_key=FACTS["public key"], digest=FACTS["SHA-256 of the zip"])
    assert (findings.found, findings.code) == ([], 0)


def test_the_hashes_on_the_page_are_those_of_its_bundle() -> None:
    last = small_bundle.lines(FILES["chain/events.jsonl"])[-1]
    assert FACTS["hash of the last event"] == last["hash"]
    assert FACTS["SHA-256 of the zip"] == hashlib.sha256(zipped(FILES)).hexdigest()


@pytest.mark.parametrize("name", sorted(FILES))
def test_both_verifiers_find_a_file_that_was_altered(name: str, tmp_path: Path) -> None:
    altered = {**FILES, name: FILES[name].replace(b"e", b"a", 1)}
    with pytest.raises((Differs, InvalidSignature, KeyError, ValueError)):
        check(altered, FACTS["public key"])
    path = tmp_path / "small.zip"
    path.write_bytes(zipped(altered))
    assert verify_bundle.verify(path, public_key=FACTS["public key"])[0].code != verify_bundle.INTACT


def test_every_field_that_the_page_names_is_in_its_bundle() -> None:
    """A field that the bundle has and the page does not explain would have to be guessed."""
    said = small_bundle.PAGE.read_text(encoding="utf-8").split("## A small bundle")[0]
    record = json.loads(FILES["case.json"])
    fields = {
        *record,
        *record["responses"][0],
        *record["responses"][0]["flags"][0],
        *json.loads(FILES["checkpoint.json"]),
    }
    fields |= set(json.loads(FILES["manifest.json"])) | set(small_bundle.lines(FILES["chain/events.jsonl"])[0])
    assert [field for field in sorted(fields) if f"`{field}`" not in said] == []
