"""A FHIR R4 ``QuestionnaireResponse`` read into answers.

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
)
from screening.engine.questionnaire import Group, ItemType, Question, Questionnaire
from screening.engine.response_elements import (
    ANSWER,
    DOCUMENT,
    FHIR_DATE,
    ITEM,
    RESOURCE,
    STATUSES,
    VALUE_NAMES,
    Misfit,
    check_names,
    own_extensions,
)
from screening.engine.spelling import nearest

MAX_ITEMS = 5_000
_AUTHORED = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?", re.ASCII)
_OF_AN_ANSWER = (ABSENT_REASON, ANSWER_SOURCE, ANSWER_NOTE)
_ABSENCES = {**{absence.value: absence for absence in Absence}, "unknown": Absence.UNKNOWN}


def authored_on(response: Any, now: datetime.datetime) -> datetime.date | None:
    """Return the day on which a response says that it was answered, as its writer's calendar had it; None without one.

    Raise ``InvalidDocument`` for a day that cannot be read, or that lies after ``now`` (with a time zone).
    """
    said = response.get("authored") if isinstance(response, dict) else None
    if said is None:
        return None
    try:
        return _authored(said, now)
    except Misfit as misfit:
        raise InvalidDocument(with_words([misfit.finding], {DOCUMENT: response})) from None


def _authored(said: Any, now: datetime.datetime) -> datetime.date:
    moment = _moment(said)
    if moment is None:
        cure = 'Give the day, such as "2024-01-15", or day and time with the time zone, such as "2024-01-15T09:30:00Z".'
        raise Misfit("/authored", f'"{said}" is not the day of an answer.', cure)
    if moment.year < EARLIEST_YEAR:
        raise Misfit("/authored", f'"{said}" lies before {EARLIEST_YEAR}.', "Check the year.")
    if moment > now if moment.tzinfo else moment.date() > now.date():
        raise Misfit("/authored", f'"{said}" lies in the future.', "Give the day on which the answers were given.")
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
        self._complete: dict[str, bool] = {}
        self.findings: list[Finding] = []

    def read(self, response: Any) -> None:
        try:
            _check_resource(response)
            _check_questionnaire(response, self._questionnaire, self._versions)
            self._items(response, "", inside_section=False)
        except Misfit as misfit:
            self.findings.append(misfit.finding)

    def _items(self, parent: Json, pointer: str, *, inside_section: bool) -> None:
        for place, item, link_id in self._each(parent, pointer):
            try:
                self._item(item, link_id, place, inside_section=inside_section)
            except Misfit as misfit:
                self.findings.append(misfit.finding)
            if len(self.findings) >= MOST_FINDINGS:
                return

    def _item(self, item: Json, link_id: str, place: str, *, inside_section: bool) -> None:
        questionnaire = self._questionnaire
        if link_id in self._sections:
            if inside_section:
                raise Misfit(place, f'the section "{link_id}" stands inside a section.', "Put it at the top.")
            _refuse_answer(item, link_id, place)
            own_extensions(item, place)
            self._items(item, place, inside_section=True)
        elif link_id in questionnaire.groups:
            self._row(item, questionnaire.groups[link_id], place)
        elif link_id in questionnaire.group_of:
            home = questionnaire.group_of[link_id]
            cure = f'Put it inside an item with linkId "{home}".'
            raise Misfit(place, f'"{link_id}" belongs to the rows of "{home}" and stands outside of them.', cure)
        elif link_id in questionnaire.questions:
            _refuse_twice(link_id, self.answers, place)
            self.answers |= self._answered(item, questionnaire.questions[link_id], place)
        elif link_id in self._displays:
            _refuse_answer(item, link_id, place)
        else:
            raise Misfit(place, _no_question(questionnaire, link_id), nearest(link_id, questionnaire.item_by_id))

    def _each(self, parent: Json, pointer: str) -> Iterator[tuple[str, Json, str]]:
        items = parent.get("item", [])
        if not isinstance(items, list):
            raise Misfit(f"{pointer}/item", '"item" is not a list.', "Send a list of items.")
        for index, item in enumerate(items):
            place = f"{pointer}/item/{index}"
            self._count += 1
            if self._count > MAX_ITEMS:
                raise Misfit(place, f"the response has more than {MAX_ITEMS:,} items.", "Send one response at a time.")
            yield place, item, _link_id(item, place)

    def _row(self, item: Json, group: Group, place: str) -> None:
        _refuse_answer(item, group.link_id, place)
        given = self.groups.get(group.link_id, Rows())
        said = own_extensions(item, place, ROW_ID, ROWS_COMPLETE)
        if ROWS_COMPLETE in said:
            complete = self._complete.setdefault(group.link_id, said[ROWS_COMPLETE])
            if complete is not said[ROWS_COMPLETE]:
                problem = f'the rows of "{group.link_id}" are said to be all, and not to be all.'
                raise Misfit(place, problem, "Say one of the two; neither is picked here.")
        whole = self._complete.get(group.link_id, False)
        if not item.get("item") and ROW_ID not in said:
            self.groups[group.link_id] = Rows(complete=whole, rows=given.rows)
            return
        row_id = self._row_id(said.get(ROW_ID), given, place)
        row = Row(row_id=row_id, answers=self._row_answers(item, group, place))
        if len(given.rows) >= 50:
            raise Misfit(place, f'"{group.link_id}" has more than 50 rows.', "Send at most 50.")
        self.groups[group.link_id] = Rows(complete=whole, rows=(*given.rows, row))

    def _row_id(self, said: str | None, given: Rows, place: str) -> str:
        row_id = said or f"row-{len(given.rows) + 1}"
        if any(row.row_id == row_id for row in given.rows):
            raise Misfit(place, f'two rows have the id "{row_id}".', "Give each row its own id.")
        try:
            return Row(row_id=row_id).row_id
        except ValueError:
            cure = "Use lower-case letters, digits and single hyphens, beginning with a letter."
            raise Misfit(place, f'"{row_id}" cannot be the id of a row.', cure) from None

    def _row_answers(self, item: Json, group: Group, place: str) -> dict[str, Answer]:
        known = {question.link_id: question for question in group.items}
        found: dict[str, Answer] = {}
        for inner, part, link_id in self._each(item, place):
            if link_id in self._displays:
                continue
            if link_id not in known:
                problem = f'the group "{group.link_id}" has no question "{link_id}".'
                raise Misfit(inner, problem, nearest(link_id, known))
            _refuse_twice(link_id, found, inner)
            found |= self._answered(part, known[link_id], inner)
        return found

    def _answered(self, item: Json, question: Question, place: str) -> dict[str, Answer]:
        given = item.get("answer", [])
        if not isinstance(given, list) or not all(isinstance(answer, dict) for answer in given):
            raise Misfit(f"{place}/answer", f'"{question.link_id}": "answer" is not a list of answers.', "Send a list.")
        if item.get("item") or any(answer.get("item") for answer in given):
            raise Misfit(place, f'items are nested under "{question.link_id}".', "Put them beside it, in its section.")
        said = _said(item, given, question, place)
        if absent := _absence(said, given, question, place):
            return {question.link_id: absent}
        if not given:
            return {}
        if len(given) > 1 and not question.repeats:
            problem = f'"{question.link_id}" takes one answer, and {len(given)} were given.'
            raise Misfit(f"{place}/answer", problem, "Send one of them (a repeated single answer is never resolved).")
        return {question.link_id: self._answer(given, said, question, place)}

    def _answer(self, given: list[Json], said: Json, question: Question, place: str) -> Answer:
        values = [_value(answer, question, f"{place}/answer/{index}") for index, answer in enumerate(given)]
        value: Value = tuple(str(code) for code in values) if question.repeats else values[0]
        if fault := answer_fault(question, value, self._on):
            raise Misfit(f"{place}/answer", *fault)
        return _told(said, place, value=value)


def _check_resource(response: Any) -> None:
    if not isinstance(response, dict) or response.get("resourceType") != "QuestionnaireResponse":
        cure = 'Send a FHIR R4 resource with "resourceType": "QuestionnaireResponse".'
        raise Misfit("/resourceType", "this is not a QuestionnaireResponse.", cure)
    check_names(response, RESOURCE, "")
    for name in ("modifierExtension", "implicitRules"):
        if response.get(name):
            raise Misfit(f"/{name}", "it changes what the response means.", "Send the response without it.")
    if "status" in response and response["status"] not in STATUSES:
        listed = ", ".join(f'"{status}"' for status in STATUSES if status != "entered-in-error")
        raise Misfit("/status", "this is not a status of a response.", f"Use one of: {listed}.")
    if response.get("status") == "entered-in-error":
        raise Misfit("/status", "the response is marked as entered in error.", "Send the corrected response.")


def _check_questionnaire(response: Json, questionnaire: Questionnaire, versions: Collection[str]) -> None:
    """Refuse a response to another questionnaire, or to another version of it; one that names none may be this one."""
    named, _, version = str(response.get("questionnaire") or "").partition("|")
    if named and named.replace(":", "/").rsplit("/", 1)[-1] != questionnaire.name:
        problem = f'the response answers "{named}", the protocol asks "{questionnaire.name}".'
        raise Misfit("/questionnaire", problem, "Name the protocol that this response belongs to.")
    if version and version not in versions:
        used = f"version {' or '.join(versions)} is used" if versions else "what is used here has no version"
        cure = "Name the published version that it answers, as version:<uuid>, or send it without a version."
        raise Misfit("/questionnaire", f'the response answers version "{version}"; {used}.', cure)


def _display_ids(questionnaire: Questionnaire) -> set[str]:
    helps = {f"{link_id}{HELP_SUFFIX}" for link_id in questionnaire.item_by_id}
    return helps | {f"{section.link_id}{INTRODUCTION_SUFFIX}" for section in questionnaire.sections}


def _no_question(questionnaire: Questionnaire, link_id: str) -> str:
    return f'the questionnaire "{questionnaire.name}" has no question "{link_id}".'


def _link_id(item: Any, place: str) -> str:
    if not isinstance(item, dict) or not isinstance(item.get("linkId"), str):
        raise Misfit(place, "an item has no linkId.", "Give the linkId of the question that it answers.")
    if item.get("modifierExtension"):
        raise Misfit(place, f'"{item["linkId"]}" has a modifierExtension.', "Send it without.")
    check_names(item, ITEM, place)
    return str(item["linkId"])


def _refuse_twice(link_id: str, answers: dict[str, Answer], place: str) -> None:
    if link_id in answers:
        problem = f'"{link_id}" is answered twice (a repeated single answer).'
        raise Misfit(place, problem, "Send one of the two; neither is picked here.")


def _refuse_answer(item: Json, link_id: str, place: str) -> None:
    if item.get("answer"):
        problem = f'"{link_id}" is no question, and has an "answer".'
        raise Misfit(f"{place}/answer", problem, 'Put what stands in it under "item".')


def _said(item: Json, given: list[Json], question: Question, place: str) -> Json:
    """Return the reason, the source and the note of a question's answers, which are those of all its answers."""
    on_item = own_extensions(item, place, *_OF_AN_ANSWER)
    if not given:
        if on_item and ABSENT_REASON not in on_item:
            problem = f'"{question.link_id}" has a source or a note, and no answer that it belongs to.'
            raise Misfit(place, problem, "Send the answer too, or the reason why there is none.")
        return on_item
    if on_item:
        problem = f'"{question.link_id}" is answered, and the item says what an answer says: {", ".join(on_item)}.'
        raise Misfit(place, problem, "Put it on the answer, or leave the answer out.")
    found: Json = {}
    for index, answer in enumerate(given):
        check_names(answer, ANSWER, f"{place}/answer/{index}")
        for url, value in own_extensions(answer, f"{place}/answer/{index}", *_OF_AN_ANSWER).items():
            if found.setdefault(url, value) != value:
                problem = f'the answers of "{question.link_id}" differ in "{url}", which is kept once for all of them.'
                raise Misfit(f"{place}/answer/{index}", problem, "Send the same on each, or on one of them.")
    return found


