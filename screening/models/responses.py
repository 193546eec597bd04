"""Submitted answers: a version beside the one before it, never in its place."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.ledger.content_fields import StreamTextField
from core.ledger.sealing import append_only
from screening.models.screenings import Screening


@append_only
class ResponseVersion(models.Model):
    """The answers of a screening as they were submitted (FHIR ``QuestionnaireResponse``).

    ``document`` is canonical JSON: ``answers`` and ``groups`` as the engine's ``Answers``, and ``note`` for the
    reviewer. An amendment is the next number, with a reason. Both texts are encrypted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="responses")
    number = models.PositiveIntegerField()
    document = StreamTextField()
    digest = models.CharField(max_length=64)
    reason = StreamTextField(blank=True)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["screening", "number"], name="response_number_once"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="amendment_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.screening_id}, response {self.number}"

    @property
    def content_stream(self) -> str:
        """The stream whose key encrypts what was answered."""
        return f"case:{self.screening_id}"
