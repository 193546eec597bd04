"""JSON text from outside, read strictly: refused where it is too large, too deep, or can be read in two ways.

How large and how deep it is, is looked at before anything is built of it, so that no text takes long to refuse.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO

from screening.engine.documents import Finding, InvalidDocument, first_findings, pointer_to
from screening.engine.quoting import clipped, shortened

MAX_BYTES = 5_000_000
MAX_PARTS = 50_000
MOST_QUOTES = 4 * MAX_PARTS
MAX_DEPTH = 100
MAX_LEVELS = 400_000
MAX_DIGITS = 100
LONGEST_NAME = 200
LARGEST_WHOLE = 2**53 - 1
_NO_MARKS = bytes(byte for byte in range(256) if byte not in b'[]{},"')
_OPENING = (b"[", b"{", b",")
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1, ord(","): 0}
_COMMA_TOO_MANY = re.compile(r",\s*[\]}]")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


Said = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Fault:
    """Stands in the tree where something cannot be read; ``say`` tells its words, what is wrong, and the cure."""

    say: Callable[[], Said]
    key: str | None = None


def read_json(raw: bytes, document: str) -> Any:
    """Return the plain JSON of ``raw``, UTF-8 text with or without a byte order mark.

    Raise ``InvalidDocument`` for what is too large or too deep, for names that stand twice in an object, for NaN,
    infinities and numbers that cannot be held exactly, and for half characters: two readers could read two documents.
    """
    if len(raw) > MAX_BYTES:
        problem, begun = f"it is larger than {MAX_BYTES:,} bytes.", raw[:200].decode("utf-8", "replace")
        raise _refusal(document, begun, problem, "Split it, or take out what nobody reads.")
    text = _decoded(raw, document)
    _refuse_bulk(raw, document, text)
    return _built(text, document)


def read_json_from(file: BinaryIO, document: str) -> Any:
    """Read JSON from an open file, as ``read_json`` does; no more than one byte beyond the limit is ever read."""
    return read_json(file.read(MAX_BYTES + 1), document)


def read_json_file(path: Path, document: str) -> Any:
    """Read the JSON file at ``path``, as ``read_json_from`` does."""
    with path.open("rb") as file:
        return read_json_from(file, document)


def _decoded(raw: bytes, document: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        at = problem.start
        words = raw[max(0, at - 20) : at + 20].decode("utf-8", "backslashreplace")
        said = f"this is not valid JSON: the byte at place {at:,} is not UTF-8."
        raise _refusal(document, words, said, "Save the file as UTF-8.") from None


def _refuse_bulk(raw: bytes, document: str, text: str) -> None:
    """Count parts and levels without building any."""
    pieces = _marks(raw).split(b'"', MOST_QUOTES + 1)
    outside = b"".join(pieces[: MOST_QUOTES + 1 : 2])
    # Beyond so many marks it has too many parts, or closes what it never opened: the rest need not be looked through.
    levels = list(accumulate(_STEPS[mark] for mark in outside[: 3 * MAX_PARTS]))
    if max(levels, default=0) > MAX_DEPTH:
        problem = f"it is nested more than {MAX_DEPTH} levels deep."
        raise _refusal(document, text, problem, "Flatten it.")
    if sum(map(outside.count, _OPENING)) > MAX_PARTS or len(pieces) > MOST_QUOTES + 1:
        problem = f"it has more than {MAX_PARTS:,} parts."
        raise _refusal(document, text, problem, "Split it, or take out what nobody reads.")
    if (total := sum(levels)) > MAX_LEVELS:
        problem = f"the levels of all its parts add up to {total:,}; {MAX_LEVELS:,} are read."
        raise _refusal(document, text, problem, "Split it, or nest less of it.")


def _marks(raw: bytes) -> bytes:
    """Return the brackets, commas and quotation marks of JSON text, without those that are written as escapes."""
    return raw.replace(b"\\\\", b"").replace(b'\\"', b"").translate(None, delete=_NO_MARKS)


def _built(text: str, document: str) -> Any:
    builder = _Builder()
    try:
        value = builder.build(text)
    except json.JSONDecodeError as problem:
        words = text[max(0, problem.pos - 20) : problem.pos + 40]
        said = f"this is not valid JSON: {problem.msg} (line {problem.lineno}, column {problem.colno})."
        raise _refusal(document, words, said, _cure_at(text, problem.pos)) from None
    if builder.faulty or "\\u" in text:
        findings = first_findings(_faults(value, document, ""))
        if findings:
            raise InvalidDocument(findings)
    return value


def _cure_at(text: str, place: int) -> str:
    """Say what to do at ``place``, where a reader stopped: at a comma too many, or behind it."""
    around = text[max(0, place - 200) : place + 200]
    if any(found.start() <= min(place, 200) < found.end() for found in _COMMA_TOO_MANY.finditer(around)):
        return "Take out the comma before the closing bracket."
    return "Correct the file there."


class _Builder:
    """Builds plain JSON, with a ``_Fault`` in the place of whatever cannot be read in one way only."""

    def __init__(self) -> None:
        self.faulty = False

    def build(self, text: str) -> Any:
        return json.loads(
            text,
            object_pairs_hook=self._object,
            parse_int=self._whole,
            parse_float=self._decimal,
            parse_constant=self._constant,
        )

    def _fault(self, say: Callable[..., Said], *about: Any, key: str | None = None) -> _Fault:
        self.faulty = True
        return _Fault(partial(say, *about), key)

    def _object(self, pairs: list[tuple[str, Any]]) -> Any:
        found = dict(pairs)
        if max(map(len, found), default=0) > LONGEST_NAME:
            return self._fault(_long_name, max(found, key=len))
        if len(found) == len(pairs):
            return found
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        return self._fault(_twice, twice, pairs, key=twice)

    def _whole(self, text: str) -> Any:
        if len(text) <= 17 and abs(int(text)) <= LARGEST_WHOLE:
            return int(text)
        return self._fault(_large, text)

    def _decimal(self, text: str) -> Any:
        if len(text) > MAX_DIGITS:
            return self._fault(_long, text)
        number = float(text)
        lost = not number and any(digit in "123456789" for digit in text.lower().partition("e")[0])
        return self._fault(_beyond, text) if lost or math.isinf(number) else number

    def _constant(self, name: str) -> Any:
        return self._fault(_no_number, name)


def _long_name(name: str) -> Said:
    return name, f"a name has {len(name):,} characters; {LONGEST_NAME} are read.", "Shorten it."


def _twice(name: str, pairs: list[tuple[str, Any]]) -> Said:
    values = [value for key, value in pairs if key == name][:2]
    both = ", ".join(f"{shortened(name)}: {shortened(value)}" for value in values)
    return both, f"the name {shortened(name)} stands twice in one object.", "Keep one of the two."


def _large(text: str) -> Said:
    problem = f"a whole number of {len(text.lstrip('-')):,} digits is too large to be read exactly."
    return text, problem, f"Write a number up to {LARGEST_WHOLE}."


def _long(text: str) -> Said:
    return text, f"a number of {len(text):,} characters cannot be read exactly.", "Round it."


def _beyond(text: str) -> Said:
    return text, f"the number {text} cannot be read exactly: it is too large, or too close to 0.", "Correct it."


def _no_number(name: str) -> Said:
    return name, f"{name} is not a number that JSON knows.", "Write a number, or leave it out."


def _faults(value: Any, document: str, pointer: str) -> Iterator[Finding]:
    """Yield what cannot be read, each with its place."""
    if isinstance(value, _Fault):
        words, problem, cure = value.say()
        place = pointer if value.key is None else pointer + pointer_to(value.key)
        yield Finding(document, place, problem, cure, words=clipped(words))
    elif isinstance(value, str):
        yield from _half(value, document, pointer)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _faults(item, document, f"{pointer}/{index}")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _half(key, document, pointer)
            yield from _faults(item, document, pointer + pointer_to(key))


def _half(text: str, document: str, pointer: str) -> Iterator[Finding]:
    if found := _HALF_CHARACTER.search(text):
        problem = f"it holds half of a character (a lone surrogate, \\u{ord(found[0]):x})."
        words = shortened(text[max(0, found.start() - 20) :])
        yield Finding(document, pointer, problem, "Write the whole character.", words=words)


def _refusal(document: str, words: str, problem: str, cure: str) -> InvalidDocument:
    return InvalidDocument([Finding(document, "", problem, cure, words=clipped(words))])
