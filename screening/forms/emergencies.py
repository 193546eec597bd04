"""What is typed to open a case in an emergency, and to acknowledge that somebody did."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, gettext_noop

from core.accounts.forms import ProvenForm
from core.forms import Form, LongText
from screening.models.emergencies import SHORTEST_REASON

KEPT = ("code", "reason", "beside")
"""The fields that are shown again when nothing was opened. What shows who somebody is never is."""
_AREA = {"rows": 4, "class": "form-control"}


class EmergencyForm(ProvenForm):
    """Which case, why, and once more who one is. ``beside``: another screening of a client of whom one is open."""

    to_do = gettext_noop("open the case")
    beside = forms.UUIDField(required=False, widget=forms.HiddenInput)
    code = forms.CharField(
        label=gettext_lazy("Client's code"),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    reason = LongText(
        label=gettext_lazy("Why you have to see it now"),
        help_text=format_lazy(
            gettext_lazy("At least {number} characters. The client's therapist, managers and auditors read it."),
            number=SHORTEST_REASON,
        ),
        min_length=SHORTEST_REASON,
        max_length=2_000,
        widget=forms.Textarea(attrs=_AREA),
        error_messages={"required": gettext_lazy("Say why you have to see this case now.")},
    )


class AcknowledgeForm(Form):
    """What a second person found."""

    words = LongText(
        label=gettext_lazy("What you found"),
        max_length=2_000,
        widget=forms.Textarea(attrs={**_AREA, "rows": 2}),
        error_messages={"required": gettext_lazy("Say what you found.")},
    )
