"""What is typed to open a case in an emergency, and to acknowledge that somebody did."""

from django import forms

from core.accounts.forms import ProvenForm
from core.forms import Form, LongText
from screening.models.emergencies import SHORTEST_REASON

KEPT = ("code", "reason", "beside")
"""The fields that are shown again when nothing was opened. What shows who somebody is never is."""
_AREA = {"rows": 4, "class": "form-control"}


class EmergencyForm(ProvenForm):
    """Which case, why, and once more who one is. ``beside``: another screening of a client of whom one is open."""

    to_do = "open the case"
    beside = forms.UUIDField(required=False, widget=forms.HiddenInput)
    code = forms.CharField(
        label="Client's code",
        max_length=20,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    reason = LongText(
        label="Why you have to see it now",
        help_text=f"At least {SHORTEST_REASON} characters. The client's therapist, managers and auditors read it.",
        min_length=SHORTEST_REASON,
        max_length=2_000,
        widget=forms.Textarea(attrs=_AREA),
        error_messages={"required": "Say why you have to see this case now."},
    )


class AcknowledgeForm(Form):
    """What a second person found."""

    words = LongText(
        label="What you found",
        max_length=2_000,
        widget=forms.Textarea(attrs={**_AREA, "rows": 2}),
        error_messages={"required": "Say what you found."},
    )
