"""Versions of a rule set, with the guidance and the vignettes they were published with."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.ledger.sealing import append_only
from screening.models.constraints import one_of, together
from screening.models.protocols import Protocol
from screening.models.questionnaires import QuestionnaireVersion
from screening.models.versions import FROZEN_WHEN, VersionStatus


@append_only(frozen_when=FROZEN_WHEN, mutable=("status", "retired_at"))
class RuleSetVersion(models.Model):
    """One version of a protocol's rules, over one version of its questionnaire.

    ``library``, ``rules`` and ``vignettes`` are canonical JSON; ``digest`` is the SHA-256 of the three together. A
    draft carries ``revision``, counted up at every change, so that a save from an older page is told apart.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, related_name="rule_set_versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    questionnaire_version = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT, related_name="+")
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    library = models.TextField()
    rules = models.TextField()
    vignettes = models.TextField()
    digest = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(default=1)
    change_notes = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["protocol", "number"], name="rule_set_number_once"),
            models.UniqueConstraint(
                fields=["protocol"], condition=Q(status="active"), name="one_active_rule_set_version"
            ),
            models.UniqueConstraint(
                fields=["protocol"], condition=Q(status__in=["draft", "in-review"]), name="one_rule_set_draft_at_a_time"
            ),
            one_of("rule_set_status_known", "status", VersionStatus),
            together("rule_set_submitted_together", "submitted_at", "submitted_by"),
            together("rule_set_published_together", "published_at", "published_by"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "in-review", "withdrawn"], published_at__isnull=True)
                | Q(status__in=["active", "retired"], published_at__isnull=False),
                name="rule_set_published_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True)
                | (~Q(published_by=F("created_by")) & ~Q(published_by=F("submitted_by"))),
                name="rule_set_second_person_publishes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.protocol}, rules version {self.number}"


@append_only
class DraftEditor(models.Model):
    """Somebody who changed a version while it was a draft, and so cannot be the one who publishes it."""

    version = models.ForeignKey(RuleSetVersion, on_delete=models.PROTECT, related_name="editors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    first_edit_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="one_row_per_editor")]

    def __str__(self) -> str:
        return f"{self.user} edited {self.version}"
