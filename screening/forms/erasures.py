"""What managers fill in to erase a client: the code and why, and showing once more who one is to confirm."""

from django import forms
from django.utils.translation import gettext_lazy, gettext_noop

from core.accounts.forms import ProvenForm
from core.forms import Form
from screening.models.erasures import ErasureReason

ASKED = ("code", "reason")
"""What is shown again where nothing was asked after all."""


class AskForm(Form):
    """Which client is to be erased, by code, and why, from a list. No words: they would say who it is."""

    code = forms.CharField(
        label=gettext_lazy("The client's code"),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", "autocapitalize": "none"}),
        error_messages={"required": gettext_lazy("Type the client's code.")},
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=ErasureReason.choices,
        widget=forms.RadioSelect({"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("Choose why the client is to be erased.")},
    )


class ConfirmForm(ProvenForm):
    """Who confirms shows once more who they are."""

    to_do = gettext_noop("erase")
