"""What is wrong with a rule set over a questionnaire and a library, before anybody runs it.

A document with an error is never evaluated. This module joins the checks; each kind of check has its own.
"""

import datetime
from collections.abc import Mapping

from screening.engine.citing import citation_findings
from screening.engine.documents import Finding, Node, as_document, with_words
from screening.engine.library import GuidanceLibrary
from screening.engine.naming import naming_findings
from screening.engine.questionnaire import Questionnaire
from screening.engine.reaching import reach_findings
from screening.engine.referring import reference_findings
from screening.engine.rules import RuleSet
from screening.engine.unread import unread_findings
from screening.engine.wording import wording_findings


def validate(
    library: GuidanceLibrary, questionnaire: Questionnaire, rule_set: RuleSet, today: datetime.date | None = None
) -> list[Finding]:
    """Return every finding on the three documents. Without an error among them they can be evaluated.

    ``today`` is the day on which review dates are looked at; without it they are not.
    """
    found = _findings(library, questionnaire, rule_set, today)
    documents: dict[str, Node] = {"guidance": library, "questionnaire": questionnaire, "rules": rule_set}
    return quoted(found, documents)


def _findings(
    library: GuidanceLibrary, questionnaire: Questionnaire, rule_set: RuleSet, today: datetime.date | None
) -> list[Finding]:
    found = naming_findings(library, questionnaire, rule_set)
    if not found:
        found += reference_findings(questionnaire, rule_set)
    found += citation_findings(library, rule_set, today)
    found += wording_findings(library, questionnaire, rule_set)
    if not refusals(found):
        found += reach_findings(questionnaire, rule_set)
        found += unread_findings(questionnaire, rule_set)
    return found


def quoted(findings: list[Finding], documents: Mapping[str, Node]) -> list[Finding]:
    """Return ``findings`` with the words of the documents at their places."""
    named = {finding.document for finding in findings}
    return with_words(findings, {name: as_document(node) for name, node in documents.items() if name in named})


def refusals(findings: list[Finding]) -> list[Finding]:
    """Return the findings that refuse a document; the others are for its author to read."""
    return [finding for finding in findings if finding.level == "error"]
