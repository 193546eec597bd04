"""Who a client is, and what to screen them on."""

import uuid
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from core.forms import Form, LongText
from screening.models import Client, Protocol
from screening.models.clients import written_code


class ClientForm(Form):
    """A client's name and birth date, which are stored encrypted."""

    name = forms.CharField(
        max_length=200,
        required=False,
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Stored encrypted, and shown on the client's own page alone. May stay empty."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    birth_date = forms.DateField(
        required=False,
        label=gettext_lazy("Birth date"),
        help_text=gettext_lazy("Stored encrypted. May stay empty."),
        widget=forms.DateInput({"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Write the birth date as 1980-05-31, or leave it empty.")},
    )

    @classmethod
    def of(cls, client: Client) -> "ClientForm":
        """Return the form as the client's details are now."""
        return cls(initial={"name": client.name, "birth_date": client.birth_date})


class NewClientForm(ClientForm):
    """A new client. ``client_id`` is made with the form, so that a second click adds nobody."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    code = forms.RegexField(
        regex=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*\Z",
        strip=True,
        max_length=20,
        label=gettext_lazy("Code"),
        help_text=gettext_lazy(
            "What lists, pages and the record show instead of the name, such as C-0417. Nothing personal."
        ),
        error_messages={"invalid": gettext_lazy("Use letters, digits, spaces, dots, hyphens and underscores.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def clean_code(self) -> str:
        """Return the code as it is stored."""
        return written_code(self.cleaned_data["code"])

    @property
    def helper(self) -> Any:
        """Return the crispy helper, with the code first."""
        helper = super().helper
        helper.layout = Layout("client_id", Div("code", "name", "birth_date"))
        return helper


class FindForm(Form):
    """Whom somebody looks for among their clients: by code, or by name."""

    sought = forms.CharField(
        max_length=100,
        label=gettext_lazy("Code or name"),
        help_text=gettext_lazy("The beginning of a code, or whole words of a name, with or without accents."),
        error_messages={
            "required": gettext_lazy("Write a code, or a name."),
            "max_length": gettext_lazy("Write less: a code, or a name."),
        },
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class StartForm(Form):
    """Which protocol to screen on. ``screening_id`` is made with the form, so that a second click starts nothing."""

    screening_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    protocol = forms.ModelChoiceField(
        queryset=Protocol.objects.none(),
        label=gettext_lazy("Protocol"),
        empty_label=None,
        widget=forms.RadioSelect({"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, protocols: QuerySet[Protocol], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["protocol"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  for the type checker
        field.queryset = protocols


class AmendForm(Form):
    """Why submitted answers are amended."""

    reason = LongText(
        max_length=1000,
        label=gettext_lazy("Why are the answers amended?"),
        help_text=gettext_lazy("The reviewer reads this beside the new answers. The old ones stay on record."),
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": gettext_lazy("Say why the answers are amended.")},
    )
