"""What somebody alters in a bundle is found, and its place named: every file and field, by those who know the format.

One case with a return, an amendment and two determinations is exported once for the module.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from core.canonical import canonical_bytes
from core.ledger import checkpoints
from screening.evidence import bundle
from screening.evidence.verify_bundle import INTACT, TAMPERED, Findings, verify
from tests import playing
from tests.evidence_cases import (
    ANOTHER_KEY,
    PRIVATE_KEY,
    Files,
    chained_anew,
    covered,
    eventful,
    exported,
    lines_of,
    listed_anew,
    signed_anew,
    with_line,
)

pytestmark = pytest.mark.django_db

Alteration = tuple[str, Files, str]
EVENTS, ROWS, RECORD, PROOF = "chain/events.jsonl", "rows/rows.jsonl", "case.json", "checkpoint.json"
KEY = checkpoints.public_key_of(PRIVATE_KEY).hex()
ELSEWHERE = {
    "v": 2,
    "alg": "md5",
    "stream": "case:another",
    "seq": 900,
    "prev": "a" * 64,
    "at": "2020-01-01T00:00:00.000000Z",
    "actor": "somebody-else",
    "role": "manager",
    "practice": "another",
    "action": "screening.viewed.twice",
    "object": "screening:another",
    "commit": "b" * 64,
}


@pytest.fixture(scope="module")
def once(shared_db: None) -> Files:
    house = playing.house()
    return covered(exported(house, eventful(house, playing.published(house))))


@pytest.fixture
def files(once: Files) -> Files:
    return dict(once)


def checked(files: Files, folder: Path, **pinned: str) -> Findings:
    path = folder / "bundle.zip"
    path.write_bytes(bundle.zipped(files))
    return verify(path, **pinned)[0]


def missed(alterations: Iterator[Alteration], folder: Path, *, at_least: int, **pinned: str) -> list[str]:
    """Return what was altered and not found, or found without naming its place."""
    left, tried = [], 0
    for name, altered, place in alterations:
        tried += 1
        found = checked(altered, folder, **pinned).found
        if not any(tampered and place in f"{where}: {problem}" for tampered, where, problem in found):
            left.append(f"{name} (at {place}): {found}")
    assert tried >= at_least, f"only {tried} alterations were tried"
    return left


def flipped(raw: bytes, at: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


def other(value: Any) -> Any:
    """Return another value that fits where this one stands."""
    if value is None or isinstance(value, bool):
        return "1" if value is None else not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list):
        return [*value, "one more"]
    return "f" * 64 if value != "f" * 64 else "0" * 64


def every_file(files: Files) -> Iterator[Alteration]:
    """By somebody who does not know the format: a bit in each file, each file gone, a file more."""
    for name, raw in files.items():
        if name == "manifest.json":
            continue
        where = "manifest-signature.json" if name == "manifest-signature.json" else name
        for at in (0, len(raw) // 2, len(raw) - 1):
            yield f"a bit of {name}", {**files, name: flipped(raw, at)}, where
        without = {one: content for one, content in files.items() if one != name}
        if name != "manifest-signature.json":
            yield f"{name} is gone", without, name
            optional = name.startswith("responses/")
            yield f"{name} is gone from the manifest too", listed_anew(without), "responses/" if optional else name
    yield "a file more", {**files, "responses/9/answers.json": b"{}"}, "responses/9/answers.json"
    yield "a file more, listed", listed_anew({**files, "responses/9/answers.json": b"{}"}), "responses/9/answers.json"
    for name in ("../outside.txt", "/etc/passwd", "a\\b", "responses/1/more.json", "script.js"):
        yield f"a file named {name}", {**files, name: b"x"}, name


def every_event_field(files: Files) -> Iterator[Alteration]:
    """By somebody who writes the manifest anew and takes the signature over it away."""
    events = lines_of(files[EVENTS])
    for number in (0, 3, len(events) - 1):
        for field, value in ELSEWHERE.items():
            altered = canonical_bytes({**json.loads(events[number]["event"]), field: value}).decode()
            changed = with_line(files, EVENTS, number, event=altered)
            yield f"{field} of event {number + 1}", changed, f"entry {number + 1}"
    for number in range(len(events)):
        for field in ("seq", "hash", "nonce", "payload"):
            changed = with_line(files, EVENTS, number, **{field: other(events[number][field])})
            yield f"{field} of line {number + 1}", changed, f"entry {number + 1}"
    yield "a field more", with_line(files, EVENTS, 2, more=1), "entry 3"
    yield "the last line cut", listed_anew({**files, EVENTS: files[EVENTS][:-20]}), f"entry {len(events)}"


def every_way_to_rewrite_a_chain(files: Files) -> Iterator[Alteration]:
    """By somebody who rewrites hashes and head too: only what was signed stands against it."""
    events = lines_of(files[EVENTS])
    for number in range(len(events)):
        link = {**json.loads(events[number]["event"]), "actor": "somebody-else"}
        anew = [*events[:number], {**events[number], "event": canonical_bytes(link).decode()}, *events[number + 1 :]]
        yield f"the actor of event {number + 1}", chained_anew(files, anew), f"entry {len(events)}"
    for number in range(len(events) - 1):
        raw = canonical_bytes({**json.loads(events[number]["event"]), "actor": "somebody-else"})
        hashed = with_line(files, EVENTS, number, event=raw.decode(), hash=sha256(b"\x00" + raw).hexdigest())
        yield f"event {number + 1} and its own hash", hashed, f"entry {number + 2}: it does not follow"
        swapped = [*events[:number], events[number + 1], events[number], *events[number + 2 :]]
        yield f"events {number + 1} and {number + 2} swapped", chained_anew(files, swapped), f"entry {len(events)}"
        dropped = [*events[:number], *events[number + 1 :]]
        yield f"event {number + 1} dropped", chained_anew(files, dropped), PROOF
    yield "an event twice", chained_anew(files, [*events[:4], *events[3:]]), PROOF
    yield "the newest event cut off", chained_anew(files, events[:-1]), PROOF


def every_column(files: Files) -> Iterator[Alteration]:
    """Every column of the first row of every table, and rows taken away, doubled and moved."""
    rows, tables = lines_of(files[ROWS]), set()
    for number, row in enumerate(rows):
        table = row["content"]["table"]
        if table in tables:
            continue
        tables.add(table)
        place = f"entry {row['entry']}, {table} {row['row']}"
        for column, value in row["content"]["columns"].items():
            columns = {**row["content"]["columns"], column: other(value)}
            content = {**row["content"], "columns": columns}
            altered = with_line(files, ROWS, number, content=content)
            yield f"{table}.{column}", altered, place
        for what, less in (("gone", [*rows[:number], *rows[number + 1 :]]), ("twice", [*rows, row])):
            where = place if what == "gone" else f"line {len(rows) + 1}"
            yield f"a row of {table} is {what}", listed_anew({**files, ROWS: bundle.lines(less)}), where
        moved = with_line(files, ROWS, number, entry=1)
        yield f"a row of {table} under another entry", moved, place
    assert len(tables) == 6, tables


def every_document(files: Files) -> Iterator[Alteration]:
    for name in files:
        if name.startswith(("documents/", "responses/")):
            yield name, listed_anew({**files, name: files[name].replace(b"e", b"a", 1)}), name
            yield f"{name} emptied", listed_anew({**files, name: b"{}"}), name


def every_part_of_the_record(files: Files) -> Iterator[Alteration]:
    """Every value of ``case.json`` but those that no seal binds."""
    record = json.loads(files[RECORD])
    for path in paths_in({name: value for name, value in record.items() if name != "as_exported"}):
        altered = json.loads(files[RECORD])
        holder = altered
        for part in path[:-1]:
            holder = holder[part]
        holder[path[-1]] = other(holder[path[-1]])
        yield f"{RECORD} {path}", listed_anew({**files, RECORD: canonical_bytes(altered)}), f"{RECORD}, {path[0]}"


def paths_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from paths_in(one, (*path, name))
    if not isinstance(value, dict | list):
        yield path


def every_part_of_the_proof(files: Files) -> Iterator[Alteration]:
    proof = json.loads(files[PROOF])
    for name, value in proof.items():
        if name not in ("v", "leaf", "checkpoint"):
            yield f"proof {name}", with_proof(files, {**proof, name: other(value)}), PROOF
    for name, value in proof["leaf"].items():
        yield f"leaf {name}", with_proof(files, {**proof, "leaf": {**proof["leaf"], name: other(value)}}), PROOF
    checkpoint = json.loads(proof["checkpoint"])
    for name, value in checkpoint.items():
        text = canonical_bytes({**checkpoint, name: other(value)}).decode()
        yield f"checkpoint {name}", with_proof(files, {**proof, "checkpoint": text}), PROOF
    for number in range(len(proof["siblings"])):
        siblings = [*proof["siblings"]]
        siblings[number] = "0" * 64
        yield f"sibling {number}", with_proof(files, {**proof, "siblings": siblings}), PROOF
    yield "a sibling less", with_proof(files, {**proof, "siblings": proof["siblings"][1:]}), PROOF
    forged = checkpoints.sign(proof["checkpoint"].encode(), ANOTHER_KEY)
    yield "a forged signature", with_proof(files, {**proof, "signature": forged}), PROOF
    yield "a field more", with_proof(files, {**proof, "more": 1}), PROOF


def with_proof(files: Files, proof: dict[str, Any]) -> Files:
    return listed_anew({**files, PROOF: canonical_bytes(proof)})


def what_no_seal_binds(files: Files) -> Iterator[Alteration]:
    """Names, README, verifier: bound by the signature over the manifest, which somebody without the key leaves."""
    signature = {"manifest-signature.json": files["manifest-signature.json"]}
    record = json.loads(files[RECORD])
    for name, value in record["as_exported"].items():
        exported_as = {**record["as_exported"], name: other(value)}
        altered = listed_anew({**files, RECORD: canonical_bytes({**record, "as_exported": exported_as})})
        yield f"as_exported {name}", {**altered, **signature}, "manifest-signature.json"
    for name in ("README.txt", "verify_bundle.py"):
        yield name, {**listed_anew({**files, name: b"Trust me."}), **signature}, "manifest-signature.json"


class TestEveryAlterationIsFoundAtItsPlace:
    @pytest.mark.parametrize(
        ("alterations", "at_least"),
        [
            (every_file, 80),
            (every_event_field, 100),
            (every_way_to_rewrite_a_chain, 70),
            (every_column, 65),
            (every_document, 20),
            (every_part_of_the_record, 100),
            (every_part_of_the_proof, 20),
            (what_no_seal_binds, 10),
        ],
        ids=lambda value: getattr(value, "__name__", None),
    )
    def test_in(self, files: Files, tmp_path: Path, alterations: Any, at_least: int) -> None:
        assert checked(files, tmp_path, public_key=KEY).code == INTACT
        assert missed(alterations(files), tmp_path, at_least=at_least) == []

    def test_also_where_everything_is_made_anew_with_another_key(self, files: Files, tmp_path: Path) -> None:
        events = lines_of(files[EVENTS])
        forged = covered(chained_anew(files, events), ANOTHER_KEY)
        assert checked(forged, tmp_path).code == INTACT, "consistent in itself, which the notes say"
        found = checked(forged, tmp_path, public_key=KEY)
        assert found.code == TAMPERED
        assert {place for _, place, _ in found.found} == {PROOF, "manifest-signature.json"}

    def test_also_where_only_the_whole_file_tells(self, files: Files, tmp_path: Path) -> None:
        digest = bundle.hashlib.sha256(bundle.zipped(files)).hexdigest()
        assert checked(files, tmp_path, digest=digest).code == INTACT
        renamed = signed_anew({**files, "README.txt": b"Another."}, PRIVATE_KEY)
        assert checked(renamed, tmp_path, digest=digest).code == TAMPERED
