"""The parts of a rule that stand beside its flag, as a rule author types them. The others are kept as they are."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy

from core.forms import Form
from core.quoting import quoted
from screening.engine.dates import Duration, Unit
from screening.engine.rules import Confirmer, Recheck, Rule, Undertaking
from screening.engine.words import CONFIRMER_WORDS

BEFORE, EVERY = "each-session", "every"
MOST_UNDERTAKINGS, LONGEST_LINE = 10, 2_000
_BY = "by "
_SELECT = {"class": "form-select"}
_RECHECKS = [
    ("", gettext_lazy("never")),
    (BEFORE, gettext_lazy("before each session")),
    (EVERY, gettext_lazy("every so often")),
]


class PartsForm(Form):
    """Who weighs the flag, when its answers are asked again, and what is to be agreed, one line for each."""

    weighed_by = forms.MultipleChoiceField(
        label=gettext_lazy("Who weighs it, case by case"),
        choices=[(role.value, CONFIRMER_WORDS[role]) for role in Confirmer],
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )
    recheck = forms.ChoiceField(
        label=gettext_lazy("The answers behind it are asked again"),
        choices=_RECHECKS,
        required=False,
        widget=forms.Select(_SELECT),
    )
    recheck_value = forms.IntegerField(
        label=gettext_lazy("Every"),
        min_value=1,
        max_value=1200,
        required=False,
        widget=forms.TextInput({"class": "form-control", "inputmode": "numeric"}),
    )
    recheck_unit = forms.ChoiceField(
        label=gettext_lazy("Unit of time"),
        choices=[("", gettext_lazy("Choose")), *[(unit.value, unit.value) for unit in Unit]],
        required=False,
        widget=forms.Select(_SELECT),
    )
    undertakings = forms.CharField(
        label=gettext_lazy("What is to be agreed"),
        help_text=gettext_lazy(
            "One line for each. Where it is not the client who agrees, begin with “by”, who it is, and a colon: "
            "“by a companion: to stay until the evening”."
        ),
        required=False,
        max_length=MOST_UNDERTAKINGS * LONGEST_LINE,
        widget=forms.Textarea({"rows": 3, "class": "form-control"}),
    )

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "use_required_attribute": False})
        self._rule = rule

    def clean_undertakings(self) -> tuple[Undertaking, ...]:
        """Read the lines; one that stands as it was keeps its id, and whatever else a line does not show."""
        typed = [" ".join(line.split()) for line in self.cleaned_data["undertakings"].splitlines()]
        known = {_line(undertaking): undertaking for undertaking in self._rule.undertakings}
        found: list[Undertaking] = []
        for line in dict.fromkeys(filter(None, typed)):
            taken = {undertaking.id for undertaking in (*known.values(), *found)}
            found.append(known.get(line) or _undertaking(line, taken))
        if len(found) > MOST_UNDERTAKINGS:
            raise forms.ValidationError(
                gettext("There is room for %(number)s of them. Take some out.") % {"number": MOST_UNDERTAKINGS}
            )
        return tuple(found)

    def clean(self) -> dict[str, Any]:
        """Ask for how often, where the answers are asked again every so often."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("recheck") == EVERY:
            for name, words in (
                ("recheck_value", gettext("Give a number.")),
                ("recheck_unit", gettext("Choose a unit.")),
            ):
                if not found.get(name) and name not in self.errors:
                    self.add_error(name, words)
        return found

    def made(self) -> dict[str, Any]:
        """Return the parts of the rule that were typed, by the names of its fields."""
        words = self.cleaned_data
        return {
            "weighed_by": tuple(Confirmer(role) for role in words["weighed_by"]),
            "recheck": _recheck(words),
            "undertakings": words["undertakings"],
        }


def write_parts(data: QueryDict, rule: Rule) -> None:
    """Write the parts of a stored rule as they would have been typed."""
    data.setlist("weighed_by", [role.value for role in rule.weighed_by])
    every = rule.recheck.every if rule.recheck else None
    data["recheck"] = "" if rule.recheck is None else EVERY if every else BEFORE
    data["recheck_value"], data["recheck_unit"] = (str(every.value), every.unit.value) if every else ("", "")
    data["undertakings"] = "\n".join(_line(undertaking) for undertaking in rule.undertakings)


def _recheck(words: dict[str, Any]) -> Recheck | None:
    if words["recheck"] == EVERY:
        return Recheck(every=Duration(value=words["recheck_value"], unit=Unit(words["recheck_unit"])))
    return Recheck(before="each-session") if words["recheck"] == BEFORE else None


def _client() -> str:
    return str(Undertaking.model_fields["by"].default)


def _line(undertaking: Undertaking) -> str:
    plain = undertaking.by == _client() and not _names_somebody(undertaking.text)
    line = undertaking.text if plain else f"by {undertaking.by}: {undertaking.text}"
    return " ".join(line.split())


def _names_somebody(line: str) -> bool:
    return line.lower().startswith(_BY) and ": " in line


def _has_words(text: str) -> bool:
    return any(letter.isalnum() for letter in text)


def _undertaking(line: str, taken: set[str]) -> Undertaking:
    by, text = _client(), line
    if _names_somebody(line):
        by, _, text = line[len(_BY) :].partition(": ")
    if line.startswith(":") or not (_has_words(by) and _has_words(text)) or len(line) > LONGEST_LINE:
        raise forms.ValidationError(
            gettext("%(line)s does not say who agrees to what. Write it as “by a companion: …”.")
            % {"line": quoted(line[:60])}
        )
    return Undertaking(id=_new_id(text, taken), text=text, by=by)


def _new_id(text: str, taken: set[str]) -> str:
    stem = f"agreed-{slugify(text.replace('_', ' '))}"[:56].rstrip("-")
    return next(found for n in range(1, 99) if (found := stem if n == 1 else f"{stem}-{n}") not in taken)
