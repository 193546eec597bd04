"""Versions of a questionnaire: immutable once published."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.ledger.sealing import append_only
from screening.models.constraints import one_of, together
from screening.models.protocols import Protocol
from screening.models.versions import FROZEN_WHEN, VersionStatus


@append_only(frozen_when=FROZEN_WHEN, mutable=("status", "retired_at"))
class QuestionnaireVersion(models.Model):
    """One version of a protocol's questionnaire. ``document`` is canonical JSON and ``digest`` its SHA-256."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, related_name="questionnaire_versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    document = models.TextField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["protocol", "number"], name="questionnaire_number_once"),
            models.UniqueConstraint(
                fields=["protocol"], condition=Q(status="active"), name="one_active_questionnaire_version"
            ),
            one_of("questionnaire_status_known", "status", VersionStatus),
            together("questionnaire_published_together", "published_at", "published_by"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "in-review", "withdrawn"], published_at__isnull=True)
                | Q(status__in=["active", "retired"], published_at__isnull=False),
                name="questionnaire_published_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=models.F("created_by")),
                name="questionnaire_second_person_publishes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.protocol}, questionnaire version {self.number}"
