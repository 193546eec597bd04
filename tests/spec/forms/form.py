"""What a form is: a kind of criterion that published protocols use, with rules that hold it and cases that try them."""

from dataclasses import dataclass, field
from typing import Any

from screening.engine.answers import Answers
from screening.engine.documents import as_document, load
from screening.engine.evaluation import evaluate
from screening.engine.guidance import Guidance
from screening.engine.library import GuidanceLibrary
from screening.engine.protocol import Protocol
from screening.engine.rules import RuleSet
from screening.engine.vignettes import VignetteSet
from screening.management.reading_out import guidance_lines
from tests.spec.book import ON, Json, given, response, rows, rule_set_of
from tests.spec.criteria import CRITERIA

LIBRARY = {
    "name": "library",
    "title": "Library",
    "sources": [{"key": "source", "title": "A source", "grade": "Practitioners' opinion"}],
    "topics": [{"id": "topic", "title": "Topic"}],
    "statements": [{"id": "TOP-1", "topic": "topic", "sources": ["source"], "kind": "caution", "text": "A statement."}],
}


@dataclass(frozen=True, slots=True)
class Case:
    """A response, how the form's first rule ends on it, and what is told with it.

    ``tells`` are words of the readable result; ``others`` says how further rules of the form end, by their ids.
    """

    ending: str
    answers: Answers
    tells: tuple[str, ...] = ()
    others: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its number, its name, what it means, the parts of the rule document that hold it, and the chapters.

    ``chapters`` are files of this book. ``beside`` says that the form stands beside a flag and has no truth of its own:
    its cases then say what is told.
    """

    number: int
    name: str
    meaning: str
    parts: tuple[str, ...]
    chapters: tuple[str, ...]
    rules: tuple[Json, ...]
    cases: tuple[Case, ...]
    definitions: dict[str, Json] = field(default_factory=dict)
    for_a_person: tuple[Json, ...] = ()
    beside: bool = False

    @property
    def rule_set(self) -> RuleSet:
        """The form's rules, as a rule set of their own."""
        document = as_document(rule_set_of(*self.rules, **self.definitions))
        return load(RuleSet, {**document, "for_a_person": list(self.for_a_person)}, document="rules")

    def guidance(self, case: Case) -> Guidance:
        """Return what the form's rules say on ``case``."""
        return evaluate(self.rule_set, CRITERIA, case.answers, ON)

    def told(self, case: Case) -> str:
        """Return the readable result of ``case``, as ``screen`` prints it."""
        library = load(GuidanceLibrary, LIBRARY, document="guidance")
        protocol = Protocol(library, CRITERIA, self.rule_set, VignetteSet.model_construct(vignettes=()))
        return "\n".join(guidance_lines(protocol, case.answers, self.guidance(case), day_known=True))


def rows_of(*row_cells: dict[str, str], complete: bool = True) -> Json:
    """Return rows of a group of these answers; without ``complete`` there may be more."""
    return rows(*row_cells, complete=complete, asked=CRITERIA)


def met(*tells: str, others: dict[str, str] | None = None, **cells: Any) -> Case:
    """Return a case on which the form's first rule is met."""
    return _case("met", tells, others, cells)


def not_met(*tells: str, others: dict[str, str] | None = None, **cells: Any) -> Case:
    """Return a case on which the form's first rule is not met."""
    return _case("not met", tells, others, cells)


def unknown(*tells: str, others: dict[str, str] | None = None, **cells: Any) -> Case:
    """Return a case on which the form's first rule cannot be ruled out."""
    return _case("unknown", tells, others, cells)


def _case(ending: str, tells: tuple[str, ...], others: dict[str, str] | None, cells: dict[str, Any]) -> Case:
    groups = {name: found for name, found in cells.items() if not isinstance(found, str)}
    single = {name: found for name, found in cells.items() if isinstance(found, str)}
    return Case(ending, response(given(CRITERIA, **single), **groups), tells, others or {})
