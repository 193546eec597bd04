"""A condition typed as lines: a row of controls for each line, shown as its kind asks. The tree is ``engine.lines``'.

Each line has a key of its own; the order of the keys is the order of the lines, so that a line goes or comes without
renaming any other.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from core.forms import Form, Problem
from screening.engine.answers import Source
from screening.engine.conditions import Condition
from screening.engine.dates import Unit
from screening.engine.documents import Finding
from screening.engine.line_kinds import (
    ANSWERING,
    COMPARING,
    COUNTING,
    DEFINED,
    JOINING,
    MULTIPLIED,
    RELATING,
    SUMMING,
)
from screening.engine.lines import (
    MAX_LINES,
    InvalidLines,
    Line,
    LineProblem,
    from_lines,
    to_lines,
)
from screening.engine.questionnaire import ItemType, Questionnaire
from screening.engine.rules import RuleSet
from screening.engine.walking import MAX_DEPTH
from screening.forms.line_words import NUMBERS, OTHER_TYPES, differing, misread, said_of

Choices = list[tuple[Any, Any]]
KINDS: Choices = [
    ("", gettext_lazy("Choose")),
    (gettext_lazy("Lines that belong together"), list(JOINING.items())),
    (gettext_lazy("The answer to a question"), list(ANSWERING.items())),
    (gettext_lazy("The answers to two questions"), list(RELATING.items())),
    (gettext_lazy("The answers to several questions"), list(SUMMING.items())),
    (gettext_lazy("How many rows of a list"), list(COUNTING.items())),
    (gettext_lazy("A definition"), list(DEFINED.items())),
]
LONG = {"within", "lasted", "lasted-until"}
NUMBERED = {*COMPARING, *COUNTING, *SUMMING, *MULTIPLIED, *LONG, "at-least", "equal-to", "between", "washed-out"}
LISTED = {"one-of", "known-from", *SUMMING}
OTHERS: dict[str, Any] = {
    **dict.fromkeys(SUMMING, gettext_lazy("Or the total, entered as a whole")),
    **dict.fromkeys(COUNTING, gettext_lazy("All with a different answer to")),
    **dict.fromkeys(MULTIPLIED, gettext_lazy("Of")),
    **dict.fromkeys(("lasted-until", "after"), gettext_lazy("The other date")),
    "washed-out": gettext_lazy("The half-life, in hours"),
}
"""What the second question of a line is to it, by the line's kind."""
FIELDS = ("depth", "kind", "question", "number", "upper", "unit", "other")
DEEPEST = MAX_DEPTH - 1
REFRESH = {
    "hx-post": "",
    "hx-trigger": "change",
    "hx-vals": '{"do": "refresh"}',
    "hx-target": "closest .line",
    "hx-swap": "outerHTML",
}
SOURCES: Choices = [
    (Source.CLIENT.value, gettext_lazy("the client")),
    (Source.CLINICIAN.value, gettext_lazy("an assessment at screening")),
    (Source.RECORD.value, gettext_lazy("a record")),
    (Source.TEST.value, gettext_lazy("a test")),
    (Source.OTHER.value, gettext_lazy("someone else")),
]


