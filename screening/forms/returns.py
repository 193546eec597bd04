"""What a reviewer hands back with: words for the therapist, and the questions that they point at."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from core.forms import Form, LongText
from screening.selectors.answers import AnswerView
from screening.selectors.results import MissingView
from screening.selectors.returns import AskedIn, questions_asked, written


class ReturnForm(Form):
    """Words, the missing answers to point at, and any other question that is asked here, section by section."""

    words = LongText(
        label=gettext_lazy("What is to be found out or put right"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
    )
    missing = forms.MultipleChoiceField(
        label=gettext_lazy("Answers that are missing"),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )

    def __init__(
        self, *args: Any, sections: tuple[AskedIn, ...], missing: tuple[MissingView, ...], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        asked = questions_asked(sections)
        waited_for = {key: asked[key] for view in missing if (key := written(view.answer)) in asked}
        self.fields["missing"].choices = [(key, _label(view)) for key, view in waited_for.items()]  # type: ignore[attr-defined]
        self._sections = []
        for section in sections:
            choices = [(key, _label(view)) for view in section.questions if (key := written(view)) not in waited_for]
            if choices:
                self._sections.append(f"in-{section.link_id}")
                self.fields[f"in-{section.link_id}"] = forms.MultipleChoiceField(
                    label=section.title,
                    required=False,
                    choices=choices,
                    widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
                )

    @property
    def sections(self) -> list[forms.BoundField]:
        """Return the questions that are not missing, section by section."""
        return [self[name] for name in self._sections]

    @property
    def questions(self) -> list[str]:
        """Return every question pointed at, as a return writes it. Ask only of a valid form."""
        pointed_at = [self.cleaned_data[name] for name in ("missing", *self._sections)]
        return [question for chosen in pointed_at for question in chosen]


def _label(view: AnswerView) -> str:
    if not view.row_id:
        return view.question
    row = f"{view.row[0].upper()}{view.row[1:]}"
    return format_html('<span class="kicker"><bdi>{}</bdi>:</span> {}', row, view.question)
