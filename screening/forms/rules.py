"""What a rule author types: a rule's words, its guidance, its condition and its exceptions, all in one HTML form.

Everything is read from what was typed (``data``), checked or not, so that nothing is lost when a line is added.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy

from core.errors import Refused
from core.forms import Form, Problem
from screening.engine.conditions import Condition
from screening.engine.library import GuidanceLibrary, Statement
from screening.engine.questionnaire import Questionnaire
from screening.engine.rules import Concern, Confirmer, Rule, RuleSet, Unless
from screening.engine.words import CONCERN_WORDS, CONFIRMER_WORDS
from screening.forms.lines import LinesForm, add_line, drop_line, write_lines
from screening.forms.rule_parts import PartsForm, write_parts

LONGEST = 2_000
NEW = "new:"
MOST_UNLESS = 10
MOST_LINES = 240
_AREA = {"rows": 3, "class": "form-control"}
_CONCERNS = [(concern.value, CONCERN_WORDS[concern].capitalize()) for concern in Concern]
_CONFIRMERS = [
    ("", gettext_lazy("Choose")),
    *[(confirmer.value, CONFIRMER_WORDS[confirmer]) for confirmer in Confirmer],
]
_TEXT = {"class": "form-control"}


class RuleForm(Form):
    """A rule's own words, its kind of concern, its guidance, and who looks after it."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, widget=forms.TextInput(attrs=_TEXT))
    concern = forms.ChoiceField(
        label=gettext_lazy("Kind of concern"), choices=_CONCERNS, widget=forms.Select(attrs={"class": "form-select"})
    )
    explanation = forms.CharField(
        label=gettext_lazy("The rule in plain words"),
        help_text=gettext_lazy("It stands beside the flag. Say what the guidance raises, never what is to be decided."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs=_AREA),
    )
    would_change = forms.CharField(
        label=gettext_lazy("What would change it"), max_length=LONGEST, widget=forms.Textarea(attrs=_AREA)
    )
    owner = forms.CharField(
        label=gettext_lazy("Owner"),
        help_text=gettext_lazy("Who looks after this rule."),
        max_length=200,
        widget=forms.TextInput(attrs=_TEXT),
    )
    review_by = forms.DateField(
        label=gettext_lazy("To be reviewed by"),
        widget=forms.DateInput(attrs={"type": "date", **_TEXT}, format="%Y-%m-%d"),
    )
    cites = forms.MultipleChoiceField(label=gettext_lazy("Rests on"), required=False)
    weigh_with = forms.MultipleChoiceField(label=gettext_lazy("Weigh with it"), required=False)
    disagreements = forms.MultipleChoiceField(
        label=gettext_lazy("Where the sources disagree"),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, library: GuidanceLibrary, review_by: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "use_required_attribute": False})
        statements = [(statement.id, statement.id) for statement in library.statements]
        offered = {
            "cites": statements,
            "weigh_with": statements,
            "disagreements": [(found.id, found.title) for found in library.disagreements],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self._review_by = review_by

    def clean_review_by(self) -> datetime.date:
        """Refuse a new date that lies behind us; the one that stood there may."""
        given: datetime.date = self.cleaned_data["review_by"]
        if given != self._review_by and given < timezone.localdate():
            raise forms.ValidationError(gettext("Set a day that is still to come."))
        return given


class UnlessForm(Form):
    """An exception's words, who confirms it, what it lifts, and its guidance. Its condition is a ``LinesForm``."""

    title = forms.CharField(
        label=gettext_lazy("What the exception is"), max_length=200, widget=forms.TextInput(attrs=_TEXT)
    )
    confirmed_by = forms.ChoiceField(
        label=gettext_lazy("Who confirms it"), choices=_CONFIRMERS, widget=forms.Select(attrs={"class": "form-select"})
    )
    to = forms.ChoiceField(
        label=gettext_lazy("It is an exception to"), required=False, widget=forms.Select(attrs={"class": "form-select"})
    )
    cites = forms.MultipleChoiceField(
        label=gettext_lazy("Rests on"),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )

    def __init__(
        self, *args: Any, library: GuidanceLibrary, others: list[tuple[str, str]], chosen: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{**kwargs, "use_required_attribute": False})
        statements = [(found.id, f"{found.id}: {found.text}") for found in library.statements]
        self._gone = chosen if chosen not in ("", *(name for name, _ in others)) else ""
        gone = [(self._gone, gettext("an exception that is not there any more"))] if self._gone else []
        self.fields["to"].choices = [("", gettext("the rule")), *others, *gone]  # type: ignore[attr-defined]
        self.fields["cites"].choices = statements  # type: ignore[attr-defined]

    def clean_to(self) -> str:
        """Refuse an exception to one that was removed: whether it is one to the rule now is for its author to say."""
        chosen: str = self.cleaned_data["to"]
        if chosen and chosen == self._gone:
            raise forms.ValidationError(
                gettext(
                    "The exception that this one was to is removed. Choose another one or the rule, or remove this one "
                    "too."
                )
            )
        return chosen


@dataclass(frozen=True)
class StatementChoice:
    """A guidance statement with whether the rule rests on it, and whether it is weighed with it."""

    statement: Statement
    cited: bool
    weighed: bool


@dataclass
class UnlessPart:
    """One exception on the page: its key there, its id in the rule (empty for a new one), its form and its lines."""

    key: str
    id: str
    form: UnlessForm
    lines: LinesForm


class RuleEditor:
    """The whole form of one rule of a draft.

    ``data`` is what was typed. Only what is ``checked`` shows its errors; a page that was asked for another line does
    not complain of the lines that are not filled in yet. ``before`` is the rule as the draft was taken from it.
    """

    def __init__(
        self,
        rule: Rule,
        data: QueryDict,
        *,
        rules: RuleSet,
        library: GuidanceLibrary,
        questionnaire: Questionnaire,
        before: Rule | None,
        checked: bool,
    ) -> None:
        _refuse_bulk(data)
        self._rule, self._data, self.is_bound = rule, data, checked
        self._before = before
        self.focus_on_adding = False
        self.revision = data.get("revision", "")
        self._rules, self._library, self._questionnaire = rules, library, questionnaire
        self.form = RuleForm(**self._given(RuleForm, ""), library=library, review_by=rule.review_by)
        self.parts = PartsForm(**self._given(PartsForm, ""), rule=rule)
        self.when = self._lines("when", gettext("Condition"))
        self._keys = [key for key in dict.fromkeys(data.getlist("unless")[:MOST_UNLESS]) if _is_key(key)]
        self.unless = [self._part(key) for key in self._keys]
        self.other_problems: list[Problem] = []
        self.rule: Rule | None = self._made() if checked else None

    def is_valid(self) -> bool:
        """Say whether what was typed makes a rule."""
        return self.rule is not None and not self.problems

    @property
    def problems(self) -> list[Problem]:
        """Return every problem, in the order of the page."""
        found = [*self.form.problems, *self.when.problems]
        for number, part in enumerate(self.unless, start=1):
            named = [
                Problem(
                    gettext("Exception %(number)s, %(label)s") % {"number": number, "label": p.label},
                    p.message,
                    p.target,
                )
                for p in part.form.problems
            ]
            found += [*named, *part.lines.problems]
        return found + self.parts.problems + self.other_problems

    @property
    def has_room(self) -> bool:
        """Whether another exception can be added."""
        return len(self.unless) < MOST_UNLESS

    @property
    def topics(self) -> Iterator[tuple[str, list[StatementChoice], int]]:
        """Yield each topic's title, its statements, and how many of them the rule names."""
        cited, weighed = (set(self._data.getlist(name)) for name in ("cites", "weigh_with"))
        for topic in self._library.topics:
            found = [
                StatementChoice(statement, statement.id in cited, statement.id in weighed)
                for statement in self._library.statements
                if statement.topic == topic.id
            ]
            if found:
                yield topic.title, found, sum(choice.cited or choice.weighed for choice in found)

    def _given(self, kind: type[Form], prefix: str) -> dict[str, Any]:
        """Return the arguments that hand a form what was typed: to be checked, or only to be shown."""
        more = {"prefix": prefix} if prefix else {}
        if self.is_bound:
            return {"data": self._data, **more}
        initial: dict[str, Any] = {}
        for name, field in kind.base_fields.items():
            typed = f"{prefix}-{name}" if prefix else name
            several = isinstance(field, forms.MultipleChoiceField)
            initial[name] = self._data.getlist(typed) if several else self._data.get(typed, "")
        return {"initial": initial, **more}

    def _lines(self, prefix: str, legend: str) -> LinesForm:
        return LinesForm(prefix, self._data, questionnaire=self._questionnaire, rules=self._rules, legend=legend)

    def _part(self, key: str) -> UnlessPart:
        prefix = f"unless-{key}"
        others = [(self._name(other), self._title(other)) for other in self._keys if other != key]
        chosen = self._data.get(f"{prefix}-to", "")
        form = UnlessForm(**self._given(UnlessForm, prefix), library=self._library, others=others, chosen=chosen)
        lines = self._lines(f"{prefix}-when", f"Exception {self._number(key)}, condition")
        return UnlessPart(key, self._stored_id(key), form, lines)

    def _stored_id(self, key: str) -> str:
        """Return the id of an exception that the rule has already; empty for a new one."""
        given = self._data.get(f"unless-{key}-id", "")
        return given if given in {unless.id for unless in self._rule.unless} else ""

    def _name(self, key: str) -> str:
        """Return what another exception of the form calls this one by: a new one has no id before it is saved."""
        return self._stored_id(key) or f"{NEW}{key}"

    def _title(self, key: str) -> str:
        return self._data.get(f"unless-{key}-title", "").strip() or f"exception {self._number(key)}"

    def _number(self, key: str) -> int:
        return self._keys.index(key) + 1

    def _made(self) -> Rule | None:
        when, valid = self.when.condition(), self.form.is_valid() and self.parts.is_valid()
        unless = self._unless()
        if when is None or not valid or None in unless:
            return None
        words = self.form.cleaned_data
        return Rule(
            **{
                **{name: getattr(self._rule, name) for name in Rule.model_fields},
                **{name: words[name] for name in ("title", "explanation", "would_change", "owner", "review_by")},
                **{name: tuple(words[name]) for name in ("cites", "weigh_with", "disagreements")},
                **self.parts.made(),
                "concern": Concern(words["concern"]),
                "when": when,
                "unless": tuple(found for found in unless if found is not None),
            }
        )

    def _unless(self) -> list[Unless | None]:
        conditions = [part.lines.condition() for part in self.unless]
        if not all(part.form.is_valid() for part in self.unless):
            return [None]
        ids = self._ids()
        pairs = zip(self.unless, conditions, strict=True)
        return [_made_unless(part, condition, ids) if condition else None for part, condition in pairs]

    def _ids(self) -> dict[str, str]:
        """Return the id of every exception by what the others call it: of a new one that which it had, or made up."""
        names, taken = [self._name(part.key) for part in self.unless], {part.id for part in self.unless}
        for part in self.unless:
            title = part.form.cleaned_data["title"]
            part.id = part.id or self._id_before(title, taken) or _new_id(title, taken)
            taken.add(part.id)
        return dict(zip(names, (part.id for part in self.unless), strict=True))

    def _id_before(self, title: str, taken: set[str]) -> str:
        """Return the id that an exception of this title had, so that what claims it finds it again; else nothing."""
        rules = [self._rule, *([self._before] if self._before else [])]
        had = (unless for rule in rules for unless in rule.unless if _alike(unless.title) == _alike(title))
        return next((unless.id for unless in had if unless.id not in taken), "")


def _made_unless(part: UnlessPart, condition: Condition, ids: dict[str, str]) -> Unless:
    words = part.form.cleaned_data
    return Unless(
        id=part.id,
        title=words["title"],
        when=condition,
        confirmed_by=Confirmer(words["confirmed_by"]),
        to=ids.get(words["to"]),
        cites=tuple(words["cites"]),
    )


def _refuse_bulk(data: QueryDict) -> None:
    """Refuse more lines than a page can show, before any is made: each takes its own list of all questions."""
    prefixes = ["when", *(f"unless-{key}-when" for key in dict.fromkeys(data.getlist("unless")))]
    lines = sum(len(data.getlist(f"{prefix}-line")) for prefix in prefixes)
    if lines > MOST_LINES:
        raise Refused(
            gettext(
                "This rule has %(lines)s lines with its exceptions; a page takes %(most_lines)s. "
                "Give some of them a name among the definitions."
            )
            % {"lines": number_format(lines, force_grouping=True), "most_lines": MOST_LINES},
            code="too-many-lines",
        )


def _new_id(title: str, taken: set[str]) -> str:
    """Make up an exception's id from its title, unlike those that are taken."""
    stem = f"exception-{slugify(title.replace('_', ' '))}"[:56].rstrip("-")
    return next(found for n in range(1, 99) if (found := stem if n == 1 else f"{stem}-{n}") not in taken)


def _alike(title: str) -> str:
    return " ".join(title.split()).casefold()


def _is_key(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) < 5


def typed_from(rule: Rule) -> QueryDict:
    """Return a stored rule as it would have been typed."""
    data = QueryDict(mutable=True)
    for name in ("title", "explanation", "would_change", "owner"):
        data[name] = getattr(rule, name)
    data["concern"], data["review_by"] = rule.concern.value, rule.review_by.isoformat()
    for name in ("cites", "weigh_with", "disagreements"):
        data.setlist(name, list(getattr(rule, name)))
    write_parts(data, rule)
    write_lines(data, "when", rule.when)
    for key, unless in enumerate(rule.unless):
        _write_unless(data, str(key), unless)
    return data


def _write_unless(data: QueryDict, key: str, unless: Unless) -> None:
    prefix = f"unless-{key}"
    data.appendlist("unless", key)
    data[f"{prefix}-id"], data[f"{prefix}-title"] = unless.id, unless.title
    data[f"{prefix}-confirmed_by"], data[f"{prefix}-to"] = unless.confirmed_by.value, unless.to or ""
    data.setlist(f"{prefix}-cites", list(unless.cites))
    write_lines(data, f"{prefix}-when", unless.when)


def reshape(data: QueryDict, do: str) -> QueryDict:
    """Return what was typed with a line or an exception more or less, as the button ``do`` says."""
    data = data.copy()
    verb, _, rest = do.partition(":")
    prefix, _, key = rest.partition(":")
    if verb == "add-line":
        add_line(data, prefix, key)
    elif verb == "drop-line":
        drop_line(data, prefix, key)
    elif verb == "drop-unless":
        data.setlist("unless", [kept for kept in data.getlist("unless") if kept != rest])
    elif verb == "add-unless" and len(data.getlist("unless")) < MOST_UNLESS:
        new = str(max((int(key) for key in data.getlist("unless") if _is_key(key)), default=-1) + 1)
        data.appendlist("unless", new)
        add_line(data, f"unless-{new}-when", "")
    return data
