"""The questionnaire document, in FHIR's words: sections of items, some of them asked only when others say so."""

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from screening.engine.answers import Source
from screening.engine.documents import Identifier, Node, Words


class ItemType(StrEnum):
    """The type of an item's answer (a FHIR ``Questionnaire.item.type``)."""

    BOOLEAN = "boolean"
    CHOICE = "choice"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    STRING = "string"
    TEXT = "text"


class AnswerOption(Node):
    """One option of a choice: the code that rules read, and the words that people see.

    ``exclusive`` is for an option that stands alone where several can be chosen, such as *None of these*: whoever
    answers is asked to choose (FHIR ``optionExclusive``). Answers that hold it beside others are read as they stand.
    """

    code: Identifier
    text: Words
    exclusive: bool = False


class EnableWhen(Node):
    """Ask only when another question's answer compares so. ``exists`` asks whether it was answered at all."""

    question: Identifier
    operator: Literal["exists", "=", "!=", ">", "<", ">=", "<="]
    answer: bool | int | float | str


class _Asked(Node):
    link_id: Identifier
    text: Words
    help: Words
    enable_when: tuple[EnableWhen, ...] = ()
    enable_behavior: Literal["all", "any"] = "all"


class Question(_Asked):
    """A question. ``help`` says why it is asked. ``repeats`` lets a choice take several options.

    ``minimum`` and ``maximum`` bound a number; ``unit`` is the unit it is given in; ``past`` says that a date cannot
    lie after the day of the screening. ``usual_source`` is how an answer is known unless somebody says otherwise: a
    question that the therapist fills in is not the client's word.
    """

    type: ItemType
    hint: str = ""
    answer_options: Annotated[tuple[AnswerOption, ...], Field(max_length=40)] = ()
    repeats: bool = False
    required: bool = True
    minimum: int | float | None = None
    maximum: int | float | None = None
    unit: str = ""
    past: bool = True
    max_length: Annotated[int, Field(ge=1, le=4000)] = 2000
    usual_source: Source = Source.CLIENT

    @model_validator(mode="after")
    def _options_fit_type(self) -> Self:
        if (self.type is ItemType.CHOICE) != bool(self.answer_options):
            raise ValueError("a choice needs answer_options, and only a choice has them")
        if self.repeats and self.type is not ItemType.CHOICE:
            raise ValueError("only a choice can repeat")
        if not self.repeats and any(option.exclusive for option in self.answer_options):
            raise ValueError("an option is exclusive only where several can be chosen: give the question repeats")
        codes = [option.code for option in self.answer_options]
        if len(set(codes)) != len(codes):
            raise ValueError("two options have the same code")
        return self

    @cached_property
    def option_by_code(self) -> dict[str, AnswerOption]:
        """Every option by its code."""
        return {option.code: option for option in self.answer_options}

    def option_text(self, code: str) -> str:
        """Return the words of the option ``code``, or the code itself where there is no such option."""
        return self.option_by_code[code].text if code in self.option_by_code else code


class Group(_Asked):
    """A repeating group: one row per substance, attempt, medicine. ``row_name`` is what one row is called."""

    type: Literal["group"]
    row_name: Words
    items: Annotated[tuple[Question, ...], Field(min_length=1, max_length=20)]


def _kind_of_item(value: Any) -> str:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return "group" if kind == "group" else "question"


Item = Annotated[Annotated[Question, Tag("question")] | Annotated[Group, Tag("group")], Discriminator(_kind_of_item)]
"""A question or a group, told apart by its type, so that what is wrong with one is not said of the other as well."""


class Section(Node):
    """A section of the questionnaire: one topic, asked together."""

    link_id: Identifier
    title: Words
    topic: Identifier
    introduction: str = ""
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=40)]

    def questions(self) -> Iterator[Question]:
        """Yield the section's own questions, those inside groups left out."""
        yield from (item for item in self.items if isinstance(item, Question))


class Questionnaire(Node):
    """A questionnaire: what is asked, in which words, and when."""

    name: Identifier
    title: Words
    description: Words
    language: str = "en"
    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=40)]

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Every question by ``link_id``, those of repeating groups included."""
        found: dict[str, Question] = {}
        for item in self._items:
            for question in item.items if isinstance(item, Group) else (item,):
                found[question.link_id] = question
        return found

    @cached_property
    def groups(self) -> dict[str, Group]:
        """Every repeating group by ``link_id``."""
        return {item.link_id: item for _, item in self.items() if isinstance(item, Group)}

    @cached_property
    def group_of(self) -> dict[str, str]:
        """The repeating group that each grouped question belongs to, both by ``link_id``."""
        return {item.link_id: group.link_id for group in self.groups.values() for item in group.items}

    @cached_property
    def section_of(self) -> dict[str, str]:
        """The section of each question and group, all by ``link_id``."""
        found = {}
        for section, item in self.items():
            found[item.link_id] = section.link_id
            if isinstance(item, Group):
                found.update({question.link_id: section.link_id for question in item.items})
        return found

    @cached_property
    def item_by_id(self) -> dict[str, Question | Group]:
        """Every question and every repeating group by ``link_id``."""
        return {**self.questions, **self.groups}

    @cached_property
    def order(self) -> dict[str, int]:
        """The place of each question and group in the order of asking, by ``link_id``."""
        found: list[str] = []
        for item in self._items:
            found.append(item.link_id)
            found += [question.link_id for question in item.items] if isinstance(item, Group) else []
        return {link_id: place for place, link_id in enumerate(found)}

    @cached_property
    def gated(self) -> frozenset[str]:
        """Every item that is asked only sometimes: by its own ``enable_when`` or that of its group."""
        own = {link_id for link_id, item in self.item_by_id.items() if item.enable_when}
        return frozenset(own | {link_id for link_id, group in self.group_of.items() if group in own})

    @property
    def _items(self) -> Iterator[Question | Group]:
        yield from (item for _, item in self.items())

    def items(self) -> Iterator[tuple[Section, Question | Group]]:
        """Yield every top-level item with its section, in the order of asking."""
        for section in self.sections:
            for item in section.items:
                yield section, item
