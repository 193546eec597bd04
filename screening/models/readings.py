"""Read-first cases: the draw that made one, and what its reviewer would raise before any flag was shown."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.ledger.content_fields import StreamTextField
from core.ledger.sealing import append_only
from screening.models.constraints import not_blank
from screening.models.evaluations import Evaluation
from screening.models.responses import ResponseVersion
from screening.models.screenings import Screening


@append_only
class ReadingDraw(models.Model):
    """The draw made for a case when its answers were first submitted, where the practice's share was above none.

    ``number`` (0 to 99) follows from the case, the digest of ``response`` and the practice's salt, whose own digest is
    ``salt_digest``. The case is ``drawn`` where the number lies below the ``share``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    screening = models.OneToOneField(Screening, on_delete=models.PROTECT, related_name="reading_draw")
    response = models.ForeignKey(ResponseVersion, on_delete=models.PROTECT, related_name="+")
    share = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    drawn = models.BooleanField()
    salt_digest = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(share__range=(1, 100), number__lt=100), name="reading_draw_in_percent"),
            models.CheckConstraint(
                condition=Q(drawn=True, number__lt=F("share")) | Q(drawn=False, number__gte=F("share")),
                name="reading_drawn_below_the_share",
            ),
        ]

    def __str__(self) -> str:
        return f"Draw of {self.screening_id}: {self.number} of 100, share {self.share}"


@append_only
class Reading(models.Model):
    """A reviewer's own reading of a drawn case, written before its flags were shown: one for a case.

    ``topics`` are those that they would raise, by the codes of the guidance; ``words`` are theirs, encrypted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draw = models.OneToOneField(ReadingDraw, on_delete=models.PROTECT, related_name="reading")
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="+")
    topics = models.JSONField(default=list)
    words = StreamTextField()
    read_at = models.DateTimeField()
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [not_blank("reading_has_words", "words")]

    def __str__(self) -> str:
        return f"Reading of {self.evaluation_id}"

    @property
    def content_stream(self) -> str:
        """The stream whose key encrypts the words."""
        return f"case:{self.draw.screening_id}"
