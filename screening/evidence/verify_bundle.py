"""Check an evidence bundle without the product that made it.

    python verify_bundle.py bundle.zip [--public-key HEX] [--digest HEX] [--format json]

Needs Python 3.11 or newer and, for signatures, the package ``cryptography``. Nothing else, and no network. Nothing is
unpacked, nothing is written. Exit code 0: intact. 1: tampered with. 2: could not be checked.

``--public-key`` is the key that the practice's ledger page prints: without it a signature shows only that whoever holds
the key *inside the bundle* made it. ``--digest`` is the SHA-256 that the practice's record holds of the whole bundle.
The format, and what this does and does not show, is the page docs/evidence-format.md of the product.
"""

import argparse
import hashlib
import json
import re
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

INTACT, TAMPERED, UNCHECKED = 0, 1, 2
FORMAT, VERSION = "soundings-evidence", 1
EVENT, NODE, CHECKPOINT, MANIFEST = b"\x00", b"\x01", b"\x02", b"\x03"
NOTHING_BEFORE = "0" * 64

LARGEST_BUNDLE, LARGEST_CONTENT, LARGEST_FILE, MOST_FILES = 2**26, 2**26, 2**25, 2_000
LARGEST_DIRECTORY, DEEPEST, MOST_SHOWN = 2**20, 64, 200
LARGEST_INTEGER = 2**53 - 1

EVENTS, ROWS, RECORD, PROOF = "chain/events.jsonl", "rows/rows.jsonl", "case.json", "checkpoint.json"
SIGNED = "manifest-signature.json"
QUESTIONNAIRE, LIBRARY, RULES, VIGNETTES = (
    f"documents/{name}.json" for name in ("questionnaire", "guidance", "rules", "vignettes")
)
REQUIRED = {EVENTS, ROWS, RECORD, PROOF, QUESTIONNAIRE, LIBRARY, RULES, VIGNETTES, "README.txt", "verify_bundle.py"}
OPTIONAL = re.compile(r"notice\.txt\Z|responses/[1-9][0-9]{0,3}/(answers|evaluation|determination)\.json\Z")

HASH = re.compile(r"[0-9a-f]{64}\Z")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z")
EVENT_FIELDS = {"v", "alg", "stream", "seq", "prev", "at", "actor", "role", "practice", "action", "object", "commit"}
OTHER_KEY = "it is signed with another key than the one given with --public-key."
MAY_BE_NULL = {"actor", "role", "practice"}
CHECKPOINT_FIELDS = {"v", "alg", "number", "prev", "at", "leaves", "root", "key"}
PROOF_FIELDS = {"v", "leaf", "position", "size", "siblings", "checkpoint", "signature", "public_key"}


class NotABundle(Exception):
    """The file cannot be read as a bundle at all, so nothing can be said of it."""


class Broken(Exception):
    """Something is not as the format says, in words."""


class Findings:
    """What was found, in order: (tampered, place, problem); and what a reader must know besides."""

    def __init__(self) -> None:
        self.found: list[tuple[bool, str, str]] = []
        self.notes: list[str] = []

    def tampered(self, place: str, problem: str) -> None:
        """Note that something was altered, removed or added."""
        self.found.append((True, place, problem))

    def unchecked(self, place: str, problem: str) -> None:
        """Note that something could not be checked."""
        self.found.append((False, place, problem))

    @property
    def code(self) -> int:
        """Return the exit code."""
        if any(tampered for tampered, _, _ in self.found):
            return TAMPERED
        return UNCHECKED if self.found else INTACT

    @property
    def only_the_key(self) -> bool:
        """Say whether all is whole, but signed with another key than the one given: a slip of the pen looks like it."""
        tampered = [problem for tampered, _, problem in self.found if tampered]
        return bool(tampered) and all(problem == OTHER_KEY for problem in tampered)


# ---- JSON ------------------------------------------------------------------------------------------------------------


def canonical(value: Any, depth: int = 0) -> str:
    """Return the canonical JSON (RFC 8785) of text, whole numbers, booleans, null, lists and objects; refuse others."""
    if depth > DEEPEST:
        raise Broken(f"it is nested more than {DEEPEST} deep.")
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{_text(name)}:{canonical(value[name], depth + 1)}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(one, depth + 1) for one in value) + "]"
    if value is None or isinstance(value, bool | str):
        return _text(value)
    if isinstance(value, int) and abs(value) <= LARGEST_INTEGER:
        return str(value)
    raise Broken("it holds a number that the canonical form of this format does not know.")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def parse(raw: bytes | str) -> Any:
    """Read JSON strictly: UTF-8, no duplicate names, no NaN, no lone surrogates, not too deep."""
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise Broken("it is not JSON in UTF-8.") from None
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise Broken("it names something twice.")
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise Broken(f"it holds {name}, which is no JSON.")


