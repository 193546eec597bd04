"""Exporting a case as evidence: one file that can be checked without this product."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.accounts.models import Actor
from core.ledger.services import Event, append, hold
from screening.evidence.bundle import zipped
from screening.models import Screening
from screening.selectors.evidence import files_of
from screening.services import streams


@dataclass(frozen=True, slots=True)
class Exported:
    """A bundle: the bytes of its zip, their SHA-256, and a name for the file that says nothing of anybody."""

    content: bytes
    digest: str
    name: str


def export(*, screening: Screening, by: Actor | None, at: datetime) -> Exported:
    """Put everything that is recorded of a case into one bundle, and record its digest. ``by=None`` is the system.

    Raise ``Refused`` where the record is too large, or what it says cannot be opened any more.
    """
    stream = streams.case(screening)
    with transaction.atomic():
        hold(stream)
        content = zipped(files_of(by, screening, stream=stream, at=at))
        digest = hashlib.sha256(content).hexdigest()
        exported = Event(
            stream=stream,
            action="case.exported",
            object=f"screening:{screening.pk}",
            payload={"digest": digest, "bytes": len(content)},
        )
        append(exported, by=by, at=at, practice=screening.practice)
    return Exported(content, digest, f"evidence-{str(screening.pk)[:8]}-{digest[:8]}.zip")
