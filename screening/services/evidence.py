"""Exporting a case as evidence: one file that can be checked without this product."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.translation import gettext

from core.accounts.models import Actor
from core.commands import repeatable
from core.errors import Erased
from core.ledger.checkpointing import make_checkpoint
from core.ledger.services import Event, append, hold
from core.ledger.signing_keys import private_key
from screening.evidence import verify_bundle as verifier
from screening.evidence.bundle import signature_over, zipped
from screening.models import Screening
from screening.selectors.evidence import files_of
from screening.services import streams


@dataclass(frozen=True, slots=True)
class Exported:
    """A bundle: the bytes of its zip, their SHA-256, and a name for the file that says nothing of anybody."""

    content: bytes
    digest: str
    name: str


@repeatable
def export(*, screening: Screening, by: Actor | None, at: datetime) -> Exported:
    """Put everything that is recorded of a case into one bundle, and record its digest. ``by=None`` is the system.

    A checkpoint is made first, so that it covers the case as it is exported; without a key to sign with, the bundle
    says that none covers it. Asked again, it hands the case out again and records that it did: a page that is left
    open goes on handing it out.
    Raise ``Erased`` where the case was erased, and ``Refused`` where the record is too large or its key is gone.
    """
    stream = streams.case(screening)
    with transaction.atomic():
        hold(stream)
        if Screening.objects.filter(pk=screening.pk, erased_at__isnull=False).exists():
            raise Erased(gettext("This case was erased: what it held can be read by nobody any more."), code="erased")
        key = _signing_key()
        if key:
            make_checkpoint(at=at)
        content = zipped(_signed(files_of(by, screening, stream=stream, at=at), key))
        digest = hashlib.sha256(content).hexdigest()
        exported = Event(
            stream=stream,
            action="case.exported",
            object=f"screening:{screening.pk}",
            payload={"digest": digest, "bytes": len(content)},
        )
        append(exported, by=by, at=at, practice=screening.practice)
    return Exported(content, digest, f"evidence-{str(screening.pk)[:8]}-{digest[:8]}.zip")


def _signing_key() -> bytes | None:
    try:
        return private_key()
    except ImproperlyConfigured:
        return None


def _signed(files: dict[str, bytes], key: bytes | None) -> dict[str, bytes]:
    return files | {verifier.SIGNED: signature_over(files["manifest.json"], key)} if key else files