def parse_canonical(raw: bytes, fields: set[str] | None = None) -> Any:
    """Read JSON that must stand in canonical form, and have exactly these fields."""
    value = parse(raw)
    if canonical(value).encode() != raw:
        raise Broken("its bytes are not in canonical form.")
    if fields is not None and (not isinstance(value, dict) or set(value) != fields):
        raise Broken(f"it does not have exactly these fields: {', '.join(sorted(fields))}.")
    return value


def sha256(*parts: bytes) -> str:
    """Return a SHA-256 as 64 hexadecimal characters."""
    return hashlib.sha256(b"".join(parts)).hexdigest()


def is_hash(value: Any) -> bool:
    """Say whether a value is written as a SHA-256 is."""
    return isinstance(value, str) and bool(HASH.match(value))


def is_number(value: Any, least: int) -> bool:
    """Say whether a value is a whole number from ``least``."""
    return type(value) is int and least <= value <= LARGEST_INTEGER


# ---- The zip and its manifest ----------------------------------------------------------------------------------------


def read_files(path: Path, findings: Findings) -> dict[str, bytes]:
    """Return the files of a bundle by name, nothing larger than the limits, nothing under a name that leads away."""
    _check_size(path)
    try:
        with zipfile.ZipFile(path) as bundle:
            return _members(bundle, findings)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error) as problem:
        raise NotABundle(f"it cannot be read as a zip file ({problem}).") from None


def _check_size(path: Path) -> None:
    """Refuse what is too large before anything of it is parsed: the file, and the table of its contents."""
    size = path.stat().st_size
    if size > LARGEST_BUNDLE:
        raise NotABundle(f"it has {size:,} bytes; a bundle has at most {LARGEST_BUNDLE:,}.")
    with path.open("rb") as file:
        file.seek(max(0, size - 65_557))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise NotABundle("it is not a zip file, or its end is missing.")
    files, directory = struct.unpack_from("<HI", tail, at + 10)
    if files > MOST_FILES or directory > LARGEST_DIRECTORY or tail[max(0, at - 20) : at][:4] == b"PK\x06\x07":
        raise NotABundle("its table of contents is larger than that of any bundle.")


def _members(bundle: zipfile.ZipFile, findings: Findings) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    left = LARGEST_CONTENT
    for info in bundle.infolist():
        name = info.filename
        if name in files:
            findings.tampered(shown(name), "there are two files of this name.")
        elif not _is_permitted(name):
            findings.tampered(shown(name), "a file of this name does not belong in a bundle.")
        elif info.flag_bits & 1 or info.file_size > min(left, LARGEST_FILE):
            findings.tampered(shown(name), "it is encrypted, or larger than any file of a bundle.")
        else:
            files[name] = _member(bundle, info, findings)
            left -= len(files[name])
    return files


def _member(bundle: zipfile.ZipFile, info: zipfile.ZipInfo, findings: Findings) -> bytes:
    """Read one file, never more of it than it announced."""
    try:
        with bundle.open(info) as file:
            content = file.read(info.file_size + 1)
            file.read(1)  # at the end, the checksum is compared
    except Exception as problem:  # noqa: BLE001 - whatever is wrong with a file is a finding with its name
        findings.tampered(shown(info.filename), f"it cannot be unpacked ({type(problem).__name__}).")
        return b""
    if len(content) != info.file_size:
        findings.tampered(shown(info.filename), "it is not as long as the zip file says.")
    return content


def _is_permitted(name: str) -> bool:
    return name in REQUIRED or name in ("manifest.json", SIGNED) or bool(OPTIONAL.match(name))


def shown(words: Any) -> str:
    """Return words of the bundle for printing: short, and without what a terminal would obey."""
    text = str(words)
    return "".join(letter if letter.isprintable() else "?" for letter in text[:160])


