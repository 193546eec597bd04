"""What every document of the engine shares: frozen, strict, closed nodes, and the refusal that names the place.

An invalid document cannot be loaded. A refusal carries one finding per fault: the document, a JSON pointer to the
place, what is wrong, and the cure.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from screening.engine.spelling import nearest

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
StatementId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,8}-[0-9]{1,3}$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Note = Annotated[str, StringConstraints(max_length=4000)]


class Node(BaseModel):
    """A part of a document: immutable, without unknown fields, without silent conversions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: in which document, where (a JSON pointer), what is wrong, and the cure.

    An ``error`` refuses the document; a ``notice`` is for its author to read.
    """

    document: str
    pointer: str
    problem: str
    cure: str
    level: Literal["error", "notice"] = "error"

    def __str__(self) -> str:
        return f"{self.document} at {self.pointer or '/'}: {self.problem} {self.cure}"


class InvalidDocument(Exception):
    """A document that cannot be used, with every finding. Nothing was loaded."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


NodeType = TypeVar("NodeType", bound=Node)


def load(kind: type[NodeType], value: Any, *, document: str) -> NodeType:
    """Build a document of ``kind`` from parsed JSON, or raise ``InvalidDocument`` naming every place at fault."""
    try:
        return kind.model_validate_json(json.dumps(value))
    except ValidationError as error:
        raise InvalidDocument([_finding(document, value, problem) for problem in error.errors()]) from None


def as_document(node: Node) -> dict[str, Any]:
    """Return the plain JSON form of a document, leaving out what was left at its default."""
    found: dict[str, Any] = node.model_dump(mode="json", exclude_defaults=True)
    return found


def pointer_to(*parts: str | int) -> str:
    """Return the JSON pointer (RFC 6901) that leads through ``parts``."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _finding(document: str, value: Any, problem: Any) -> Finding:
    pointer = pointer_to(*_path(value, problem["loc"]))
    said = problem["msg"].removeprefix("Value error, ")
    return Finding(document, pointer, f"{said[:1].upper()}{said[1:]}.", _cure(problem))


def _path(value: Any, loc: tuple[str | int, ...]) -> Iterator[str | int]:
    """Yield the parts of ``loc`` that lead through ``value``; the names of union members lead nowhere."""
    for index, part in enumerate(loc):
        last = index == len(loc) - 1
        if isinstance(value, list) and isinstance(part, int):
            value = value[part] if part < len(value) else None
            yield part
        elif isinstance(value, dict) and (part in value or last):
            value = value.get(part)
            yield part


def _cure(problem: Any) -> str:
    match problem["type"]:
        case "extra_forbidden":
            return "Remove this field, or check its spelling."
        case "missing":
            return "Add this field."
        case "union_tag_invalid":
            tags = [tag.strip().strip("'") for tag in problem["ctx"]["expected_tags"].split(",")]
            return nearest(str(problem["ctx"]["tag"]), tags)
        case "literal_error" | "enum":
            return f"Use one of: {problem['ctx']['expected']}."
        case "string_pattern_mismatch":
            return "Use lower-case letters, digits and single hyphens, beginning with a letter."
        case _:
            return "Correct the value at this place."
