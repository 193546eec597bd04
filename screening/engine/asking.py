"""Which questions are asked, given the answers so far: for forms, check pages and progress. Rules read alike."""

import datetime

from screening.engine.answers import Answers, Row, Rows
from screening.engine.conditions import Truth
from screening.engine.guidance import Place
from screening.engine.questionnaire import Question, Questionnaire
from screening.engine.reading import Case

_NEW_ROW = Row(row_id="new-row")
_NO_ROWS = Rows()
_ANY_DAY = datetime.date.min  # whether something is asked depends on no date


def asked(questionnaire: Questionnaire, answers: Answers) -> dict[Place, Truth]:
    """Return for every item whether it is asked: true, false, or unknown where the answer it depends on is missing.

    Questions of a repeating group stand once per row, and once without a row, as a new row would begin.
    """
    case = Case(questionnaire, answers, _ANY_DAY)
    found: dict[Place, Truth] = {}
    for link_id, item in questionnaire.item_by_id.items():
        group = questionnaire.group_of.get(link_id) if isinstance(item, Question) else None
        rows = case.rows(group)[0] if group else ()
        found[Place(link_id)] = case.gate(link_id, _NEW_ROW if group else None).truth
        found.update({Place(link_id, row.row_id): case.gate(link_id, row).truth for row in rows})
    return found


def no_longer_asked(questionnaire: Questionnaire, answers: Answers) -> tuple[Place, ...]:
    """Return where an answer stands that is not asked any more. It is kept and marked, and feeds no rule."""
    return tuple(
        place for place, truth in asked(questionnaire, answers).items() if truth is Truth.FALSE and _has(answers, place)
    )


def unanswered(questionnaire: Questionnaire, answers: Answers) -> tuple[Place, ...]:
    """Return the required items that are asked and have neither an answer nor a reason why there is none.

    A repeating group is answered once somebody said that its rows are all.
    """
    truths = asked(questionnaire, answers)
    waiting = (place for place, truth in truths.items() if truth is Truth.TRUE)
    return tuple(place for place in waiting if _waits(questionnaire, answers, place))


def _waits(questionnaire: Questionnaire, answers: Answers, place: Place) -> bool:
    item = questionnaire.item_by_id[place.link_id]
    if not isinstance(item, Question):
        rows = answers.groups.get(place.link_id)
        return rows is None or not rows.complete
    stands_in_rows = place.link_id in questionnaire.group_of and place.row_id is None
    return item.required and not stands_in_rows and not _has(answers, place)


def _has(answers: Answers, place: Place) -> bool:
    if place.row_id is None:
        return place.link_id in answers.answers or bool(answers.groups.get(place.link_id, _NO_ROWS).rows)
    rows = (row for given in answers.groups.values() for row in given.rows if row.row_id == place.row_id)
    return any(place.link_id in row.answers for row in rows)
