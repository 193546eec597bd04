"""One question as a form: its answer, why there is none, how it is known, and a note.

A form is built from a question of the questionnaire, and read back as the engine's ``Answer``. What was typed stays
as it was typed until it can be read.
"""

import datetime
import re
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from core.forms import Form, LongText
from core.quoting import quoted
from screening.engine.answers import Absence, Answer, Source, Value
from screening.engine.checking import answer_fault
from screening.engine.dates import VagueDate
from screening.engine.documents import LONGEST_NOTE
from screening.engine.drafts import Typed
from screening.engine.questionnaire import ItemType, Question
from screening.forms.dates import read_date
from screening.selectors.answer_words import absence_label, answer_words, date_words, stretch_words
from screening.selectors.unread import ABSENT_MARK

SOURCES = (
    (Source.CLIENT.value, gettext_lazy("Client says")),
    (Source.CLINICIAN.value, gettext_lazy("I assessed")),
    (Source.RECORD.value, gettext_lazy("On record")),
    (Source.TEST.value, gettext_lazy("From a test")),
    (Source.OTHER.value, gettext_lazy("Someone else says")),
)
YES_NO = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))
NUMBERS = (ItemType.INTEGER, ItemType.DECIMAL)
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")


class QuestionForm(Form):
    """The answer to one question. ``prefix`` names its fields; ``on`` is the day that "the past" ends on.

    Yes-or-no and choice questions have *Not known* and *Prefers not to say* among their radios; all others have them
    in ``absent``, beside what is typed or ticked. Where the client is not asked, the second reads *Asked, not told*, or
    is left out. A reason that is chosen is the answer at once, whatever still stands in the field.
    ``sourced`` is false in rows, which say once how they are known. ``unread``: what the page was loaded with, where
    that could not be read.
    """

    def __init__(
        self,
        question: Question,
        answer: Answer | None,
        *,
        on: datetime.date,
        prefix: str,
        data: QueryDict | None = None,
        sourced: bool = True,
        unread: Typed | None = None,
    ) -> None:
        self.one_press = question.type is ItemType.BOOLEAN or (
            question.type is ItemType.CHOICE and not question.repeats
        )
        super().__init__(data, prefix=prefix, initial=_initial(question, answer, self.one_press))
        self.question, self.answer, self.on, self.sourced = question, answer, on, sourced
        self._unread = unread or {}
        self.fields["value"] = _value_field(question, answer, f"{prefix}-value")
        if not self.one_press:
            self.fields["absent"] = _radios(
                (
                    ("", gettext("As typed") if self.kind != "ticks" else gettext("As ticked")),
                    *_absences(question, answer),
                ),
                gettext("Instead of an answer"),
            )
        if sourced:
            self.fields["source"] = _radios(SOURCES, gettext("How it is known"))
        self.fields["note"] = LongText(
            required=False, max_length=LONGEST_NOTE, label=gettext("Note"), widget=forms.Textarea({"rows": 2})
        )
        for field in self.fields.values():
            css = "form-check-input" if hasattr(field, "choices") else "form-control"
            field.widget.attrs.setdefault("class", css)

    @property
    def kind(self) -> str:
        """The kind of control: ``radios``, ``ticks``, ``lines`` or ``text``."""
        if self.one_press:
            return "radios"
        if self.question.repeats:
            return "ticks"
        return "lines" if self.question.type is ItemType.TEXT else "text"

    @property
    def alone(self) -> frozenset[str]:
        """The options that stand beside no other."""
        return frozenset(option.code for option in self.question.answer_options if option.exclusive)

    @property
    def read_as(self) -> str:
        """How a typed date is read, in words; empty for anything else."""
        if self.question.type is not ItemType.DATE or self.errors.get("value"):
            return ""
        typed = self.cleaned_data.get("value") if self.is_bound else self.answer.value if self.answer else None
        return stretch_words(str(typed)) if typed else ""

    def clean_value(self) -> Value | str | None:
        """Read what was typed as the question's type, or say what it takes."""
        raw = self.cleaned_data["value"]
        if raw in ("", [], None):
            return None
        if self.one_press and raw.startswith(ABSENT_MARK):
            return str(raw)
        value = self._read(raw)
        if answer_fault(self.question, value, self.on):
            raise ValidationError(gettext("This is no answer to this question. Choose or type it again."))
        return value

    def clean(self) -> dict[str, Any]:
        """An answer, or the reason why there is none: a reason that is chosen takes the place of the answer."""
        found = self.cleaned_data
        absent = found.get("absent")
        if absent:
            if self._typed_beside(absent):
                said = gettext("There is an answer and a reason for none. The reason counts. Take one of the two away.")
                self.add_error("absent", said)
            self.errors.pop("value", None)
            found.update(value=None, absent=absent)
        return found

    def _typed_beside(self, absent: str) -> bool:
        """Whether something stands in the field that the reason was not chosen to replace: it was typed since.

        What the page was loaded with is replaced by a reason that is chosen on it. No one can tell without a script
        which came first, where both are new: that is asked about, and what was typed is kept.
        """
        name = self.add_prefix("value")
        stands = cast(QueryDict, self.data).getlist(name)
        if not any(said.strip() for said in stands):
            return False
        before = self._unread.get(self.add_prefix("absent"), (self.initial["absent"],))[0]
        if absent == before == self.initial["absent"]:
            return True
        if name in self._unread:
            return stands != list(self._unread[name])
        return self.answer is None or self.cleaned_data.get("value") != self.answer.value

    @property
    def reason(self) -> Absence | None:
        """Why there is no answer, where that was chosen; it counts even where something else is wrong."""
        if not self.is_bound:
            return None
        self.is_valid()  # which reads what was typed
        chosen = self.cleaned_data.get("value" if self.one_press else "absent")
        if not isinstance(chosen, str) or not chosen.startswith(ABSENT_MARK):
            return None
        return Absence(chosen.removeprefix(ABSENT_MARK))

    @property
    def taken_as(self) -> str:
        """The reason that is taken as the answer to what is typed or ticked, in the words of its radio."""
        if self.one_press or self.errors.get("absent"):
            return ""
        chosen = self.cleaned_data.get("absent") if self.is_bound else self.initial["absent"]
        return next((label for mark, label in _absences(self.question, self.answer) if mark == chosen), "")

    @property
    def instead_of(self) -> str:
        """The answer that a reason is taken instead of; empty where there was none."""
        before = self.answer if self.is_bound and self.taken_as else None
        return answer_words(self.question, before) if before and before.value is not None else ""

    @property
    def note_waits(self) -> bool:
        """Whether a note was typed before its answer: it is kept as typed, and nothing is wrong with that."""
        if not self.is_bound or not self.is_valid():
            return False
        given = self.cleaned_data["value"] is not None or self.cleaned_data.get("absent")
        return bool(self.cleaned_data["note"]) and not given

    def typed(self) -> dict[str, tuple[str, ...]]:
        """Return what stands in its fields, by their names on the page."""
        sent, names = cast(QueryDict, self.data), map(self.add_prefix, self.fields)
        return {name: tuple(sent.getlist(name)) for name in names if name in sent}

    def to_answer(self, source: Source | None = None) -> Answer | None:
        """Return the answer that the form gives: any where it is valid, and always the reason why there is none.

        ``source`` is that of its row, where it stands in one.
        """
        value, note = self.cleaned_data.get("value"), self.cleaned_data.get("note")
        if self.reason is None and value is None:
            return self.answer if self.answer and self.answer.absent is Absence.NOT_ASKED else None
        if self.sourced:
            source = Source(self.cleaned_data.get("source") or self.question.usual_source)
        before = self.answer.source if self.answer else self.question.usual_source
        return Answer(
            value=None if self.reason else value,
            absent=self.reason,
            source=source or before,
            note=_lines(note) if note is not None else self.answer.note if self.answer else "",
        )

    def _read(self, raw: Any) -> Value:
        match self.question.type:
            case ItemType.BOOLEAN:
                return bool(raw == "yes")
            case ItemType.CHOICE:
                return self._chosen(raw) if self.question.repeats else str(raw)
            case ItemType.DATE:
                return self._read_date(raw)
            case ItemType.INTEGER | ItemType.DECIMAL:
                return self._read_number(raw)
            case _:
                return _lines(raw)

    def _chosen(self, codes: list[str]) -> tuple[str, ...]:
        """Keep the order in which the same options stood before: ticking them anew changes nothing."""
        self._refuse_contradiction(codes)
        before = self.answer.value if self.answer else None
        return before if isinstance(before, tuple) and set(before) == set(codes) else tuple(codes)

    def _refuse_contradiction(self, codes: list[str]) -> None:
        alone = next((code for code in codes if self.question.option_by_code[code].exclusive), None)
        if alone is not None and len(codes) > 1:
            words = quoted(self.question.option_text(alone))
            said = gettext("%(words)s stands beside other answers. Take it away, or the others.")
            raise ValidationError(said % {"words": words})

    def _read_date(self, raw: str) -> str:
        try:
            coded = read_date(raw, self.on)
        except ValueError as problem:
            raise ValidationError(str(problem)) from None
        if self.question.past and VagueDate.parse(coded).earliest > self.on:
            said = gettext("%(typed)s lies in the future, and this asks about the past. Check the year.")
            raise ValidationError(said % {"typed": quoted(raw.strip())})
        return coded

    def _read_number(self, raw: str) -> int | float:
        whole = self.question.type is ItemType.INTEGER
        if not (_WHOLE if whole else _NUMBER).fullmatch(raw):
            said = gettext("%(typed)s is not a number such as 3.5. Write digits only, without the unit.")
            if whole:
                said = gettext("%(typed)s is not a whole number. Write digits only, without the unit.")
            raise ValidationError(said % {"typed": quoted(raw)})
        number = int(raw) if _WHOLE.fullmatch(raw) else float(raw)
        low, high = self.question.minimum, self.question.maximum
        if (low is not None and number < low) or (high is not None and number > high):
            said = gettext("%(typed)s lies outside what this question takes. %(takes)s")
            raise ValidationError(said % {"typed": raw, "takes": bounds_words(self.question)})
        return number


