"""What every form shares: no form tag of its own (the page owns it), its problems with a link to each field, and words.

Django's own messages are replaced here, once for the whole product: what is wrong, and what to do about it. A message
that a form has set for one of its fields stays as it is.
"""

from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy

WORDS: dict[str, Any] = {
    "required": gettext_lazy("This is empty. Fill it in."),
    "invalid": gettext_lazy("This could not be read. Check it and type it again."),
    "invalid_choice": gettext_lazy("That is not among the choices. Choose one of those offered."),
    "invalid_list": gettext_lazy("That is not among the choices. Choose from those offered."),
    "invalid_pk_value": gettext_lazy("That is not among the choices. Choose one of those offered."),
    "max_length": gettext_lazy(
        "This has %(show_value)d characters, and there is room for %(limit_value)d. Shorten it."
    ),
    "min_length": gettext_lazy("This is shorter than %(limit_value)d characters. Write more."),
    "max_value": gettext_lazy("This is too large. Give %(limit_value)s or less."),
    "min_value": gettext_lazy("This is too small. Give %(limit_value)s or more."),
    "null_characters_not_allowed": gettext_lazy(
        "This holds a character that cannot be stored, as pasted text can. Type it by hand."
    ),
}
WORDS_BY_KIND: tuple[tuple[type[forms.Field], dict[str, Any]], ...] = (
    (forms.BooleanField, {"required": gettext_lazy("This is not ticked. Tick it to go on.")}),
    (forms.ChoiceField, {"required": gettext_lazy("Nothing is chosen. Choose one of those offered.")}),
    (forms.DateField, {"invalid": gettext_lazy("This is not a day in the calendar. Write it as 2026-05-31.")}),
    (forms.IntegerField, {"invalid": gettext_lazy("This is not a whole number. Write digits only.")}),
    (forms.UUIDField, {"invalid": gettext_lazy("This page did not send what it should. Load it again.")}),
)


@dataclass(frozen=True)
class Problem:
    """One error of a form: the field's label, what is wrong, and the id of the control that puts it right."""

    label: str
    message: str
    target: str

    @property
    def mark(self) -> str:
        """What stands between the label and the message: nothing more where the label is a question."""
        return "" if self.label.endswith("?") else ":"


class FormProblems:
    """Give a form a crispy helper without a form tag, and ``problems`` for ``components/error_summary.html``."""

    @property
    def helper(self) -> FormHelper:
        """Return the crispy helper: the page owns the form tag and the token, and lists the errors itself."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper

    @property
    def problems(self) -> list[Problem]:
        """Return every error: those of the whole form first, then in the order in which the page has its fields."""
        shown = {name: place for place, name in enumerate(self._names_on_the_page())}
        names = sorted(self.errors, key=lambda name: shown.get(name, -1))  # type: ignore[attr-defined]
        return [problem for name in names for problem in self._of(name)]

    def full_clean(self) -> None:
        """Check what was sent, speaking plainly of what is wrong: fields may have been added until now."""
        for field in self.fields.values():  # type: ignore[attr-defined]
            speak_plainly(field)
        super().full_clean()  # type: ignore[misc]

    def _names_on_the_page(self) -> list[str]:
        layout = self.helper.layout
        return [pointer.name for pointer in layout.get_field_names()] if layout else list(self.fields)  # type: ignore[attr-defined]

    def _of(self, name: str) -> list[Problem]:
        messages = [str(message) for message in self.errors[name]]  # type: ignore[attr-defined]
        if name not in self.fields:  # type: ignore[attr-defined]
            return [Problem("", message, "") for message in messages]
        field = self[name]  # type: ignore[index]
        return [Problem(str(field.label), message, target_of(field)) for message in messages]


class RoomFor(MaxLengthValidator):
    """Refuse text that is too long for its field, saying by how much."""

    def __call__(self, value: str) -> None:
        """Say how many characters are over the limit."""
        if len(value) > self.limit_value:
            over = len(value) - self.limit_value
            raise ValidationError(
                gettext(
                    "This has %(length)s characters, and there is room for %(limit)s: %(over)s too many. "
                    "Everything is still here. Shorten it."
                )
                % {
                    "length": number_format(len(value), force_grouping=True),
                    "limit": number_format(self.limit_value, force_grouping=True),
                    "over": number_format(over, force_grouping=True),
                },
                code="too_long",
            )


class LongText(forms.CharField):
    """Text that the browser cuts nowhere. What is too long is refused, and stays as it was typed."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(RoomFor(max_length))

    def to_python(self, value: Any) -> str:
        """Return the text with line ends of one character each; a browser sends two."""
        return str(super().to_python(value)).replace("\r\n", "\n")


class Form(FormProblems, forms.Form):
    """A form of the product."""


class ModelForm(FormProblems, forms.ModelForm):
    """A form over a model."""


def target_of(field: Any) -> str:
    """Return the id to which an error links: of a group of choices its first option."""
    many = isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    return f"{field.auto_id}_0" if many else str(field.auto_id)


def speak_plainly(field: forms.Field) -> None:
    """Put our own words in the place of those that Django brings for a field; keep what its form has set."""
    ours = dict(WORDS)
    for kind, words in WORDS_BY_KIND:
        ours |= words if isinstance(field, kind) else {}
    theirs = _words_of_django(field)
    untouched = {code for code, message in field.error_messages.items() if message is theirs.get(code)}
    for code, message in ours.items():
        if code in untouched or code not in field.error_messages:
            field.error_messages[code] = message


def _words_of_django(field: forms.Field) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        found |= kind.__dict__.get("default_error_messages", {})
    return found
