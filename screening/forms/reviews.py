"""What a reviewer types: an answer to each flag, one answer to flags read together, a return with questions.

One page holds all of them in one HTML form, so that saving one answer loses none of the others.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from core.forms import Form, LongText, Problem
from screening.models import FlagAnswer, PracticePolicy
from screening.models.reviews import FlagAnswerKind, kind_in_words
from screening.selectors.results import FlagView
from screening.selectors.reviews import Block, CaseInReview, FlagInReview

CONFIRMED = f"{FlagAnswerKind.EXCEPTION_CONFIRMED}:"
LONGEST = 4_000
NONE_STOOD = "none"


class FlagAnswerForm(Form):
    """An answer to one flag, or to several of one ``concern`` at once: a choice, a reason to disagree, and words.

    ``stood`` says which answer the flag had when its page was opened, so that none is replaced unseen. ``meanwhile``
    says that another was given since; ``also`` are flags for which one answer to several is meant all the same.
    """

    meanwhile = False
    also: tuple[FlagInReview, ...] = ()
    stood = forms.CharField(required=False, widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label=gettext_lazy("Answer"), required=False, widget=forms.RadioSelect({"class": "form-check-input"})
    )
    reason = forms.ChoiceField(label=gettext_lazy("Reason for disagreeing"), required=False)
    words = LongText(
        label=gettext_lazy("In your words"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
    )

    def __init__(
        self, *args: Any, policy: PracticePolicy, flag: FlagView | None = None, concern: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        claimed = [exception for exception in flag.exceptions if exception.claimed] if flag else []
        codes = [code for code in FlagAnswerKind.values if code != FlagAnswerKind.EXCEPTION_CONFIRMED]
        kinds = [(code, kind_in_words(code, flag.concern if flag else concern)) for code in codes]
        confirmed = [
            (f"{CONFIRMED}{found.id}", gettext("Exception confirmed: %(title)s") % {"title": found.title})
            for found in claimed
        ]
        reasons = [(reason["code"], reason["text"]) for reason in policy.disagreement_reasons]
        self.fields["answer"].choices = [*kinds, *confirmed]  # type: ignore[attr-defined]
        self.fields["reason"].choices = [("", gettext("Choose a reason")), *reasons]  # type: ignore[attr-defined]
        self.fields["reason"].widget.attrs["class"] = "form-select"
        if flag is None:
            del self.fields["stood"]
        self.subject = flag.title if flag else gettext("Flags read together")

    def clean(self) -> dict[str, Any]:
        """Say what an answer still lacks, at the field that lacks it."""
        cleaned: dict[str, Any] = super().clean() or {}
        answer, words = cleaned.get("answer", ""), cleaned.get("words", "").strip()
        if words and not answer and "answer" not in self.errors:
            self.add_error("answer", gettext("Choose an answer to go with your words."))
        if answer == FlagAnswerKind.DISAGREE:
            self._demand("reason", cleaned.get("reason"), gettext("Choose the reason for disagreeing."))
            self._demand("words", words, gettext("Say in your words why you disagree."))
        if answer.startswith(CONFIRMED):
            self._demand("words", words, gettext("Say who confirmed the exception, and when."))
        return cleaned

    def _demand(self, field: str, value: Any, message: str) -> None:
        if not value and field not in self.errors:
            self.add_error(field, message)

    @property
    def is_given(self) -> bool:
        """Whether an answer was chosen. Ask only of a valid form."""
        return bool(self.cleaned_data["answer"])

    def given(self, rule_id: str) -> dict[str, Any]:
        """Return the answer as the service takes it, for the flag of one rule."""
        kind, _, exception_id = self.cleaned_data["answer"].partition(":")
        return {
            "rule_id": rule_id,
            "answer": kind,
            "words": self.cleaned_data["words"],
            "reason_code": self.cleaned_data["reason"],
            "exception_id": exception_id,
        }

    @property
    def stood_before(self) -> UUID | None:
        """The answer that the flag had when its page was opened. Ask only of a valid form."""
        stood = self.cleaned_data["stood"]
        if stood in ("", NONE_STOOD):
            return None
        try:
            return UUID(stood)
        except ValueError:  # no answer has such an id, so that whatever stands is shown first
            return UUID(int=0)


class ReviewForms:
    """The form of every flag of one case, and of every block of flags read together.

    ``data`` is a POST to be checked; ``typed`` what somebody had typed before, shown again unchecked.
    """

    def __init__(
        self,
        case: CaseInReview,
        policy: PracticePolicy,
        reviewer: Any,
        *,
        data: QueryDict | None = None,
        typed: QueryDict | None = None,
    ) -> None:
        self._case, self._policy, self._reviewer = case, policy, reviewer
        self._data, self._typed = data, typed
        self.flags = {flag.row.rule_id: self._flag_form(flag) for flag in case.flags}
        self.blocks = {block.key: self._block_form(block) for block in case.blocks if block.together}

    @property
    def is_bound(self) -> bool:
        """Whether something was sent to be checked."""
        return self._data is not None

    def is_valid(self) -> bool:
        """Say whether every form is complete; each is asked, so that each shows what it lacks."""
        return all([form.is_valid() for form in self._all()])  # noqa: C419 - no form is left out

    @property
    def problems(self) -> list[Problem]:
        """Return the problems of all forms, each naming its flag."""
        return [
            Problem(f"{form.subject}, {problem.label.lower()}", problem.message, problem.target)
            for form in self._all()
            for problem in form.problems
        ]

    def given(self) -> list[dict[str, Any]]:
        """Return what was chosen: an answer for itself first, then that of its block where a flag was shown with none.

        Where its block's answer was refused because of another one given meanwhile, it is for that flag too.
        """
        found = []
        for block in self._case.blocks:
            together = self.blocks.get(block.key)
            for flag in block.flags:
                rule_id, own = flag.row.rule_id, self.flags[flag.row.rule_id]
                stood = own.stood_before
                if own.is_given:
                    found.append({**own.given(rule_id), "stood": stood})
                elif together is not None and together.is_given and _is_for(flag, stood, block, together):
                    found.append({**together.given(rule_id), "together": True, "stood": stood})
        return found

    def show_meanwhile(self, rules: Collection[str]) -> None:
        """Set what stands now beside what was chosen for these flags, and take it as what was shown."""
        for block in self._case.blocks:
            refused = [flag for flag in block.flags if flag.row.rule_id in rules]
            for flag in refused:
                own = self.flags[flag.row.rule_id]
                own.meanwhile = True
                own.data = {**dict(own.data.items()), own.add_prefix("stood"): _stood(flag)}
            if (together := self.blocks.get(block.key)) and together.is_given:
                of_it = [flag for flag in refused if not self.flags[flag.row.rule_id].is_given]
                together.also = tuple(flag for flag in block.together if flag in of_it or flag in together.also)

    def _all(self) -> Iterator[FlagAnswerForm]:
        for block in self._case.blocks:
            if block.key in self.blocks:
                yield self.blocks[block.key]
            yield from (self.flags[flag.row.rule_id] for flag in block.flags)

    def _flag_form(self, flag: FlagInReview) -> FlagAnswerForm:
        mine = flag.answer if flag.answer and flag.answer.answered_by_id == self._reviewer.pk else None
        return self._form(flag.row.rule_id, {**as_initial(mine), "stood": _stood(flag)}, flag.view)

    def _block_form(self, block: Block) -> FlagAnswerForm:
        form = self._form(f"together-{block.key}", {}, None, block.together[0].view.concern)
        sent = self._data if self._data is not None else self._typed
        also = sent.getlist(form.add_prefix("also")) if sent is not None else []
        form.also = tuple(flag for flag in block.together if flag.answer and flag.row.rule_id in also)
        return form

    def _form(
        self, prefix: str, initial: Mapping[str, str], flag: FlagView | None, concern: str = ""
    ) -> FlagAnswerForm:
        names = ("answer", "reason", "words", "stood")
        typed = typed_before(self._typed, prefix, names) if self._typed is not None else {}
        return FlagAnswerForm(
            self._data,
            prefix=prefix,
            initial={**initial, **typed},
            policy=self._policy,
            flag=flag,
            concern=concern,
            use_required_attribute=False,
        )


def _is_for(flag: FlagInReview, stood: UUID | None, block: Block, together: FlagAnswerForm) -> bool:
    """Say whether one answer to several flags was for this one: it had none, or its own was shown beside."""
    return flag in block.together and (stood is None or flag in together.also)


def _stood(flag: FlagInReview) -> str:
    return str(flag.answer.pk) if flag.answer else NONE_STOOD


def as_initial(answer: FlagAnswer | None) -> dict[str, str]:
    """Return a stored answer as the form shows it."""
    if answer is None:
        return {}
    chosen = f"{CONFIRMED}{answer.exception_id}" if answer.exception_id else answer.answer
    return {"answer": chosen, "reason": answer.reason_code, "words": answer.words}


def typed_before(typed: QueryDict, prefix: str, names: tuple[str, ...]) -> dict[str, str]:
    """Return what had been typed into the fields of one form; what was left empty stays as the form has it."""
    found = {name: typed.get(f"{prefix}-{name}" if prefix else name, "") for name in names}
    return {name: value for name, value in found.items() if value}
