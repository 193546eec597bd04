"""The forms of signing in, and of showing once more who one is. What may be done once signed in is not decided here."""

import unicodedata
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from core.accounts.models import User
from core.accounts.proving import Given
from core.accounts.second_factors import APP, PASSKEY
from core.accounts.selectors import has_kind
from core.errors import Refused
from core.forms import Form, FormProblems

_CODE = {
    "class": "form-control code",
    "autocomplete": "one-time-code",
    "autocapitalize": "none",
    "spellcheck": "false",
}
_OLD = {"class": "form-control", "autocomplete": "current-password"}
_NEW = {"class": "form-control", "autocomplete": "new-password"}


class SignInForm(FormProblems, AuthenticationForm):
    """A name and a password. One sentence for every failure, so that nobody learns which names exist."""

    error_messages = {
        "invalid_login": gettext_lazy("That name and password do not belong together. Check both and try again."),
        "inactive": gettext_lazy("That name and password do not belong together. Check both and try again."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = gettext("Name you sign in with")
        self.fields["username"].widget.attrs.pop("autofocus", None)


class ChoosePracticeForm(Form):
    """The practice in which a person of several practices wants to work now."""

    practice = forms.UUIDField(error_messages={"invalid": gettext_lazy("Choose one of your practices.")})


class SecondFactorForm(Form):
    """A code from the app, or a recovery code, or a passkey's answer."""

    one_time_code = forms.CharField(
        label=gettext_lazy("Code"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Six digits from your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(attrs=_CODE),
    )
    passkey = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        typed = super().clean() or {}
        if not (typed.get("one_time_code") or typed.get("passkey") or self.errors):
            self.add_error("one_time_code", gettext("Type the code that your app shows now."))
        return typed

    @property
    def given(self) -> Given:
        """Return what was given."""
        return Given(code=self.cleaned_data["one_time_code"], passkey=self.cleaned_data["passkey"])


class AppForm(Form):
    """The first code that a new authenticator app shows."""

    one_time_code = forms.CharField(
        label=gettext_lazy("Code that the app shows"),
        max_length=40,
        widget=forms.TextInput(attrs={**_CODE, "inputmode": "numeric"}),
        error_messages={"required": gettext_lazy("Type the six digits that the app shows now.")},
    )


class NewPasskeyForm(Form):
    """A passkey that the browser has just made, and what to call it."""

    name = forms.CharField(
        label=gettext_lazy("What to call it"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Such as “Laptop at the practice”. It helps you tell them apart."),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    passkey = forms.CharField(
        max_length=60_000,
        widget=forms.HiddenInput,
        error_messages={
            "required": gettext_lazy("The browser made no passkey. Press the button and follow what it says.")
        },
    )

    def clean_name(self) -> str:
        """Refuse what nobody sees and what turns the writing around it."""
        name: str = self.cleaned_data["name"]
        if any(unicodedata.category(character) in ("Cc", "Cf") for character in name):
            raise forms.ValidationError(gettext("This holds characters that nobody sees. Type it by hand."))
        return name


class ProvenForm(Form):
    """A form that ends with showing once more who one is: the password, or a code or passkey where the person has one.

    ``to_do``: what it is for, as it stands after "to".
    """

    to_do = gettext_noop("go on")
    password = forms.CharField(
        label=gettext_lazy("Your password, again"), required=False, strip=False, widget=forms.PasswordInput(attrs=_OLD)
    )
    one_time_code = forms.CharField(
        label=gettext_lazy("Or a code from your authenticator app"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs=_CODE),
    )
    passkey = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "use_required_attribute": False})
        self.user = user
        self.order_fields([name for name in self.fields if name not in ProvenForm.base_fields])  # this ends the form
        if not has_kind(user, APP):
            del self.fields["one_time_code"]
        if not has_kind(user, PASSKEY):
            del self.fields["passkey"]
        if not user.has_usable_password() and len(self.proofs) > 1:
            del self.fields["password"]

    @property
    def proofs(self) -> list[str]:
        """Return which ways this person has of showing who they are."""
        return [name for name in ("password", "one_time_code", "passkey") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """Ask for one of the ways."""
        typed = super().clean() or {}
        if not any(typed.get(name) for name in self.proofs) and not set(self.proofs) & set(self.errors):
            self.add_error(self.proofs[0], self._wanted())
        return typed

    @property
    def given(self) -> Given:
        """Return what was given."""
        typed = self.cleaned_data
        return Given(typed.get("password", ""), typed.get("one_time_code", ""), typed.get("passkey", ""))

    def say_wrong(self, refusal: Refused) -> None:
        """Say of what was given why it does not show who one is, at its field."""
        given = next((name for name in reversed(self.proofs) if self.data.get(self.add_prefix(name))), self.proofs[0])
        self.add_error(given if given != "passkey" else None, refusal.message)

    def _wanted(self) -> str:
        wanted = {"password": gettext("your password"), "one_time_code": gettext("a code from your app")}
        ways = gettext(" or ").join(wanted[name] for name in self.proofs if name in wanted)
        said = gettext("Type %(ways)s to %(to_do)s.") if ways else gettext("Use your passkey to %(to_do)s.")
        return said % {"ways": ways, "to_do": gettext(self.to_do)}


class ConfirmForm(ProvenForm):
    """Nothing but showing who one is. Where a second factor is wanted, a password is not taken; a recovery code is."""

    def __init__(self, *args: Any, second_factor: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if second_factor:
            self.fields.pop("password", None)
            self.fields["one_time_code"] = SecondFactorForm.base_fields["one_time_code"]


class ChangePasswordForm(Form):
    """The password as it was, and the new one twice."""

    password = forms.CharField(
        label=gettext_lazy("Your password as it is now"),
        strip=False,
        widget=forms.PasswordInput(attrs=_OLD),
        error_messages={"required": gettext_lazy("Type your password as it is now.")},
    )
    new_password = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy(
            "At least 12 characters. A few words that nobody would guess are best; any characters will do."
        ),
        strip=False,
        widget=forms.PasswordInput(attrs=_NEW),
        error_messages={"required": gettext_lazy("Type a new password.")},
    )
    new_password_again = forms.CharField(
        label=gettext_lazy("The new password, again"),
        strip=False,
        widget=forms.PasswordInput(attrs=_NEW),
        error_messages={"required": gettext_lazy("Type the new password once more.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "use_required_attribute": False})

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        typed = super().clean() or {}
        if typed.get("new_password") != typed.get("new_password_again") and not self.errors:
            self.add_error("new_password_again", gettext("The two new passwords differ. Type the new one twice."))
        return typed
