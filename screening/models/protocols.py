"""A protocol as a practice owns it: its copy of what ships, with its lineage kept."""

import uuid

from django.conf import settings
from django.db import models

from core.accounts.models import Practice


class Protocol(models.Model):
    """A practice's copy of a protocol. Its questionnaire and its rule set have versions of their own.

    ``lineage_name`` and ``lineage_digest`` say which shipped protocol it was copied from, and its exact content then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    lineage_name = models.CharField(max_length=64)
    lineage_digest = models.CharField(max_length=64)
    adopted_at = models.DateTimeField()
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "name"], name="one_protocol_of_a_name")]

    def __str__(self) -> str:
        return self.title
