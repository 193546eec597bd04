"""What a client, a clinician or a record said: the answers that rules read.

An answer always says who it comes from. An absent answer says why it is absent. Nothing here turns an absence
into a "no".
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from screening.engine.documents import Identifier, Node, Note

Value = bool | int | float | str | tuple[str, ...]


class Source(StrEnum):
    """How an answer is known."""

    CLIENT = "client"
    CLINICIAN = "clinician"
    RECORD = "record"
    TEST = "test"
    OTHER = "other"


class Absence(StrEnum):
    """Why there is no answer (FHIR ``data-absent-reason``)."""

    UNKNOWN = "asked-unknown"
    DECLINED = "asked-declined"
    NOT_ASKED = "not-asked"


class Answer(Node):
    """One answer: a value, or the reason why there is none, with its source and a note.

    ``value`` is a boolean, an option's code, a tuple of codes (a question that ``repeats``), a number, text, or a date
    as vague as it is known (``2024-05-03``, ``2024-05``, ``2024``, ``2024-spring``, ``2024-05/2024-08``).
    """

    value: Value | None = None
    absent: Absence | None = None
    source: Source = Source.CLIENT
    note: Note = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.value is None) == (self.absent is None):
            raise ValueError("an answer has either a value or a reason why it is absent")
        return self


class Row(Node):
    """One row of a repeating group: a substance, an attempt, a medicine.

    ``row_id`` is stable while rows come and go.
    """

    row_id: Identifier
    answers: dict[Identifier, Answer] = {}


class Rows(Node):
    """The rows given for a repeating group.

    ``complete`` is true only where someone said that these are all. Otherwise there may be more, and a count has
    a lower bound but no upper one.
    """

    complete: bool = False
    rows: Annotated[tuple[Row, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _row_ids_differ(self) -> Self:
        if len({row.row_id for row in self.rows}) != len(self.rows):
            raise ValueError("two rows have the same row_id")
        return self


class Answers(Node):
    """All answers of one response, by ``link_id``; those of repeating groups row by row."""

    answers: dict[Identifier, Answer] = {}
    groups: dict[Identifier, Rows] = {}
