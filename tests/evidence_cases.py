"""A case with all that a bundle can hold, and what somebody does to a bundle who alters it."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from core.canonical import canonical_bytes
from core.ledger import checkpoints
from core.ledger.checkpoints import Leaf
from core.ledger.inclusion import path_to
from screening.engine.answers import Answer, Source
from screening.engine.drafts import Change
from screening.evidence import bundle
from screening.models import Protocol, Screening
from screening.services import drafts, evidence, reviews, submissions
from tests import playing
from tests.playing import NOON, House

VIGNETTE = "a-first-attempt"
Files = dict[str, bytes]


def eventful(at_house: House, protocol: Protocol) -> Screening:
    """Carry a case through a return, a determination, an amendment with a reason, and a second determination."""
    case = playing.claimed(at_house, protocol, VIGNETTE)
    reviews.send_back(screening=case, words="Ask once more.", questions=[], by=at_house.clinician, at=NOON)
    case = _submitted_again(at_house, playing.again(case), note="Asked again: <ünï, \U0001f642>.")
    case = _signed(at_house, case)
    submissions.start_amendment(screening=case, reason="Dropped again.", by=at_house.therapist, at=NOON)
    never: dict[str, Answer | None] = {"attempt-since-last": Answer(value="again")}
    _save(at_house, playing.again(case), note="Never submitted.", answers=never)
    submissions.drop_amendment(screening=case, by=at_house.therapist, at=NOON)
    submissions.start_amendment(screening=case, reason="A letter came.", by=at_house.therapist, at=NOON)
    case = _submitted_again(at_house, playing.again(case), note="As the letter says.")
    return _signed(at_house, case)


def _save(at_house: House, case: Screening, *, note: str, answers: dict[str, Answer | None] | None = None) -> None:
    given = answers or {"suicide-thoughts-today": Answer(value="none", source=Source.RECORD)}
    revision = case.draft.revision
    change = Change(answers=given, note=note)
    drafts.save(screening=case, change=change, base_revision=revision, by=at_house.therapist, at=NOON)


def _submitted_again(at_house: House, case: Screening, *, note: str) -> Screening:
    _save(at_house, case, note=note)
    revision = playing.again(case).draft.revision
    submitted = submissions.submit(screening=case, base_revision=revision, by=at_house.therapist, at=NOON)
    return playing.again(submitted)


def _signed(at_house: House, case: Screening) -> Screening:
    claimed = playing.again(reviews.claim(screening=case, by=at_house.clinician, at=NOON))
    playing.answer_all(at_house, claimed)
    playing.sign(at_house, playing.again(claimed))
    return playing.again(claimed)


def exported(at_house: House, case: Screening) -> Files:
    """Export a case as an auditor does; return the files of the bundle."""
    made = evidence.export(screening=case, by=at_house.auditor, at=NOON)
    return unzipped(made.content)


def unzipped(content: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def listed_anew(files: Files) -> Files:
    """Write the manifest anew, as somebody does who alters a file and knows the format."""
    said = json.loads(files["manifest.json"])
    others = {name: raw for name, raw in files.items() if not name.startswith("manifest")}
    manifest = bundle.manifest_of(others, stream=said["stream"], **said["head"])
    return {**others, "manifest.json": manifest}


def lines_of(raw: bytes) -> list[Any]:
    return [json.loads(line) for line in raw.splitlines()]


def with_line(files: Files, name: str, number: int, **fields: Any) -> Files:
    """Return the files with fields of one line of one file altered, and the manifest written anew."""
    entries = lines_of(files[name])
    entries[number] |= fields
    return listed_anew({**files, name: bundle.lines(entries)})


def run_verifier(verifier: Path, path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the verifier as somebody does who has neither the product nor its environment."""
    command = [sys.executable, "-I", str(verifier), str(path), *arguments]
    environment = {"PATH": "", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=path.parent, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


PRIVATE_KEY, ANOTHER_KEY = bytes(range(32)), bytes(range(1, 33))


def covered(files: Files, private_key: bytes = PRIVATE_KEY, *, upto: int = 0) -> Files:
    """Put a case's head (or an earlier entry) under a checkpoint with other streams, and sign the manifest."""
    events = lines_of(files["chain/events.jsonl"])
    newest = events[(upto or len(events)) - 1]
    stream = json.loads(newest["event"])["stream"]
    others = [Leaf(f"user:{number:04}", number, f"{number:064x}") for number in range(1, 12)]
    leaves = checkpoints.in_order([Leaf(stream, newest["seq"], newest["hash"]), *others])
    public = checkpoints.public_key_of(private_key)
    at, root = "2026-11-02T12:01:00.000000Z", checkpoints.root_of(leaves)
    content = checkpoints.Checkpoint(4, "5" * 64, at, len(leaves), root, checkpoints.key_id(public))
    raw = checkpoints.to_bytes(content)
    position = [leaf.stream for leaf in leaves].index(stream)
    path = path_to(raw, checkpoints.sign(raw, private_key), public, leaves=leaves, position=position)
    return signed_anew({**files, "checkpoint.json": canonical_bytes(path)}, private_key)


def signed_anew(files: Files, private_key: bytes) -> Files:
    """Write the manifest anew and sign it."""
    anew = listed_anew(files)
    return {**anew, "manifest-signature.json": bundle.signature_over(anew["manifest.json"], private_key)}


def chained_anew(files: Files, events: list[Any]) -> Files:
    """Number and chain events anew, and set the head, as somebody does who rewrites a whole stream."""
    before, anew = "0" * 64, []
    for seq, entry in enumerate(events, start=1):
        link = canonical_bytes({**json.loads(entry["event"]), "seq": seq, "prev": before})
        before = hashlib.sha256(b"\x00" + link).hexdigest()
        anew.append({**entry, "seq": seq, "hash": before, "event": link.decode()})
    head = {"seq": len(anew), "hash": before}
    manifest = canonical_bytes({**json.loads(files["manifest.json"]), "head": head})
    return listed_anew({**files, "manifest.json": manifest, "chain/events.jsonl": bundle.lines(anew)})
