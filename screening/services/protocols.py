"""Adopting a shipped protocol: a copy that the practice owns, as drafts that a second person publishes."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from core.accounts.models import Actor
from core.canonical import digest
from core.commands import command
from core.errors import Conflict
from core.ledger.services import Event, append
from screening.engine.documents import as_document
from screening.engine.protocol import Protocol as ProtocolDocuments
from screening.models import DraftEditor, Protocol, QuestionnaireVersion, RuleSetVersion
from screening.selectors.documents import rules_digest
from screening.selectors.origins import adopted_notes, canonical_text, lineage_digest
from screening.selectors.shipped import shipped_protocol
from screening.services import streams


@command
def adopt(*, name: str, by: Actor, at: datetime) -> Protocol:
    """Copy the shipped protocol ``name`` into the practice, as a draft questionnaire and a draft rule set.

    Nothing can be screened with it before a second person publishes the rules. Raise ``Refused`` for a name that
    does not ship, ``Conflict`` where the practice has it already.
    """
    documents = shipped_protocol(name)
    try:
        with transaction.atomic():
            protocol = _own(documents, name, by=by, at=at)
            questionnaire = _questionnaire_draft(protocol, documents, by=by, at=at)
            editor = _rules_draft(protocol, questionnaire, documents, by=by, at=at)
            append(_adopted(protocol, editor), by=by, at=at)
    except IntegrityError:
        raise Conflict(
            gettext("The practice has adopted this protocol already. Take a draft from it instead."),
            code="adopted-already",
        ) from None
    return protocol


def _own(documents: ProtocolDocuments, name: str, *, by: Actor, at: datetime) -> Protocol:
    return Protocol.objects.create(
        practice=by.practice,
        name=documents.rule_set.name,
        title=documents.questionnaire.title,
        lineage_name=name,
        lineage_digest=lineage_digest(documents),
        adopted_at=at,
        adopted_by=by.user,
    )


def _questionnaire_draft(
    protocol: Protocol, documents: ProtocolDocuments, *, by: Actor, at: datetime
) -> QuestionnaireVersion:
    text = canonical_text(documents.questionnaire)
    return QuestionnaireVersion.objects.create(
        protocol=protocol,
        number=1,
        document=text,
        digest=digest(as_document(documents.questionnaire)),
        created_at=at,
        created_by=by.user,
    )


def _rules_draft(
    protocol: Protocol,
    questionnaire: QuestionnaireVersion,
    documents: ProtocolDocuments,
    *,
    by: Actor,
    at: datetime,
) -> DraftEditor:
    texts = {
        "library": canonical_text(documents.library),
        "rules": canonical_text(documents.rule_set),
        "vignettes": canonical_text(documents.vignettes),
    }
    version = RuleSetVersion.objects.create(
        protocol=protocol,
        number=1,
        questionnaire_version=questionnaire,
        digest=rules_digest(**texts),
        change_notes=adopted_notes(protocol.lineage_name),
        created_at=at,
        created_by=by.user,
        **texts,
    )
    return DraftEditor.objects.create(version=version, user=by.user, first_edit_at=at)


def _adopted(protocol: Protocol, editor: DraftEditor) -> Event:
    return Event(
        stream=streams.rule_set(protocol),
        action="protocol.adopted",
        object=f"protocol:{protocol.pk}",
        payload={"lineage": protocol.lineage_name, "digest": protocol.lineage_digest},
        seals=(editor,),
    )
