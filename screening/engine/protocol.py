"""A protocol: the four documents that belong together, read from a folder and checked as one."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from screening.engine.documents import Finding, InvalidDocument, Node, load
from screening.engine.library import GuidanceLibrary
from screening.engine.questionnaire import Questionnaire
from screening.engine.rules import RuleSet
from screening.engine.trials import coverage_findings, difference_findings, run_vignettes, vignette_problems
from screening.engine.validation import refusals, validate
from screening.engine.vignettes import VignetteSet

KINDS: dict[str, type[Node]] = {
    "guidance": GuidanceLibrary,
    "questionnaire": Questionnaire,
    "rules": RuleSet,
    "vignettes": VignetteSet,
}
MAX_BYTES = 5_000_000

Parse = Callable[[bytes, str], Any]


@dataclass(frozen=True, slots=True)
class Protocol:
    """Guidance, questionnaire, rules and the vignettes that try them."""

    library: GuidanceLibrary
    questionnaire: Questionnaire
    rule_set: RuleSet
    vignettes: VignetteSet


def protocol_from(documents: Mapping[str, Any]) -> Protocol:
    """Build a protocol from parsed JSON by document name (``KINDS``).

    Raise ``InvalidDocument`` with every place at fault, over all four documents at once.
    """
    findings: list[Finding] = []
    found = {name: _loaded(kind, documents, name, findings) for name, kind in KINDS.items()}
    if findings:
        raise InvalidDocument(findings)
    return Protocol(found["guidance"], found["questionnaire"], found["rules"], found["vignettes"])


def _loaded(kind: type[Node], documents: Mapping[str, Any], name: str, findings: list[Finding]) -> Any:
    if name not in documents:
        findings.append(Finding(name, "", "this document is missing.", f"Add {name}.json to the protocol."))
        return None
    try:
        return load(kind, documents[name], document=name)
    except InvalidDocument as problem:
        findings += problem.findings
        return None


def load_protocol(folder: Path, parse: Parse | None = None) -> Protocol:
    """Read the protocol in ``folder``. ``parse`` turns bytes and a document's name into plain JSON."""
    read = parse or _parse
    documents: dict[str, Any] = {}
    for name in KINDS:
        path = folder / f"{name}.json"
        if path.is_file():
            documents[name] = read(path.read_bytes(), f"{name}.json")
    return protocol_from(documents)


def _parse(raw: bytes, document: str) -> Any:
    if len(raw) > MAX_BYTES:
        cure = "Split it, or take out what is not read."
        raise InvalidDocument([Finding(document, "", f"it is larger than {MAX_BYTES:,} bytes.", cure)])
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as problem:
        raise InvalidDocument([Finding(document, "", f"this is not JSON: {problem}.", "Check the file.")]) from None


def check(protocol: Protocol, today: date | None = None) -> list[Finding]:
    """Return everything wrong with a protocol: its documents, its wording, and what its vignettes do not bear out.

    ``today`` is the day on which review dates are looked at; without it they are not.
    """
    found = validate(protocol.library, protocol.questionnaire, protocol.rule_set, today)
    if refusals(found):
        return found
    return found + check_vignettes(protocol.rule_set, protocol.questionnaire, protocol.vignettes)


def check_vignettes(rule_set: RuleSet, questionnaire: Questionnaire, vignettes: VignetteSet) -> list[Finding]:
    """Return what is wrong with the vignettes, or else where they and the rules differ, and which case is missing."""
    if problems := vignette_problems(rule_set, questionnaire, vignettes):
        return problems
    results = run_vignettes(rule_set, questionnaire, vignettes)
    return difference_findings(results) + coverage_findings(rule_set, vignettes)
