"""What the rules made of submitted answers, stored whole, and its flags as rows to be answered."""

import uuid

from django.db import models

from core.ledger.content_fields import StreamTextField
from core.ledger.sealing import append_only
from screening.models.responses import ResponseVersion
from screening.models.rule_sets import RuleSetVersion


@append_only
class Evaluation(models.Model):
    """The engine's output for one response: ``document`` is the canonical JSON of ``Guidance``, ``digest`` its SHA-256.

    The document is encrypted. It can be made again from the response, the pinned versions and ``on``; the digest is
    then the same.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    response = models.OneToOneField(ResponseVersion, on_delete=models.PROTECT, related_name="evaluation")
    rule_set_version = models.ForeignKey(RuleSetVersion, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    document = StreamTextField()
    digest = models.CharField(max_length=64)
    evaluated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Evaluation of {self.response_id}"

    @property
    def content_stream(self) -> str:
        """The stream whose key encrypts what the rules made of the answers."""
        return self.response.content_stream


@append_only
class Flag(models.Model):
    """One rule that was met or could not be ruled out, at its place in the reading order.

    ``concern`` is the rule's own, or ``cannot-be-ruled-out``. It asks for a clinician's answer and is no verdict.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="flags")
    position = models.PositiveIntegerField()
    rule_id = models.CharField(max_length=64)
    title = models.CharField(max_length=2000)
    topic = models.CharField(max_length=64)
    concern = models.CharField(max_length=24)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "rule_id"], name="one_flag_per_rule"),
            models.UniqueConstraint(fields=["evaluation", "position"], name="one_flag_per_position"),
        ]
        indexes = [
            models.Index(fields=["rule_id"], name="flag_by_rule"),
            models.Index(fields=["concern"], name="flag_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} ({self.concern})"
