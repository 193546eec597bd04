"""What an auditor narrows the list of cases to, and takes away of the ledger."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from core.forms import Form
from screening.forms.narrowing import ANY, NarrowingForm
from screening.models.screenings import ScreeningStatus
from screening.selectors.audit import ANSWERED, UNANSWERED, UNFLAGGED, Filters
from screening.selectors.concerns import CONCERN_LABELS

STATES = [
    (UNANSWERED, gettext_lazy("Some flag unanswered")),
    (ANSWERED, gettext_lazy("Every flag answered")),
    (UNFLAGGED, gettext_lazy("No flags raised")),
]


class FilterForm(NarrowingForm):
    """The filters in the address of the list."""

    code = forms.CharField(label=gettext_lazy("Client code"), required=False, max_length=20)
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[*ANY, *[choice for choice in ScreeningStatus.choices if choice[0] != ScreeningStatus.IN_PROGRESS]],
    )
    topic = forms.ChoiceField(label=gettext_lazy("Topic"), required=False)
    concern = forms.ChoiceField(
        label=gettext_lazy("Concern"),
        required=False,
        choices=[*ANY, *((code, gettext_lazy(label)) for code, label in CONCERN_LABELS.items())],
    )
    rule = forms.ChoiceField(label=gettext_lazy("Rule"), required=False)
    review = forms.ChoiceField(label=gettext_lazy("Flags"), required=False, choices=[*ANY, *STATES])
    submitted_from = forms.DateField(
        label=gettext_lazy("Submitted from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    submitted_to = forms.DateField(
        label=gettext_lazy("Submitted to"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    disagreed = forms.BooleanField(label=gettext_lazy("A clinician disagreed with a flag"), required=False)

    def __init__(self, *args: Any, rules: list[tuple[str, str]], topics: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = [*ANY, *[(key, f"{title} ({key})") for key, title in rules]]  # type: ignore[attr-defined]
        self.fields["topic"].choices = [*ANY, *topics]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse days between which none lies: neither narrows the list then."""
        given = {**self.cleaned_data}
        since, until = given.get("submitted_from"), given.get("submitted_to")
        if since and until and since > until:
            said = gettext("No day lies between: this is before “Submitted from”. Swap the two days, or change one.")
            self.add_error("submitted_to", said)
            given["submitted_from"] = given["submitted_to"] = None
        return given

    @property
    def filters(self) -> Filters:
        """Return what is valid of the filters."""
        return Filters(**self.given)


class CheckpointsForm(Form):
    """From where on somebody wants the checkpoints: behind the last one that they keep already."""

    after = forms.IntegerField(
        label=gettext_lazy("Only those after number"),
        required=False,
        min_value=0,
        max_value=2**53,
        help_text=gettext_lazy("The last checkpoint that you keep already. Empty: all of them."),
        widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, newest: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.newest = newest

    def clean_after(self) -> int:
        """Refuse to hand out nothing: a file without a checkpoint is a witness of nothing."""
        after: int = self.cleaned_data["after"] or 0
        if not self.newest:
            raise forms.ValidationError(gettext("No checkpoint was made yet, so there is nothing to download."))
        if after >= self.newest:
            said = gettext("None came after that: the newest checkpoint is number %(newest)s.")
            raise forms.ValidationError(said % {"newest": self.newest})
        return after
