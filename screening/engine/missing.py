"""The answers still missing: which places an undecided rule waits for, and which of them would settle most.

A leaf under a node that is decided anyway does not matter, however little is known of it.
"""

from collections.abc import Callable, Iterator

from screening.engine.conditions import Truth
from screening.engine.guidance import MissingAnswer, Place, RuleOutcome, RuleState, Trace
from screening.engine.questionnaire import Questionnaire

WouldBe = Callable[[str, Place, Truth], Truth]


def missing_places(trace: Trace, questionnaire: Questionnaire) -> tuple[Place, ...]:
    """Return the places whose answers could still change ``trace``, in the order of asking."""
    if trace.truth is not Truth.UNKNOWN:
        return ()
    found = dict.fromkeys(_waiting(trace))
    return tuple(sorted(found, key=lambda place: questionnaire.order[place.link_id]))


def _waiting(trace: Trace) -> Iterator[Place]:
    if trace.truth is not Truth.UNKNOWN:
        return
    if trace.place is not None and (trace.why == "may-be-more-rows" or not trace.parts):
        yield trace.place
    for part in trace.parts:
        if trace.why != "gate-open" or part.kind == "asked-when":
            yield from _waiting(part)


def ranked(
    outcomes: tuple[RuleOutcome, ...], questionnaire: Questionnaire, would_be: WouldBe
) -> tuple[MissingAnswer, ...]:
    """Return every missing answer: those that could settle most rules first, then those most rules wait for."""
    readers: dict[Place, list[str]] = {}
    for outcome in outcomes:
        if outcome.state is RuleState.CANNOT_RULE_OUT:
            for place in outcome.missing:
                readers.setdefault(place, []).append(outcome.rule_id)
    found = [_missing_answer(place, rule_ids, would_be) for place, rule_ids in readers.items()]
    return tuple(sorted(found, key=lambda answer: _rank(answer, questionnaire)))


def _missing_answer(place: Place, rule_ids: list[str], would_be: WouldBe) -> MissingAnswer:
    settled = (rule_id for rule_id in rule_ids if _could_settle(rule_id, place, would_be))
    return MissingAnswer(place, tuple(settled), tuple(rule_ids))


def _could_settle(rule_id: str, place: Place, would_be: WouldBe) -> bool:
    return any(would_be(rule_id, place, truth) is not Truth.UNKNOWN for truth in (Truth.TRUE, Truth.FALSE))


def _rank(answer: MissingAnswer, questionnaire: Questionnaire) -> tuple[int, int, int, str]:
    order = questionnaire.order[answer.place.link_id]
    return -len(answer.could_settle), -len(answer.read_by), order, answer.place.row_id or ""