def check_manifest(files: dict[str, bytes], findings: Findings) -> dict[str, Any]:
    """Compare every file with the manifest; raise ``NotABundle`` where there is none that can be read."""
    try:
        manifest = parse_canonical(files["manifest.json"], {"v", "format", "stream", "head", "files"})
    except KeyError:
        raise NotABundle("it has no manifest.json.") from None
    except Broken as problem:
        raise NotABundle(f"its manifest.json cannot be read: {problem}") from None
    listed = manifest["files"]
    known = (manifest["format"], manifest["v"]) == (FORMAT, VERSION) and isinstance(manifest["stream"], str)
    if not known or not isinstance(listed, dict):
        raise NotABundle(f"its manifest.json is not of the format {FORMAT} {VERSION}.")
    for name in sorted(REQUIRED - set(files)):
        findings.tampered(name, "the file is missing.")
    for name in sorted(set(files) - set(listed) - {"manifest.json", SIGNED}):
        findings.tampered(name, "the file is not listed in manifest.json.")
    for name, said in sorted(listed.items()):
        if name not in files:
            findings.tampered(shown(name), "manifest.json lists this file, and it is not in the bundle.")
        elif said != {"bytes": len(files[name]), "sha256": sha256(files[name])}:
            findings.tampered(name, "the file is not the one that manifest.json lists: its SHA-256 or length differs.")
    return manifest


# ---- The chain -------------------------------------------------------------------------------------------------------


class Chain:
    """The events of a stream as far as they could be read, each with its payload where that is the one committed to."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.links: dict[int, dict[str, Any]] = {}
        self.payloads: dict[int, dict[str, Any]] = {}
        self.hashes = [NOTHING_BEFORE]

    def place(self, seq: int) -> str:
        """Name an entry for a finding."""
        return f"{EVENTS}, stream {shown(self.stream)}, entry {seq}"

    def all_told(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Return the events with what each says, those left out whose payload could not be read."""
        return [(link, self.payloads[at]["data"]) for at, link in sorted(self.links.items()) if at in self.payloads]


def check_chain(files: dict[str, bytes], manifest: dict[str, Any], chain: Chain, findings: Findings) -> None:
    """Follow the chain from its first event: bytes, hashes, order, and the payloads against what was committed to."""
    for position, line in enumerate(lines_of(files.get(EVENTS, b"")), start=1):
        try:
            stored = parse_canonical(line, {"seq", "hash", "event", "nonce", "payload", "problem"})
            link, problems = _follow(chain, stored, position)
        except Broken as problem:
            findings.tampered(chain.place(position), str(problem))
            chain.hashes.append("")
            continue
        for said in problems:
            findings.tampered(chain.place(position), said)
        chain.links[position] = link
        _open(chain, stored, link, position, findings)
    last = len(chain.hashes) - 1
    if manifest["head"] != {"seq": last, "hash": chain.hashes[-1]}:
        findings.tampered(chain.place(last), "the chain does not end where manifest.json says that it ends.")


def lines_of(raw: bytes) -> list[bytes]:
    """Return the lines of a file; the last one ends too."""
    if raw and not raw.endswith(b"\n"):
        raw += b"the last line is cut off\n"
    return raw.split(b"\n")[:-1]


def _follow(chain: Chain, stored: dict[str, Any], position: int) -> tuple[dict[str, Any], list[str]]:
    raw = str(stored["event"]).encode()
    actual, before = sha256(EVENT, raw), chain.hashes[-1]
    link = parse_canonical(raw, EVENT_FIELDS)
    _check_fields(link)
    problems = []
    if stored["hash"] != actual:
        problems.append("its hash is not the hash of its bytes.")
    if (stored["seq"], link["seq"]) != (position, position):
        problems.append(f"it says that it is number {shown(link['seq'])}; number {position} was due.")
    if link["prev"] != before:
        problems.append("it does not follow from the entry before it: the previous hash differs.")
    if link["stream"] != chain.stream:
        problems.append("it was written for another stream.")
    chain.hashes.append(actual)
    return link, problems


def _check_fields(link: dict[str, Any]) -> None:
    if not is_number(link["v"], 1) or (link["v"], link["alg"]) != (1, "sha256"):
        raise Broken("its version or its algorithm is not one that this program reads.")
    if not is_number(link["seq"], 1):
        raise Broken("its number is not a whole number from 1.")
    for name in EVENT_FIELDS - {"v", "alg", "seq"}:
        if not isinstance(link[name], str) and not (link[name] is None and name in MAY_BE_NULL):
            raise Broken(f"its {name} is not text.")
    if not (is_hash(link["prev"]) and is_hash(link["commit"]) and TIME.match(link["at"])):
        raise Broken("its previous hash, commitment or time is not written as the format says.")


def _open(chain: Chain, stored: dict[str, Any], link: dict[str, Any], position: int, findings: Findings) -> None:
    """Keep a payload that is the one committed to."""
    if stored["nonce"] is None and stored["payload"] is None:
        said = shown(stored["problem"]) or "It is not in the bundle."
        findings.unchecked(chain.place(position), f"its payload, and what it seals, could not be checked. {said}")
        return
    try:
        chain.payloads[position] = _payload(stored, link["commit"])
    except Broken as problem:
        findings.tampered(chain.place(position), str(problem))


