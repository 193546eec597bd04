"""What a practice manager types: crisis steps, lists with a text on each line, and who gets which role."""

from typing import Any

from django import forms
from django.utils.text import slugify

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

    def __init__(self, *, label: str, help_text: str) -> None:
        super().__init__(label=label, help_text=help_text, widget=forms.Textarea(attrs={"rows": 7, **_AREA}))

    def clean(self, value: Any) -> Any:
        """Return the texts; none is too long, and none stands there twice."""
        texts = [" ".join(line.split()) for line in super().clean(value).splitlines() if line.strip()]
        if len(texts) > MOST_TEXTS:
            raise forms.ValidationError(f"Keep it to {MOST_TEXTS} lines.")
        for text in texts:
            if len(text) > LONGEST_TEXT:
                raise forms.ValidationError(
                    f"{quoted(text[:40] + '…')} is longer than {LONGEST_TEXT} characters. Shorten it."
                )
        if len({text.lower() for text in texts}) != len(texts):
            raise forms.ValidationError("Two lines are the same. Keep one of them.")
        return texts


class SettingsForm(Form):
    """What a practice sets for itself."""

    crisis_steps = forms.CharField(
        label="Crisis steps",
        help_text="Shown on every page about suicidality, and on every case in which it comes up. One step on a line.",
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 6, **_AREA}),
    )
    determinations = TextsField(
        label="What a determination may say",
        help_text="One text on a line. A clinician chooses one, and nothing is chosen beforehand. "
        "What was signed keeps its words.",
    )
    disagreement_reasons = TextsField(
        label="Reasons for disagreeing with a flag",
        help_text="One text on a line. A clinician chooses one and adds words of their own.",
    )
    own_review = forms.BooleanField(
        label="Let the person who screened also review the case",
        help_text="For a practice with one clinician. Each such case says on its page that screener and reviewer are "
        "the same person. Left off, somebody else has to review.",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    part2_notice = forms.BooleanField(
        label="Put the notice of 42 CFR Part 2 on what leaves the practice",
        help_text="For a practice whose records of substance use are protected by 42 CFR Part 2. The notice stands "
        "on every print and export of a case: it says that passing the record on is restricted.",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    retention_years = forms.IntegerField(
        label="Years that a client is kept after the last determination",
        help_text="Whoever is due is then listed under Retention; nobody is erased by itself. "
        "Empty: everybody is kept.",
        required=False,
        min_value=1,
        max_value=100,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
    )
    emergency_access = forms.BooleanField(
        label="Let people open a case that is not theirs in an emergency",
        help_text="A therapist, a clinician or a manager gives a reason and their password, and may read the case for "
        "an hour. It stands first in the case's record, on its therapist's worklist, and waits for a second person.",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    read_at = forms.DateTimeField(required=False, widget=forms.HiddenInput, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "use_required_attribute": False})


class RoleForm(ProvenForm):
    """A role for somebody who has an account, and once more who gives it."""

    to_do = "give the role"
    username = forms.CharField(
        label="Name they sign in with",
        max_length=150,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", "autocapitalize": "none"}),
    )
    role = forms.ChoiceField(
        label="Role", choices=[("", "Choose"), *Role.choices], widget=forms.Select(attrs={"class": "form-select"})
    )
    field_order = ("username", "role")


class EndRoleForm(ProvenForm):
    """Once more who ends a role."""

    to_do = "end the role"


class ResetForm(ProvenForm):
    """Once more who takes away somebody's second factors."""

    to_do = "reset the second factor"


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
