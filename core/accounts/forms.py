"""The forms of signing in. What may be done once signed in is not decided here."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from core.forms import Form, FormProblems


class SignInForm(FormProblems, AuthenticationForm):
    """A name and a password. One sentence for every failure, so that nobody learns which names exist."""

    error_messages = {
        "invalid_login": "That name and password do not belong together. Check both and try again.",
        "inactive": "That name and password do not belong together. Check both and try again.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Name you sign in with"
        self.fields["username"].widget.attrs.pop("autofocus", None)


class ChoosePracticeForm(Form):
    """The practice in which a person of several practices wants to work now."""

    practice = forms.UUIDField(error_messages={"invalid": "Choose one of your practices."})