def _payload(stored: dict[str, Any], commit: str) -> dict[str, Any]:
    nonce, payload = stored["nonce"], stored["payload"]
    if not (is_hash(nonce) and isinstance(payload, str) and stored["problem"] == ""):
        raise Broken("its nonce is not 32 bytes in hexadecimal, or its payload is not text.")
    if sha256(bytes.fromhex(nonce), payload.encode()) != commit:
        raise Broken("its payload or its nonce is not the one that it commits to.")
    content = parse(payload)
    if not isinstance(content, dict) or set(content) != {"data", "seals"} or not isinstance(content["data"], dict):
        raise Broken("its payload does not have exactly data and seals.")
    return content


# ---- The rows that the seals bind ------------------------------------------------------------------------------------

Row = dict[str, Any]
Sealed = dict[str, list[Row]]
Told = list[tuple[dict[str, Any], dict[str, Any]]]


def check_rows(files: dict[str, bytes], chain: Chain, sealed: Sealed, findings: Findings) -> None:
    """Compare every sealed row with its seal; put the columns of those that agree into ``sealed``, by table."""
    given = _given_rows(files.get(ROWS, b""), findings)
    for seq, payload in chain.payloads.items():
        for table, columns, row, digest in _seals(payload, chain.place(seq), findings):
            place = f"{ROWS}, stream {shown(chain.stream)}, entry {seq}, {shown(table)} {shown(row)}"
            content = given.pop((seq, table, row), None)
            problem = _row_problem(content, table, columns, digest)
            if problem:
                findings.tampered(place, problem)
            elif content is not None:
                sealed.setdefault(table, []).append(content["columns"])
    for seq, table, row in given:
        problem = "the entry does not seal this row." if seq in chain.payloads else "no readable entry seals this row."
        place = f"{ROWS}, stream {shown(chain.stream)}, entry {shown(seq)}, {shown(table)} {shown(row)}"
        (findings.tampered if len(chain.payloads) == len(chain.links) else findings.unchecked)(place, problem)


def _given_rows(raw: bytes, findings: Findings) -> dict[tuple[int, str, str], Row]:
    found: dict[tuple[int, str, str], Row] = {}
    for number, line in enumerate(lines_of(raw), start=1):
        try:
            stored = parse_canonical(line, {"entry", "row", "content"})
            key = (stored["entry"], stored["content"]["table"], stored["row"])
            twice = found.setdefault(key, stored["content"]) is not stored["content"]
        except (Broken, KeyError, TypeError) as problem:
            said = str(problem) if isinstance(problem, Broken) else "it is not a row."
            findings.tampered(f"{ROWS}, line {number}", said)
        else:
            if twice:
                findings.tampered(f"{ROWS}, line {number}", "the same row stands here twice.")
    return found


def _seals(payload: dict[str, Any], place: str, findings: Findings) -> Iterator[tuple[str, list[str], str, str]]:
    try:
        for seal in payload["seals"]:
            for row, digest in seal["rows"].items():
                yield seal["table"], list(seal["columns"]), row, digest
    except (KeyError, TypeError, AttributeError):
        findings.tampered(place, "its seals cannot be read.")


def _row_problem(content: Row | None, table: str, columns: list[str], digest: str) -> str:
    if content is None:
        return "the row that was sealed is not in the bundle."
    if set(content) != {"v", "table", "columns"} or content["v"] != 1 or content["table"] != table:
        return "the row does not have exactly a version, a table and columns."
    if not isinstance(content["columns"], dict) or sorted(content["columns"]) != sorted(columns):
        return "the row does not have exactly the columns that its seal covers."
    same = sha256(canonical(content).encode()) == digest
    return "" if same else "the row was altered: it differs from its seal."


# ---- The documents, and the case as people read it -------------------------------------------------------------------


def check_documents(files: dict[str, bytes], chain: Chain, sealed: Sealed, findings: Findings) -> None:
    """Compare the published documents with the digests that the case is pinned to, and every document with its row."""
    pinned = _pinned(chain)
    rules = b'{"library":%b,"rules":%b,"vignettes":%b}' % tuple(
        files.get(name, b"") for name in (LIBRARY, RULES, VIGNETTES)
    )
    if sha256(files.get(QUESTIONNAIRE, b"")) != pinned["questionnaire"]:
        findings.tampered(QUESTIONNAIRE, "it is not the questionnaire that the case is pinned to.")
    if sha256(rules) != pinned["rules"]:
        said = f"this, {LIBRARY} and {VIGNETTES} together are not the rules that the case is pinned to."
        findings.tampered(RULES, said)
    responses = case_record(sealed, chain.all_told())
    expected = {name: document for response in responses for name, document in documents_of(response)}
    for name, (document, digest) in expected.items():
        if files.get(name) != str(document).encode():
            findings.tampered(name, "it is not the document of its sealed row.")
        elif sha256(files[name]) != digest:
            findings.tampered(name, "its SHA-256 is not the one that its sealed row names.")
    for name in sorted(name for name in files if name.startswith("responses/") and name not in expected):
        findings.tampered(name, "no sealed row holds this document.")
    for response in responses:
        _check_signature_block(response, pinned, findings)