def bounds_words(question: Question) -> str:
    """Return what numbers a question takes, as a sentence; empty where it takes any."""
    low, high, unit = question.minimum, question.maximum, f" {question.unit}" if question.unit else ""
    if low is not None and high is not None:
        said = gettext("Give a number from %(low)s to %(high)s.")
    elif low is not None:
        said = gettext("Give %(low)s or more.")
    else:
        said = gettext("Give %(high)s or less.") if high is not None else ""
    lowest = low if high is not None else f"{low}{unit}"
    return said % {"low": lowest, "high": f"{high}{unit}"} if said else ""


def _absences(question: Question, answer: Answer | None) -> tuple[tuple[str, str], ...]:
    """Return the reasons for no answer, with their labels. A fact that the client is not asked is not kept back.

    Nobody is asked for what the therapist fills in: there *Asked, not told* is offered only where it was chosen before.
    """
    offered = [Absence.UNKNOWN, Absence.DECLINED]
    if question.usual_source is Source.CLINICIAN and not (answer and answer.absent is Absence.DECLINED):
        offered.remove(Absence.DECLINED)
    return tuple((ABSENT_MARK + absent.value, absence_label(question, absent)) for absent in offered)


def _value_field(question: Question, answer: Answer | None, name: str) -> forms.Field:
    if question.type is ItemType.BOOLEAN:
        return _radios((*YES_NO, *_absences(question, answer)), question.text)
    options = [(option.code, option.text) for option in question.answer_options]
    if question.repeats:
        ticks = forms.CheckboxSelectMultiple({"class": "form-check-input"})
        return forms.MultipleChoiceField(choices=options, required=False, label=question.text, widget=ticks)
    if question.type is ItemType.CHOICE:
        return _radios((*options, *_absences(question, answer)), question.text)
    attrs = {"aria-describedby": f"hint-{name} state-{name}", "autocomplete": "off"}
    if question.type in NUMBERS:
        attrs["inputmode"] = "numeric" if question.type is ItemType.INTEGER else "decimal"
    widget = forms.Textarea({**attrs, "rows": 3}) if question.type is ItemType.TEXT else forms.TextInput(attrs)
    limit = question.max_length if question.type in (ItemType.STRING, ItemType.TEXT) else 100
    return LongText(required=False, label=question.text, max_length=limit, widget=widget)


def _radios(choices: Any, label: str) -> forms.ChoiceField:
    widget = forms.RadioSelect({"class": "form-check-input"})
    field = forms.ChoiceField(choices=choices, required=False, label=label, widget=widget)
    field.error_messages["invalid_choice"] = gettext("That is not among the answers offered. Choose one of them.")
    return field


def _initial(question: Question, answer: Answer | None, one_press: bool) -> dict[str, Any]:
    if answer is None:
        return {"source": question.usual_source.value, "absent": ""}
    absent = ABSENT_MARK + answer.absent.value if answer.absent not in (None, Absence.NOT_ASKED) else ""
    value = _typed(question, answer.value) if answer.value is not None else absent if one_press else ""
    return {"value": value, "absent": absent, "source": answer.source.value, "note": answer.note}


def _typed(question: Question, value: Value) -> Any:
    """Return a value as it would be typed or chosen."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return list(value)
    return date_words(str(value)) if question.type is ItemType.DATE else str(value)


def _lines(text: str) -> str:
    """Return text with the line ends it was stored with; a browser sends its own."""
    return text.replace("\r\n", "\n")
