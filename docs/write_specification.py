"""Writes the specification of the engine as pages, from its tests: ``python -m docs.write_specification``.

``tests/spec`` is the specification. A folder becomes a page of ``docs/specification``, a file a chapter, a test a
sentence with its tables. Nothing is written here that the tests do not say; a test fails while the pages are stale.
"""

import enum
import importlib
import inspect
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

from screening.engine.questionnaire import Questionnaire
from screening.engine.rules import RuleSet
from screening.engine.sentences import condition_sentence, rule_sentence
from tests.spec.book import QUESTIONNAIRE, Json, check, check_rule, rule, rule_set_of, table_lines

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "tests" / "spec"
PAGES = ROOT / "docs" / "specification"
PARTS = ("forms", "answers", "joining", "rows", "asking", "raising")
ENDS = {"met": "**met**", "not met": "not met", "unknown": "*cannot be ruled out*"}
LONGEST_CELL = 60
COLUMNS = {"ending": "the rule", "cell": "answer", "cells": "answers"}
PARTS_OF_A_RULE = ("concern", "only_for", "when", "unless", "weighed_by", "needs", "recheck", "undertakings")
OPENING = """# The specification of the engine

This is what every part of a rule document means, as small tables. Each table is run with the tests, so what stands here
is what the engine does. [Writing a rule](../writing-rules.md) teaches the same step by step, and
[How a rule document is read](../rules.md) is the reference.

**The questions are stand-ins.** Most are asked in no words of their own: the question `a` reads “a?”, `sessions` reads
“sessions?”. What counts is the form of the condition around them; what it says in a real protocol stands under
[Protocols](../protocols/README.md).

How a table is read: a line is one set of answers, a column a question, and the last column how a rule with this
condition ends.

| in a table | means |
| --- | --- |
| **met** | the condition holds: the rule raises its flag |
| not met | the condition does not hold |
| *cannot be ruled out* | it cannot be told from these answers; what is missing is named |
| – | no answer |
| declined, unknown | an answer that says why there is none: preferred not to say, not known |
| yes (record) | an answer, and where it is known from; without one it is the client's word |
| numbing, alone | several options of one question |
| opioid; ssri | a value for each row of a group, in the order of the rows |
| opioid; ... | the same, and there may be more rows |
| none | there is surely no row |

Every screening in these tables takes place on 1 July 2026."""
NOTICE = "<!-- Written by docs/write_specification.py from tests/spec. Change the tests, and write it again. -->"


@dataclass(frozen=True)
class Table:
    """What a paragraph tries: a rule, the table of its answers, the questionnaire, and definitions by name.

    ``whole`` says that the whole rule is meant, with what stands beside its condition.
    """

    rule: Json
    table: str
    questionnaire: Questionnaire
    definitions: dict[str, Json]
    whole: bool = False

    @property
    def rule_set(self) -> RuleSet:
        """A rule set that holds the rule with its definitions."""
        return rule_set_of(self.rule, **self.definitions)


@dataclass(frozen=True)
class Part:
    """A folder of the specification: its title, what it says of itself, and the names of its chapters in order."""

    name: str
    title: str
    opening: str
    chapter_names: tuple[str, ...]

    @classmethod
    def named(cls, name: str) -> "Part":
        """Read the part ``name``; raise ``ValueError`` where a file is not listed among its ``CHAPTERS``."""
        module = importlib.import_module(f"tests.spec.{name}")
        title, _, opening = " ".join((inspect.getdoc(module) or "").split()).partition(". ")
        listed = getattr(module, "CHAPTERS", ())
        files = {path.stem.removeprefix("test_") for path in (SPEC / name).glob("test_*.py")}
        if listed and set(listed) != files:
            raise ValueError(f"CHAPTERS of tests/spec/{name} does not list {sorted(files ^ set(listed))}")
        return cls(name, title, opening, listed)

    @property
    def chapters(self) -> "list[Chapter]":
        """The chapters of this part, in the order in which they are read."""
        return [Chapter.of(self.name, name) for name in self.chapter_names]