def _pinned(chain: Chain) -> dict[str, Any]:
    started = next((data for link, data in chain.all_told() if link["action"] == "screening.started"), {})
    return {"questionnaire": started.get("questionnaire"), "rules": started.get("rules")}


def documents_of(response: Row) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the files of one version of the answers, each with its text and the SHA-256 that its row names."""
    folder, evaluation, signed = f"responses/{response['number']}", response["evaluation"], response["determination"]
    yield f"{folder}/answers.json", (response["_document"], response["digest"])
    if evaluation:
        yield f"{folder}/evaluation.json", (evaluation["_document"], evaluation["digest"])
    if signed:
        yield f"{folder}/determination.json", (signed["_document"], signed["signed_digest"])


def _check_signature_block(response: Row, pinned: dict[str, Any], findings: Findings) -> None:
    """Compare what stands beside a signature with the document that was signed, and that with what it is about."""
    signed = response["determination"]
    if not signed:
        return
    document = parse(signed["_document"])
    read = document["read"]
    pairs = [(name, document[name], signed[name]) for name in ("outcome_code", "outcome_text", "reasons", "recheck_on")]
    pairs += [(name, read[name], signed[name]) for name in ("printed_name", "time_zone", "meaning")]
    pairs += [(name, read[name]["digest"], pinned[name]) for name in ("questionnaire", "rules")]
    pairs += [
        ("signer", document["signer"], signed["signer_id"]),
        ("answers", read["answers"]["digest"], response["digest"]),
        ("evaluation", read["evaluation"]["digest"], response["evaluation"]["digest"]),
    ]
    place = f"responses/{response['number']}/determination.json"
    for name, said, stands in pairs:
        if said != stands:
            findings.tampered(place, f"the signed document says something else of its {name} than the sealed rows.")


SIGNATURE = (
    *("outcome_code", "outcome_text", "reasons", "recheck_on", "signer_id", "printed_name"),
    *("signed_at", "time_zone", "meaning", "signed_digest"),
)
SAID = ("number", "answer", "reason_code", "reason_text", "exception_id", "words", "answered_at", "answered_by_id")


def case_record(sealed: Sealed, told: Told) -> list[dict[str, Any]]:
    """Return the versions of the answers with all that came of each, as ``case.json`` tells them, from sealed rows.

    ``told`` are the events with what each says: from them it is known with which entry each answer was given last.
    What begins with an underscore stands in a file of its own.
    """
    of = {table.rpartition("_")[2]: rows for table, rows in sealed.items()}
    given = _given(told)
    responses = sorted(of.get("responseversion", []), key=lambda row: int(row["number"]))
    return [_response(row, of, given.get(row["number"], {})) for row in responses]


def as_shown(record: Any) -> Any:
    """Return a record without what stands in files of its own."""
    if isinstance(record, dict):
        return {name: as_shown(value) for name, value in record.items() if not name.startswith("_")}
    return [as_shown(one) for one in record] if isinstance(record, list) else record


def _response(row: Row, of: Sealed, given: dict[str, Any]) -> dict[str, Any]:
    evaluation = next((one for one in of.get("evaluation", []) if one["response_id"] == row["id"]), None)
    key = evaluation["id"] if evaluation else ""
    flags, returns, signed = (
        [one for one in of.get(name, []) if one["evaluation_id"] == key] for name in ("flag", "return", "determination")
    )
    return {
        **_told(row, "number", "digest", "reason", "submitted_at", "submitted_by_id"),
        "_document": row["document"],
        "answers": _answers(parse(row["document"]), given),
        "evaluation": evaluation
        and {**_told(evaluation, "on", "digest", "evaluated_at"), "_document": evaluation["document"]},
        "flags": [_flag(flag, of) for flag in sorted(flags, key=lambda one: int(one["position"]))],
        "returns": [_told(one, "words", "questions", "returned_at", "returned_by_id") for one in returns],
        "determination": {**_told(signed[0], *SIGNATURE), "_document": signed[0]["signed_document"]}
        if signed
        else None,
    }


def _told(row: Row, *columns: str) -> dict[str, Any]:
    return {column: row[column] for column in columns}


def _flag(flag: Row, of: Sealed) -> dict[str, Any]:
    said = [one for one in of.get("flaganswer", []) if one["flag_id"] == flag["id"]]
    answers = [_told(one, *SAID) for one in sorted(said, key=lambda one: int(one["number"]))]
    return {**_told(flag, "position", "rule_id", "title", "topic", "concern"), "answers": answers}


def _given(told: Told) -> dict[int, dict[str, Any]]:
    """Return, by version of the answers, with which entry each answer was given last, when, and by whom.

    An amendment that was dropped set every answer back to what was submitted last.
    """
    now: dict[str, Any] = {}
    submitted: dict[str, Any] = {}
    given: dict[int, dict[str, Any]] = {}
    for link, data in told:
        if link["action"] == "screening.saved":
            how = {"entry": link["seq"], "at": link["at"], "by": link["actor"]}
            now |= dict.fromkeys(data["changed"], how)
        elif link["action"] == "screening.submitted":
            submitted = given[data["response"]] = dict(now)
        elif link["action"] == "screening.amendment-dropped":
            now = dict(submitted)
    return given


def _answers(document: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return, for each answer or group of rows, from whom it comes, and how it was given last."""
    found = {key: [answer] for key, answer in document.get("answers", {}).items()}
    for key, group in document.get("groups", {}).items():
        found[key] = [answer for row in group.get("rows", []) for answer in row.get("answers", {}).values()]
    return {
        key: {"sources": sorted({answer.get("source", "client") for answer in answers}), "given": given.get(key)}
        for key, answers in found.items()
    }


