"""Reads the page that teaches how to write a rule: what it shows, and beside it what the engine says at that place."""

import datetime
import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from screening.engine.documents import InvalidDocument, load
from screening.engine.evaluation import evaluate
from screening.engine.library import GuidanceLibrary
from screening.engine.line_kinds import ANSWERING, COUNTING, DEFINED, JOINING, RELATING, SUMMING
from screening.engine.lines import Line, to_lines
from screening.engine.protocol import Protocol, check_vignettes
from screening.engine.questionnaire import Questionnaire
from screening.engine.responses import answers_from_fhir, authored_on
from screening.engine.rules import RuleSet
from screening.engine.sentences import condition_sentence, rule_sentence
from screening.engine.validation import refusals, validate
from screening.engine.vignettes import VignetteSet
from screening.engine.words import STATE_WORDS
from screening.management.reading_out import guidance_lines
from tests.spec.book import ON, Json, beside_words, line_response

NOW = datetime.datetime(2026, 7, 2, 9, tzinfo=datetime.UTC)
PAGE = Path(__file__).resolve().parent.parent / "docs" / "writing-rules.md"
KIND_WORDS = {**JOINING, **ANSWERING, **RELATING, **SUMMING, **COUNTING, **DEFINED}
BLOCK = re.compile(
    r"^```(?P<language>\w+) (?P<label>[\w-]+)\n(?P<body>.*?)^```$"
    r"|^(?P<quote>> [^\n]*(?:\n> [^\n]*)*)"
    r"|^(?P<table>\|[^\n]*\|\n(?:\|[^\n]*\|\n)+)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Place:
    """A place of the page: its line, what kind of thing stands there, what it says, and what the engine says."""

    line: int
    kind: str
    page: str
    engine: str


@dataclass
class Lesson:
    """The rule as far as the page has grown it, with the documents beside it."""

    library: Json
    questionnaire: Json
    rule: Json = field(default_factory=dict)
    definitions: dict[str, Json] = field(default_factory=dict)
    for_a_person: list[Json] = field(default_factory=list)
    vignettes: Json = field(default_factory=dict)

    @property
    def asked(self) -> Questionnaire:
        """The questions of the page."""
        return load(Questionnaire, self.questionnaire, document="questionnaire")

    @property
    def rules(self) -> RuleSet:
        """The rule in a rule set of its own; raise ``InvalidDocument`` where its shape is wrong."""
        document = {
            "name": "page",
            "title": "The rules of the page",
            "description": "One rule.",
            "questionnaire": self.questionnaire["name"],
            "definitions": list(self.definitions.values()),
            "rules": [self.rule],
            "for_a_person": self.for_a_person,
        }
        return load(RuleSet, document, document="rules")

    @property
    def protocol(self) -> Protocol:
        """The documents together; without vignettes until the page comes to them."""
        library = load(GuidanceLibrary, self.library, document="guidance")
        vignettes = VignetteSet.model_construct(vignettes=())
        if self.vignettes:
            vignettes = load(VignetteSet, self.vignettes, document="vignettes")
        return Protocol(library, self.asked, self.rules, vignettes)

    def messages(self) -> str:
        """Return what refuses the rule as it stands, a line for each finding."""
        try:
            protocol = self.protocol
        except InvalidDocument as refused:
            return str(refused)
        found = refusals(validate(protocol.library, protocol.questionnaire, protocol.rule_set))
        if self.vignettes and not found:
            found = check_vignettes(protocol.rule_set, protocol.questionnaire, protocol.vignettes)
        return "\n".join(str(finding) for finding in found)

    def changed(self, part: str, document: Any) -> "Lesson":
        """Return the lesson with this block: fields of the rule, or one more exception, definition, check, vignette."""
        lesson = deepcopy(self)
        match part:
            case "add-unless":
                others = [unless for unless in lesson.rule["unless"] if unless["id"] != document["id"]]
                lesson.rule["unless"] = [*others, document]
            case "definition":
                lesson.definitions[document["name"]] = document
            case "for_a_person":
                lesson.for_a_person = document
            case "vignettes":
                lesson.vignettes = document
            case "vignette":
                others = lesson.vignettes["vignettes"]
                lesson.vignettes["vignettes"] = [document if one["id"] == document["id"] else one for one in others]
            case _:
                lesson.rule.update(document)
        return lesson


def places(text: str) -> Iterator[Place]:
    """Yield each place of the page at which the engine has something to say, in the order of the page.

    A block of JSON changes the rule; one that is a mistake or a trap changes it only until the next one.
    """
    found = [(text.count("\n", 0, block.start()) + 1, block) for block in BLOCK.finditer(text)]
    documents = documents_of(text)
    kept = shown = Lesson(documents["guidance"], documents["questionnaire"])
    for line, block in found:
        label, body = block["label"], block["body"]
        if label == "vignette":
            kept = kept.changed("vignettes", documents["vignettes"])
        if label in GROWING:
            kept = shown = kept.changed(label, json.loads(body))
            yield Place(line, "sound", "", kept.messages())
        elif label in PASSING:
            shown = kept.changed(PASSING[label], json.loads(body))
            if label == "trap":
                yield Place(line, "sound", "", shown.messages())
        elif label == "message":
            yield Place(line, "message", body.strip(), shown.messages())
        elif label == "told":
            yield Place(line, "told", body.strip(), told(kept, documents["response"]))
        elif block["quote"] and kept.rule:
            quoted = unmarked(block["quote"])
            yield Place(line, "sentence", quoted, read_back(kept, quoted))
        elif block["table"]:
            yield from table_places(line, shown, block["table"])


def documents_of(text: str) -> dict[str, Json]:
    """Return the blocks of JSON of the page by their labels; of those with one label, the last."""
    return {block["label"]: json.loads(block["body"]) for block in BLOCK.finditer(text) if block["language"] == "json"}


def lesson_of(text: str) -> Lesson:
    """Return the lesson at the end of the page."""
    blocks = [
        (block["label"], json.loads(block["body"])) for block in BLOCK.finditer(text) if block["language"] == "json"
    ]
    documents = dict(blocks)
    lesson = Lesson(documents["guidance"], documents["questionnaire"], vignettes=documents["vignettes"])
    for label, document in blocks:
        lesson = lesson.changed(label, document) if label in GROWING else lesson
    return lesson


GROWING = ("rule", "definition", "add-unless", "for_a_person", "vignette")
PASSING = {
    "mistake": "rule",
    "trap": "rule",
    "mistake-in-definition": "definition",
    "mistake-in-unless": "add-unless",
    "mistake-in-vignette": "vignette",
}


def unmarked(quote: str) -> str:
    """Return the words of a quotation on one line, without the marks for what is new in it."""
    return " ".join(line.removeprefix("> ") for line in quote.splitlines()).replace("**", "")


def read_back(lesson: Lesson, quoted: str) -> str:
    """Return the sentence that the engine writes for the rule, or for the definition that ``quoted`` begins with."""
    rules = lesson.rules
    for definition in rules.definitions:
        opening = f"“{definition.title}” means:"
        if quoted.startswith(opening):
            return f"{opening} {condition_sentence(definition.condition, rules, lesson.asked)}."
    return str(rule_sentence(rules.rules[0], rules, lesson.asked))


def told(lesson: Lesson, response: Json) -> str:
    """Return the readable result of a ``QuestionnaireResponse``."""
    protocol, on = lesson.protocol, authored_on(response, NOW) or ON
    answers = answers_from_fhir(response, protocol.questionnaire, on)
    guidance = evaluate(protocol.rule_set, protocol.questionnaire, answers, on)
    return "\n".join(guidance_lines(protocol, answers, guidance, day_known=True)).strip()


def table_places(line: int, lesson: Lesson, table: str) -> Iterator[Place]:
    """Yield each line of a table of cases, or the table of lines; other tables say nothing of the engine."""
    head, *rows = [_cells(row) for row in table.splitlines()]
    if head[0] == "indent":
        yield Place(line, "lines", table.strip(), lines_table(lesson))
    elif "the rule" in head:
        place = head.index("the rule")
        for number, row in enumerate(rows[1:], start=line + 2):
            cells = {
                name.strip("`"): "-" if cell == "–" else cell for name, cell in zip(head[:place], row, strict=False)
            }
            yield Place(number, "case", " | ".join(row[place:]), " | ".join(case_words(lesson, cells, head[place:])))


def case_words(lesson: Lesson, cells: dict[str, str], columns: list[str]) -> list[str]:
    """Return what the engine says in each of ``columns``: how the rule ends, then exceptions and needs by their ids."""
    answers = line_response(lesson.asked, cells)
    (outcome,) = evaluate(lesson.rules, lesson.asked, answers, ON).outcomes
    beside = beside_words(outcome)
    return [STATE_WORDS[outcome.state] if name == "the rule" else beside[name.strip("“”")] for name in columns]


def lines_table(lesson: Lesson) -> str:
    """Return the lines of the exception in residential treatment, as the form shows them."""
    unless = next(found for found in lesson.rules.rules[0].unless if found.id == "in-residential")
    rows = [["indent", "what it says", "about", "number or answer"], ["---"] * 4]
    rows += [_line_cells(line, lesson.asked) for line in to_lines(unless.when)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _line_cells(line: Line, asked: Questionnaire) -> list[str]:
    item = asked.item_by_id.get(line.question)
    chosen = [asked.questions[line.question].option_text(value) for value in line.values]
    said = " ".join(filter(None, [line.number, line.unit, *chosen]))
    return [str(line.depth), KIND_WORDS[line.kind], item.text if item else "–", said or "–"]


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]
