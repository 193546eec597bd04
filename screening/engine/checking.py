"""Does a response fit its questionnaire: every answer to a known question, of its type, within what is offered.

A misfit is refused with its place and its cure. Nothing is dropped, bent or read as "no".
"""

import datetime
from collections.abc import Callable, Iterator, Mapping

from screening.engine.answers import Answer, Answers, Rows, Value
from screening.engine.dates import VagueDate
from screening.engine.documents import Finding, as_document, first_findings, with_words
from screening.engine.questionnaire import ItemType, Question, Questionnaire
from screening.engine.spelling import nearest

DOCUMENT = "answers"
LARGEST_NUMBER = 10**12

Fault = tuple[str, str]


def answers_problems(questionnaire: Questionnaire, answers: Answers, on: datetime.date) -> list[Finding]:
    """Return one finding for every answer that ``questionnaire`` does not know or did not offer, on the day ``on``."""
    found = first_findings(_problems(questionnaire, answers, on))
    return with_words(found, {DOCUMENT: as_document(answers)}) if found else found


def answer_fault(question: Question, value: Value, on: datetime.date) -> Fault | None:
    """Return what is wrong with one value as an answer to ``question``, and the cure; ``None`` where nothing is."""
    return _CHECKS[question.type](question, value, on)


def _problems(questionnaire: Questionnaire, answers: Answers, on: datetime.date) -> Iterator[Finding]:
    yield from _answers(questionnaire, answers.answers, on, pointer="/answers", group=None)
    for link_id, rows in answers.groups.items():
        pointer = f"/groups/{link_id}"
        if link_id in questionnaire.groups:
            yield from _rows(questionnaire, link_id, rows, on, pointer)
        else:
            yield _unknown_group(questionnaire, link_id, pointer)


def _rows(questionnaire: Questionnaire, group: str, rows: Rows, on: datetime.date, pointer: str) -> Iterator[Finding]:
    for index, row in enumerate(rows.rows):
        yield from _answers(questionnaire, row.answers, on, pointer=f"{pointer}/rows/{index}/answers", group=group)


def _answers(
    questionnaire: Questionnaire,
    answers: Mapping[str, Answer],
    on: datetime.date,
    *,
    pointer: str,
    group: str | None,
) -> Iterator[Finding]:
    questions, group_of = questionnaire.questions, questionnaire.group_of
    for link_id, answer in answers.items():
        question = questions.get(link_id)
        if question is None or group_of.get(link_id) != group:
            yield _misplaced(questionnaire, link_id, group, f"{pointer}/{link_id}")
        elif answer.value is not None and (fault := _CHECKS[question.type](question, answer.value, on)):
            yield Finding(DOCUMENT, f"{pointer}/{link_id}/value", *fault)


def _misplaced(questionnaire: Questionnaire, link_id: str, group: str | None, pointer: str) -> Finding:
    home = questionnaire.group_of.get(link_id)
    if link_id in questionnaire.groups:
        problem = f'"{link_id}" is a repeating group, answered here as a single question.'
        return Finding(DOCUMENT, pointer, problem, f'Give its rows under "groups"/"{link_id}".')
    if home is not None:
        problem = f'"{link_id}" belongs to the rows of "{home}" and is answered outside of them.'
        return Finding(DOCUMENT, pointer, problem, f'Answer it in a row of "{home}".')
    if link_id in questionnaire.questions:
        problem = f'"{link_id}" is no question of the repeating group "{group}".'
        return Finding(DOCUMENT, pointer, problem, "Answer it outside the rows.")
    problem = f'the questionnaire "{questionnaire.name}" has no question "{link_id}".'
    return Finding(DOCUMENT, pointer, problem, nearest(link_id, questionnaire.questions))


def _unknown_group(questionnaire: Questionnaire, link_id: str, pointer: str) -> Finding:
    if link_id in questionnaire.questions:
        problem = f'"{link_id}" is a single question, answered here as rows.'
        return Finding(DOCUMENT, pointer, problem, 'Give one answer under "answers".')
    problem = f'the questionnaire "{questionnaire.name}" has no repeating group "{link_id}".'
    return Finding(DOCUMENT, pointer, problem, nearest(link_id, questionnaire.groups))


