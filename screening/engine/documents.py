"""What every document of the engine shares: frozen, strict, closed nodes, and the refusal that names the place.

An invalid document cannot be loaded. A refusal carries one finding per fault: the document, a JSON pointer to the
place, the words that stand there, what is wrong, and the cure.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from screening.engine.quoting import clipped, words_at
from screening.engine.spelling import near_name, nearest

MOST_FINDINGS = 100
MOST_MISFITS = 5_000
LONGEST_NOTE = 4000

IDENTIFIER = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
STATEMENT_ID = r"^[A-Z]{2,8}-[0-9]{1,3}$"
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER, max_length=64)]
StatementId = Annotated[str, StringConstraints(pattern=STATEMENT_ID)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Note = Annotated[str, StringConstraints(max_length=LONGEST_NOTE)]


class Node(BaseModel):
    """A part of a document: immutable, without unknown fields, without silent conversions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: in which document, where (a JSON pointer), what is wrong, and the cure.

    An ``error`` refuses the document; a ``notice`` is for its author to read. ``words`` are those of the document at
    that place, as JSON text, shortened (``with_words``).
    """

    document: str
    pointer: str
    problem: str
    cure: str
    level: Literal["error", "notice"] = "error"
    words: str = ""

    def __str__(self) -> str:
        found = f" It says: {self.words}" if self.words else ""
        return f"{self.document} at {self.pointer or '/'}: {self.problem} {self.cure}{found}"

    def as_document(self) -> dict[str, str]:
        """Return the finding as plain JSON."""
        return {
            "document": self.document,
            "pointer": self.pointer,
            "words": self.words,
            "problem": self.problem,
            "cure": self.cure,
            "level": self.level,
        }


class InvalidDocument(Exception):
    """A document that cannot be used, with every finding. Nothing was loaded."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


def with_words(findings: Iterable[Finding], documents: Mapping[str, Any]) -> list[Finding]:
    """Return ``findings`` with the words of the document at each place; ``documents`` are plain JSON by their names."""
    return [
        replace(finding, words=words_at(documents[finding.document], finding.pointer))
        if finding.document in documents and not finding.words
        else finding
        for finding in findings
    ]


def first_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Return ``findings`` up to the hundredth error: nobody reads more at once, and looking for more could take hours.

    A notice never takes the place of an error.
    """
    found: list[Finding] = []
    errors = 0
    for finding in findings:
        found.append(finding)
        errors += finding.level == "error"
        if errors >= MOST_FINDINGS:
            break
    return found


NodeType = TypeVar("NodeType", bound=Node)


def load(kind: type[NodeType], value: Any, *, document: str) -> NodeType:
    """Build a document of ``kind`` from parsed JSON, or raise ``InvalidDocument`` naming every place at fault."""
    try:
        return kind.model_validate_json(json.dumps(value))
    except ValidationError as error:
        raise InvalidDocument(with_words(_misfits(kind, document, value, error), {document: value})) from None


def as_document(node: Node) -> dict[str, Any]:
    """Return the plain JSON form of a document, leaving out what was left at its default."""
    found: dict[str, Any] = node.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    return found


def pointer_to(*parts: str | int) -> str:
    """Return the JSON pointer (RFC 6901) that leads through ``parts``."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _misfits(kind: type[Node], document: str, value: Any, error: ValidationError) -> list[Finding]:
    if error.error_count() > MOST_MISFITS:
        problem = f"its shape is wrong in {error.error_count():,} places."
        return [Finding(document, "", problem, "Begin with a document that is sound, and change that.")]
    listed = error.errors(include_url=False)
    no_numbers = {problem["loc"][:-1] for problem in listed if problem["type"] == "float_type"}
    problems = [problem for problem in listed if not _only_follows(problem) and not _said_with(no_numbers, problem)]
    return [_finding(kind, document, value, problem) for problem in problems[:MOST_FINDINGS]]


def _only_follows(problem: Any) -> bool:
    """Return whether a list is called too short only because of what is wrong in it, which is said there."""
    return bool(problem["type"] == "too_short" and len(problem["input"]) >= problem["ctx"]["min_length"])


def _said_with(no_numbers: set[tuple[str | int, ...]], problem: Any) -> bool:
    """Return whether it is said of the same place already that no number stands there, whole or not."""
    return problem["type"] == "int_type" and problem["loc"][:-1] in no_numbers


