"""The protocols page: what a practice has adopted, each with its versions, and what ships besides."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from core.accounts.models import Actor
from core.ledger.selectors import Moment
from screening.models import Protocol, QuestionnaireVersion, RuleSetVersion
from screening.models.versions import VersionStatus
from screening.selectors.protocols import of_practice
from screening.selectors.rule_sets import for_admins, questionnaires_for, sent_back_by
from screening.selectors.shipped import shipped_names, shipped_protocol

OPEN = (VersionStatus.DRAFT, VersionStatus.IN_REVIEW)


@dataclass(frozen=True)
class ProtocolView:
    """One protocol with the versions of its rules and of its questionnaire, newest first.

    ``sent_back`` tells of its draft who sent it back, where somebody did.
    """

    protocol: Protocol
    versions: tuple[RuleSetVersion, ...]
    questionnaires: tuple[QuestionnaireVersion, ...]
    sent_back: Moment | None

    @property
    def open(self) -> RuleSetVersion | None:
        """The version that is a draft or in review, of which there is one at most."""
        return next((version for version in self.versions if version.status in OPEN), None)

    @property
    def active(self) -> RuleSetVersion | None:
        """The version that screenings begin on."""
        return next((version for version in self.versions if version.status == VersionStatus.ACTIVE), None)


@dataclass(frozen=True)
class ShippedView:
    """A protocol that ships and that the practice has not adopted."""

    name: str
    title: str
    description: str
    questions: int
    rules: int


def protocols_shown(by: Actor) -> list[ProtocolView]:
    """Return the practice's protocols, each with every version."""
    versions: dict[UUID, list[RuleSetVersion]] = defaultdict(list)
    all_versions = list(for_admins(by))
    for version in all_versions:
        versions[version.protocol_id].append(version)
    sent_back = sent_back_by(by, all_versions)
    back = {v.protocol_id: moment for v in all_versions if (moment := sent_back.get(v.pk))}
    questionnaires: dict[UUID, list[QuestionnaireVersion]] = defaultdict(list)
    for questionnaire in questionnaires_for(by):
        questionnaires[questionnaire.protocol_id].append(questionnaire)
    return [
        ProtocolView(protocol, tuple(versions[protocol.pk]), tuple(questionnaires[protocol.pk]), back.get(protocol.pk))
        for protocol in of_practice(by)
    ]


def not_adopted(shown: list[ProtocolView]) -> list[ShippedView]:
    """Return the shipped protocols that are not among those shown."""
    adopted = {view.protocol.name for view in shown}
    return [view for name, view in _all_shipped() if name not in adopted]


def _all_shipped() -> list[tuple[str, ShippedView]]:
    shipped = [(name, shipped_protocol(name)) for name in shipped_names()]
    return [
        (
            found.rule_set.name,
            ShippedView(
                name=name,
                title=found.questionnaire.title,
                description=found.questionnaire.description,
                questions=len(found.questionnaire.questions),
                rules=len(found.rule_set.rules),
            ),
        )
        for name, found in shipped
    ]
