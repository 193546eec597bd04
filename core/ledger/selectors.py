"""Reading the ledger: what happened to an object or in a stream, for somebody of one practice. Nothing here writes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.translation import gettext

from core.accounts.models import Actor, Role
from core.encryption import DecryptionFailed
from core.ledger import chain, envelope, events
from core.ledger.inspection import PayloadBroken, SealedRow, open_payload, sealed_rows
from core.ledger.models import Entry, Seal, StreamKey
from core.ledger.sealing import row_key

LIMIT = 500


@dataclass(frozen=True)
class Moment:
    """One entry as a reader sees it, with its payload decrypted. ``who`` is the printed name, or the system.

    ``problem`` is a sentence where the payload does not open; the rest can still be read.
    """

    stream: str
    seq: int
    at: datetime
    who: str
    role: str
    action: str
    label: str
    object: str
    hash: str
    payload: dict[str, Any]
    problem: str = ""

    @property
    def role_name(self) -> str:
        """What the role is called in which they did it; empty for the system."""
        return str(Role(self.role).label) if self.role in Role.values else self.role


def timeline(
    by: Actor, *, stream: str = "", about: str = "", actions: tuple[str, ...] = (), limit: int = LIMIT
) -> list[Moment]:
    """Return what happened in a stream or to an object, oldest first, at most the newest ``limit`` entries.

    ``about`` is an object's name (``screening:<uuid>``). Only entries of the reader's own practice; one query, however
    many entries.
    """
    return [
        moment_of(entry) for entry in reversed(entries_for(by, stream=stream, about=about, actions=actions)[:limit])
    ]


def entries_for(
    by: Actor, *, stream: str = "", about: str = "", actions: tuple[str, ...] = ()
) -> models.QuerySet[Entry]:
    """Return the entries of the reader's practice, newest first, narrowed to a stream, an object or some actions.

    Within a stream the order is that of the chain, which no clock that was moved can change.
    """
    entries = Entry.objects.filter(practice=by.practice).select_related("stream__key", "payload", "actor")
    if stream:
        entries = entries.filter(stream__name=stream)
    if about:
        entries = entries.filter(object=about)
    if actions:
        entries = entries.filter(action__in=actions)
    return entries.order_by("-seq") if stream else entries.order_by("-at", "-pk")


def moment_of(entry: Entry) -> Moment:
    """Say in a reader's words what an entry records."""
    payload, problem = _payload_or_problem(entry)
    return Moment(
        stream=entry.stream.name,
        seq=entry.seq,
        at=entry.at,
        who=entry.actor.printed_name if entry.actor else gettext("The system"),
        role=entry.role or "",
        action=entry.action,
        label=events.label_of(entry.action),
        object=entry.object,
        hash=entry.hash,
        payload=payload,
        problem=problem,
    )


def _payload_or_problem(entry: Entry) -> tuple[dict[str, Any], str]:
    try:
        return payload_of(entry), ""
    except StreamKey.DoesNotExist:
        return {}, gettext("What was recorded with this entry cannot be read any more: the key of its record is gone.")
    except (PayloadBroken, chain.ChainBroken, DecryptionFailed, ObjectDoesNotExist):
        return {}, gettext("What was recorded with this entry cannot be opened. Verify the ledger to see why.")


def payload_of(entry: Entry) -> dict[str, Any]:
    """Return what was recorded with an entry, decrypted and checked against the entry's commitment."""
    data: dict[str, Any] = _open(entry)["data"]
    return data


def seals_of(by: Actor, instance: models.Model) -> list[tuple[Entry, SealedRow]]:
    """Return the entries of the reader's practice that seal one row, oldest first, each with its seal."""
    table, row = instance._meta.db_table, row_key(instance)
    naming = Seal.objects.filter(table=table, row=row).values("entry_id")
    entries = entries_for(by).filter(pk__in=naming).order_by("pk")
    return [
        (entry, seal)
        for entry in entries
        for seal in sealed_rows(_open(entry))
        if (seal.table, seal.row) == (table, row)
    ]


def _open(entry: Entry) -> dict[str, Any]:
    link = chain.read(bytes(entry.bytes), entry.seq)
    return open_payload(entry, link, envelope.unwrap(bytes(entry.stream.key.wrapped)))