class LineForm(Form):
    """The controls of one line. They are never checked one by one: ``LinesForm`` checks the lines together."""

    depth = forms.CharField(label=gettext_lazy("Indent"), widget=forms.NumberInput(attrs={"min": 0, "max": DEEPEST}))
    kind = forms.ChoiceField(label=gettext_lazy("What it says"), choices=KINDS)
    question = forms.ChoiceField(label=gettext_lazy("Question"))
    values = forms.MultipleChoiceField(label=gettext_lazy("Answers"))
    number = forms.CharField(label=gettext_lazy("Number"), widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    upper = forms.CharField(label=gettext_lazy("Up to"), widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    other = forms.ChoiceField(label=gettext_lazy("And"))
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"), choices=[("", gettext_lazy("Choose")), *[(unit.value, unit.value) for unit in Unit]]
    )

    def __init__(
        self,
        line: Line,
        *,
        key: str,
        number: int,
        questions: Choices,
        options: Choices,
        others: Choices,
        **kwargs: Any,
    ) -> None:
        initial = {name: getattr(line, name) for name in FIELDS}
        super().__init__(initial=initial, use_required_attribute=False, **kwargs)
        self.line, self.position, self.key = line, number, key
        self.error = ""
        self.fields["question"].choices = [("", gettext("Choose")), *questions]  # type: ignore[attr-defined]
        self.fields["other"].choices = [("", gettext("None")), *others]  # type: ignore[attr-defined]
        self._offer(options)
        for name, field in self.fields.items():
            if name != "values" or line.kind not in LISTED:
                select = isinstance(field.widget, forms.Select)
                field.widget.attrs["class"] = "form-select" if select else "form-control"

        self._refresh_at_once()

    def _refresh_at_once(self) -> None:
        """Where there is JavaScript, ask for the line anew when what it shows depends on what was chosen."""
        for name in ("kind", "question") if self._asks_anew else ("kind",):
            self.fields[name].widget.attrs |= {**REFRESH, "hx-select": f"#line-{self.prefix}"}

    @property
    def _asks_anew(self) -> bool:
        """Whether what can be chosen further on depends on the question."""
        return "values" in self.shown or self.line.kind in COUNTING

    def _offer(self, options: Choices) -> None:
        field = self.fields["values"]
        if self.line.kind in LISTED:
            field.widget = forms.CheckboxSelectMultiple({"class": "form-check-input"})
            self.initial["values"] = self.line.values
        else:
            field.widget = forms.Select()
            field.label, options = gettext("Answer"), [("", gettext("Choose")), *options]
            self.initial["values"] = self.line.values[0] if self.line.values else ""
        field.choices = options  # type: ignore[attr-defined]

    @property
    def shown(self) -> set[str]:
        """The controls that the line's kind asks for."""
        kind = self.line.kind
        found = {"question"} if kind in {*ANSWERING, *RELATING, *COUNTING, *DEFINED} else set()
        found |= {"values"} if kind in {"is", "contains", *LISTED} else set()
        found |= {"number"} if kind in NUMBERED else set()
        found |= {"other"} if kind in OTHERS else set()
        found |= {"upper"} if kind == "between" else set()
        return found | ({"unit"} if kind in LONG else set())

    @property
    def subject_label(self) -> str:
        """What the line is about: a question, a list, or a definition."""
        return (
            gettext("List")
            if self.line.kind in COUNTING
            else gettext("Definition")
            if self.line.kind in DEFINED
            else gettext("Question")
        )

    @property
    def other_label(self) -> str:
        """What the second question is to the line."""
        return str(OTHERS.get(self.line.kind, ""))

    @property
    def several(self) -> bool:
        """Whether several answers can be chosen."""
        return self.line.kind in LISTED

    @property
    def values_label(self) -> str:
        """What several are chosen of."""
        if self.line.kind in SUMMING:
            return gettext("Add up")
        return gettext("Known from") if self.line.kind == "known-from" else gettext("Answers")

    @property
    def nothing_to_choose(self) -> str:
        """What is said where there is nothing to choose from."""
        if self.line.kind in SUMMING:
            return gettext("No question is answered with a number.")
        return gettext("Choose a question that is answered with an option, then press “Refresh lines”.")

    @property
    def has_options(self) -> bool:
        """Whether there is anything to choose from yet."""
        return any(value for value, _ in self.fields["values"].choices)  # type: ignore[attr-defined]


class LinesForm:
    """The lines of one condition, as typed: ``data`` holds them under ``prefix``.

    ``focus`` names the button below them at which the page goes on, where it does: ``refresh`` or ``add``.
    """

    def __init__(
        self, prefix: str, data: QueryDict, *, questionnaire: Questionnaire, rules: RuleSet, legend: str
    ) -> None:
        self.prefix, self.legend, self.focus = prefix, legend, ""
        self._questionnaire, self._rules = questionnaire, rules
        self.found: list[LineProblem] = []
        self.keys = _keys(data, prefix)
        self.lines = [_line(data, f"{prefix}-{key}") for key in self.keys]
        self.rows = [self._row(index) for index in range(len(self.lines))]

    def condition(self) -> Condition | None:
        """Return the condition that the lines make, or None and the problem beside each line at fault."""
        misread = self._misread()
        try:
            condition = from_lines(self.lines)
        except InvalidLines as wrong:
            self.mark(sorted([*misread, *_elsewhere(wrong.problems, misread)], key=lambda problem: problem.number))
            return None
        self.mark(misread)
        return None if misread else condition

    def mark_finding(self, finding: Finding, number: int) -> None:
        """Write what the engine finds on the line ``number`` beside it, in the words of the form."""
        self.mark([*self.found, LineProblem(number, said_of(finding, self.lines[number - 1], self._questionnaire))])

    def mark(self, problems: Iterable[LineProblem]) -> None:
        """Write each problem beside its line."""
        self.found = list(problems)
        for problem in self.found:
            if problem.number <= len(self.rows):
                self.rows[problem.number - 1].error = problem.message

    @property
    def problems(self) -> list[Problem]:
        """Return the problems that were found, each with the control to begin at."""
        return [self._problem(found) for found in self.found]

    def _misread(self) -> list[LineProblem]:
        lines = enumerate(self.lines, start=1)
        said = ((number, misread(line, self._questionnaire, self._rules)) for number, line in lines)
        return [LineProblem(number, words) for number, words in said if words]

    def _problem(self, found: LineProblem) -> Problem:
        if not self.rows:
            return Problem(self.legend, found.message, f"{self.prefix}-add")
        number = min(found.number, len(self.rows))
        target = f"id_{self.prefix}-{self.keys[number - 1]}-kind"
        return Problem(f"{self.legend}, line {number}", found.message, target)

    def _row(self, index: int) -> LineForm:
        line = self.lines[index]
        return LineForm(
            line,
            key=self.keys[index],
            number=index + 1,
            questions=self._subjects(line.kind),
            options=self._options(line),
            others=self._others(line),
            prefix=f"{self.prefix}-{self.keys[index]}",
        )

    def _subjects(self, kind: str) -> Choices:
        if kind in COUNTING:
            return [(group.link_id, group.text) for group in self._questionnaire.groups.values()]
        if kind in DEFINED:
            return [(definition.name, definition.title) for definition in self._rules.definitions]
        return questions_by_section(self._questionnaire)

    def _others(self, line: Line) -> Choices:
        if line.kind in COUNTING:
            return [(asked.link_id, asked.text) for asked in differing(line, self._questionnaire)]
        return _of_types(self._questionnaire, OTHER_TYPES.get(line.kind, ()))

    def _options(self, line: Line) -> Choices:
        if line.kind == "known-from":
            return SOURCES
        if line.kind in SUMMING:
            return _of_types(self._questionnaire, NUMBERS)
        question = self._questionnaire.questions.get(line.question)
        return [(option.code, option.text) for option in question.answer_options] if question else []


def _elsewhere(problems: list[LineProblem], told: list[LineProblem]) -> list[LineProblem]:
    """Return the problems of the lines of which nothing is told yet."""
    numbers = {problem.number for problem in told}
    return [problem for problem in problems if problem.number not in numbers]


def questions_by_section(questionnaire: Questionnaire) -> Choices:
    """Return every question that a rule can read, as asked, under the title of its section."""
    unread = (ItemType.STRING, ItemType.TEXT)
    found: dict[str, list[tuple[str, str]]] = {section.title: [] for section in questionnaire.sections}
    titles = {section.link_id: section.title for section in questionnaire.sections}
    for link_id, question in questionnaire.questions.items():
        if question.type not in unread:
            found[titles[questionnaire.section_of[link_id]]].append((link_id, _as_asked(questionnaire, link_id)))
    return [(title, choices) for title, choices in found.items() if choices]


def _of_types(questionnaire: Questionnaire, types: Iterable[ItemType]) -> Choices:
    questions = questionnaire.questions.items()
    return [(link_id, _as_asked(questionnaire, link_id)) for link_id, asked in questions if asked.type in types]


def _as_asked(questionnaire: Questionnaire, link_id: str) -> str:
    group = questionnaire.group_of.get(link_id)
    of_each = gettext(" (of each %(row_name)s)") % {"row_name": questionnaire.groups[group].row_name} if group else ""
    return f"{questionnaire.questions[link_id].text}{of_each}"


def write_lines(data: QueryDict, prefix: str, condition: Condition) -> None:
    """Write a condition into ``data`` as it would have been typed."""
    for key, line in enumerate(to_lines(condition)):
        data.appendlist(f"{prefix}-line", str(key))
        for name in FIELDS:
            data[f"{prefix}-{key}-{name}"] = str(getattr(line, name))
        data.setlist(f"{prefix}-{key}-values", list(line.values))


def add_line(data: QueryDict, prefix: str, after: str) -> None:
    """Add an empty line after the line ``after``, or at the end; it belongs where that line would have it."""
    keys = _keys(data, prefix)
    if len(keys) >= MAX_LINES:
        return
    new = _new_key(keys)
    place = keys.index(after) + 1 if after in keys else len(keys)
    if place:
        above = _line(data, f"{prefix}-{keys[place - 1]}")
        opens = above.kind in JOINING or above.kind in COUNTING or place == 1
        data[f"{prefix}-{new}-depth"] = str(min(above.depth + opens, DEEPEST))
    data.setlist(f"{prefix}-line", [*keys[:place], new, *keys[place:]])


def drop_line(data: QueryDict, prefix: str, key: str) -> None:
    """Take one line away; what is left stands as it was typed."""
    data.setlist(f"{prefix}-line", [kept for kept in _keys(data, prefix) if kept != key])


def _new_key(keys: list[str]) -> str:
    return str(max((int(key) for key in keys), default=-1) + 1)


def _keys(data: QueryDict, prefix: str) -> list[str]:
    given = (key for key in data.getlist(f"{prefix}-line") if key.isascii() and key.isdigit() and len(key) < 5)
    return list(dict.fromkeys(given))[: MAX_LINES + 1]


def _line(data: QueryDict, prefix: str) -> Line:
    typed = {name: data.get(f"{prefix}-{name}", "").strip() for name in FIELDS}
    depth = typed.pop("depth")
    values = tuple(value for value in data.getlist(f"{prefix}-values") if value)
    return Line(
        depth=int(depth) if depth.isascii() and depth.isdigit() and len(depth) < 4 else 0, values=values, **typed
    )
