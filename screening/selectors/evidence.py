"""Everything of one case that leaves the house as evidence, as the files of a bundle (docs/evidence-format.md)."""

import json
from datetime import datetime
from importlib.resources import files as package_files
from textwrap import fill
from typing import Any

from core.accounts.models import Actor, Role, User
from core.canonical import canonical_bytes
from core.languages import in_the_language_of_record
from core.ledger import chain
from core.ledger.evidence import StreamEvidence, evidence_of, path_of
from screening.evidence import bundle
from screening.evidence import verify_bundle as verifier
from screening.models import Screening
from screening.selectors.redisclosure import notice_for

NOT_COVERED = "this house had signed none for it when the bundle was written."
COVERED = "Entries 1 to {upto} of {entries} are covered by checkpoint {number}, signed on {at}."
LINE = 88  # characters, of the texts that are read outside
NOT_ALL = " WHAT CAME AFTER THAT IS NOT COVERED BY ANY SIGNATURE."


def files_of(by: Actor | None, screening: Screening, *, stream: str, at: datetime) -> dict[str, bytes]:
    """Return the files of a case's bundle with their manifest. ``by=None`` is somebody at the command line.

    The caller holds the stream, so that everything is as of one moment.
    """
    evidence = evidence_of(stream)
    told = _told(evidence)
    sealed = _sealed(evidence)
    notice = fill(notice_for(screening.practice), LINE)
    exported = _as_exported(by, screening, evidence, at=at)
    proof = path_of(stream) or {"v": verifier.VERSION, "none": NOT_COVERED}
    files = {
        **_published(screening),
        **_written(sealed),
        verifier.EVENTS: bundle.lines([_event(event) for event in evidence.events]),
        verifier.ROWS: bundle.lines([{"entry": r.entry, "row": r.row, "content": r.content} for r in evidence.rows]),
        verifier.RECORD: canonical_bytes(_record(screening, stream, exported, sealed, told)),
        verifier.PROOF: canonical_bytes(proof),
        "README.txt": _readme(exported, evidence, proof, notice),
        "verify_bundle.py": bundle.verifier_source(),
    }
    files |= {"notice.txt": f"{notice}\n".encode()} if notice else {}
    head = evidence.head
    return files | {"manifest.json": bundle.manifest_of(files, stream=stream, seq=head.seq, hash=head.hash)}


def _published(screening: Screening) -> dict[str, bytes]:
    """Return the published documents that the case is pinned to, byte for byte."""
    rules = screening.rule_set_version
    return {
        verifier.QUESTIONNAIRE: screening.questionnaire_version.document.encode(),
        verifier.LIBRARY: rules.library.encode(),
        verifier.RULES: rules.rules.encode(),
        verifier.VIGNETTES: rules.vignettes.encode(),
    }


def _written(sealed: verifier.Sealed) -> dict[str, bytes]:
    """Return the answers, evaluations and signed documents of the case, byte for byte."""
    return {
        name: str(document).encode()
        for response in verifier.case_record(sealed, [])
        for name, (document, _) in verifier.documents_of(response)
    }


def _event(event: Any) -> dict[str, Any]:
    """Return an event for its line. Bytes that are no UTF-8 were altered, and are found by their hash all the same."""
    return {
        "seq": event.seq,
        "hash": event.hash,
        "event": event.raw.decode(errors="replace"),
        "nonce": event.nonce.hex() if event.nonce is not None else None,
        "payload": event.payload.decode(errors="replace") if event.payload is not None else None,
        "problem": event.problem,
    }


def _told(evidence: StreamEvidence) -> verifier.Told:
    """Return the events that can be read, each with what it says."""
    told = []
    for event in evidence.events:
        try:
            told.append((json.loads(event.raw), json.loads(event.payload or b"")["data"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
    return told


def _sealed(evidence: StreamEvidence) -> verifier.Sealed:
    sealed: verifier.Sealed = {}
    for row in evidence.rows:
        sealed.setdefault(row.content["table"], []).append(row.content["columns"])
    return sealed


def _record(
    screening: Screening, stream: str, exported: dict[str, Any], sealed: verifier.Sealed, told: verifier.Told
) -> dict[str, Any]:
    return {
        "v": verifier.VERSION,
        "stream": stream,
        "pinned": {
            "questionnaire": screening.questionnaire_version.digest,
            "rules": screening.rule_set_version.digest,
        },
        "as_exported": exported,
        "responses": verifier.as_shown(verifier.case_record(sealed, told)),
    }


def _as_exported(by: Actor | None, screening: Screening, evidence: StreamEvidence, *, at: datetime) -> dict[str, Any]:
    """Return what no seal binds: names as they are today, and who exported the case and when.

    It leaves the house, so it is written in the language of the record, whoever exports.
    """
    with in_the_language_of_record():
        status, role = str(screening.get_status_display()), str(Role(by.role).label) if by else None
    return {
        "screening": str(screening.pk),
        "client_code": screening.client.code,
        "practice": screening.practice.name,
        "protocol": screening.protocol.title,
        "questionnaire_version": screening.questionnaire_version.number,
        "rule_set_version": screening.rule_set_version.number,
        "status": status,
        "exported_at": chain.timestamp(at),
        "exported_by": by.user.printed_name if by else "the command line",
        "exported_as": role,
        "people": _people(evidence),
    }


def _people(evidence: StreamEvidence) -> dict[str, str]:
    """Return the printed name of everybody whom an event or a sealed row names by id."""
    columns = [row.content["columns"] for row in evidence.rows]
    ids = {value for row in columns for name, value in row.items() if name.endswith("_by_id") or name == "signer_id"}
    ids |= {link.get("actor") for link, _ in _told(evidence)} - {None}
    return {str(user.pk): str(user) for user in User.objects.filter(pk__in=ids).order_by("pk")}


def _readme(exported: dict[str, Any], evidence: StreamEvidence, proof: dict[str, Any], notice: str) -> bytes:
    entries, said = len(evidence.events), f"\n{notice}\n" if notice else ""
    covered = _covered(entries, proof)
    return _text("README.txt").format(**exported, entries=entries, covered=covered, notice=said).encode()


def _text(name: str) -> str:
    return package_files("screening.evidence").joinpath(name).read_text(encoding="utf-8")


def _covered(entries: int, proof: dict[str, Any]) -> str:
    """Say plainly how far a signed checkpoint reaches."""
    if "none" in proof:
        return f"NOT COVERED BY A CHECKPOINT: {proof['none']}"
    checkpoint, upto = json.loads(proof["checkpoint"]), proof["leaf"]["seq"]
    said = COVERED.format(upto=upto, entries=entries, number=checkpoint["number"], at=checkpoint["at"])
    return said if upto == entries else said + NOT_ALL
