"""The small bundle that docs/evidence-format.md shows, read from the page, and a verifier written from the page alone.

Nothing of the product is imported, so that the page is what is tried and not the code that it describes.
"""

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PAGE = Path(__file__).resolve().parent.parent / "docs" / "evidence-format.md"
SHOWN = re.compile(r"^`([a-z0-9_./-]+|README\.txt)`\n\n```text\n(.*?)```\n", re.MULTILINE | re.DOTALL)
ENDS_WITH_A_LINE = ("README.txt", "verify_bundle.py", ".jsonl")
FACT = re.compile(
    r"^\| (public key|hash of the last event|SHA-256 of the zip)[^|]*\| `([0-9a-f]{64})` \|$", re.MULTILINE
)

Files = dict[str, bytes]


def files_on_the_page() -> Files:
    """Return the files of the small bundle."""
    shown = SHOWN.findall(PAGE.read_text(encoding="utf-8").split("## A small bundle")[1])
    return {name: (text if name.endswith(ENDS_WITH_A_LINE) else text[:-1]).encode() for name, text in shown}


def facts_on_the_page() -> dict[str, str]:
    """Return the hashes that the page names."""
    return dict(FACT.findall(PAGE.read_text(encoding="utf-8")))


def zipped(files: Files) -> bytes:
    """Return the zip, as the page says that it is written."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as bundle:
        for name in ["README.txt", *sorted(set(files) - {"README.txt"})]:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            info.create_system = 3
            bundle.writestr(info, files[name])
    return written.getvalue()


def sha(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()


def canonical(value: Any) -> bytes:
    """Write canonical JSON, for names in ASCII and whole numbers."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class Differs(Exception):
    """Something is not as the page says that it has to be."""


def hold(true: object, what: str) -> None:
    if not true:
        raise Differs(what)


def check(files: Files, public_key: str) -> None:
    """Check a bundle as the page says; raise ``Differs`` where something is not so."""
    check_manifest(files, public_key)
    payloads = check_chain(files)
    rows = check_rows(files, payloads)
    check_documents(files, payloads, rows)
    check_checkpoint(files, public_key)


def check_manifest(files: Files, public_key: str) -> None:
    listed = json.loads(files["manifest.json"])["files"]
    others = {name: raw for name, raw in files.items() if not name.startswith("manifest")}
    hold(listed == {name: {"bytes": len(raw), "sha256": sha(raw)} for name, raw in others.items()}, "manifest")
    signed = json.loads(files["manifest-signature.json"])
    hold(signed["public_key"] == public_key, "manifest key")
    verify(signed, b"\x03" + files["manifest.json"])


def verify(signed: Any, content: bytes) -> None:
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signed["public_key"]))
    key.verify(bytes.fromhex(signed["signature"]), content)


def lines(raw: bytes) -> list[Any]:
    return [json.loads(line) for line in raw.decode().split("\n")[:-1]]


def check_chain(files: Files) -> dict[int, Any]:
    manifest, before, payloads = json.loads(files["manifest.json"]), "0" * 64, {}
    for seq, line in enumerate(lines(files["chain/events.jsonl"]), start=1):
        event = json.loads(line["event"])
        hold(canonical(event) == line["event"].encode(), f"event {seq} canonical")
        hold((line["seq"], event["seq"], event["prev"]) == (seq, seq, before), f"event {seq} order")
        hold(event["stream"] == manifest["stream"], f"event {seq} stream")
        before = sha(b"\x00", line["event"].encode())
        hold(line["hash"] == before, f"event {seq} hash")
        hold(event["commit"] == sha(bytes.fromhex(line["nonce"]), line["payload"].encode()), f"event {seq} commit")
        payloads[seq] = json.loads(line["payload"])
    hold(manifest["head"] == {"seq": seq, "hash": before}, "head")
    return payloads


def check_rows(files: Files, payloads: dict[int, Any]) -> list[Any]:
    given = {(line["entry"], line["content"]["table"], line["row"]): line for line in lines(files["rows/rows.jsonl"])}
    rows = []
    for seq, payload in payloads.items():
        for seal in payload["seals"]:
            for key, digest in seal["rows"].items():
                content = given.pop((seq, seal["table"], key))["content"]
                hold(sorted(content["columns"]) == sorted(seal["columns"]), f"columns {key}")
                hold(sha(canonical(content)) == digest, f"row {key}")
                rows.append(content)
    hold(not given, "rows without a seal")
    return rows


def check_documents(files: Files, payloads: dict[int, Any], rows: list[Any]) -> None:
    started = payloads[1]["data"]
    hold(started["questionnaire"] == sha(files["documents/questionnaire.json"]), "questionnaire")
    parts = [files[f"documents/{name}.json"] for name in ("guidance", "rules", "vignettes")]
    hold(started["rules"] == sha(b'{"library":%b,"rules":%b,"vignettes":%b}' % tuple(parts)), "rules")
    documents = {"responseversion": "answers", "evaluation": "evaluation", "determination": "determination"}
    for row in rows:
        columns, name = row["columns"], documents.get(row["table"].split("_")[1])
        if name:
            text = columns["signed_document" if name == "determination" else "document"].encode()
            hold(files[f"responses/1/{name}.json"] == text, name)
            hold(columns["signed_digest" if name == "determination" else "digest"] == sha(text), f"{name} digest")


def check_checkpoint(files: Files, public_key: str) -> None:
    proof = json.loads(files["checkpoint.json"])
    checkpoint, leaf = json.loads(proof["checkpoint"]), proof["leaf"]
    line = lines(files["chain/events.jsonl"])[leaf["seq"] - 1]
    hold(line["hash"] == leaf["hash"], "leaf")
    hold(proof["public_key"] == public_key, "key")
    hold(checkpoint["key"] == sha(bytes.fromhex(public_key))[:16], "key id")
    index, last, siblings = proof["position"], proof["size"] - 1, [bytes.fromhex(one) for one in proof["siblings"]]
    current = hashlib.sha256(b"\x00" + canonical(leaf)).digest()
    while last:
        if index % 2:
            current = hashlib.sha256(b"\x01" + siblings.pop(0) + current).digest()
        elif index < last:
            current = hashlib.sha256(b"\x01" + current + siblings.pop(0)).digest()
        index, last = index // 2, last // 2
    hold((current.hex(), siblings) == (checkpoint["root"], []), "root")
    verify(proof, b"\x02" + proof["checkpoint"].encode())