def _absence(said: Json, given: list[Json], question: Question, place: str) -> Answer | None:
    """An absent answer carries its reason on the answer without a value, or on the item without an answer."""
    if ABSENT_REASON not in said:
        return None
    if len(given) > 1 or any(key.startswith("value") for answer in given for key in answer):
        problem = f'"{question.link_id}" has both an answer and a reason why there is none.'
        raise Misfit(place, problem, "Send one of the two.")
    reason = said[ABSENT_REASON]
    if reason not in _ABSENCES:
        known = ", ".join(f'"{code}"' for code in _ABSENCES)
        raise Misfit(place, f'"{reason}" is not a reason that is known here.', f"Use one of: {known}.")
    return _told(said, place, absent=_ABSENCES[reason])


def _told(said: Json, place: str, *, value: Value | None = None, absent: Absence | None = None) -> Answer:
    source = said.get(ANSWER_SOURCE, Source.CLIENT.value)
    if source not in set(Source):
        raise Misfit(place, f'"{source}" is not a source that is known here.', nearest(str(source), set(Source)))
    try:
        return Answer(value=value, absent=absent, source=Source(source), note=said.get(ANSWER_NOTE, ""))
    except ValueError:
        raise Misfit(place, "the note is not text of at most 4,000 characters.", "Shorten it.") from None


