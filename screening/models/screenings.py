"""Screenings, and the draft that a therapist fills while the client answers."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.utils.translation import gettext_lazy

from core.accounts.models import Practice
from core.encryption import EncryptedTextField
from screening.models.clients import Client
from screening.models.constraints import one_of, together
from screening.models.protocols import Protocol
from screening.models.questionnaires import QuestionnaireVersion
from screening.models.rule_sets import RuleSetVersion


class ScreeningStatus(models.TextChoices):
    """Where a screening stands between the first question and a signature."""

    IN_PROGRESS = "in-progress", gettext_lazy("In progress")
    SUBMITTED = "submitted", gettext_lazy("Waiting for review")
    IN_REVIEW = "in-review", gettext_lazy("In review")
    RETURNED = "returned", gettext_lazy("Returned with questions")
    DETERMINED = "determined", gettext_lazy("Determined")


READ_LATER = ExpressionWrapper(~Q(suicidality_first=True), output_field=BooleanField())
"""False sorts before true: with this the queue is sorted in one direction, which its index and its pages go by."""


class Screening(models.Model):
    """One screening of one client, pinned to the versions it began on.

    ``current_response`` and ``current_evaluation`` are the newest submitted answers and what the rules made of them;
    the older ones stay. ``suicidality_first`` puts a case at the head of the queue where the current evaluation lists
    a flag on that topic: an order of reading, not an alarm. ``recheck_on`` is the day that was signed for a re-check;
    ``ask_again_on`` the first day on which a rule that was raised has its answers asked again, where one says so. Both
    are answered once it is ``followed``: a newer screening of the client on the same protocol was submitted (after the
    signature, where a day was signed).
    ``returned_before`` and ``disagreed`` repeat for lists that the case was handed back once, and that a clinician
    disagreed with a flag; who and why stands in its returns and in the answers to its flags.
    ``amending`` is set while submitted answers are amended.
    Once ``erased_at`` is set, the key of the case is destroyed: nothing that was said in it can be read.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="screenings")
    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, related_name="+")
    questionnaire_version = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT, related_name="+")
    rule_set_version = models.ForeignKey(RuleSetVersion, on_delete=models.PROTECT, related_name="+")
    therapist = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=ScreeningStatus.choices, default=ScreeningStatus.IN_PROGRESS)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    determined_at = models.DateTimeField(null=True, blank=True)
    recheck_on = models.DateField(null=True, blank=True)
    ask_again_on = models.DateField(null=True, blank=True)
    followed = models.BooleanField(default=False)
    suicidality_first = models.BooleanField(default=False)
    returned_before = models.BooleanField(default=False)
    disagreed = models.BooleanField(default=False)
    amending = models.BooleanField(default=False)
    amendment_reason = EncryptedTextField(blank=True, default="")
    erased_at = models.DateTimeField(null=True, blank=True)
    current_response = models.ForeignKey(
        "screening.ResponseVersion", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    current_evaluation = models.ForeignKey(
        "screening.Evaluation", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            one_of("screening_status_known", "status", ScreeningStatus),
            together("screening_claimed_together", "claimed_at", "claimed_by"),
            together("screening_submitted_together", "submitted_at", "current_response", "current_evaluation"),
            models.CheckConstraint(
                condition=Q(status="in-progress") | Q(submitted_at__isnull=False),
                name="screening_reviewed_once_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(status="in-review") | Q(claimed_by__isnull=False), name="screening_in_review_by_someone"
            ),
            models.CheckConstraint(
                condition=~Q(status="determined") | Q(determined_at__isnull=False),
                name="screening_determined_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(amending=False), name="screening_erased_is_not_amended"
            ),
        ]
        indexes = [
            models.Index(F("practice"), F("status"), READ_LATER, F("submitted_at"), F("id"), name="screening_in_queue"),
            models.Index(
                F("practice"),
                F("status"),
                READ_LATER,
                F("submitted_at"),
                F("id"),
                condition=Q(returned_before=True),
                name="screening_came_back",
            ),
            models.Index(fields=["practice", "submitted_at", "id"], name="screening_by_submission"),
            models.Index(
                fields=["practice", "submitted_at", "id"], condition=Q(disagreed=True), name="screening_disagreed_with"
            ),
            models.Index(fields=["practice", "started_at", "id"], name="screening_by_start"),
            models.Index(fields=["practice", "therapist", "status", "started_at"], name="screening_worklist"),
            models.Index(fields=["client", "started_at"], name="screening_of_client"),
            models.Index(
                fields=["practice", "recheck_on", "id"],
                condition=Q(recheck_on__isnull=False, followed=False),
                name="screening_recheck_due",
            ),
            models.Index(
                fields=["practice", "ask_again_on", "id"],
                condition=Q(ask_again_on__isnull=False, followed=False),
                name="screening_asked_again",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client} – {self.protocol}"


class Draft(models.Model):
    """The answers as far as they are given, until they are submitted.

    ``content`` is JSON, encrypted: ``answers`` and ``groups`` as the engine's ``Answers``, ``revisions`` (for each of
    their keys the revision at which it last changed) and ``note``, the note for the reviewer. ``revision`` counts
    every save.
    """

    screening = models.OneToOneField(Screening, on_delete=models.CASCADE, primary_key=True, related_name="draft")
    content = EncryptedTextField()
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Draft of {self.screening_id}, revision {self.revision}"
