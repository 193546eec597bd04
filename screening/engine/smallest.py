"""Making a case smaller as long as conditions come out on it as they do: what is left is what makes the difference."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from screening.engine.answers import Answer, Answers, Row, Rows
from screening.engine.conditions import Truth
from screening.engine.searching import Searcher

Value = TypeVar("Value")


def smallest(case: Answers, searcher: Searcher) -> Answers:
    """Return ``case`` without every answer, row and option that can be left out, one after the other."""
    wanted = searcher.truths(case)
    found: Answers | None = case
    while found is not None:
        case = found
        found = _smaller(case, searcher, wanted)
    return case


def _smaller(case: Answers, searcher: Searcher, wanted: tuple[Truth, ...]) -> Answers | None:
    return next((smaller for smaller in _with_less(case) if searcher.truths(smaller) == wanted), None)


def _with_less(case: Answers) -> Iterator[Answers]:
    """Yield the case without a group, without an answer, with less in a group, with less in an answer."""
    yield from (case.model_copy(update={"groups": _without(case.groups, group)}) for group in case.groups)
    yield from (case.model_copy(update={"answers": found}) for found in _less_answered(case.answers))
    for group, rows in case.groups.items():
        yield from (case.model_copy(update={"groups": {**case.groups, group: less}}) for less in _less_in(rows))


def _less_in(rows: Rows) -> Iterator[Rows]:
    for place, row in enumerate(rows.rows):
        before, after = rows.rows[:place], rows.rows[place + 1 :]
        yield rows.model_copy(update={"rows": before + after})
        for found in _less_answered(row.answers):
            yield rows.model_copy(update={"rows": (*before, Row(row_id=row.row_id, answers=found), *after)})
    if rows.complete:
        yield rows.model_copy(update={"complete": False})


def _less_answered(answers: dict[str, Answer]) -> Iterator[dict[str, Answer]]:
    yield from (_without(answers, link_id) for link_id in answers)
    for link_id, answer in answers.items():
        if isinstance(answer.value, tuple) and len(answer.value) > 1:
            for code in answer.value:
                fewer = tuple(other for other in answer.value if other != code)
                yield {**answers, link_id: answer.model_copy(update={"value": fewer})}


def _without(found: Mapping[str, Value], key: str) -> dict[str, Value]:
    return {name: value for name, value in found.items() if name != key}
