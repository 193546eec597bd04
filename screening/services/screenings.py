"""Starting a screening, pinned for ever to the versions that are active at that moment."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from core.accounts.models import Actor
from core.commands import repeatable
from core.errors import Conflict, NotForThisUser
from core.ledger.services import Event, append
from screening.models import Client, Draft, Protocol, Screening
from screening.selectors.protocols import active_versions
from screening.services import streams
from screening.services.erased import refuse_erased


@repeatable
def start(*, screening_id: uuid.UUID, client: Client, protocol: Protocol, by: Actor, at: datetime) -> Screening:
    """Start a screening of ``client`` on the protocol's active versions.

    ``screening_id`` comes from the form, so that a repeated click finds the screening of the first. Raise ``Refused``
    where the protocol has no published rules, and ``Conflict`` where the id is another case's.
    """
    if client.practice_id != by.practice.pk or protocol.practice_id != by.practice.pk:
        raise NotForThisUser("The client and the protocol belong to another practice.")
    repeated = _started_before(screening_id, client, by)
    if repeated is not None:
        return repeated
    try:
        return _start(screening_id, client, protocol, by=by, at=at)
    except IntegrityError:
        repeated = _started_before(screening_id, client, by)
        if repeated is None:
            raise Conflict(
                gettext("This page cannot start a screening any more. Open it again."), code="id-taken"
            ) from None
        return repeated


def _started_before(screening_id: uuid.UUID, client: Client, by: Actor) -> Screening | None:
    return Screening.objects.filter(pk=screening_id, client=client, therapist=by.user).first()


def _start(screening_id: uuid.UUID, client: Client, protocol: Protocol, *, by: Actor, at: datetime) -> Screening:
    with transaction.atomic():
        refuse_erased(Client.objects.select_for_update().get(pk=client.pk))
        questionnaire_version, rule_set_version = active_versions(protocol)
        screening = Screening.objects.create(
            id=screening_id,
            practice=by.practice,
            client=client,
            protocol=protocol,
            questionnaire_version=questionnaire_version,
            rule_set_version=rule_set_version,
            therapist=by.user,
            started_at=at,
        )
        Draft.objects.create(screening=screening, content="{}", saved_at=at)
        append(_started(screening), by=by, at=at)
    return screening


def _started(screening: Screening) -> Event:
    return Event(
        stream=streams.case(screening),
        action="screening.started",
        object=f"screening:{screening.pk}",
        payload={
            "client": str(screening.client_id),
            "questionnaire": screening.questionnaire_version.digest,
            "rules": screening.rule_set_version.digest,
        },
    )
