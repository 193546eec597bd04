"""Which protocols a practice has, and which of their versions are active."""

import uuid

from django.db.models import QuerySet
from django.utils.translation import gettext

from core.accounts.models import Actor
from core.errors import NotForThisUser, Refused
from core.quoting import apart
from screening.models import Protocol, QuestionnaireVersion, RuleSetVersion
from screening.models.versions import VersionStatus


def of_practice(by: Actor) -> QuerySet[Protocol]:
    """Return the protocols that the practice of ``by`` has adopted."""
    return Protocol.objects.filter(practice=by.practice).order_by("title")


def ready_to_screen(by: Actor) -> QuerySet[Protocol]:
    """Return the protocols with published rules, in which a screening can be started."""
    return of_practice(by).filter(rule_set_versions__status=VersionStatus.ACTIVE).distinct()


def protocol_for(by: Actor, protocol_id: uuid.UUID) -> Protocol:
    """Return one protocol of the practice; raise ``NotForThisUser`` for any other id."""
    found = of_practice(by).filter(pk=protocol_id).first()
    if found is None:
        raise NotForThisUser("There is no such protocol in this practice.")
    return found


def active_versions(protocol: Protocol) -> tuple[QuestionnaireVersion, RuleSetVersion]:
    """Return the questionnaire and the rules that a screening started now is pinned to."""
    rules = (
        RuleSetVersion.objects.filter(protocol=protocol, status=VersionStatus.ACTIVE)
        .select_related("questionnaire_version")
        .first()
    )
    if rules is None:
        raise Refused(
            gettext("%(title)s has no published rules yet. Ask a rule approver to publish a version.")
            % {"title": apart(protocol.title)}
        )
    return rules.questionnaire_version, rules
