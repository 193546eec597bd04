"""Versions of rule sets: which ones this user may see, and whether one holds what it promises."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext

from core.accounts.models import Actor, User
from core.canonical import canonical_bytes
from core.errors import NotForThisUser, Refused
from core.ledger.selectors import Moment, entries_for, moment_of, timeline
from screening.engine.citing import citation_findings
from screening.engine.documents import Finding, as_document
from screening.engine.naming import naming_findings
from screening.engine.protocol import Protocol as ProtocolDocuments
from screening.engine.protocol import check
from screening.engine.referring import reference_findings
from screening.engine.rules import RuleSet
from screening.engine.trials import VignetteResult, run_vignettes, vignette_problems
from screening.engine.validation import refusals, validate
from screening.models import QuestionnaireVersion, RuleSetVersion
from screening.models.versions import VersionStatus
from screening.selectors.documents import documents_from, library_of, questionnaire_of

DETAIL = ("protocol", "questionnaire_version", "based_on", "created_by", "submitted_by", "published_by")

HISTORY_LENGTH = 60


@dataclass(frozen=True)
class Check:
    """What the checks say of a version: the findings, those that stop it, and how each vignette came out."""

    findings: tuple[Finding, ...]
    stops: tuple[Finding, ...]
    results: tuple[VignetteResult, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing stands in the way of publishing."""
        return not self.stops

    @property
    def changed(self) -> tuple[VignetteResult, ...]:
        """The vignettes for which the rules raise something else than they tell."""
        return tuple(result for result in self.results if not result.as_told)

    @property
    def of_documents(self) -> tuple[Finding, ...]:
        """The findings less those on one vignette, which ``changed`` tells better."""
        on_vignettes = "vignettes/" if self.results else "no such place"
        return tuple(found for found in self.findings if not found.pointer.strip("/").startswith(on_vignettes))

    @property
    def words(self) -> str:
        """The checks in a sentence."""
        if self.clean:
            return gettext("The checks found nothing to put right.")
        return ngettext(
            "The checks found %(number)s thing to put right.",
            "The checks found %(number)s things to put right.",
            len(self.stops),
        ) % {"number": len(self.stops)}


def for_admins(by: Actor) -> QuerySet[RuleSetVersion]:
    """Return every version of every rule set of the practice, newest first."""
    return (
        RuleSetVersion.objects.filter(protocol__practice=by.practice)
        .select_related(*DETAIL)
        .defer("library", "rules", "vignettes")
        .order_by("protocol__title", "-number")
    )


def version_for(by: Actor, version_id: uuid.UUID) -> RuleSetVersion:
    """Return one version of the practice, with its documents; raise ``NotForThisUser`` for any other id."""
    found = RuleSetVersion.objects.filter(protocol__practice=by.practice, pk=version_id).select_related(*DETAIL).first()
    if found is None:
        raise NotForThisUser("There is no such version of rules in this practice.")
    return found


def questionnaires_for(by: Actor) -> QuerySet[QuestionnaireVersion]:
    """Return every version of every questionnaire of the practice, newest first."""
    return (
        QuestionnaireVersion.objects.filter(protocol__practice=by.practice)
        .select_related("protocol", "created_by", "published_by")
        .defer("document")
        .order_by("protocol__title", "-number")
    )


def questionnaire_for(by: Actor, version_id: uuid.UUID) -> QuestionnaireVersion:
    """Return one questionnaire version of the practice; raise ``NotForThisUser`` for any other id."""
    found = (
        QuestionnaireVersion.objects.filter(protocol__practice=by.practice, pk=version_id)
        .select_related("protocol", "created_by", "published_by")
        .first()
    )
    if found is None:
        raise NotForThisUser("There is no such version of a questionnaire in this practice.")
    return found


def wrote(version: RuleSetVersion, user: User) -> bool:
    """Say whether ``user`` took part in writing ``version``, and so cannot be the one who publishes it."""
    return user.pk in {version.created_by_id, version.submitted_by_id} or version.editors.filter(user=user).exists()


