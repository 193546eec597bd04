"""What a reviewer types of a case before its flags are shown: the topics that they would raise, and a few words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from core.forms import Form, LongText


class ReadingForm(Form):
    """The topics of the guidance to tick, none of them beforehand, and words."""

    topics = forms.MultipleChoiceField(
        label=gettext_lazy("What would you raise?"),
        help_text=gettext_lazy(
            "Every topic that the rules of this protocol speak of, whatever they made of this case. Tick none if "
            "you would raise none."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )
    words = LongText(
        label=gettext_lazy("In a few words"),
        help_text=gettext_lazy(
            "What you make of these answers. It is kept as you write it, and cannot be changed afterwards."
        ),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        error_messages={"required": gettext_lazy("Say in a few words what you make of it.")},
    )

    def __init__(self, *args: Any, topics: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "use_required_attribute": False})
        self.fields["topics"].choices = topics  # type: ignore[attr-defined]
