"""What a practice manager types: crisis steps, lists with a text on each line, and who gets which role."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from core.accounts.forms import ProvenForm
from core.accounts.models import Role
from core.forms import Form
from core.quoting import quoted
from screening.models import PracticePolicy

LONGEST_TEXT = 200
MOST_TEXTS = 30
GIVEN = ("username", "role")
"""What is shown again of a role that was not given. What shows who somebody is never is."""
_AREA = {"class": "form-control"}
Choice = dict[str, Any]


class TextsField(forms.CharField):
    """A list of texts, one on each line."""

    def __init__(self, *, label: Any, help_text: Any) -> None:
        super().__init__(label=label, help_text=help_text, widget=forms.Textarea(attrs={"rows": 7, **_AREA}))

    def clean(self, value: Any) -> Any:
        """Return the texts; none is too long, and none stands there twice."""
        texts = [" ".join(line.split()) for line in super().clean(value).splitlines() if line.strip()]
        if len(texts) > MOST_TEXTS:
            raise forms.ValidationError(gettext("Keep it to %(most_texts)s lines.") % {"most_texts": MOST_TEXTS})
        for text in texts:
            if len(text) > LONGEST_TEXT:
                raise forms.ValidationError(
                    gettext("%(value)s is longer than %(longest_text)s characters. Shorten it.")
                    % {"value": quoted(text[:40] + "…"), "longest_text": LONGEST_TEXT}
                )
        if len({text.lower() for text in texts}) != len(texts):
            raise forms.ValidationError(gettext("Two lines are the same. Keep one of them."))
        return texts


class SettingsForm(Form):
    """What a practice sets for itself."""

    crisis_steps = forms.CharField(
        label=gettext_lazy("Crisis steps"),
        help_text=gettext_lazy(
            "Shown on every page about suicidality, and on every case in which it comes up. One step on a line."
        ),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 6, **_AREA}),
    )
    determinations = TextsField(
        label=gettext_lazy("What a determination may say"),
        help_text=gettext_lazy(
            "One text on a line. A clinician chooses one, and nothing is chosen beforehand. "
            "What was signed keeps its words."
        ),
    )
    disagreement_reasons = TextsField(
        label=gettext_lazy("Reasons for disagreeing with a flag"),
        help_text=gettext_lazy("One text on a line. A clinician chooses one and adds words of their own."),
    )
    own_review = forms.BooleanField(
        label=gettext_lazy("Let the person who screened also review the case"),
        help_text=gettext_lazy(
            "For a practice with one clinician. Each such case says on its page that screener and reviewer are "
            "the same person. Left off, somebody else has to review."
        ),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    live_basis = forms.BooleanField(
        label=gettext_lazy("Offer what the answers raise so far while they are given"),
        help_text=gettext_lazy(
            "It stands folded beside the questions. Some practices switch it off, so that it does not lead the "
            "interview: whoever asks then reads it once the answers are submitted. Crisis steps stand where they stand."
        ),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    part2_notice = forms.BooleanField(
        label=gettext_lazy("Put the notice of 42 CFR Part 2 on what leaves the practice"),
        help_text=gettext_lazy(
            "For a practice whose records of substance use are protected by 42 CFR Part 2. The notice stands "
            "on every print and export of a case: it says that passing the record on is restricted."
        ),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    retention_years = forms.IntegerField(
        label=gettext_lazy("Years that a client is kept after the last determination"),
        help_text=gettext_lazy(
            "Whoever is due is then listed under Retention; nobody is erased by itself. Empty: everybody is kept."
        ),
        required=False,
        min_value=1,
        max_value=100,
        widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "numeric"}),
    )
    emergency_access = forms.BooleanField(
        label=gettext_lazy("Let people open a case that is not theirs in an emergency"),
        help_text=gettext_lazy(
            "A therapist, a clinician or a manager gives a reason and their password, and may read the case for "
            "an hour. It stands first in the case's record, on its therapist's worklist, and waits for a second person."
        ),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    read_first_share = forms.IntegerField(
        label=gettext_lazy("Cases that are read first, in percent"),
        help_text=gettext_lazy(
            "In this share of new cases the reviewer writes what they would raise before any flag is shown to "
            "them. Which cases, is drawn when answers are submitted; nobody picks them. Empty or 0: none."
        ),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "numeric"}),
    )
    read_at = forms.DateTimeField(required=False, widget=forms.HiddenInput, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "use_required_attribute": False})


class RoleForm(ProvenForm):
    """A role for somebody who has an account, and once more who gives it."""

    to_do = gettext_noop("give the role")
    username = forms.CharField(
        label=gettext_lazy("Name they sign in with"),
        max_length=150,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", "autocapitalize": "none"}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[("", gettext_lazy("Choose")), *Role.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )


class EndRoleForm(ProvenForm):
    """Once more who ends a role."""

    to_do = gettext_noop("end the role")


class ResetForm(ProvenForm):
    """Once more who takes away somebody's second factors."""

    to_do = gettext_noop("reset the second factor")


@dataclass(frozen=True)
class SettingApart:
    """One setting by its label: what it is now, and what was typed."""

    label: str
    now: str
    typed: str


def settings_apart(now: dict[str, Any], typed: SettingsForm) -> list[SettingApart]:
    """Return the settings that are not ``now``, as the form shows them, what was typed, in the order of the form."""
    is_now = SettingsForm(now)
    is_now.full_clean()
    return [
        SettingApart(str(field.label), _in_words(is_now.cleaned_data[name]), _in_words(typed.cleaned_data[name]))
        for name, field in typed.fields.items()
        if name != "read_at" and is_now.cleaned_data[name] != typed.cleaned_data[name]
    ]


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return "\n".join(value) if isinstance(value, list) else str(value or gettext("nothing"))


def as_typed(policy: PracticePolicy) -> dict[str, Any]:
    """Return a practice's settings as the form shows them."""
    return {
        "crisis_steps": policy.crisis_steps,
        "determinations": "\n".join(choice["text"] for choice in policy.determinations),
        "disagreement_reasons": "\n".join(choice["text"] for choice in policy.disagreement_reasons),
        "own_review": policy.own_review,
        "part2_notice": policy.part2_notice,
        "retention_years": policy.retention_years if policy.retention_years is not None else "",
        "emergency_access": policy.emergency_access,
        "live_basis": policy.live_basis,
        "read_first_share": policy.read_first_share,
        "read_at": policy.changed_at.isoformat(timespec="microseconds") if policy.changed_at else "",
    }


def coded(texts: list[str], before: list[Choice]) -> list[Choice]:
    """Return texts with their codes: a text that was there keeps its own, a new one gets one that nothing else has."""
    kept = {choice["text"]: choice["code"] for choice in before}
    taken = set(kept.values())
    found = []
    for text in texts:
        code = kept.get(text) or _new_code(text, taken)
        taken.add(code)
        found.append({"code": code, "text": text})
    return found


def _new_code(text: str, taken: set[str]) -> str:
    stem = slugify(text.replace("_", " "))[:56].rstrip("-") or "other"
    return next(code for n in range(1, 200) if (code := stem if n == 1 else f"{stem}-{n}") not in taken)
