"""What the engine says of one set of answers: a state for every rule, its basis, and what is still missing.

There is no verdict, score or probability here, and no place to put one.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from screening.engine.answers import Absence, Source, Value
from screening.engine.conditions import Truth


class RuleState(StrEnum):
    """How a rule ends on a case."""

    MET = "met"
    NOT_MET = "not-met"
    CANNOT_RULE_OUT = "cannot-be-ruled-out"


class Place(NamedTuple):
    """Where an answer stands: a question, and the row where it belongs to a repeating group.

    A place that names a group and no row stands for the question whether its rows are all there are.
    """

    link_id: str
    row_id: str | None = None


class Basis(NamedTuple):
    """An answer that a rule rests on, as it was given."""

    place: Place
    value: Value | None
    absent: Absence | None
    source: Source | None


class Trace(NamedTuple):
    """How one node of a condition came out. ``parts`` follow the node's own parts, or the rows of a count.

    Of a rule that is for a sub-group the whole is ``only-for``; its parts are the sub-group and the rule's ``when``.

    ``place`` is the answer a leaf read. ``why`` is a short code for what a reader could not see from the truth
    alone: ``not-asked-here`` (its enableWhen is surely not met), ``gate-open`` (whether to ask is not known yet),
    ``unanswered``, ``declined``, ``unknown``, ``vague-date``, ``may-be-more-rows``, ``contradiction`` (answers that
    exclude each other). A leaf that reads several answers has a part of the kind ``answer`` for each; its truth says
    what part the answer takes: it decides, it is waited for, or it takes none.
    """

    kind: str
    truth: Truth
    place: Place | None = None
    why: str = ""
    parts: tuple["Trace", ...] = ()


@dataclass(frozen=True, slots=True)
class ExceptionOutcome:
    """What became of one *unless*. ``claimed`` is its truth; ``lifted_by`` the claimed exceptions to it.

    A claimed exception changes no state: ``confirmed_by`` has to confirm it.
    """

    exception_id: str
    claimed: Truth
    confirmed_by: str
    lifted_by: tuple[str, ...]
    because: tuple[Basis, ...]
    trace: Trace


@dataclass(frozen=True, slots=True)
class NeedOutcome:
    """Whether a document or clearance is in hand: unknown, too, where the rule has no condition for it (no trace)."""

    need_id: str
    in_hand: Truth
    because: tuple[Basis, ...] = ()
    trace: Trace | None = None


class Explanation(NamedTuple):
    """Why a rule ended as it did: what it rests on, what it waits for, its exceptions and needs, and the whole tree."""

    because: tuple[Basis, ...]
    missing: tuple[Place, ...]
    exceptions: tuple[ExceptionOutcome, ...]
    trace: Trace
    needs: tuple[NeedOutcome, ...] = ()


@dataclass(frozen=True, eq=False)
class RuleOutcome:
    """How one rule ended. Why it did is worked out when it is first asked for, from the same rules and answers."""

    rule_id: str
    state: RuleState
    explain: Callable[[], Explanation] = field(repr=False)

    @cached_property
    def explanation(self) -> Explanation:
        """Why the rule ended so."""
        return self.explain()

    @property
    def because(self) -> tuple[Basis, ...]:
        """The answers that the state rests on, in the order of asking."""
        return self.explanation.because

    @property
    def missing(self) -> tuple[Place, ...]:
        """The missing answers that could still change the state."""
        return self.explanation.missing

    @property
    def exceptions(self) -> tuple[ExceptionOutcome, ...]:
        """What became of each *unless*."""
        return self.explanation.exceptions

    @property
    def needs(self) -> tuple[NeedOutcome, ...]:
        """Whether what is to be had first is in hand."""
        return self.explanation.needs

    @property
    def trace(self) -> Trace:
        """How every node of the condition came out."""
        return self.explanation.trace

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RuleOutcome):
            return NotImplemented
        return (self.rule_id, self.state, self.explanation) == (other.rule_id, other.state, other.explanation)

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class MissingAnswer:
    """An answer still missing: how many rules it alone could settle, and how many wait for it among others."""

    place: Place
    could_settle: tuple[str, ...]
    read_by: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Guidance:
    """The engine's whole output. ``flags`` are the ids of the rules met or not ruled out, in reading order."""

    rule_set: str
    questionnaire: str
    on: datetime.date
    outcomes: tuple[RuleOutcome, ...]
    flags: tuple[str, ...]
    rank: Callable[[], tuple[MissingAnswer, ...]] = field(repr=False)

    @cached_property
    def missing(self) -> tuple[MissingAnswer, ...]:
        """Every missing answer that a rule waits for, first those that could settle most; worked out when asked for."""
        return self.rank()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Guidance) and self.as_document() == other.as_document()

    __hash__ = None  # type: ignore[assignment]

    def outcome(self, rule_id: str) -> RuleOutcome:
        """Return how the rule ``rule_id`` ended; raise ``KeyError`` where there is no such rule."""
        for found in self.outcomes:
            if found.rule_id == rule_id:
                return found
        raise KeyError(rule_id)

    def as_document(self) -> dict[str, Any]:
        """Return this guidance as plain JSON, to be stored and digested."""
        from screening.engine.stored import guidance_to_document  # noqa: PLC0415 - it reads these classes

        return guidance_to_document(self)

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "Guidance":
        """Read stored guidance back."""
        from screening.engine.stored import guidance_from_document  # noqa: PLC0415 - it reads these classes

        return guidance_from_document(document)
