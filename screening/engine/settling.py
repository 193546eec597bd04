"""Which few missing answers together could settle a rule that cannot be ruled out, and how it could then end.

Found by trying: the questions that the rule waits for, and those that are asked only once others are answered, are
given each kind of answer that the rule can tell apart; a vague date is made exact. So every set comes with answers that
do settle the rule. Rows are taken as they are: whether one more would settle it is not tried.
"""

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from screening.engine.answers import Answer, Answers, Row, Rows
from screening.engine.comparing import days_between
from screening.engine.conditions import Truth
from screening.engine.evaluation import Evaluator
from screening.engine.guidance import Place, RuleState, Trace
from screening.engine.missing import missing_places
from screening.engine.possibilities import Possibilities
from screening.engine.questionnaire import ItemType, Questionnaire
from screening.engine.reading import Case
from screening.engine.rules import Rule, RuleSet
from screening.engine.searching import Budget, Spent
from screening.engine.unfolding import Side, Spot

MOST_TOGETHER = 3
STEPS = 20_000
TRYING = 20  # steps that it counts as to work one rule out

Given = frozenset[tuple[Place, int]]
"""What was given in a trial: at each place the number of the kind of answer."""


class Settling(NamedTuple):
    """Missing answers, in the order of asking, that together could end a rule as ``state``; and answers that do."""

    state: RuleState
    places: tuple[Place, ...]
    example: Answers


class Settled(NamedTuple):
    """The smallest sets of missing answers that could settle a rule: first as not met, then as met.

    ``complete`` is false where there was more to try than is tried, so that other sets may be as small or smaller.
    """

    sets: tuple[Settling, ...]
    complete: bool


def smallest_settling(
    rule_set: RuleSet, questionnaire: Questionnaire, answers: Answers, on: datetime.date, rule: Rule
) -> Settled:
    """Return what could settle ``rule`` on the day ``on``: for each end every set of the least number of answers.

    Up to ``MOST_TOGETHER`` answers are looked at together; where an end needs more, there is no set for it. A rule
    that is known already has none. ``answers`` have to fit the questionnaire (``answers_problems``).
    """
    trials = _Trials(rule_set, questionnaire, on, rule)
    tried: dict[Given, Answers] = {frozenset(): answers}
    try:
        for _ in range(MOST_TOGETHER):
            tried = trials.with_one_more(tried)
    except Spent:
        return Settled(trials.sets(), complete=False)
    return Settled(trials.sets(), complete=True)


class _Trials:
    """Tries answers to what one rule waits for: one answer, then two together, until both ends were met."""

    def __init__(self, rule_set: RuleSet, questionnaire: Questionnaire, on: datetime.date, rule: Rule) -> None:
        self._rule_set, self._questionnaire, self._on = rule_set, questionnaire, on
        self._condition = rule.condition
        self._budget = Budget(STEPS)
        self._possible = Possibilities([(Side(rule_set, questionnaire), rule.condition)], on, self._budget.spend)
        self._found: dict[RuleState, dict[frozenset[Place], Answers]] = {RuleState.NOT_MET: {}, RuleState.MET: {}}

    def with_one_more(self, tried: dict[Given, Answers]) -> dict[Given, Answers]:
        """Give one answer more in every way, keep what that settles, and return the trials that it does not."""
        known = {state for state, sets in self._found.items() if sets}
        open_still: dict[Given, Answers] = {}
        for given, answers in tried.items():
            for step, more in self._more(answers, {place for place, _ in given}):
                now = given | {step}
                if now in open_still:
                    continue
                truth = self._trace(more).truth
                if truth is Truth.UNKNOWN:
                    open_still[now] = more
                elif (state := _ENDS[truth]) not in known:
                    self._found[state].setdefault(frozenset(place for place, _ in now), more)
        return {} if all(self._found.values()) else open_still

    def sets(self) -> tuple[Settling, ...]:
        """Return what was found."""
        order = self._questionnaire.order
        return tuple(
            Settling(state, tuple(sorted(places, key=lambda place: order[place.link_id])), example)
            for state, sets in self._found.items()
            for places, example in sets.items()
        )

    def _more(self, answers: Answers, tried: set[Place]) -> Iterator[tuple[tuple[Place, int], Answers]]:
        for place in missing_places(self._trace(answers), self._questionnaire):
            if place in tried:  # a vague date, say: it was given, and does not tell
                continue
            if place.link_id in self._questionnaire.groups:
                yield (place, 0), _with_all_rows(answers, place.link_id)
                continue
            for number, answer in enumerate(self._answers_to_try(answers, place)):
                yield (place, number), _with_answer(answers, place, answer, self._questionnaire)

    def _answers_to_try(self, answers: Answers, place: Place) -> list[Answer]:
        """Return an answer of every kind; of a vague date its ends. What is answered otherwise stays as it is."""
        given, question = self._case(answers).given(place), self._questionnaire.questions[place.link_id]
        if given is None or given.value is None:
            return self._of_every_kind(place)
        if question.type is not ItemType.DATE:
            return []
        ends = days_between(question, given.value, self._on)
        return [given.model_copy(update={"value": day.isoformat()}) for day in ends]

    def _of_every_kind(self, place: Place) -> list[Answer]:
        group = self._questionnaire.group_of.get(place.link_id)
        spot = Spot(place.link_id) if group is None else Spot(place.link_id, group, 0)
        listed = self._possible.kinds(spot).listed
        return [kind.answer for kind in listed if kind.answer is not None and kind.written]

    def _trace(self, answers: Answers) -> Trace:
        self._budget.spend(TRYING)
        return Evaluator(self._rule_set, self._case(answers)).trace(self._condition)

    def _case(self, answers: Answers) -> Case:
        return Case(self._questionnaire, answers, self._on)


_ENDS = {Truth.TRUE: RuleState.MET, Truth.FALSE: RuleState.NOT_MET}


def _with_answer(answers: Answers, place: Place, answer: Answer, questionnaire: Questionnaire) -> Answers:
    if place.row_id is None:
        return answers.model_copy(update={"answers": {**answers.answers, place.link_id: answer}})
    group = questionnaire.group_of[place.link_id]
    rows = answers.groups[group]
    changed = tuple(_row_with(row, place, answer) for row in rows.rows)
    return answers.model_copy(update={"groups": {**answers.groups, group: Rows(complete=rows.complete, rows=changed)}})


def _row_with(row: Row, place: Place, answer: Answer) -> Row:
    if row.row_id != place.row_id:
        return row
    return Row(row_id=row.row_id, answers={**row.answers, place.link_id: answer})


def _with_all_rows(answers: Answers, group: str) -> Answers:
    """Return ``answers`` with the rows of a group said to be all."""
    rows = answers.groups.get(group, Rows())
    return answers.model_copy(update={"groups": {**answers.groups, group: Rows(complete=True, rows=rows.rows)}})
