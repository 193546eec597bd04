"""What the tables of the specification are written in: one small questionnaire, and how its answers are read."""

import datetime
from collections.abc import Iterable
from typing import Any

from screening.engine.answers import Answers
from screening.engine.conditions import Truth
from screening.engine.documents import load
from screening.engine.evaluation import evaluate
from screening.engine.guidance import Guidance, Place, RuleOutcome, RuleState
from screening.engine.questionnaire import ItemType, Questionnaire
from screening.engine.rules import RuleSet

ON = datetime.date(2026, 7, 1)
Json = dict[str, Any]


def question(link_id: str, kind: str, **more: Any) -> Json:
    """Return a question document."""
    return {"link_id": link_id, "text": f"{link_id}?", "help": "Why it is asked.", "type": kind, **more}


def choice(link_id: str, *codes: str, **more: Any) -> Json:
    """Return a choice among ``codes``."""
    options = [{"code": code, "text": code.capitalize()} for code in codes]
    return question(link_id, "choice", answer_options=options, **more)


def asked_when(link_id: str, answer: Any = True, operator: str = "=") -> list[Json]:
    """Return an ``enable_when`` on one question."""
    return [{"question": link_id, "operator": operator, "answer": answer}]


KIND = choice("medicine-class", "ssri", "snri", "tricyclic")
ITEMS = [
    question("a", "boolean"),
    question("b", "boolean"),
    question("c", "boolean"),
    choice("status", "active", "remission", "never"),
    choice("signs", "often", "numbing", "alone", repeats=True),
    question("sessions", "integer", minimum=0, maximum=50),
    question("dose", "decimal", unit="mg"),
    question("began", "date"),
    question("planned", "date", past=False),
    question("diagnosed", "boolean"),
    choice("diagnosis-status", "active", "remission", enable_when=asked_when("diagnosed")),
    question("in-remission-since", "date", enable_when=asked_when("diagnosis-status", "remission")),
    question("attempted", "boolean"),
    {
        "link_id": "attempts",
        "text": "Attempts?",
        "help": "Why it is asked.",
        "type": "group",
        "row_name": "attempt",
        "enable_when": asked_when("attempted"),
        "items": [
            question("attempt-when", "date"),
            question("attempt-meant", "boolean"),
            choice("attempt-care", "clinic", "none", enable_when=asked_when("attempt-meant")),
        ],
    },
    {
        "link_id": "medicines",
        "text": "Medicines?",
        "help": "Why it is asked.",
        "type": "group",
        "row_name": "medicine",
        "items": [question("opioid", "boolean"), question("since", "date"), question("till", "date"), KIND],
    },
    question("low", "integer", minimum=0, maximum=3),
    question("tired", "integer", minimum=0, maximum=3),
    question("restless", "integer", minimum=0, maximum=3),
    question("instrument-total", "integer", minimum=0, maximum=9),
    question("unbounded", "integer"),
    question("ended", "date"),
    question("episode-began", "date"),
    question("half-life", "decimal", minimum=0, unit="hours"),
    question("alt", "decimal", minimum=0, unit="U/l"),
    question("alt-limit", "decimal", minimum=0, unit="U/l"),
    question("in-full", "boolean"),
    question("alone", "integer", minimum=0, maximum=3, enable_when=asked_when("in-full")),
    question("still-on", "boolean"),
    question("stopped", "date", enable_when=asked_when("still-on", answer=False)),
    question("alone-total", "integer", minimum=0, maximum=9, enable_when=asked_when("in-full", answer=False)),
]


def questionnaire_in(**sections: list[Json]) -> Questionnaire:
    """Return a questionnaire with these sections, the items of each by its name."""
    listed = [
        {"link_id": name, "title": name.capitalize(), "topic": "topic", "items": items}
        for name, items in sections.items()
    ]
    document = {"name": "book", "title": "Book", "description": "For the specification.", "sections": listed}
    return load(Questionnaire, document, document="questionnaire")


def questionnaire_of(*items: Json) -> Questionnaire:
    """Return a questionnaire of one section with these items."""
    return questionnaire_in(section=list(items))


