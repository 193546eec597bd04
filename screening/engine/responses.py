"""A FHIR R4 ``QuestionnaireResponse`` read into answers, and answers written as one.

Reading refuses what does not fit, naming the ``linkId``, the place in the response and the cure. Nothing of a refused
response is kept.
"""

import datetime
import re
from collections.abc import Collection, Iterator
from typing import Any

from screening.engine.answers import Absence, Answer, Answers, Row, Rows, Source, Value
from screening.engine.checking import answer_fault
from screening.engine.dates import EARLIEST_YEAR
from screening.engine.documents import MOST_FINDINGS, Finding, InvalidDocument, with_words
from screening.engine.fhir import (
    ABSENT_REASON,
    ANSWER_NOTE,
    ANSWER_SOURCE,
    HELP_SUFFIX,
    INTRODUCTION_SUFFIX,
    ROW_ID,
    ROWS_COMPLETE,
    Json,
    canonical_url,
)
from screening.engine.questionnaire import Group, ItemType, Question, Questionnaire
from screening.engine.quoting import clipped
from screening.engine.spelling import nearest

DOCUMENT = "response"
MAX_ITEMS = 5_000
_VALUE_OF = {
    ItemType.BOOLEAN: ("valueBoolean",),
    ItemType.CHOICE: ("valueCoding",),
    ItemType.INTEGER: ("valueInteger",),
    ItemType.DECIMAL: ("valueDecimal",),
    ItemType.DATE: ("valueDate", "valueString"),
    ItemType.STRING: ("valueString",),
    ItemType.TEXT: ("valueString",),
}
_AUTHORED = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?")
_ABSENCES = {**{absence.value: absence for absence in Absence}, "unknown": Absence.UNKNOWN}


class _Misfit(Exception):
    """One fault of a response, caught where the next item begins, so that all faults are named at once."""

    def __init__(self, pointer: str, problem: str, cure: str) -> None:
        super().__init__(problem)
        self.finding = Finding(DOCUMENT, pointer, clipped(problem, 400), cure)


def authored_on(response: Any, now: datetime.datetime) -> datetime.date | None:
    """Return the day on which a response says that it was answered, as its writer's calendar had it; None without one.

    Raise ``InvalidDocument`` for a day that cannot be read, or that lies after ``now`` (with a time zone).
    """
    said = response.get("authored") if isinstance(response, dict) else None
    if said is None:
        return None
    try:
        return _authored(said, now)
    except _Misfit as misfit:
        raise InvalidDocument(with_words([misfit.finding], {DOCUMENT: response})) from None


def _authored(said: Any, now: datetime.datetime) -> datetime.date:
    moment = _moment(said)
    if moment is None:
        cure = 'Give the day, such as "2024-01-15", or day and time with the time zone, such as "2024-01-15T09:30:00Z".'
        raise _Misfit("/authored", f'"{said}" is not the day of an answer.', cure)
    if moment.year < EARLIEST_YEAR:
        raise _Misfit("/authored", f'"{said}" lies before {EARLIEST_YEAR}.', "Check the year.")
    if moment > now if moment.tzinfo else moment.date() > now.date():
        raise _Misfit("/authored", f'"{said}" lies in the future.', "Give the day on which the answers were given.")
    return moment.date()


def _moment(said: Any) -> datetime.datetime | None:
    if not isinstance(said, str) or not _AUTHORED.fullmatch(said):
        return None
    try:
        return datetime.datetime.fromisoformat(said)
    except ValueError:
        return None


def answers_from_fhir(
    response: Any, questionnaire: Questionnaire, on: datetime.date, versions: Collection[str] = ()
) -> Answers:
    """Read a ``QuestionnaireResponse`` to ``questionnaire``, as answered on the day ``on``.

    ``versions`` are the names of the version in hand; a response that names another one is refused. Dates may be
    partial (``2024``, ``2024-05``); a season comes as ``valueString`` (``2024-spring``). Raise ``InvalidDocument`` with
    one finding per fault.
    """
    reader = _Reader(questionnaire, on, versions)
    reader.read(response)
    if reader.findings:
        raise InvalidDocument(with_words(reader.findings, {DOCUMENT: response}))
    return Answers(answers=reader.answers, groups=reader.groups)