def check_record(files: dict[str, bytes], chain: Chain, sealed: Sealed, findings: Findings) -> None:
    """Compare ``case.json`` with what the sealed rows and the events say; ``as_exported`` is bound by neither."""
    try:
        record = parse_canonical(files.get(RECORD, b""), {"v", "stream", "pinned", "as_exported", "responses"})
    except Broken as problem:
        findings.tampered(RECORD, str(problem))
        return
    told = as_shown(case_record(sealed, chain.all_told()))
    expected = {"v": VERSION, "stream": chain.stream, "pinned": _pinned(chain), "responses": told}
    for name, value in expected.items():
        if canonical(record[name]) != canonical(value):
            findings.tampered(f"{RECORD}, {name}", "it does not say what the sealed rows and the events say.")


# ---- The checkpoint --------------------------------------------------------------------------------------------------


def check_checkpoint(files: dict[str, bytes], chain: Chain, pinned_key: str, findings: Findings) -> None:
    """Follow the path from the chain to a signed checkpoint; say plainly where there is none, or not for all of it."""
    try:
        proof = parse_canonical(files.get(PROOF, b""))
        if isinstance(proof, dict) and set(proof) == {"v", "none"}:
            _say_uncovered(f"No checkpoint covers this record: {shown(proof['none'])}", PROOF, pinned_key, findings)
            return
        covered = _check_proof(proof, chain)
    except Broken as problem:
        findings.tampered(PROOF, str(problem))
        return
    _check_key(proof, pinned_key, findings)
    checkpoint = proof["checkpoint"].encode()
    _check_signature(PROOF, CHECKPOINT + checkpoint, proof["signature"], proof["public_key"], findings)
    number = parse(checkpoint)["number"]
    findings.notes.append(f"Entries 1 to {covered} are covered by checkpoint {number}, of {parse(checkpoint)['at']}.")
    if covered < len(chain.hashes) - 1:
        newer = (
            f"Entries {covered + 1} to {len(chain.hashes) - 1} are newer than the checkpoint: no signature covers them."
        )
        _say_uncovered(newer, chain.place(covered + 1), pinned_key, findings)


def _say_uncovered(words: str, place: str, pinned_key: str, findings: Findings) -> None:
    """Whoever pins a key asks for a signature, and is not told that all is well without one."""
    if pinned_key:
        findings.unchecked(place, words)
    else:
        findings.notes.append(f"NOT SIGNED. {words}")