QUESTIONNAIRE = questionnaire_of(*ITEMS)


def rule(rule_id: str, when: Json, **more: Any) -> Json:
    """Return a rule document."""
    told = {"explanation": "In plain words.", "would_change": "Another answer.", "owner": "Somebody"}
    document = {"id": rule_id, "title": rule_id, "topic": "topic", "concern": "caution", "when": when, **told}
    return {**document, "cites": ["TOP-1"], "review_by": "2027-01-01", **more}


def rule_set_of(*rules: Json, **definitions: Json) -> RuleSet:
    """Return a rule set of these rules, with definitions by name (``_`` for ``-``)."""
    document = {
        "name": "book-rules",
        "title": "Rules",
        "description": "For the specification.",
        "questionnaire": "book",
        "rules": list(rules),
        "definitions": [
            {"name": name.replace("_", "-"), "title": name.replace("_", " "), "condition": condition}
            for name, condition in definitions.items()
        ],
    }
    return load(RuleSet, document, document="rules")


def answer(cell: str, kind: ItemType, *, repeats: bool = False) -> Json | None:
    """Read one cell: ``-``, ``declined``, ``unknown``, or a value of ``kind``; ``@record`` names its source."""
    text, _, source = cell.partition("@")
    if text == "-":
        return None
    found: Json = {"source": source} if source else {}
    if text in ("declined", "unknown"):
        return {**found, "absent": f"asked-{text}"}
    if repeats:
        return {**found, "value": text.split("+")}
    match kind:
        case ItemType.BOOLEAN:
            return {**found, "value": {"yes": True, "no": False}[text]}
        case ItemType.INTEGER | ItemType.DECIMAL:
            return {**found, "value": float(text) if "." in text else int(text)}
        case _:
            return {**found, "value": text}


def given(questionnaire: Questionnaire = QUESTIONNAIRE, /, **cells: str) -> dict[str, Json]:
    """Return the answers in these cells by ``link_id`` (``_`` for ``-``)."""
    found = {}
    for name, cell in cells.items():
        link_id = name.replace("_", "-")
        asked = questionnaire.questions[link_id]
        if (read := answer(cell, asked.type, repeats=asked.repeats)) is not None:
            found[link_id] = read
    return found


def rows(*row_cells: dict[str, str], complete: bool = True, asked: Questionnaire = QUESTIONNAIRE) -> Json:
    """Return the rows of a group, one for each of ``row_cells``."""
    listed = [
        {"row_id": f"row-{number}", "answers": given(asked, **cells)} for number, cells in enumerate(row_cells, 1)
    ]
    return {"complete": complete, "rows": listed}


def response(answers: dict[str, Json] | None = None, **groups: Json) -> Answers:
    """Return a response with these answers, and these groups of rows."""
    return load(Answers, {"answers": answers or {}, "groups": groups}, document="answers")


def evaluated(*rules: Json, answers: Answers, questionnaire: Questionnaire = QUESTIONNAIRE) -> Guidance:
    """Evaluate rules on one response on the day of the book."""
    return evaluate(rule_set_of(*rules), questionnaire, answers, ON)


def line_response(questionnaire: Questionnaire, cells: dict[str, str]) -> Answers:
    """Return the response of one line of a table, its cells by ``link_id``.

    A cell of a question that is asked in each row of a group holds a value for each row: ``opioid; ssri``. ``...`` at
    its end says that there may be more rows, ``none`` that there is no row at all, ``-`` that nobody asked.
    """
    single = {name: cell for name, cell in cells.items() if name not in questionnaire.group_of}
    grouped: dict[str, dict[str, str]] = {}
    for name, cell in cells.items():
        if name in questionnaire.group_of and cell != "-":
            grouped.setdefault(questionnaire.group_of[name], {})[name.replace("-", "_")] = cell
    answers = given(questionnaire, **{name.replace("-", "_"): cell for name, cell in single.items()})
    return response(answers, **{group: _line_rows(questionnaire, found) for group, found in grouped.items()})


