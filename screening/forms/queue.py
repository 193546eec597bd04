"""What a clinician narrows the queue to, in the address."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy

from core.accounts.models import Actor
from screening.forms.narrowing import ANY, NarrowingForm
from screening.selectors.concerns import CONCERN_LABELS
from screening.selectors.queue import Filters, protocols_of, therapists_of

WAITS = [
    (1, gettext_lazy("A day")),
    (3, gettext_lazy("Three days")),
    (7, gettext_lazy("A week")),
    (14, gettext_lazy("Two weeks")),
]


class QueueForm(NarrowingForm):
    """The filters in the address of the queue."""

    code = forms.CharField(
        label=gettext_lazy("Code begins with"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    protocol = forms.ChoiceField(label=gettext_lazy("Protocol"), required=False)
    therapist = forms.ChoiceField(label=gettext_lazy("Screened by"), required=False)
    concern = forms.ChoiceField(
        label=gettext_lazy("Kind of flag raised"),
        required=False,
        choices=[*ANY, *((code, gettext_lazy(label)) for code, label in CONCERN_LABELS.items())],
    )
    waits = forms.ChoiceField(label=gettext_lazy("Waits longer than"), required=False, choices=[*ANY, *WAITS])
    returned = forms.BooleanField(label=gettext_lazy("Returned before"), required=False)

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        protocols = [(str(found.pk), found.title) for found in protocols_of(by)]
        therapists = [(str(pk), name) for pk, name in therapists_of(by)]
        self.fields["protocol"].choices = [*ANY, *protocols]  # type: ignore[attr-defined]
        self.fields["therapist"].choices = [*ANY, *therapists]  # type: ignore[attr-defined]

    @property
    def filters(self) -> Filters:
        """Return what is valid of the filters."""
        given = self.given
        return Filters(
            code=given.get("code", ""),
            protocol=UUID(given["protocol"]) if "protocol" in given else None,
            therapist=UUID(given["therapist"]) if "therapist" in given else None,
            concern=given.get("concern", ""),
            waits=int(given.get("waits", 0)),
            returned="returned" in given,
        )

    def in_words(self, name: str, value: Any) -> str:
        """Return a filter in words: how long, in the middle of a line."""
        words = super().in_words(name, value)
        return words.lower() if name == "waits" else words
