"""Reading a response through its questionnaire: is a question asked, what was answered, does a comparison hold.

An answer under an item that is not asked feeds nothing; where nobody knows yet whether to ask, nothing is concluded.
How leaves are joined lives in ``evaluation``.
"""

import datetime
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from screening.engine.answers import Absence, Answer, Answers, Row
from screening.engine.comparing import compare, leaf_question
from screening.engine.conditions import Count, Relating, Single, Truth, questions_read
from screening.engine.guidance import Place, Trace
from screening.engine.logic import Counted, all_of, any_of, count, count_different, known
from screening.engine.questionnaire import EnableWhen, Questionnaire
from screening.engine.relating import Read, relate, settled_by

WHY_ABSENT = {Absence.DECLINED: "declined", Absence.UNKNOWN: "unknown", Absence.NOT_ASKED: "unanswered"}


class Gate(NamedTuple):
    """Whether an item is asked, and the gating answers that say so."""

    truth: Truth
    parts: tuple[Trace, ...] = ()


class Assumption(NamedTuple):
    """What if: every leaf that reads ``place`` came out as ``truth``; a group's rows were all there are."""

    place: Place
    truth: Truth


OPEN = Gate(Truth.TRUE)


@lru_cache(maxsize=4096)
def _outside_rows(link_id: str) -> Place:
    return Place(link_id)


class Case:
    """One response, read through its questionnaire on one day."""

    __slots__ = (
        "_answers",
        "_assumed",
        "_gated",
        "_gates",
        "_group_of",
        "_questions",
        "on",
        "questionnaire",
        "response",
    )

    def __init__(
        self, questionnaire: Questionnaire, answers: Answers, on: datetime.date, assumed: Assumption | None = None
    ) -> None:
        self.questionnaire = questionnaire
        self.response = answers
        self.on = on
        self._answers = answers.answers
        self._assumed = assumed
        self._gates: dict[tuple[str, str | None], Gate] = {}
        self._gated = questionnaire.gated
        self._group_of = questionnaire.group_of
        self._questions = questionnaire.questions

    def place(self, link_id: str, row: Row | None) -> Place:
        """Return where the answer to a question stands: in ``row`` where the question belongs to a group."""
        if row is None or link_id not in self._group_of:
            return _outside_rows(link_id)
        return Place(link_id, row.row_id)

    def answer(self, place: Place, row: Row | None) -> Answer | None:
        """Return what was answered at ``place``, or ``None`` where nothing was."""
        if place.row_id is None or row is None:
            return self._answers.get(place.link_id)
        return row.answers.get(place.link_id)

    def given(self, place: Place) -> Answer | None:
        """Return what was answered at ``place``, looked up by the row's id."""
        if place.row_id is None:
            return self._answers.get(place.link_id)
        rows, _ = self.rows(self._group_of[place.link_id])
        row = next((row for row in rows if row.row_id == place.row_id), None)
        return row.answers.get(place.link_id) if row else None

    def leaf(self, leaf: Single, row: Row | None) -> Trace:
        """Read one question and compare its answer. Surely not asked is false; anything not known is unknown."""
        link_id = leaf_question(leaf)
        place = self.place(link_id, row)
        if link_id in self._gated:
            gate = self.gate(link_id, row)
            if gate.truth is not Truth.TRUE:
                return _closed(leaf.kind, gate, place)
        if self._assumed is not None and self._assumed.place == place:
            return Trace(leaf.kind, self._assumed.truth, place)
        answer = self.answer(place, row)
        if answer is None or answer.value is None:
            return Trace(leaf.kind, Truth.UNKNOWN, place, _why(answer))
        truth = compare(leaf, self._questions[link_id], answer, self.on)
        return Trace(leaf.kind, truth, place, "vague-date" if truth is Truth.UNKNOWN else "")

    def related(self, leaf: Relating, row: Row | None) -> Trace:
        """Read several questions and relate their answers. Each part is an answer that was read."""
        places = [self.place(link_id, row) for link_id in questions_read(leaf).values()]
        gates = [self.gate(place.link_id, row) for place in places]
        answers = [self.answer(place, row) for place in places]
        reads = [
            Read(self._questions[place.link_id], gate.truth, None if answer is None else answer.value)
            for place, gate, answer in zip(places, gates, answers, strict=True)
        ]
        relation = relate(leaf, reads, self.on)
        parts = tuple(map(_answer_read, relation.parts, places, gates, answers, [relation.why] * len(places)))
        truth = relation.truth
        if self._assumed is not None and self._assumed.place in places:
            truth = settled_by(leaf, reads, places.index(self._assumed.place), self._assumed.truth, self.on)
        return Trace(leaf.kind, truth, None, relation.why, parts)

    def differing(self, link_id: str, row: Row) -> tuple[Trace, Any]:
        """Read in ``row`` the answer in which rows must differ: how it is known, and the option chosen."""
        place, gate = self.place(link_id, row), self.gate(link_id, row)
        if gate.truth is not Truth.TRUE:
            return _closed("answer", gate, place), None
        answer = self.answer(place, row)
        if answer is None or answer.value is None:
            return Trace("answer", Truth.UNKNOWN, place, _why(answer)), None
        return Trace("answer", Truth.TRUE, place), answer.value

    def counted(self, node: Count, holds: Iterable[Truth], rows: Iterable[Row], *, complete: bool) -> Truth:
        """Return how many of ``rows``, or how many different options in them, there are against what is wanted."""
        if node.different is None:
            return count(node.operator, node.value, holds, complete=complete)
        different = node.different
        found = [self._counted(different, truth, row) for truth, row in zip(holds, rows, strict=True)]
        options = len(self._questions[different].answer_options)
        return count_different(node.operator, node.value, found, options=options, complete=complete)

    def _counted(self, link_id: str, holds: Truth, row: Row) -> Counted:
        read, value = self.differing(link_id, row)
        if self._assumed is not None and self._assumed.place == read.place and value is None:
            new = self._assumed.truth is Truth.TRUE
            return Counted(holds if new else Truth.FALSE, self.gate(link_id, row).truth, row.row_id)
        return Counted(holds, self.gate(link_id, row).truth, value)

    def rows(self, group: str) -> tuple[tuple[Row, ...], bool]:
        """Return the rows given for a repeating group, and whether these are surely all."""
        given = self.response.groups.get(group)
        assumed = self._assumed is not None and self._assumed.place == Place(group)
        if given is None:
            return (), assumed
        return given.rows, given.complete or assumed

    def gate(self, link_id: str, row: Row | None) -> Gate:
        """Return whether the item is asked (in ``row``), worked out over every question it depends on."""
        if link_id not in self._gated:
            return OPEN
        group = self._group_of.get(link_id)
        key = (link_id, row.row_id if group and row else None)
        found = self._gates.get(key)
        if found is None:
            found = self._gates[key] = self._worked_out(link_id, group, row if group else None)
        return found

    def _worked_out(self, link_id: str, group: str | None, row: Row | None) -> Gate:
        item = self.questionnaire.item_by_id[link_id]
        parts = tuple(self._asked_when(condition, row) for condition in item.enable_when)
        join = any_of if item.enable_behavior == "any" and parts else all_of
        own = Gate(join(part.truth for part in parts), parts)
        if group is None:
            return own
        outer = self.gate(group, None)
        return Gate(all_of((outer.truth, own.truth)), outer.parts + own.parts)

    def _asked_when(self, condition: EnableWhen, row: Row | None) -> Trace:
        place = self.place(condition.question, row)
        gate = self.gate(condition.question, row)
        if gate.truth is not Truth.TRUE:
            return _closed("asked-when", _gate_of_gate(condition, gate), place)
        if self._assumed is not None and self._assumed.place == place:
            return Trace("asked-when", self._assumed.truth, place)
        answer = self.answer(place, row)
        if answer is None or answer.value is None:
            return Trace("asked-when", _without_answer(condition), place, _why(answer))
        return Trace("asked-when", known(compares(condition, answer.value)), place)