def _line_rows(questionnaire: Questionnaire, cells: dict[str, str]) -> Json:
    values = {
        name: [] if cell == "none" else [value.strip() for value in cell.split(";")] for name, cell in cells.items()
    }
    complete = all(found[-1:] != ["..."] for found in values.values())
    listed = [[value for value in found if value != "..."] for found in values.values()]
    each = [dict(zip(values, row, strict=True)) for row in zip(*listed, strict=True)]
    return rows(*each, complete=complete, asked=questionnaire)


def state(
    when: Json, answers: Answers, questionnaire: Questionnaire = QUESTIONNAIRE, /, **definitions: Json
) -> RuleState:
    """Return how a rule with this condition ends."""
    rules = rule_set_of(rule("rule", when), **definitions)
    return evaluate(rules, questionnaire, answers, ON).outcome("rule").state


CLAIMS = {Truth.TRUE: "claimed", Truth.FALSE: "no", Truth.UNKNOWN: "possible"}
IN_HAND = {Truth.TRUE: "in hand", Truth.FALSE: "not in hand", Truth.UNKNOWN: "not known"}
WORDS = {"met": RuleState.MET, "not met": RuleState.NOT_MET, "unknown": RuleState.CANNOT_RULE_OUT}


def table_lines(table: str) -> tuple[list[str], list[list[str]]]:
    """Return the columns of a table, and the cells of each of its lines; rules and empty lines are left out."""
    head, *lines = [line for line in table.strip().splitlines() if set(line.strip()) - set("-|+ ")]
    return _cells(head), [_cells(line) for line in lines]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def check(when: Json, table: str, questionnaire: Questionnaire = QUESTIONNAIRE, /, **definitions: Json) -> None:
    """Check a condition against a table: a line per response, a column per question, the last how the rule ends."""
    (*link_ids, _), lines = table_lines(table)
    assert lines, "a table without lines checks nothing"
    for *cells, ending in lines:
        answers = line_response(questionnaire, dict(zip(link_ids, cells, strict=True)))
        assert state(when, answers, questionnaire, **definitions) is WORDS[ending], (cells, ending)


def check_rule(document: Json, table: str, questionnaire: Questionnaire = QUESTIONNAIRE, /) -> None:
    """Check a whole rule against a table: after the column ``rule`` stands what is told with how it ends.

    ``rests on`` and ``waits for`` name questions. Of exceptions and needs each has a column: an exception is
    ``claimed``, ``claimed, lifted``, ``possible`` or ``no``; a need is ``in hand``, ``not in hand`` or ``not known``.
    """
    head, lines = table_lines(table)
    place = head.index("rule")
    assert lines, "a table without lines checks nothing"
    for line in lines:
        answers = line_response(questionnaire, dict(zip(head[:place], line[:place], strict=True)))
        found = evaluated(document, answers=answers, questionnaire=questionnaire).outcome(document["id"])
        told = {"rule": found.state, **_places_words(found), **beside_words(found)}
        assert {name: told[name] for name in head[place:]} == {
            name: WORDS[cell] if name == "rule" else cell for name, cell in zip(head[place:], line[place:], strict=True)
        }, line


def _places_words(outcome: RuleOutcome) -> dict[str, str]:
    rests_on = [basis.place for basis in outcome.because]
    return {"rests on": _listed(rests_on), "waits for": _listed(outcome.missing)}


def _listed(places: Iterable[Place]) -> str:
    return ", ".join(f"{link_id} of {row}" if row else link_id for link_id, row in places) or "-"


def beside_words(outcome: RuleOutcome) -> dict[str, str]:
    """Return what became of each exception and each need of a rule, by its id, in the words of the tables."""
    lifted = {found.exception_id: ", lifted" if found.lifted_by else "" for found in outcome.exceptions}
    claims = {
        found.exception_id: CLAIMS[found.claimed] + (lifted[found.exception_id] if found.claimed is Truth.TRUE else "")
        for found in outcome.exceptions
    }
    return {**claims, **{found.need_id: IN_HAND[found.in_hand] for found in outcome.needs}}


def yes(link_id: str) -> Json:
    """Return the leaf "this question is answered yes"."""
    return {"kind": "equals", "question": link_id, "value": True}