@dataclass(frozen=True)
class Chapter:
    """A file of the specification: its heading, what it says of itself, and its tests in their order."""

    part: str
    name: str
    heading: str
    opening: str
    tests: tuple[FunctionType, ...]

    @classmethod
    def of(cls, part: str, name: str) -> "Chapter":
        """Read the chapter ``name`` of ``part``."""
        module = importlib.import_module(f"tests.spec.{part}.test_{name}")
        heading, mark, opening = re.split(r"([:.])", " ".join((inspect.getdoc(module) or "").split()), maxsplit=1)
        tests = [found for name, found in vars(module).items() if name.startswith("test_")]
        written_here = tuple(found for found in tests if isinstance(found, FunctionType))
        return cls(part, name, heading if mark == "." else _headline(heading), _sentence(opening), written_here)

    @property
    def link(self) -> str:
        """The chapter as a link from any page of the specification."""
        return f"[{self.heading}]({self.part}.md#{slug(self.heading)})"


def slug(heading: str) -> str:
    """Return the anchor that readers of Markdown give to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _headline(words: str) -> str:
    """Return a heading: names of the rule document stand as they are written there."""
    listed = words.split(", ")
    if not all(re.fullmatch(r"[a-z_-]+( until)?", word) for word in listed):
        return words
    return ", ".join(re.sub(r"^[a-z_-]+", lambda name: f"`{name.group()}`", word) for word in listed)


def sentence_of(test: FunctionType) -> str:
    """Return the name of a test as the sentence that it is."""
    words = test.__name__.removeprefix("test_").replace("_", " ")
    for split, joined in (("re check", "re-check"), ("sub group", "sub-group"), ("follow up", "follow-up")):
        words = words.replace(split, joined)
    return _sentence(f"{words}.")


def _sentence(words: str) -> str:
    return f"{words.strip()[:1].upper()}{words.strip()[1:]}"


def tables_of(test: FunctionType) -> list[Table]:
    """Return the tables of ``test``, tried with each of its parameters; they are checked on the way."""
    if not {"check", "check_rule"} & set(test.__code__.co_names):
        return []
    found: list[Table] = []

    def record(when: Json, table: str, asked: Questionnaire = QUESTIONNAIRE, /, **definitions: Json) -> None:
        check(when, table, asked, **definitions)
        found.append(Table(rule("rule", when), table, asked, definitions))

    def record_rule(document: Json, table: str, asked: Questionnaire = QUESTIONNAIRE, /) -> None:
        check_rule(document, table, asked)
        found.append(Table(document, table, asked, {}, whole=True))

    names = {**test.__globals__, "check": record, "check_rule": record_rule}
    recording = FunctionType(test.__code__, names, closure=test.__closure__)
    for values in parameters_of(test):
        recording(**values)
    return found


def parameters_of(test: FunctionType) -> list[dict[str, Any]]:
    """Return every set of parameters that ``test`` is called with; one empty set where it takes none."""
    each = [list(_mark_values(mark)) for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
    return [{name: value for part in parts for name, value in part.items()} for parts in itertools.product(*each)]


def _mark_values(mark: Any) -> Iterator[dict[str, Any]]:
    names, values = mark.args[:2]
    listed = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    for value in values:
        yield dict(zip(listed, value if len(listed) > 1 else (value,), strict=True))


def laid_out(value: Any, width: int = 96, indent: int = 0) -> str:
    """Return JSON on one line where it fits, and each part on a line of its own where it does not."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent <= width or not isinstance(value, dict | list):
        return flat
    inside = "  " * (indent // 2 + 1)
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {laid_out(part, width, indent + 2)}" for key, part in value.items()]
        return "{\n" + ",\n".join(inside + part for part in parts) + "\n" + " " * indent + "}"
    parts = [laid_out(part, width, indent + 2) for part in value]
    return "[\n" + ",\n".join(inside + part for part in parts) + "\n" + " " * indent + "]"


def markdown_table(head: list[str], lines: list[list[str]]) -> list[str]:
    """Return the lines of a table."""
    return [_row(head), _row(["---"] * len(head)), *(_row(line) for line in lines), ""]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def shown_cell(cell: str) -> str:
    """Return the cell of a table as it reads: an answer with its source, several options, no answer at all."""
    value, _, source = cell.partition("@")
    if value == "-":
        return "–"
    return value.replace("+", ", ") + (f" ({source})" if source else "")


def told_table(table: Table) -> Iterator[str]:
    """Yield a rule as the engine reads it, as it is written, and how it comes out."""
    rules, asked = table.rule_set, table.questionnaire
    found = rules.rules[0]
    reads = rule_sentence(found, rules, asked) if table.whole else condition_sentence(found.when, rules, asked)
    yield f"> {_sentence(str(reads)).removesuffix('.')}."
    for definition in rules.definitions:
        yield f">\n> “{definition.title}” means: {condition_sentence(definition.condition, rules, asked)}."
    written = {name: table.rule[name] for name in table.rule if name in PARTS_OF_A_RULE}
    yield from ("", "```json", laid_out(written if table.whole else table.rule["when"]), "```", "")
    head, lines = table_lines(table.table)
    place = head.index("rule")
    columns = [
        *(f"`{name}`" for name in head[:place]),
        "the rule",
        *(name if " " in name else f"“{name}”" for name in head[place + 1 :]),
    ]
    yield from markdown_table(columns, [_line_cells(line, place) for line in lines])


def _line_cells(line: list[str], place: int) -> list[str]:
    return [*map(shown_cell, line[:place]), ENDS[line[place]], *map(shown_cell, line[place + 1 :])]


def told_parameters(test: FunctionType) -> Iterator[str]:
    """Yield the values that ``test`` is tried with as a table, where they are a list and two or more are short."""
    if len([mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]) != 1:
        return
    tried = [{name: _value(value) for name, value in found.items()} for found in parameters_of(test)]
    names = [name for name in tried[0] if all(len(found[name]) <= LONGEST_CELL for found in tried)]
    if len(names) > 1:
        head = [COLUMNS.get(name, name.replace("_", " ")) for name in names]
        columns = [_ends_of([found[name] for found in tried]) for name in names]
        yield from markdown_table(head, [list(line) for line in zip(*columns, strict=True)])


def _ends_of(cells: list[str]) -> list[str]:
    """Return a column, as endings where it is one of endings."""
    endings = set(cells) <= set(ENDS) and set(cells) != {"unknown"}
    return [ENDS[cell] for cell in cells] if endings else cells


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | enum.Enum):
        return shown_cell(str(getattr(value, "value", value)))
    if isinstance(value, Mapping):
        return ", ".join(f"{key.replace('_', '-')}: {_value(part)}" for key, part in value.items()) or "–"
    if isinstance(value, tuple | list):
        return "; ".join(_value(part) for part in value) or "none"
    return str(value)


