"""What every list that is narrowed by its address shares. What is no choice of a list narrows nothing."""

import datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy

from core.forms import Form

ANY = [("", gettext_lazy("Any"))]


class NarrowingForm(Form):
    """Filters in the address of a list, each named in words with a link that takes it off."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = _shape(field)

    @property
    def given(self) -> dict[str, Any]:
        """Return the filters that are on and valid, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def on(self) -> list[tuple[str, str, str]]:
        """Return each filter that is on: what it is called, what it is set to in words, and the others as a link."""
        return [
            (str(self.fields[name].label), self.in_words(name, value), self.kept(less=name))
            for name, value in self.given.items()
        ]

    def kept(self, *, less: str = "") -> str:
        """Return the filters that are on as a link keeps them, less one; ending in "&" where there are any."""
        kept = urlencode({name: self.data[name] for name in self.given if name != less})
        return f"{kept}&" if kept else ""

    def in_words(self, name: str, value: Any) -> str:
        """Return what a filter is set to in words: nothing where its label says it all."""
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return ""
        if isinstance(field, forms.ChoiceField):
            choices: Any = field.choices
            return str({str(key): words for key, words in choices}.get(value, value))
        return date_format(value) if isinstance(value, datetime.date) else str(value)


def _shape(field: forms.Field) -> str:
    if isinstance(field, forms.BooleanField):
        return "form-check-input"
    return "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
