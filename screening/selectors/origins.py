"""What a version of rules is compared with: the version it was taken from or, for a first one, what was adopted.

What was adopted is known by the digest that adopting recorded. A later release may ship something else under the same
name: that is never put in its place.
"""

import json
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext

from core.canonical import canonical_bytes, digest
from core.quoting import quoted
from screening.engine.documents import Node, as_document
from screening.engine.protocol import Protocol as ProtocolDocuments
from screening.models import Protocol, RuleSetVersion
from screening.selectors.shipped import shipped_names, shipped_protocol


@dataclass(frozen=True)
class Origin:
    """What a version came from, in words, and as a version to compare with; none where it is not at hand any more.

    What a first version came from is no stored version: it only has the documents of one.
    """

    words: str
    version: RuleSetVersion | None

    @property
    def lost(self) -> bool:
        """Whether what was adopted cannot be shown any more."""
        return self.version is None


def origin_of(version: RuleSetVersion) -> Origin:
    """Return what ``version`` was taken from or adopted from."""
    if version.based_on is not None:
        return Origin(gettext("version %(number)s") % {"number": version.based_on.number}, version.based_on)
    protocol = version.protocol
    return Origin(
        gettext("the shipped %(lineage_name)s") % {"lineage_name": quoted(protocol.lineage_name)},
        _adopted(version, protocol),
    )


def as_adopted(version: RuleSetVersion) -> bool:
    """Say whether ``version`` holds exactly what was adopted, its questionnaire included."""
    asked = version.questionnaire_version.document
    return _digest(version.library, asked, version.rules, version.vignettes) == version.protocol.lineage_digest


def adopted_notes(lineage_name: str) -> str:
    """Return the change notes that a version begins with when it is adopted. They are kept, so in one language."""
    return f"Adopted as shipped: {lineage_name}."


def claims_to_be_as_adopted(version: RuleSetVersion) -> bool:
    """Say whether the change notes are still those that a version begins with when it is adopted."""
    return version.change_notes.strip() == adopted_notes(version.protocol.lineage_name)


def lineage_digest(documents: ProtocolDocuments) -> str:
    """Return the digest of the four documents of a protocol, by which what was adopted is known."""
    return digest(
        {
            "guidance": as_document(documents.library),
            "questionnaire": as_document(documents.questionnaire),
            "rules": as_document(documents.rule_set),
            "vignettes": as_document(documents.vignettes),
        }
    )


def canonical_text(node: Node) -> str:
    """Return a document as it is stored."""
    return canonical_bytes(as_document(node)).decode()


def _adopted(version: RuleSetVersion, protocol: Protocol) -> RuleSetVersion | None:
    if as_adopted(version):
        return version
    if protocol.lineage_name not in shipped_names():
        return None
    shipped = _shipped(protocol.lineage_name)
    if shipped.digest != protocol.lineage_digest:
        return None
    return RuleSetVersion(
        protocol=protocol, questionnaire_version=version.questionnaire_version, **shipped.documents_of_the_rules
    )


@dataclass(frozen=True)
class _Shipped:
    digest: str
    documents_of_the_rules: dict[str, str]


@lru_cache(maxsize=8)
def _shipped(name: str) -> _Shipped:
    documents = shipped_protocol(name)
    texts = {
        "library": canonical_text(documents.library),
        "rules": canonical_text(documents.rule_set),
        "vignettes": canonical_text(documents.vignettes),
    }
    return _Shipped(lineage_digest(documents), texts)


@lru_cache(maxsize=8)
def _digest(library: str, questionnaire: str, rules: str, vignettes: str) -> str:
    return digest(
        {
            "guidance": json.loads(library),
            "questionnaire": json.loads(questionnaire),
            "rules": json.loads(rules),
            "vignettes": json.loads(vignettes),
        }
    )