def chapter_lines(chapter: Chapter) -> Iterator[str]:
    """Yield a chapter: each test a sentence, with its tables under it where it has some."""
    yield from (f"## {chapter.heading}", "", *([chapter.opening, ""] if chapter.opening else []))
    for with_tables, tests in itertools.groupby(chapter.tests, key=_is_paragraph):
        for test in tests:
            yield from _paragraph(test) if with_tables else [f"- {sentence_of(test)}{_remark(test)}"]
        yield from () if with_tables else [""]


def _is_paragraph(test: FunctionType) -> bool:
    return bool(tables_of(test)) or bool(list(told_parameters(test)))


def _remark(test: FunctionType) -> str:
    return f" {_sentence(' '.join(test.__doc__.split()).replace('``', '`'))}" if test.__doc__ else ""


def _paragraph(test: FunctionType) -> Iterator[str]:
    yield from (f"**{sentence_of(test)}**{_remark(test)}", "")
    for table in tables_of(test):
        yield from told_table(table)
    if not tables_of(test):
        yield from told_parameters(test)


def part_page(part: Part) -> str:
    """Return the page of one part of the specification."""
    read = "[All parts, and how a table is read](README.md). The questions are stand-ins: `a` is asked as “a?”."
    lines = [NOTICE, "", f"# {part.title}", "", part.opening, "", read, ""]
    lines += [f"- {chapter.link}" for chapter in part.chapters]
    for chapter in part.chapters:
        lines += ["", *chapter_lines(chapter)]
    return tidied(lines)


def tidied(lines: list[str]) -> str:
    """Return lines as a page: never two empty ones together, and one end of line at its end."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def pages() -> dict[str, str]:
    """Return the text of every page of the specification by its file name."""
    from docs.write_forms import forms_page  # noqa: PLC0415 - it uses what stands here

    found = {f"{name}.md": part_page(Part.named(name)) for name in PARTS if name != "forms"}
    return {"README.md": contents_page(), "forms.md": forms_page(), **found}


def contents_page() -> str:
    """Return the first page: what this is, how it is read, and its parts."""
    lines = [NOTICE, "", OPENING, ""]
    for part in map(Part.named, PARTS):
        lines += [f"## [{part.title}]({part.name}.md)", "", part.opening, ""]
        lines += [*(f"- {chapter.link}" for chapter in part.chapters), ""]
    return tidied(lines)


if __name__ == "__main__":
    for name, text in pages().items():
        (PAGES / name).write_text(text, encoding="utf-8")
