"""Erasing a client: one manager asks, another confirms. What is kept of it here says who, when and why."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from core.accounts.models import Practice
from screening.models.clients import Client
from screening.models.constraints import one_of, together


class ErasureReason(models.TextChoices):
    """Why a client is erased: a list, so that nobody writes down who they are in order to have them forgotten."""

    RETENTION_ENDED = "retention-ended", gettext_lazy("The practice's years of keeping are over")
    CLIENT_ASKED = "client-asked", gettext_lazy("The client asked for it")
    ENTERED_BY_MISTAKE = "entered-by-mistake", gettext_lazy("Entered by mistake")


class Erasure(models.Model):
    """One request to erase a client, open until it is confirmed by a second manager or withdrawn."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="erasures")
    reason = models.CharField(max_length=20, choices=ErasureReason.choices)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            one_of("erasure_reason_known", "reason", ErasureReason),
            together("erasure_confirmed_together", "confirmed_at", "confirmed_by"),
            together("erasure_withdrawn_together", "withdrawn_at", "withdrawn_by"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(withdrawn_at__isnull=True), name="erasure_ends_one_way"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("asked_by")),
                name="erasure_confirmed_by_another",
            ),
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(confirmed_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_erasure_of_a_client",
            ),
        ]

    def __str__(self) -> str:
        return f"Erasure of {self.client_id}"
