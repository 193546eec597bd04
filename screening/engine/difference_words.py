"""What two versions of rules raise differently, in words: of each rule how it raises, and its smallest cases."""

from collections.abc import Iterator

from screening.engine.answers import Answer, Rows
from screening.engine.differences import Example, Raises, RuleDifference
from screening.engine.guidance import RuleState
from screening.engine.questionnaire import Questionnaire
from screening.engine.searching import DAY, known_to
from screening.engine.words import STATE_WORDS, answer_words, date_words, sourced_words

RAISES_WORDS = {
    Raises.ALIKE: "raised alike",
    Raises.MORE: "raises more",
    Raises.LESS: "raises less",
    Raises.BOTH: "raises more in some cases and less in others",
    Raises.ADDED: "added",
    Raises.REMOVED: "removed",
    Raises.NOT_DECIDED: "not decided",
}
NOT_LOOKED_AT = (
    "Whether there is a further difference was not decided: there are more kinds of answer than were looked at."
)
DAY_WORDS = f"Dates in the cases are read on {date_words(DAY.isoformat())}."
NOTHING_ANSWERED = "no answers"
_MET, _NOT_MET, _OPEN = RuleState.MET, RuleState.NOT_MET, RuleState.CANNOT_RULE_OUT
_SHIFT_WORDS = {
    (_NOT_MET, _MET): "Newly raised for",
    (_OPEN, _MET): "Newly raised for",
    (_NOT_MET, _OPEN): "Newly cannot be ruled out for",
    (_MET, _NOT_MET): "No longer raised for",
    (_MET, _OPEN): "No longer raised for",
    (_OPEN, _NOT_MET): "No longer in doubt for",
    (None, _MET): "Raised for",
    (_MET, None): "Was raised for",
}
FIELD_WORDS = {
    "when": "how its condition is written",
    "title": "title",
    "topic": "topic",
    "concern": "concern",
    "only_for": "whom it is for",
    "unless": "exceptions",
    "weighed_by": "who weighs it",
    "needs": "what to have first",
    "recheck": "when its answers are asked again",
    "undertakings": "undertakings",
    "cites": "sources",
    "weigh_with": "what to weigh with it",
    "disagreements": "disagreements",
    "alongside": "answers shown with it",
    "explanation": "wording",
    "would_change": "wording",
    "owner": "owner",
    "review_by": "review date",
}


def raises_words(difference: RuleDifference) -> str:
    """Return how a rule raises now, and what else of it was changed: ``raised alike; also changed: exceptions``."""
    names = list(dict.fromkeys(FIELD_WORDS[name] for name in difference.also_changed))
    return RAISES_WORDS[difference.raises] + (f"; also changed: {', '.join(names)}" if names else "")


def example_sentence(example: Example, before: Questionnaire, now: Questionnaire) -> str:
    """Return a case in one sentence: ``No longer raised for: “In pain?” Yes (met before, not met now).``"""
    states = (STATE_WORDS[state] if state else "no such rule" for state in (example.before, example.now))
    case = "; ".join(_Case(example, before, now).parts()) or NOTHING_ANSWERED
    return f"{_SHIFT_WORDS[example.before, example.now]}: {case} ({' before, '.join(states)} now)."


class _Case:
    """The answers of a made-up case, those that only one of two questionnaires knows marked as such."""

    def __init__(self, example: Example, before: Questionnaire, now: Questionnaire) -> None:
        self._answers, self._sourced = example.answers, example.sourced
        self._before, self._now = before, now
        self._old, self._new = (known_to(asked, example.answers, DAY) for asked in (before, now))

    def parts(self) -> Iterator[str]:
        """Yield every answer, then every row, in the order of asking."""
        for link_id in sorted(self._answers.answers, key=self._order):
            answer = self._answers.answers[link_id]
            known_before = self._old.answers.get(link_id) == answer
            yield self._said(link_id, answer) + _marked(known_before, self._new.answers.get(link_id) == answer)
        for group in sorted(self._answers.groups, key=self._order):
            yield from self._rows(group, self._answers.groups[group])

    def _rows(self, group: str, rows: Rows) -> Iterator[str]:
        asked_before, asked_now = self._before.groups.get(group), self._now.groups.get(group)
        mark = _marked(asked_before is not None, asked_now is not None)
        noun = next(item.row_name for item in (asked_now, asked_before) if item is not None)
        for number, row in enumerate(rows.rows, start=1):
            told = [self._said(link_id, answer) for link_id, answer in row.answers.items()]
            yield f"{noun} {number}: {', '.join(told) or NOTHING_ANSWERED}{mark}"
        if rows.complete:
            yield f"no {'other ' if rows.rows else ''}{noun}{mark}"

    def _said(self, link_id: str, answer: Answer) -> str:
        """Return one answer as it is said; on whose word it stands only where a rule reads that."""
        question = self._now.questions.get(link_id) or self._before.questions[link_id]
        words = sourced_words(question, answer) if link_id in self._sourced else answer_words(question, answer)
        return f"“{question.text}” {words}"

    def _order(self, link_id: str) -> int:
        last = len(self._now.order)
        return self._now.order.get(link_id, last + self._before.order.get(link_id, 0))


def _marked(known_before: bool, known_now: bool) -> str:
    if known_before and known_now:
        return ""
    return " (not offered before)" if known_now else " (not offered now)"


def questionnaire_differences(before: Questionnaire, now: Questionnaire) -> list[str]:
    """Return in sentences what two questionnaires ask or take differently, as far as a rule can see it."""
    if before == now:
        return []
    found = [*_only_in(before, now, "only asked before"), *_only_in(now, before, "only asked now")]
    found += [*_options_only(before, now, "only offered before"), *_options_only(now, before, "only offered now")]
    return [*found, *_otherwise(before, now)]


def _only_in(one: Questionnaire, other: Questionnaire, when: str) -> Iterator[str]:
    for link_id, item in one.item_by_id.items():
        if link_id not in other.item_by_id:
            yield f"“{item.text}” is {when}."


def _options_only(one: Questionnaire, other: Questionnaire, when: str) -> Iterator[str]:
    for link_id in (link_id for link_id in one.questions if link_id in other.questions):
        question, offered = one.questions[link_id], other.questions[link_id].option_by_code
        for option in question.answer_options:
            if option.code not in offered:
                yield f"“{option.text}” to “{question.text}” is {when}."


def _otherwise(before: Questionnaire, now: Questionnaire) -> Iterator[str]:
    for link_id, item in now.item_by_id.items():
        old = before.item_by_id.get(link_id)
        if old is None:
            continue
        if (old.enable_when, old.enable_behavior) != (item.enable_when, item.enable_behavior):
            yield f"“{item.text}” is asked in other cases than before."
        if any(getattr(old, name, None) != getattr(item, name, None) for name in _TAKEN):
            yield f"“{item.text}” takes other answers than before."


_TAKEN = ("type", "repeats", "minimum", "maximum", "past", "max_length")
