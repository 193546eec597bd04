"""What people type about a version of rules: change notes, words to its author, who publishes it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, gettext_noop

from core.accounts.forms import ProvenForm
from core.canonical import digest
from core.forms import Form
from screening.models import RuleSetVersion

_AREA = {"rows": 4, "class": "form-control"}


class NotesForm(Form):
    """What a draft changes and why. ``revision`` is the draft's as it was read, ``read`` what its notes were then."""

    change_notes = forms.CharField(
        label=gettext_lazy("What this version changes, and why"),
        help_text=gettext_lazy("For the one who publishes it, and for whoever reads it later."),
        max_length=4_000,
        widget=forms.Textarea(attrs=_AREA),
        error_messages={"required": gettext_lazy("Write down what this version changes and why.")},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)
    read = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "use_required_attribute": False})

    @staticmethod
    def on(version: RuleSetVersion, typed: str | None = None) -> "NotesForm":
        """Return the form on a version as it is now, with its own notes or those that somebody ``typed``."""
        notes = version.change_notes if typed is None else typed
        read = notes_digest(version.change_notes)
        return NotesForm(initial={"change_notes": notes, "revision": version.revision, "read": read})


def notes_digest(notes: str) -> str:
    """Return by what notes are known again, however a browser ends their lines."""
    return digest(" ".join(notes.split()))


class SendBackForm(Form):
    """What should change before a version can be published."""

    words = forms.CharField(
        label=gettext_lazy("What should change first"),
        max_length=4_000,
        widget=forms.Textarea(attrs=_AREA),
        error_messages={"required": gettext_lazy("Say what should change before this can be published.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "use_required_attribute": False})


class PublishForm(ProvenForm):
    """Who publishes, shown once more, and the digest of what was shown."""

    to_do = gettext_noop("publish")
    shown = forms.CharField(
        label=gettext_lazy("What you read"),
        widget=forms.HiddenInput,
        max_length=64,
        error_messages={
            "required": gettext_lazy(
                "The page did not say which version you read. Open it again, and publish from there."
            )
        },
    )


class RevisionForm(Form):
    """The revision of a draft as it was read, and nothing else."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
