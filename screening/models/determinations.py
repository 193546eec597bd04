"""A determination: what a named clinician decided, and exactly what they had read when they signed."""

import json
import uuid
from typing import Any

from django.conf import settings
from django.db import models

from core.canonical import digest
from core.ledger.content_fields import StreamTextField
from core.ledger.sealing import append_only
from screening.models.constraints import not_blank
from screening.models.evaluations import Evaluation


@append_only
class Determination(models.Model):
    """A signed determination. Only a person makes one: ``signer`` and ``printed_name`` cannot be empty.

    ``outcome_code`` and ``outcome_text`` come from the practice's list as it read then; ``signed_document`` is the
    canonical JSON of exactly what was shown for signing and ``signed_digest`` its SHA-256; ``meaning`` says what the
    signature stands for; ``time_zone`` names the zone that ``signed_at`` was shown in. Reasons and the document are
    encrypted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    evaluation = models.OneToOneField(Evaluation, on_delete=models.PROTECT, related_name="determination")
    outcome_code = models.CharField(max_length=64)
    outcome_text = models.CharField(max_length=200)
    reasons = StreamTextField()
    recheck_on = models.DateField(null=True, blank=True)
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    printed_name = models.CharField(max_length=200)
    signed_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    meaning = models.CharField(max_length=400)
    signed_document = StreamTextField()
    signed_digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            not_blank("determination_has_reasons", "reasons"),
            not_blank("determination_has_a_printed_name", "printed_name"),
            not_blank("determination_has_an_outcome", "outcome_code"),
            not_blank("determination_binds_what_was_read", "signed_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome_text}, signed by {self.printed_name}"

    @property
    def content_stream(self) -> str:
        """The stream whose key encrypts why it was decided, and what was read."""
        return self.evaluation.content_stream

    @property
    def read(self) -> Any:
        """What the signer had before them: the part of the signed document that stood above the signature."""
        return json.loads(self.signed_document)["read"]

    @property
    def read_digest(self) -> str:
        """The digest of what was read, as the page for signing showed it; ``signed_digest`` binds the decision too."""
        return digest(self.read)