def _finding(kind: type[Node], document: str, value: Any, problem: Any) -> Finding:
    pointer = pointer_to(*_path(value, problem["loc"], missing=problem["type"] == "missing"))
    cure = _other_field(kind, problem["loc"]) if problem["type"] == "extra_forbidden" else _cure(problem)
    return Finding(document, pointer, clipped(_problem(problem), 400), cure)


def _other_field(kind: type[Node], loc: tuple[str | int, ...]) -> str:
    """Say which field of the node at ``loc`` was probably meant by the last name in it."""
    *way, name = loc
    near = near_name(str(name), _fields_at(kind, way) - {name})
    return f'Did you mean "{near}"?' if near else "Remove this field, or check its spelling."


def _fields_at(kind: type[Node], way: Iterable[str | int]) -> set[str]:
    """Return the names of the fields that can stand in the node that ``way`` leads to; none where it is not known."""
    nodes: set[type[Node]] = {kind}
    for part in way:
        if inner := [node.model_fields[part] for node in nodes if part in node.model_fields]:
            nodes = {found for field in inner for found in _nodes_in(field.annotation)}
        elif tagged := {node for node in nodes if "kind" in node.model_fields and part in _tags(node)}:
            nodes = tagged
    return {field.alias or name for node in nodes for name, field in node.model_fields.items()}


def _tags(node: type[Node]) -> tuple[Any, ...]:
    return get_args(node.model_fields["kind"].annotation)


def _nodes_in(annotation: Any) -> Iterator[type[Node]]:
    """Yield the nodes that can stand where ``annotation`` does: itself, in a list, under a name, among others."""
    if isinstance(annotation, type) and issubclass(annotation, Node):
        yield annotation
    for part in get_args(annotation):
        yield from _nodes_in(part)


def _path(value: Any, loc: tuple[str | int, ...], *, missing: bool) -> Iterator[str | int]:
    """Yield the parts of ``loc`` that lead through ``value``; the names of union members lead nowhere.

    The last part of what is ``missing`` is its name, which stands nowhere yet.
    """
    for index, part in enumerate(loc):
        last = missing and index == len(loc) - 1
        if isinstance(value, list) and isinstance(part, int):
            value = value[part] if part < len(value) else None
            yield part
        elif isinstance(value, dict) and (part in value or last):
            value = value.get(part)
            yield part


def _problem(problem: Any) -> str:
    said, name = problem["msg"].removeprefix("Value error, "), problem["loc"][-1] if problem["loc"] else ""
    match problem["type"]:
        case "extra_forbidden":
            return f'there is no field "{name}" here.'
        case "missing":
            return f'the field "{name}" is missing.'
        case "union_tag_invalid":
            return f'there is no form "{problem["ctx"]["tag"]}".'
        case "literal_error" | "enum":
            return "this is none of the words that can stand here."
        case "too_long":
            return f"more than {problem['ctx']['max_length']} stand here, which is as many as are read."
        case "too_short":
            return f"at least {problem['ctx']['min_length']} has to stand here."
        case _:
            return _SAID.get(problem["type"], f"{said[:1].lower()}{said[1:]}.")


_SAID = {
    "string_pattern_mismatch": "this is not written as names are.",
    "string_type": "this is not text.",
    "float_type": "this is not a number.",
    "tuple_type": "this is not a list.",
    "union_tag_not_found": 'it has no "kind".',
}


def _cure(problem: Any) -> str:
    match problem["type"]:
        case "missing":
            return "Add this field."
        case "union_tag_invalid":
            tags = [tag.strip().strip("'") for tag in problem["ctx"]["expected_tags"].split(",")]
            return nearest(str(problem["ctx"]["tag"]), tags)
        case "too_long":
            return "Split it, or take some out."
        case "literal_error" | "enum":
            return f"Use one of: {problem['ctx']['expected']}."
        case "string_pattern_mismatch":
            return _PATTERN_CURES.get(problem["ctx"]["pattern"], "Correct the value at this place.")
        case "float_type":
            return "Write a number, without quotation marks."
        case "union_tag_not_found":
            return 'Say with "kind" which form it is.'
        case _:
            return "Correct the value at this place."


_PATTERN_CURES = {
    IDENTIFIER: "Use lower-case letters, digits and single hyphens, beginning with a letter.",
    STATEMENT_ID: 'Use two to eight capital letters, a hyphen and a number, such as "ABC-1".',
}