def history_of(by: Actor, version: RuleSetVersion) -> list[Moment]:
    """Return what happened to a version, oldest first: adopted or taken, changed, sent, sent back, published."""
    first = version.based_on_id is None
    adopted = timeline(by, about=f"protocol:{version.protocol_id}", actions=("protocol.adopted",)) if first else []
    return adopted + timeline(by, about=f"rule-set-version:{version.pk}", limit=HISTORY_LENGTH)


def sent_back_by(by: Actor, versions: Iterable[RuleSetVersion]) -> dict[uuid.UUID, Moment]:
    """Return of each draft that a second person sent back, and that was not sent again, who did so with what words."""
    drafts = {f"rule-set-version:{v.pk}": v.pk for v in versions if v.status == VersionStatus.DRAFT}
    newest_first = entries_for(by, actions=("rule-set.sent-back",)).filter(object__in=drafts)
    return {drafts[entry.object]: moment_of(entry) for entry in reversed(newest_first)}


def documents_of(version: RuleSetVersion) -> ProtocolDocuments:
    """Return the four documents that a version stands for."""
    return documents_from(
        questionnaire=version.questionnaire_version.document,
        library=version.library,
        rules=version.rules,
        vignettes=version.vignettes,
    )


def check_of(version: RuleSetVersion) -> Check:
    """Validate a version's documents and run its vignettes. The same content is checked once."""
    return _check(version.questionnaire_version.document, version.library, version.rules, version.vignettes)


def check_with(version: RuleSetVersion, rules: RuleSet) -> Check:
    """Validate a version as it would be with ``rules`` in the place of its own. Nothing is stored."""
    text = canonical_bytes(as_document(rules)).decode()
    return _check(version.questionnaire_version.document, version.library, text, version.vignettes)


def unreadable(version: RuleSetVersion, rules: RuleSet) -> list[Finding]:
    """Return what in ``rules`` names questions, options or guidance that do not exist, so that it cannot be shown."""
    library, questionnaire = library_of(version), questionnaire_of(version.questionnaire_version)
    found = naming_findings(library, questionnaire, rules) or reference_findings(questionnaire, rules)
    lost = [f for f in citation_findings(library, rules, None) if f.document == "rules" and f.pointer[-1:].isdigit()]
    return refusals(found + lost)


def protocol_of_version(version_id: str) -> ProtocolDocuments:
    """Return the documents of the published version ``version_id``, for the command line."""
    return documents_of(_published(version_id))


def questionnaire_number_of_version(version_id: str) -> int:
    """Return which version of its questionnaire the published version ``version_id`` reads."""
    return _published(version_id).questionnaire_version.number


def _published(version_id: str) -> RuleSetVersion:
    try:
        return RuleSetVersion.objects.select_related("questionnaire_version").get(
            pk=uuid.UUID(version_id), status__in=[VersionStatus.ACTIVE, VersionStatus.RETIRED]
        )
    except (ValueError, RuleSetVersion.DoesNotExist):
        raise Refused(
            gettext('There is no published version "%(version_id)s". Copy its id from its page.')
            % {"version_id": version_id}
        ) from None


@lru_cache(maxsize=32)
def _check(questionnaire: str, library: str, rules: str, vignettes: str) -> Check:
    protocol = documents_from(questionnaire=questionnaire, library=library, rules=rules, vignettes=vignettes)
    findings = tuple(check(protocol))
    runnable = not refusals(validate(protocol.library, protocol.questionnaire, protocol.rule_set)) and not (
        vignette_problems(protocol.rule_set, protocol.questionnaire, protocol.vignettes)
    )
    results = run_vignettes(protocol.rule_set, protocol.questionnaire, protocol.vignettes) if runnable else []
    return Check(findings, tuple(refusals(list(findings))), tuple(results))
