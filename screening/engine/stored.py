"""Guidance as plain JSON and back, so that an evaluation is stored, digested, and read again years later.

The JSON holds strings, numbers as they were answered, booleans, null, lists and objects; what is empty is left out.
"""

import datetime
from typing import Any

from screening.engine.answers import Absence, Source
from screening.engine.conditions import Truth
from screening.engine.guidance import (
    Basis,
    ExceptionOutcome,
    Explanation,
    Guidance,
    MissingAnswer,
    NeedOutcome,
    Place,
    RuleOutcome,
    RuleState,
    Trace,
)

FORMAT = 1
Document = dict[str, Any]


def guidance_to_document(guidance: Guidance) -> Document:
    """Return ``guidance`` as plain JSON. The same guidance always gives the same document."""
    return {
        "format": FORMAT,
        "rule_set": guidance.rule_set,
        "questionnaire": guidance.questionnaire,
        "on": guidance.on.isoformat(),
        "outcomes": [_outcome(outcome) for outcome in guidance.outcomes],
        "flags": list(guidance.flags),
        "missing": [_missing(answer) for answer in guidance.missing],
    }


def guidance_from_document(document: Document) -> Guidance:
    """Read stored guidance back; raise ``ValueError`` where it was stored in a format this version does not know."""
    if document.get("format") != FORMAT:
        raise ValueError(f"guidance is stored in format {document.get('format')!r}; this version reads {FORMAT}.")
    missing = tuple(_read_missing(answer) for answer in document["missing"])
    return Guidance(
        rule_set=document["rule_set"],
        questionnaire=document["questionnaire"],
        on=datetime.date.fromisoformat(document["on"]),
        outcomes=tuple(_read_outcome(outcome) for outcome in document["outcomes"]),
        flags=tuple(document["flags"]),
        rank=lambda: missing,
    )


def _filled(**fields: Any) -> Document:
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def place_document(place: Place) -> Document:
    """Return a place as plain JSON."""
    return _filled(link_id=place.link_id, row_id=place.row_id)


def _place(place: Place | None) -> Document | None:
    return None if place is None else place_document(place)


def _basis(basis: Basis) -> Document:
    value = list(basis.value) if isinstance(basis.value, tuple) else basis.value
    found = _filled(place=_place(basis.place), absent=basis.absent, source=basis.source)
    return found if value is None else {**found, "value": value}


def _trace(trace: Trace) -> Document:
    return _filled(
        kind=trace.kind,
        truth=trace.truth.value,
        place=_place(trace.place),
        why=trace.why,
        parts=[_trace(part) for part in trace.parts],
    )


def _exception(exception: ExceptionOutcome) -> Document:
    return _filled(
        exception_id=exception.exception_id,
        claimed=exception.claimed.value,
        confirmed_by=exception.confirmed_by,
        lifted_by=list(exception.lifted_by),
        because=[_basis(basis) for basis in exception.because],
        trace=_trace(exception.trace),
    )


def _need(need: NeedOutcome) -> Document:
    return _filled(
        need_id=need.need_id,
        in_hand=need.in_hand.value,
        because=[_basis(basis) for basis in need.because],
        trace=None if need.trace is None else _trace(need.trace),
    )


def _outcome(outcome: RuleOutcome) -> Document:
    return _filled(
        rule_id=outcome.rule_id,
        state=outcome.state.value,
        because=[_basis(basis) for basis in outcome.because],
        missing=[_place(place) for place in outcome.missing],
        exceptions=[_exception(exception) for exception in outcome.exceptions],
        needs=[_need(need) for need in outcome.needs],
        trace=_trace(outcome.trace),
    )


def _missing(answer: MissingAnswer) -> Document:
    return _filled(place=_place(answer.place), could_settle=list(answer.could_settle), read_by=list(answer.read_by))


def _read_place(place: Document) -> Place:
    return Place(place["link_id"], place.get("row_id"))


def _read_basis(basis: Document) -> Basis:
    value = basis.get("value")
    return Basis(
        place=_read_place(basis["place"]),
        value=tuple(value) if isinstance(value, list) else value,
        absent=Absence(basis["absent"]) if "absent" in basis else None,
        source=Source(basis["source"]) if "source" in basis else None,
    )


def _read_trace(trace: Document) -> Trace:
    return Trace(
        kind=trace["kind"],
        truth=Truth(trace["truth"]),
        place=_read_place(trace["place"]) if "place" in trace else None,
        why=trace.get("why", ""),
        parts=tuple(_read_trace(part) for part in trace.get("parts", ())),
    )


def _read_exception(exception: Document) -> ExceptionOutcome:
    return ExceptionOutcome(
        exception_id=exception["exception_id"],
        claimed=Truth(exception["claimed"]),
        confirmed_by=exception["confirmed_by"],
        lifted_by=tuple(exception.get("lifted_by", ())),
        because=tuple(_read_basis(basis) for basis in exception.get("because", ())),
        trace=_read_trace(exception["trace"]),
    )


def _read_need(need: Document) -> NeedOutcome:
    return NeedOutcome(
        need_id=need["need_id"],
        in_hand=Truth(need["in_hand"]),
        because=tuple(_read_basis(basis) for basis in need.get("because", ())),
        trace=_read_trace(need["trace"]) if "trace" in need else None,
    )


def _read_outcome(outcome: Document) -> RuleOutcome:
    explanation = Explanation(
        because=tuple(_read_basis(basis) for basis in outcome.get("because", ())),
        missing=tuple(_read_place(place) for place in outcome.get("missing", ())),
        exceptions=tuple(_read_exception(exception) for exception in outcome.get("exceptions", ())),
        trace=_read_trace(outcome["trace"]),
        needs=tuple(_read_need(need) for need in outcome.get("needs", ())),
    )
    return RuleOutcome(outcome["rule_id"], RuleState(outcome["state"]), lambda: explanation)


def _read_missing(answer: Document) -> MissingAnswer:
    return MissingAnswer(
        place=_read_place(answer["place"]),
        could_settle=tuple(answer.get("could_settle", ())),
        read_by=tuple(answer.get("read_by", ())),
    )
