"""A protocol: the four documents that belong together, read from a folder and checked as one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from screening.engine.documents import Finding, InvalidDocument, Node, load
from screening.engine.json_text import read_json_file
from screening.engine.library import GuidanceLibrary
from screening.engine.questionnaire import Questionnaire
from screening.engine.rules import RuleSet
from screening.engine.trials import coverage_findings, difference_findings, run_vignettes, vignette_problems
from screening.engine.validation import quoted, refusals, validate
from screening.engine.vignettes import VignetteSet

KINDS: dict[str, type[Node]] = {
    "guidance": GuidanceLibrary,
    "questionnaire": Questionnaire,
    "rules": RuleSet,
    "vignettes": VignetteSet,
}


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


def load_protocol(folder: Path) -> Protocol:
    """Read the protocol in ``folder``; raise ``InvalidDocument`` with every place at fault in the files that are JSON.

    Where a file is not JSON, or is larger than is read, the findings are on such files alone.
    """
    documents: dict[str, Any] = {}
    findings: list[Finding] = []
    for name in KINDS:
        path = folder / f"{name}.json"
        try:
            if path.is_file():
                documents[name] = read_json_file(path, name)
        except InvalidDocument as problem:
            findings += problem.findings
    if findings:
        raise InvalidDocument(findings)
    return protocol_from(documents)


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
    found = vignette_problems(rule_set, questionnaire, vignettes)
    if not found:
        results = run_vignettes(rule_set, questionnaire, vignettes)
        found = difference_findings(results) + coverage_findings(rule_set, vignettes)
    return quoted(found, {"vignettes": vignettes})
