"""Emergency access: somebody opened a case that is not theirs to see, for a while, with a reason, for all to know."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.accounts.models import Role
from core.ledger.content_fields import StreamTextField
from core.ledger.sealing import append_only
from screening.models.constraints import not_blank
from screening.models.screenings import Screening

LONGEST_MINUTES = 60
SHORTEST_REASON = 20


@append_only
class EmergencyAccess(models.Model):
    """One opening of one case, to be read and not changed, for ``minutes`` from ``opened_at`` on.

    ``role`` is the one in which the person acted, ``reason`` their own words, encrypted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="emergencies")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    reason = StreamTextField()
    opened_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=LONGEST_MINUTES)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__range=(1, LONGEST_MINUTES)), name="emergency_ends_by_itself"),
            not_blank("emergency_says_why", "reason"),
        ]
        indexes = [models.Index(fields=["screening", "opened_at"], name="emergency_of_a_case")]

    def __str__(self) -> str:
        return f"Emergency access to {self.screening_id}"

    @property
    def content_stream(self) -> str:
        """The stream whose key encrypts the reason."""
        return f"case:{self.screening_id}"

    @property
    def role_label(self) -> str:
        """The role in which the person acted, as the pages call it."""
        return str(Role(self.role).label).lower()

    @property
    def ends_at(self) -> datetime:
        """When the case closes again by itself."""
        return self.opened_at + timedelta(minutes=self.minutes)


@append_only
class EmergencyAcknowledgement(models.Model):
    """What a second person says who looked into an emergency access, once. The database holds the two apart."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    access = models.OneToOneField(EmergencyAccess, on_delete=models.PROTECT, related_name="acknowledgement")
    words = StreamTextField()
    acknowledged_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [not_blank("acknowledgement_has_words", "words")]

    def __str__(self) -> str:
        return f"Acknowledgement of {self.access_id}"

    @property
    def content_stream(self) -> str:
        """The stream whose key encrypts the words."""
        return self.access.content_stream
