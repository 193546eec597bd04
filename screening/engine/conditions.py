"""The condition tree of a rule: what is read, and how it is joined. What it means is told in ``evaluation``.

Every node is one form that published protocols use. Conditions are data: no expression language, nothing to run.
"""

from enum import StrEnum
from typing import Annotated, Literal, TypeGuard, Union

from pydantic import Field

from screening.engine.answers import Source
from screening.engine.dates import Duration
from screening.engine.documents import Identifier, Node

Number = int | float
Times = Annotated[Number, Field(gt=0, le=1000)]


class Truth(StrEnum):
    """Three-valued: ``unknown`` is neither, and never read as "no"."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


class All(Node):
    """Every part holds."""

    kind: Literal["all"]
    of: Annotated[tuple["Condition", ...], Field(min_length=1, max_length=50)]


class Any(Node):
    """One part or more holds."""

    kind: Literal["any"]
    of: Annotated[tuple["Condition", ...], Field(min_length=1, max_length=50)]


class AtLeast(Node):
    """``n`` parts or more hold."""

    kind: Literal["at-least"]
    n: Annotated[int, Field(ge=1, le=50)]
    of: Annotated[tuple["Condition", ...], Field(min_length=1, max_length=50)]


class Not(Node):
    """The part does not hold."""

    kind: Literal["not"]
    condition: "Condition"


class Equals(Node):
    """The answer is this value: yes or no, an option's code, or a number."""

    kind: Literal["equals"]
    question: Identifier
    value: bool | Number | str


class OneOf(Node):
    """The answer is one of these options."""

    kind: Literal["one-of"]
    question: Identifier
    values: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=40)]


class Contains(Node):
    """Among the options chosen is this one (a question that ``repeats``)."""

    kind: Literal["contains"]
    question: Identifier
    value: Identifier


class Compare(Node):
    """The number compares so with a limit, in the question's unit."""

    kind: Literal["compare"]
    question: Identifier
    operator: Literal["<", "<=", ">", ">="]
    value: Number


class Between(Node):
    """The number lies between two limits, both included."""

    kind: Literal["between"]
    question: Identifier
    low: Number
    high: Number


class Within(Node):
    """The date lies within this length of time before the day of the screening, that first day included."""

    kind: Literal["within"]
    question: Identifier
    last: Duration


class Lasted(Node):
    """What began on this date has lasted at least this long: on the day of the screening, or ``until`` it ended."""

    kind: Literal["lasted"]
    since: Identifier
    until: Identifier | None = None
    at_least: Duration


class KnownFrom(Node):
    """The question was answered, and the answer comes from one of these sources."""

    kind: Literal["known-from"]
    question: Identifier
    sources: Annotated[tuple[Source, ...], Field(min_length=1, max_length=5)]


class After(Node):
    """The date is not before another answer's date: the same day will do."""

    kind: Literal["after"]
    question: Identifier
    than: Identifier


class WashedOut(Node):
    """So many half-lives, ``half_life`` given in hours, have passed since this date on the day of the screening."""

    kind: Literal["washed-out"]
    since: Identifier
    half_life: Identifier
    times: Times


class MultipleOf(Node):
    """The number compares so with ``times`` another answer, such as a laboratory's reference."""

    kind: Literal["multiple-of"]
    question: Identifier
    operator: Literal["<", "<=", ">", ">="]
    times: Times
    of: Identifier


class Score(Node):
    """The sum of an instrument's items compares so with a limit; ``total`` is the question that takes it as a whole."""

    kind: Literal["score"]
    items: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=50)]
    total: Identifier | None = None
    operator: Literal["<", "<=", ">", ">="]
    value: Number


class Count(Node):
    """So many rows of a repeating group meet ``where`` (every row, where it is left out).

    With ``different``, a choice of the group, not these rows are counted but the different options chosen in them.
    """

    kind: Literal["count"]
    group: Identifier
    where: Union["Condition", None] = None
    different: Identifier | None = None
    operator: Literal[">=", "<=", "="]
    value: Annotated[int, Field(ge=0, le=1000)]


class Defined(Node):
    """A named definition of the rule set holds."""

    kind: Literal["defined"]
    name: Identifier


Single = Equals | OneOf | Contains | Compare | Between | Within | Lasted | KnownFrom
Relating = Score | After | WashedOut | MultipleOf | Lasted
Leaf = Single | Relating
Condition = Annotated[All | Any | AtLeast | Not | Leaf | Count | Defined, Field(discriminator="kind")]
Joined = All | Any | AtLeast


def relates(node: object) -> TypeGuard[Relating]:
    """Return whether ``node`` is a leaf that reads several answers together."""
    return node.until is not None if isinstance(node, Lasted) else isinstance(node, Relating)


def questions_read(leaf: Leaf) -> dict[str, str]:
    """Return the ``link_id`` of each question that a leaf reads, by the field that names it."""
    if isinstance(leaf, Score):
        items = {f"items/{index}": link_id for index, link_id in enumerate(leaf.items)}
        return items if leaf.total is None else {**items, "total": leaf.total}
    fields = _FIELDS.get(type(leaf), ("question",))
    return {field: getattr(leaf, field) for field in fields if getattr(leaf, field) is not None}


_FIELDS: dict[type, tuple[str, ...]] = {
    Lasted: ("since", "until"),
    After: ("question", "than"),
    WashedOut: ("since", "half_life"),
    MultipleOf: ("question", "of"),
}


for _node in (All, Any, AtLeast, Not, Count):
    _node.model_rebuild()