def _answer_read(part: Truth, place: Place, gate: Gate, answer: Answer | None, why: str) -> Trace:
    """Return the part that one of several answers takes: it decides, it is waited for, or it takes none."""
    if gate.truth is not Truth.TRUE:
        return _closed("answer", gate, place)._replace(truth=part)
    if answer is None or answer.value is None:
        return Trace("answer", part, place, _why(answer))
    return Trace("answer", part, place, why if part is Truth.UNKNOWN else "")


def _closed(kind: str, gate: Gate, place: Place) -> Trace:
    why = "gate-open" if gate.truth is Truth.UNKNOWN else "not-asked-here"
    return Trace(kind, gate.truth, place, why, gate.parts)


def _gate_of_gate(condition: EnableWhen, gate: Gate) -> Gate:
    """A question that is surely not asked has no answer: only "was not answered" holds of it."""
    if gate.truth is Truth.FALSE and condition.operator == "exists" and condition.answer is False:
        return Gate(Truth.TRUE, gate.parts)
    return gate


def _without_answer(condition: EnableWhen) -> Truth:
    """An absent answer opens what is asked only without one. It never closes anything: unknown is not "no"."""
    return known(True) if condition.operator == "exists" and condition.answer is False else Truth.UNKNOWN


def _why(answer: Answer | None) -> str:
    return "unanswered" if answer is None or answer.absent is None else WHY_ABSENT[answer.absent]


def compares(condition: EnableWhen, value: Any) -> bool:
    """Return whether a given value opens what ``condition`` gates."""
    wanted: Any = condition.answer
    match condition.operator:
        case "exists":
            return bool(wanted)
        case "=":
            return bool(wanted in value if isinstance(value, tuple) else value == wanted)
        case "!=":
            return bool(wanted not in value if isinstance(value, tuple) else value != wanted)
        case ">":
            return bool(value > wanted)
        case "<":
            return bool(value < wanted)
        case ">=":
            return bool(value >= wanted)
        case "<=":
            return bool(value <= wanted)
