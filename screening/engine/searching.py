"""The search for a case in which conditions come out in a wanted way: answers are chosen one by one, and no clock.

What is found is a whole response that was evaluated. That there is none is said only where every kind of answer was
looked at within a budget of steps; beyond it nothing is claimed.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from screening.engine.answer_kinds import Kind, as_taken
from screening.engine.answers import Answer, Answers, Row, Rows
from screening.engine.conditions import Condition, Truth
from screening.engine.evaluation import Evaluator
from screening.engine.outcomes import truths
from screening.engine.possibilities import Chosen, Given, Possibilities, Sets, State
from screening.engine.questionnaire import Questionnaire
from screening.engine.reading import Case
from screening.engine.unfolding import Side, Spot

DAY = datetime.date(2026, 7, 15)  # any day in the middle of a month will do: only distances from it are tried
STEPS = 40_000
TRYING = 100  # steps that it counts as to evaluate a case
NO_ROWS = Given(0, complete=False)

Wanted = frozenset[tuple[Truth, ...]]
"""The ways in which the conditions may come out, each a truth for every condition in their order."""


class Spent(Exception):
    """The steps are used up, and nothing can be claimed."""


@dataclass
class Budget:
    """The steps that are left; ``within`` another budget, they are taken from both."""

    left: int = STEPS
    within: "Budget | None" = None

    def spend(self, steps: int) -> None:
        """Take ``steps``, or raise ``Spent`` where there are none left."""
        self.left -= steps
        if self.within is not None:
            self.within.spend(steps)
        if self.left < 0:
            raise Spent


@dataclass(frozen=True, slots=True)
class Search:
    """What a search came to: a case, surely none (``decided``), or nothing that could be claimed."""

    case: Answers | None = None
    decided: bool = True


NOT_DECIDED = Search(decided=False)


@dataclass
class Searcher:
    """Looks for cases over some conditions, each with the rules and the questionnaire that it is read with."""

    conditions: list[tuple[Side, Condition]]
    budget: Budget = field(default_factory=Budget)
    on: datetime.date = DAY

    def __post_init__(self) -> None:
        self._possibilities: Possibilities | None = None
        self._surely = True
        self._tries = 0
        self._in_vain: set[State] = set()

    def same(self) -> bool:
        """Return whether all conditions are written alike, definitions written out."""
        try:
            return len(set(self._found().roots)) == 1
        except Spent:
            return False

    def find(self, wanted: Wanted) -> Search:
        """Return a case in which the conditions come out in one of the ways ``wanted``."""
        self._surely = True
        self._in_vain = set()
        try:
            found = self._choose({}, wanted)
        except Spent:
            return NOT_DECIDED
        return Search(found, decided=found is not None or self._surely)

    def truths(self, answers: Answers) -> tuple[Truth, ...]:
        """Return how the conditions come out on ``answers``, each on those that its questionnaire knows."""
        return tuple(self._truth(side, condition, answers) for side, condition in self.conditions)

    def _truth(self, side: Side, condition: Condition, answers: Answers) -> Truth:
        case = Case(side.questionnaire, known_to(side.questionnaire, answers, self.on), self.on)
        return Evaluator(side.rule_set, case).trace(condition).truth

    def _found(self) -> Possibilities:
        if self._possibilities is None:
            self._possibilities = Possibilities(self.conditions, self.on, self.budget.spend)
        return self._possibilities

    def _choose(self, chosen: Chosen, wanted: Wanted) -> Answers | None:
        """Choose the next answer in every way, as long as it can still come out as wanted."""
        possible = self._found()
        sets = possible.sets(chosen)
        ways = set(product(*(truths(sets[root]) for root in possible.roots)))
        if not ways & wanted:
            return None
        spot = None if ways <= wanted else self._next(sets, chosen)
        if spot is None:
            return self._tried(chosen, wanted)
        state = possible.state(sets, chosen)
        if state in self._in_vain:
            return None
        tries = self._tries
        for kind in self._kinds(spot):
            found = self._choose({**chosen, spot: kind}, wanted)
            if found is not None:
                return found
        if self._tries == tries:
            self._in_vain.add(state)
        return None

    def _next(self, sets: Sets, chosen: Chosen) -> Spot | None:
        possible = self._found()
        spots = (possible.next_spot(root, sets, chosen) for root in possible.roots)
        return next((spot for spot in spots if spot is not None), None)

    def _kinds(self, spot: Spot) -> Iterator[Kind | Given]:
        if spot.link_id is None and spot.group is not None:
            numbers, complete = self._found().numbers(spot.group)
            self._surely = self._surely and complete
            yield from numbers
        else:
            kinds = self._found().kinds(spot)
            self._surely = self._surely and kinds.complete
            yield from kinds.listed

    def _tried(self, chosen: Chosen, wanted: Wanted) -> Answers | None:
        """Return the case, if it comes out as wanted. Where it does not, a case of another kind may."""
        self._tries += 1
        self.budget.spend(TRYING)
        answers = _as_answers(chosen)
        if self.truths(answers) in wanted:
            return answers
        self._surely = False
        return None


def _as_answers(chosen: Chosen) -> Answers:
    """Return what was chosen as a response; what was not chosen is not answered."""
    rows: dict[tuple[str | None, int | None], dict[str, Answer]] = defaultdict(dict)
    for spot, kind in chosen.items():
        if isinstance(kind, Kind) and kind.answer is not None and spot.link_id is not None:
            rows[spot.group, spot.row][spot.link_id] = kind.answer
    groups = {}
    for spot, kind in chosen.items():
        if isinstance(kind, Given) and spot.group is not None and kind != NO_ROWS:
            listed = (Row(row_id=f"row-{row + 1}", answers=rows[spot.group, row]) for row in range(kind.number))
            groups[spot.group] = Rows(complete=kind.complete, rows=tuple(listed))
    return Answers(answers=rows[None, None], groups=groups)


def known_to(questionnaire: Questionnaire, answers: Answers, on: datetime.date) -> Answers:
    """Return the part of ``answers`` that ``questionnaire`` knows, of several options those that it offers."""
    own = {key: given for key, given in answers.answers.items() if key not in questionnaire.group_of}
    groups = {
        group: Rows(complete=rows.complete, rows=tuple(_known_row(questionnaire, group, row, on) for row in rows.rows))
        for group, rows in answers.groups.items()
        if group in questionnaire.groups
    }
    return Answers(answers=_known(questionnaire, own, on), groups=groups)


def _known_row(questionnaire: Questionnaire, group: str, row: Row, on: datetime.date) -> Row:
    own = {key: given for key, given in row.answers.items() if questionnaire.group_of.get(key) == group}
    return Row(row_id=row.row_id, answers=_known(questionnaire, own, on))


def _known(questionnaire: Questionnaire, given: dict[str, Answer], on: datetime.date) -> dict[str, Answer]:
    asked = {key: questionnaire.questions[key] for key in given if key in questionnaire.questions}
    taken = {key: as_taken(question, given[key], on) for key, question in asked.items()}
    return {key: answer for key, answer in taken.items() if answer is not None}