class _Reader:
    def __init__(self, questionnaire: Questionnaire, on: datetime.date, versions: Collection[str]) -> None:
        self._questionnaire = questionnaire
        self._on = on
        self._versions = versions
        self._sections = {section.link_id for section in questionnaire.sections}
        self._displays = _display_ids(questionnaire)
        self._count = 0
        self.answers: dict[str, Answer] = {}
        self.groups: dict[str, Rows] = {}
        self.findings: list[Finding] = []

    def read(self, response: Any) -> None:
        try:
            _check_resource(response)
            _check_questionnaire(response, self._questionnaire, self._versions)
            self._items(response, "", inside_section=False)
        except _Misfit as misfit:
            self.findings.append(misfit.finding)

    def _items(self, parent: Json, pointer: str, *, inside_section: bool) -> None:
        for place, item, link_id in self._each(parent, pointer):
            try:
                self._item(item, link_id, place, inside_section=inside_section)
            except _Misfit as misfit:
                self.findings.append(misfit.finding)
            if len(self.findings) >= MOST_FINDINGS:
                return

    def _item(self, item: Json, link_id: str, place: str, *, inside_section: bool) -> None:
        questionnaire = self._questionnaire
        if link_id in self._sections:
            if inside_section:
                raise _Misfit(place, f'the section "{link_id}" stands inside a section.', "Put it at the top.")
            self._items(item, place, inside_section=True)
        elif link_id in questionnaire.groups:
            self._row(item, questionnaire.groups[link_id], place)
        elif link_id in questionnaire.group_of:
            home = questionnaire.group_of[link_id]
            cure = f'Put it inside an item with linkId "{home}".'
            raise _Misfit(place, f'"{link_id}" belongs to the rows of "{home}" and stands outside of them.', cure)
        elif link_id in questionnaire.questions:
            _refuse_twice(link_id, self.answers, place)
            self.answers |= self._answered(item, questionnaire.questions[link_id], place)
        elif link_id not in self._displays:
            raise _Misfit(place, _no_question(questionnaire, link_id), nearest(link_id, questionnaire.item_by_id))

    def _each(self, parent: Json, pointer: str) -> Iterator[tuple[str, Json, str]]:
        items = parent.get("item", [])
        if not isinstance(items, list):
            raise _Misfit(f"{pointer}/item", '"item" is not a list.', "Send a list of items.")
        for index, item in enumerate(items):
            place = f"{pointer}/item/{index}"
            self._count += 1
            if self._count > MAX_ITEMS:
                raise _Misfit(place, f"the response has more than {MAX_ITEMS:,} items.", "Send one response at a time.")
            yield place, item, _link_id(item, place)

    def _row(self, item: Json, group: Group, place: str) -> None:
        given = self.groups.get(group.link_id, Rows())
        complete = given.complete or _extension(item, ROWS_COMPLETE, "valueBoolean") is True
        if not item.get("item"):
            self.groups[group.link_id] = Rows(complete=complete, rows=given.rows)
            return
        row = Row(row_id=self._row_id(item, given, place), answers=self._row_answers(item, group, place))
        if len(given.rows) >= 50:
            raise _Misfit(place, f'"{group.link_id}" has more than 50 rows.', "Send at most 50.")
        self.groups[group.link_id] = Rows(complete=complete, rows=(*given.rows, row))

    def _row_id(self, item: Json, given: Rows, place: str) -> str:
        row_id = _extension(item, ROW_ID, "valueString") or f"row-{len(given.rows) + 1}"
        if any(row.row_id == row_id for row in given.rows):
            raise _Misfit(place, f'two rows have the id "{row_id}".', "Give each row its own id.")
        try:
            return Row(row_id=row_id).row_id
        except ValueError:
            cure = "Use lower-case letters, digits and single hyphens, beginning with a letter."
            raise _Misfit(place, f'"{row_id}" cannot be the id of a row.', cure) from None

    def _row_answers(self, item: Json, group: Group, place: str) -> dict[str, Answer]:
        known = {question.link_id: question for question in group.items}
        found: dict[str, Answer] = {}
        for inner, part, link_id in self._each(item, place):
            if link_id in self._displays:
                continue
            if link_id not in known:
                problem = f'the group "{group.link_id}" has no question "{link_id}".'
                raise _Misfit(inner, problem, nearest(link_id, known))
            _refuse_twice(link_id, found, inner)
            found |= self._answered(part, known[link_id], inner)
        return found

    def _answered(self, item: Json, question: Question, place: str) -> dict[str, Answer]:
        given = item.get("answer", [])
        if not isinstance(given, list) or not all(isinstance(answer, dict) for answer in given):
            raise _Misfit(
                f"{place}/answer", f'"{question.link_id}": "answer" is not a list of answers.', "Send a list."
            )
        if item.get("item") or any(answer.get("item") for answer in given):
            raise _Misfit(place, f'items are nested under "{question.link_id}".', "Put them beside it, in its section.")
        if absent := _absence(item, given, question, place):
            return {question.link_id: absent}
        if not given:
            return {}
        if len(given) > 1 and not question.repeats:
            problem = f'"{question.link_id}" takes one answer, and {len(given)} were given.'
            raise _Misfit(f"{place}/answer", problem, "Send one of them (a repeated single answer is never resolved).")
        return {question.link_id: self._answer(given, question, place)}

    def _answer(self, given: list[Json], question: Question, place: str) -> Answer:
        values = [_value(answer, question, f"{place}/answer/{index}") for index, answer in enumerate(given)]
        value: Value = tuple(str(code) for code in values) if question.repeats else values[0]
        if fault := answer_fault(question, value, self._on):
            raise _Misfit(f"{place}/answer", *fault)
        return _told(given[0], place, value=value)