def _check_proof(proof: Any, chain: Chain) -> int:
    """Check leaf, path and checkpoint against each other and the chain; return up to which entry they reach."""
    if not isinstance(proof, dict) or set(proof) != PROOF_FIELDS or not isinstance(proof["checkpoint"], str):
        raise Broken(f"it does not have exactly these fields: {', '.join(sorted(PROOF_FIELDS))}.")
    checkpoint = parse_canonical(proof["checkpoint"].encode(), CHECKPOINT_FIELDS)
    _check_checkpoint_fields(checkpoint)
    leaf, size, position = proof["leaf"], proof["size"], proof["position"]
    if not isinstance(leaf, dict) or set(leaf) != {"v", "stream", "seq", "hash"} or leaf["v"] != 1:
        raise Broken("its leaf does not have exactly a version, a stream, a number and a hash.")
    if leaf["stream"] != chain.stream or not is_number(leaf["seq"], 1) or leaf["seq"] >= len(chain.hashes):
        raise Broken("its leaf is of another stream, or of an entry that the chain does not have.")
    if chain.hashes[leaf["seq"]] != leaf["hash"]:
        raise Broken(f"the checkpoint holds another hash for {chain.place(leaf['seq'])}: the chain was written anew.")
    if size != checkpoint["leaves"] or not is_number(position, 0) or position >= size:
        raise Broken("its position or its size is not that of a leaf of this checkpoint.")
    if _root(canonical(leaf).encode(), position, size, proof["siblings"]) != checkpoint["root"]:
        raise Broken("the path from the leaf does not lead to the root that the checkpoint holds.")
    if not isinstance(proof["public_key"], str) or not HASH.match(proof["public_key"]):
        raise Broken("its public key is not 32 bytes in hexadecimal.")
    if checkpoint["key"] != sha256(bytes.fromhex(proof["public_key"]))[:16]:
        raise Broken("the checkpoint names another key than the one beside it.")
    return int(leaf["seq"])


def _check_checkpoint_fields(checkpoint: dict[str, Any]) -> None:
    if not is_number(checkpoint["v"], 1) or (checkpoint["v"], checkpoint["alg"]) != (1, "sha256+ed25519"):
        raise Broken("the checkpoint's version or algorithm is not one that this program reads.")
    if not (is_number(checkpoint["number"], 1) and is_number(checkpoint["leaves"], 1)):
        raise Broken("the checkpoint's number, or how many leaves it has, is not a whole number from 1.")
    hashes = is_hash(checkpoint["prev"]) and is_hash(checkpoint["root"])
    if not hashes or not isinstance(checkpoint["at"], str) or not TIME.match(checkpoint["at"]):
        raise Broken("the checkpoint's hashes or its time are not written as the format says.")


def _root(leaf: bytes, index: int, size: int, siblings: Any) -> str:
    """Return the root that a path leads to (RFC 9162)."""
    if not isinstance(siblings, list) or not all(is_hash(one) for one in siblings):
        raise Broken("its sibling hashes are not hashes.")
    current, last, beside = hashlib.sha256(EVENT + leaf).digest(), size - 1, [bytes.fromhex(one) for one in siblings]
    while last:
        if index % 2 or index < last:
            if not beside:
                raise Broken("the path from the leaf is too short.")
            pair = (beside.pop(0), current) if index % 2 else (current, beside.pop(0))
            current = hashlib.sha256(NODE + b"".join(pair)).digest()
        index, last = index // 2, last // 2
    if beside:
        raise Broken("the path from the leaf is too long.")
    return current.hex()


def _check_key(proof: dict[str, Any], pinned_key: str, findings: Findings) -> None:
    if not pinned_key:
        inside = f"against the key inside the bundle, which whoever makes a bundle can choose: {proof['public_key']}"
        findings.notes.append(f"No --public-key was given, so signatures were checked only {inside}.")
    elif proof["public_key"] != pinned_key:
        findings.tampered(PROOF, OTHER_KEY)


def _check_signature(place: str, signed: bytes, signature: Any, public_key: str, findings: Findings) -> None:
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - all the rest can be checked without it
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
    except ImportError:
        findings.unchecked(place, "the Python package cryptography is missing, so the signature was not checked.")
        return
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), signed)
    except (InvalidSignature, ValueError, TypeError):
        findings.tampered(place, "the signature is not by its key over this content.")


def check_manifest_signature(files: dict[str, bytes], pinned_key: str, findings: Findings) -> None:
    """Check the signature over the manifest, which binds the files and names that no seal binds, where there is one."""
    unbound = f"README.txt, verify_bundle.py, notice.txt and as_exported in {RECORD}"
    if SIGNED not in files:
        findings.notes.append(f"The manifest is not signed: nothing but --digest binds {unbound}.")
        return
    try:
        signed = parse_canonical(files[SIGNED], {"v", "signature", "public_key"})
    except Broken as problem:
        findings.tampered(SIGNED, str(problem))
        return
    if signed["v"] != 1:
        findings.tampered(SIGNED, "its version is not one that this program reads.")
        return
    if pinned_key and signed["public_key"] != pinned_key:
        findings.tampered(SIGNED, OTHER_KEY)
        return
    _check_signature(SIGNED, MANIFEST + files["manifest.json"], signed["signature"], signed["public_key"], findings)