def _boolean(question: Question, value: Value, _on: datetime.date) -> Fault | None:
    if isinstance(value, bool):
        return None
    return _wrong_type(question, value, "yes or no", "Send true or false.")


def _choice(question: Question, value: Value, _on: datetime.date) -> Fault | None:
    if question.repeats:
        if not isinstance(value, tuple):
            return _wrong_type(question, value, "a list of its options", "Send the codes chosen as a list.")
        return _several(question, value)
    if isinstance(value, tuple):
        return f'"{question.link_id}" takes one option, and several were given.', "Send one code, not a list."
    return _option(question, value)


def _several(question: Question, values: tuple[str, ...]) -> Fault | None:
    if not values:
        return f'"{question.link_id}" has an empty list.', "Leave the answer out, or say why there is none."
    if len(set(values)) != len(values):
        return f'"{question.link_id}" has the same option twice.', "Send each option once."
    return next((fault for value in values if (fault := _option(question, value))), None)


def _option(question: Question, value: Value) -> Fault | None:
    codes = question.option_by_code
    if isinstance(value, str) and value in codes:
        return None
    return f'{_shown(value)} is not an option of "{question.link_id}".', nearest(str(value), codes)


def _number(question: Question, value: Value, _on: datetime.date) -> Fault | None:
    whole = question.type is ItemType.INTEGER
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        wanted = "a whole number" if whole else "a number"
        return _wrong_type(question, value, wanted, f"Send {wanted}, without quotes.")
    low, high = question.minimum, question.maximum
    below = value < (-LARGEST_NUMBER if low is None else low)
    if below or value > (LARGEST_NUMBER if high is None else high):
        return f'{value} lies outside what "{question.link_id}" takes.', f"Send a number {_bounds(question)}."
    return None


def _bounds(question: Question) -> str:
    low, high, unit = question.minimum, question.maximum, f" {question.unit}" if question.unit else ""
    if low is not None and high is not None:
        return f"from {low} to {high}{unit}"
    if low is not None:
        return f"of {low}{unit} or more"
    return f"of {high}{unit} or less" if high is not None else f"below {LARGEST_NUMBER}"


def _date(question: Question, value: Value, on: datetime.date) -> Fault | None:
    if not isinstance(value, str):
        return _wrong_type(question, value, "a date", "Write 2024-05-03, 2024-05, 2024 or 2024-spring.")
    try:
        given = VagueDate.parse(value)
    except ValueError as problem:
        wrong, _, cure = str(problem).partition(". ")
        return f"{wrong}.", cure
    if question.past and given.earliest > on:
        return f'{value} lies in the future, and "{question.link_id}" asks about the past.', "Check the year."
    return None


def _text(question: Question, value: Value, _on: datetime.date) -> Fault | None:
    if not isinstance(value, str):
        return _wrong_type(question, value, "text", "Send text in quotes.")
    if len(value) > question.max_length:
        return (
            f'the answer to "{question.link_id}" has {len(value)} characters; it takes {question.max_length}.',
            "Shorten it, and put the rest in the note.",
        )
    return None


def _wrong_type(question: Question, value: Value, wanted: str, cure: str) -> Fault:
    return f'"{question.link_id}" takes {wanted}, not {_shown(value)}.', cure


def _shown(value: Value) -> str:
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value).replace("'", '"')
    return text if len(text) <= 60 else f"{text[:57]}…"


_CHECKS: dict[ItemType, Callable[[Question, Value, datetime.date], Fault | None]] = {
    ItemType.BOOLEAN: _boolean,
    ItemType.CHOICE: _choice,
    ItemType.INTEGER: _number,
    ItemType.DECIMAL: _number,
    ItemType.DATE: _date,
    ItemType.STRING: _text,
    ItemType.TEXT: _text,
}
