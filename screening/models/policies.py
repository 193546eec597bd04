"""What a practice sets for itself: crisis steps, what a determination may say, reasons for disagreeing."""

from typing import Any

from django.db import models

from core.accounts.models import Practice
from core.encryption import EncryptedTextField
from screening.models.constraints import not_blank

CRISIS_STEPS = (
    "Stay with the person, or stay on the line.\n"
    "Call the practice's on-call clinician.\n"
    "Call the local emergency number, or a crisis line (988 in the United States, 116 123 in the United Kingdom)."
)


def default_determinations() -> list[dict[str, Any]]:
    """Return the list that a new practice starts with; it is the practice's to change."""
    return [
        {"code": "discuss-with-prescriber", "text": "Discuss with the prescriber"},
        {"code": "other-treatment-first", "text": "Other treatment first"},
        {"code": "extended-preparation-first", "text": "Extended preparation first"},
        {"code": "more-information", "text": "More information needed"},
        {"code": "continue-to-preparation", "text": "Continue to preparation"},
        {"code": "do-not-continue-here", "text": "Do not continue here"},
    ]


def default_disagreement_reasons() -> list[dict[str, Any]]:
    """Return the reasons for disagreeing with a flag that a new practice starts with."""
    return [
        {"code": "answer-misread", "text": "The answer does not say what the rule reads"},
        {"code": "newer-information", "text": "Newer information than the answer"},
        {"code": "diagnosis-in-doubt", "text": "The diagnosis is in doubt"},
        {"code": "other-source-weighed", "text": "Another source weighs more here"},
        {"code": "already-addressed", "text": "Already addressed in the plan"},
    ]


class PracticePolicy(models.Model):
    """A practice's own settings. ``own_review`` lets the one who screened also review, visibly.

    ``part2_notice`` puts the notice of 42 CFR Part 2 on what leaves the house. ``retention_years`` says how long after
    the last determination a client is kept; empty: nobody is ever due to be erased.
    ``emergency_access`` lets people open a case that is not theirs in an emergency, for an hour and for all to know.
    ``live_basis`` offers what the answers raise so far while they are given; off, nobody reads it before they are
    submitted, so that it does not lead the interview.
    ``read_first_share`` is how many of a hundred new cases are read before their flags are shown; ``read_first_salt``,
    made with the first share and then kept, is what they are drawn with (``selectors/reading_first.py``).
    """

    practice = models.OneToOneField(Practice, on_delete=models.PROTECT, primary_key=True, related_name="policy")
    crisis_steps = models.TextField(default=CRISIS_STEPS)
    determinations = models.JSONField(default=default_determinations)
    disagreement_reasons = models.JSONField(default=default_disagreement_reasons)
    own_review = models.BooleanField(default=False)
    part2_notice = models.BooleanField(default=False)
    retention_years = models.PositiveSmallIntegerField(null=True, blank=True)
    emergency_access = models.BooleanField(default=True)
    live_basis = models.BooleanField(default=True)
    read_first_share = models.PositiveSmallIntegerField(default=0)
    read_first_salt = EncryptedTextField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            not_blank("crisis_steps_are_set", "crisis_steps"),
            models.CheckConstraint(
                condition=models.Q(retention_years__isnull=True) | models.Q(retention_years__gte=1),
                name="retention_is_a_year_or_more",
            ),
            models.CheckConstraint(
                condition=models.Q(read_first_share=0)
                | models.Q(read_first_share__lte=100, read_first_salt__isnull=False),
                name="read_first_share_is_drawn_with_a_salt",
            ),
        ]

    def __str__(self) -> str:
        return f"Policy of {self.practice}"