# ---- One bundle, from beginning to end -------------------------------------------------------------------------------


def verify(path: Path, *, public_key: str = "", digest: str = "") -> tuple[Findings, dict[str, Any]]:
    """Check a bundle; return what was found and how much was looked at. Whatever is malformed is a finding."""
    findings, counts = Findings(), {"stream": "", "files": 0, "entries": 0, "rows": 0}
    try:
        files = read_files(path, findings)
        manifest = check_manifest(files, findings)
    except (NotABundle, OSError) as problem:
        findings.unchecked(shown(path.name), f"This is not a bundle that can be checked: {problem}")
        return findings, counts
    if digest and sha256(path.read_bytes()) != digest:
        findings.tampered(shown(path.name), "its SHA-256 is not the one given with --digest.")
    chain, sealed = Chain(manifest["stream"]), Sealed()
    guarded(EVENTS, findings, lambda: check_chain(files, manifest, chain, findings))
    guarded(ROWS, findings, lambda: check_rows(files, chain, sealed, findings))
    guarded("responses", findings, lambda: check_documents(files, chain, sealed, findings))
    guarded(RECORD, findings, lambda: check_record(files, chain, sealed, findings))
    guarded(PROOF, findings, lambda: check_checkpoint(files, chain, public_key, findings))
    guarded(SIGNED, findings, lambda: check_manifest_signature(files, public_key, findings))
    rows = sum(len(of) for of in sealed.values())
    return findings, {"stream": chain.stream, "files": len(files), "entries": len(chain.links), "rows": rows}


def guarded(place: str, findings: Findings, check: Callable[[], object]) -> None:
    """Carry out one check; whatever it cannot digest is a finding, never a crash."""
    try:
        check()
    except Exception as problem:  # noqa: BLE001 - malformed content is a finding, whatever is wrong with it
        findings.tampered(place, f"it is not as the format says ({type(problem).__name__}: {shown(problem)}).")


def say_text(findings: Findings, counts: dict[str, Any], say: Callable[[str], object]) -> None:
    """Write the outcome for people: the verdict with the first finding, all others, and what else they must know."""
    looked_at = f"{counts['entries']} entries, {counts['rows']} sealed rows, {counts['files']} files"
    verdict = {INTACT: "INTACT", TAMPERED: "TAMPERED WITH", UNCHECKED: "COULD NOT BE CHECKED"}[findings.code]
    if findings.only_the_key:
        verdict = "NOT SIGNED WITH THE KEY GIVEN"
    say(f"{verdict}: {shown(counts['stream'])} ({looked_at})" if counts["stream"] else f"{verdict}:")
    for tampered, place, problem in sorted(findings.found, key=lambda one: not one[0])[:MOST_SHOWN]:
        say(f"  {'' if tampered else 'not checked: '}{place}: {problem}")
    if len(findings.found) > MOST_SHOWN:
        say(f"  and {len(findings.found) - MOST_SHOWN} findings more")
    if findings.only_the_key:
        say("  Compare the key with the one on the practice's ledger page, character by character. If that is the key")
        say("  that was given, somebody else made this bundle, or made it anew.")
    for note in findings.notes:
        say(f"  {note}")


def say_json(findings: Findings, counts: dict[str, Any], say: Callable[[str], object]) -> None:
    """Write the outcome for programs."""
    verdict = {INTACT: "intact", TAMPERED: "tampered", UNCHECKED: "unchecked"}[findings.code]
    found = [{"tampered": tampered, "place": place, "problem": problem} for tampered, place, problem in findings.found]
    say(json.dumps({"verdict": verdict, **counts, "findings": found, "notes": findings.notes}, indent=2))


def key_or_digest(text: str) -> str:
    """Read 32 bytes in hexadecimal from the command line."""
    wanted = text.strip().lower()
    if not HASH.match(wanted):
        raise argparse.ArgumentTypeError("write 64 hexadecimal characters")
    return wanted


def main(arguments: list[str]) -> int:
    """Check the bundle named on the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Check an evidence bundle.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--public-key", type=key_or_digest, help="the key on the practice's ledger page")
    parser.add_argument("--digest", type=key_or_digest, help="the SHA-256 that was recorded of the bundle")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    options = parser.parse_args(arguments)
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    findings, counts = verify(options.bundle, public_key=options.public_key or "", digest=options.digest or "")
    said = say_json if options.format == "json" else say_text
    said(findings, counts, lambda line: sys.stdout.write(f"{line}\n"))
    return findings.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