def _value(answer: Json, question: Question, place: str) -> Any:
    allowed = VALUE_NAMES[question.type]
    given = [key for key in answer if key.startswith("value")]
    if len(given) != 1 or given[0] not in allowed:
        said = f"with {' and '.join(given)}" if given else "without a value"
        problem = f'"{question.link_id}" is answered {said}; it is a question of type {question.type.value}.'
        raise Misfit(place, problem, f"Use {' or '.join(allowed)}.")
    value = answer[given[0]]
    if given[0] == "valueDate" and not (isinstance(value, str) and FHIR_DATE.fullmatch(value)):
        problem = f'"{question.link_id}": "{value}" is not a date as FHIR writes one.'
        raise Misfit(place, problem, 'Write "2024", "2024-05" or "2024-05-03"; a season or a stretch is a valueString.')
    if question.type is not ItemType.CHOICE:
        return value
    if not isinstance(value, dict) or not isinstance(value.get("code"), str):
        raise Misfit(
            f"{place}/valueCoding", f'"{question.link_id}": the coding has no code.', "Send the option's code."
        )
    if value.get("system"):
        problem = f'"{question.link_id}": the code is of the system "{value["system"]}", and the options are of none.'
        raise Misfit(f"{place}/valueCoding", problem, "Send the option's own code, without a system.")
    return value["code"]
