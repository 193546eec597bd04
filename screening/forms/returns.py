"""What a reviewer hands back with: words for the therapist, and the questions that they point at."""

from typing import Any

from django import forms

from core.forms import Form
from screening.engine.questionnaire import Questionnaire
from screening.selectors.results import MissingView


class ReturnForm(Form):
    """Words, the missing answers to point at, and any other question, section by section."""

    words = forms.CharField(
        label="What is to be found out or put right",
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
    )
    missing = forms.MultipleChoiceField(
        label="Answers that are missing", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, questionnaire: Questionnaire, missing: tuple[MissingView, ...], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        waited_for = dict.fromkeys(view.answer.link_id for view in missing)
        words = {view.answer.link_id: view.answer.question for view in missing}
        self.fields["missing"].choices = [(link_id, words[link_id]) for link_id in waited_for]  # type: ignore[attr-defined]
        self._sections = []
        for section in questionnaire.sections:
            choices = [(item.link_id, item.text) for item in section.items if item.link_id not in waited_for]
            if choices:
                self._sections.append(f"in-{section.link_id}")
                self.fields[f"in-{section.link_id}"] = forms.MultipleChoiceField(
                    label=section.title, required=False, choices=choices, widget=forms.CheckboxSelectMultiple
                )

    @property
    def sections(self) -> list[forms.BoundField]:
        """Return the questions that are not missing, section by section."""
        return [self[name] for name in self._sections]

    @property
    def questions(self) -> list[str]:
        """Return every question pointed at. Ask only of a valid form."""
        pointed_at = [self.cleaned_data[name] for name in ("missing", *self._sections)]
        return [link_id for chosen in pointed_at for link_id in chosen]