def _check_resource(response: Any) -> None:
    if not isinstance(response, dict) or response.get("resourceType") != "QuestionnaireResponse":
        cure = 'Send a FHIR R4 resource with "resourceType": "QuestionnaireResponse".'
        raise _Misfit("/resourceType", "this is not a QuestionnaireResponse.", cure)
    if response.get("modifierExtension"):
        raise _Misfit("/modifierExtension", "it changes what the response means.", "Send the response without it.")
    if response.get("status") == "entered-in-error":
        raise _Misfit("/status", "the response is marked as entered in error.", "Send the corrected response.")


def _check_questionnaire(response: Json, questionnaire: Questionnaire, versions: Collection[str]) -> None:
    """Refuse a response to another questionnaire, or to another version of it; one that names none may be this one."""
    named, _, version = str(response.get("questionnaire") or "").partition("|")
    if named and named.replace(":", "/").rsplit("/", 1)[-1] != questionnaire.name:
        problem = f'the response answers "{named}", the protocol asks "{questionnaire.name}".'
        raise _Misfit("/questionnaire", problem, "Name the protocol that this response belongs to.")
    if version and version not in versions:
        used = f"version {' or '.join(versions)} is used" if versions else "what is used here has no version"
        cure = "Name the published version that it answers, as version:<uuid>, or send it without a version."
        raise _Misfit("/questionnaire", f'the response answers version "{version}"; {used}.', cure)


def _display_ids(questionnaire: Questionnaire) -> set[str]:
    helps = {f"{link_id}{HELP_SUFFIX}" for link_id in questionnaire.item_by_id}
    return helps | {f"{section.link_id}{INTRODUCTION_SUFFIX}" for section in questionnaire.sections}


def _no_question(questionnaire: Questionnaire, link_id: str) -> str:
    return f'the questionnaire "{questionnaire.name}" has no question "{link_id}".'


def _link_id(item: Any, place: str) -> str:
    if not isinstance(item, dict) or not isinstance(item.get("linkId"), str):
        raise _Misfit(place, "an item has no linkId.", "Give the linkId of the question that it answers.")
    if item.get("modifierExtension"):
        raise _Misfit(place, f'"{item["linkId"]}" has a modifierExtension.', "Send it without.")
    return str(item["linkId"])


def _refuse_twice(link_id: str, answers: dict[str, Answer], place: str) -> None:
    if link_id in answers:
        problem = f'"{link_id}" is answered twice (a repeated single answer).'
        raise _Misfit(place, problem, "Send one of the two; neither is picked here.")


def _extension(element: Json, url: str, value: str) -> Any:
    listed = element.get("extension", [])
    found = listed if isinstance(listed, list) else []
    return next((part.get(value) for part in found if isinstance(part, dict) and part.get("url") == url), None)


