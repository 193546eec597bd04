"""What a clinician fills in to sign: the determination, the reasons, a day for a re-check, who they are."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, gettext_noop

from core.accounts.forms import ProvenForm
from core.forms import LongText
from screening.models import PracticePolicy

KEPT = ("outcome", "reasons", "recheck_on")
"""The fields that are shown again when nothing was signed. What shows who somebody is never is."""


class SignForm(ProvenForm):
    """A determination from the practice's list, nothing preselected. ``shown`` is the digest of what was read."""

    to_do = gettext_noop("sign")
    outcome = forms.ChoiceField(
        label=gettext_lazy("Determination"),
        widget=forms.RadioSelect({"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("Choose a determination.")},
    )
    reasons = LongText(
        label=gettext_lazy("Reasons"),
        help_text=gettext_lazy("In your own words, for the chart and for whoever reads the case later."),
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 5, "class": "form-control"}),
        error_messages={"required": gettext_lazy("Give your reasons.")},
    )
    recheck_on = forms.DateField(
        label=gettext_lazy("Re-check on (if there is to be one)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )
    shown = forms.CharField(widget=forms.HiddenInput, max_length=64)
    parts = forms.CharField(widget=forms.HiddenInput, max_length=1_000, required=False)

    def __init__(self, *args: Any, policy: PracticePolicy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(option["code"], option["text"]) for option in policy.determinations]
        self.fields["outcome"].choices = offered  # type: ignore[attr-defined]