def _absence(item: Json, given: list[Json], question: Question, place: str) -> Answer | None:
    """An absent answer carries its reason on the answer without a value, or on the item without an answer."""
    carrier = given[0] if given else item
    reason = _extension(carrier, ABSENT_REASON, "valueCode")
    if reason is None:
        return None
    if len(given) > 1 or any(key.startswith("value") for key in carrier):
        problem = f'"{question.link_id}" has both an answer and a reason why there is none.'
        raise _Misfit(place, problem, "Send one of the two.")
    if reason not in _ABSENCES:
        known = ", ".join(f'"{code}"' for code in _ABSENCES)
        raise _Misfit(place, f'"{reason}" is not a reason that is known here.', f"Use one of: {known}.")
    return _told(carrier, place, absent=_ABSENCES[reason])


def _told(carrier: Json, place: str, *, value: Value | None = None, absent: Absence | None = None) -> Answer:
    source = _extension(carrier, ANSWER_SOURCE, "valueCode") or Source.CLIENT.value
    note = _extension(carrier, ANSWER_NOTE, "valueString") or ""
    if source not in set(Source):
        raise _Misfit(place, f'"{source}" is not a source that is known here.', nearest(str(source), set(Source)))
    try:
        return Answer(value=value, absent=absent, source=Source(source), note=note)
    except ValueError:
        raise _Misfit(place, "the note is not text of at most 4,000 characters.", "Shorten it.") from None


def _value(answer: Json, question: Question, place: str) -> Any:
    allowed = _VALUE_OF[question.type]
    given = [key for key in answer if key.startswith("value")]
    if len(given) != 1 or given[0] not in allowed:
        said = f"with {' and '.join(given)}" if given else "without a value"
        problem = f'"{question.link_id}" is answered {said}; it is a question of type {question.type.value}.'
        raise _Misfit(place, problem, f"Use {' or '.join(allowed)}.")
    value = answer[given[0]]
    if question.type is not ItemType.CHOICE:
        return value
    if not isinstance(value, dict) or not isinstance(value.get("code"), str):
        raise _Misfit(
            f"{place}/valueCoding", f'"{question.link_id}": the coding has no code.', "Send the option's code."
        )
    return value["code"]


def answers_to_fhir(answers: Answers, questionnaire: Questionnaire) -> Json:
    """Return ``answers`` as a FHIR R4 ``QuestionnaireResponse``, which ``answers_from_fhir`` reads back as it was."""
    sections = []
    for section in questionnaire.sections:
        items = [written for item in section.items for written in _written(answers, item)]
        if items:
            sections.append({"linkId": section.link_id, "text": section.title, "item": items})
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": canonical_url(questionnaire),
        "status": "completed",
        "item": sections,
    }


def _written(answers: Answers, item: Question | Group) -> list[Json]:
    if isinstance(item, Group):
        return _written_rows(answers.groups.get(item.link_id), item)
    answer = answers.answers.get(item.link_id)
    return [_written_answer(item, answer)] if answer else []


def _written_rows(rows: Rows | None, group: Group) -> list[Json]:
    if rows is None:
        return []
    complete = [{"url": ROWS_COMPLETE, "valueBoolean": True}] if rows.complete else []
    head = {"linkId": group.link_id, "text": group.text}
    found: list[Json] = [{**head, "extension": complete}] if complete else []
    for row in rows.rows:
        given = [(question, row.answers.get(question.link_id)) for question in group.items]
        items = [_written_answer(question, answer) for question, answer in given if answer]
        row_id = {"url": ROW_ID, "valueString": row.row_id}
        found.append({**head, "extension": [row_id], "item": items or [_no_answer(group.items[0])]})
    return found


def _no_answer(question: Question) -> Json:
    return {"linkId": question.link_id, "text": question.text}


def _written_answer(question: Question, answer: Answer) -> Json:
    extensions = [{"url": ANSWER_SOURCE, "valueCode": answer.source.value}]
    if answer.note:
        extensions.append({"url": ANSWER_NOTE, "valueString": answer.note})
    if answer.absent is not None:
        absent = {"url": ABSENT_REASON, "valueCode": answer.absent.value}
        return {**_no_answer(question), "answer": [{"extension": [absent, *extensions]}]}
    values = answer.value if isinstance(answer.value, tuple) else (answer.value,)
    return {
        **_no_answer(question),
        "answer": [{"extension": extensions, **_typed(question, value)} for value in values],
    }


def _typed(question: Question, value: Any) -> Json:
    if question.type is ItemType.CHOICE:
        return {"valueCoding": {"code": value, "display": question.option_text(value)}}
    if question.type is ItemType.DATE:
        return {"valueString" if str(value)[-1].isalpha() else "valueDate": value}
    return {_VALUE_OF[question.type][0]: value}
