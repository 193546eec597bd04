"""No document, however it is made, takes more than two seconds or 200 MB to refuse, and each refusal says what to do.

The bombs are read one by one, each in a process of its own that holds the engine alone (``bombs``).
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import screening
from screening.engine.documents import InvalidDocument
from screening.engine.json_text import MAX_DEPTH, MAX_PARTS, read_json
from tests.unit.engine.bombs import BOMBS

ROOT = Path(screening.__file__).parent.parent
SECONDS, MEGABYTES = 2, 200
WHERE_OTHERS_WORK_TOO = 3  # the clock goes on while a shared machine does something else
TOO_LARGE = ("", "it is larger than 5,000,000 bytes.", "Split it, or take out what nobody reads.")
TOO_MANY = ("", "it has more than 50,000 parts.", "Split it, or take out what nobody reads.")
TOO_DEEP = ("", "it is nested more than 100 levels deep.", "Flatten it.")
NUMBER = "Write a number, or leave it out."
EXACT = "cannot be read exactly: it is too large, or too close to 0."
VALUE = "/rules/0/when/value"
CIRCLE = " → ".join(f"d{n % 100}" for n in range(101))
EXCEPTIONS = " → ".join(f"x{n % 10}" for n in range(11))
WRITTEN_OUT = f"{6 * 2**44 - 3:,}"

REFUSED: dict[str, tuple[str, str, str]] = {
    "100,000 lists in lists": TOO_DEEP,
    "100,000 lists that nothing closes": TOO_DEEP,
    "100,000 conditions in conditions": TOO_DEEP,
    "100,000 rules": TOO_LARGE,
    "100,000 empty rules": TOO_MANY,
    "501 rules": ("/rules", "more than 500 stand here, which is as many as are read.", "Split it, or take some out."),
    "100,000 definitions": TOO_LARGE,
    "101 definitions": (
        "/definitions",
        "more than 100 stand here, which is as many as are read.",
        "Split it, or take some out.",
    ),
    "1,000,000 answers in a vignette": TOO_LARGE,
    "1,000,000 answers": TOO_LARGE,
    "1,000,000 empty answers": TOO_MANY,
    "20,000 answers to no known question": (
        "/item/0",
        'the questionnaire "kap-session-day" has no question "pain-0".',
        'Use one that exists: "aim-escape", ',
    ),
    "a name twice": ("/name", 'the name "name" stands twice in one object.', "Keep one of the two."),
    "16,000 names twice": ("/0/a", 'the name "a" stands twice in one object.', "Keep one of the two."),
    "NaN": (VALUE, "NaN is not a number that JSON knows.", NUMBER),
    "Infinity": (VALUE, "Infinity is not a number that JSON knows.", NUMBER),
    "-Infinity": (VALUE, "-Infinity is not a number that JSON knows.", NUMBER),
    "1e400": (VALUE, f"the number 1e400 {EXACT}", "Correct it."),
    "1e-400": (VALUE, f"the number 1e-400 {EXACT}", "Correct it."),
    "a whole number of a million digits": (
        VALUE,
        "a whole number of 1,000,000 digits is too large to be read exactly.",
        "Write a number up to 9007199254740991.",
    ),
    "a decimal of a million digits": (VALUE, "a number of 1,000,002 characters cannot be read exactly.", "Round it."),
    "a number beyond exact ones": (
        VALUE,
        "a whole number of 16 digits is too large to be read exactly.",
        "Write a number up to 9007199254740991.",
    ),
    "a lone surrogate": (
        "/title",
        "it holds half of a character (a lone surrogate, \\ud800).",
        "Write the whole character.",
    ),
    "a lone surrogate in a name": (
        "",
        "it holds half of a character (a lone surrogate, \\udfff).",
        "Write the whole character.",
    ),
    "a name of 2,500,000 characters": ("", "a name has 2,500,000 characters; 200 are read.", "Shorten it."),
    "45,000 unknown fields": (
        "",
        "its shape is wrong in 45,000 places.",
        "Begin with a document that is sound, and change that.",
    ),
    "45,000 unknown fields, deep down": (
        "",
        "the levels of all its parts add up to 1,532,417; 400,000 are read.",
        "Split it, or nest less of it.",
    ),
    "a circle of 100 definitions": (
        "/definitions/0/condition",
        f"the definitions lead in a circle: {CIRCLE}.",
        "Take one of these steps out.",
    ),
    "definitions that all use each other": (
        "",
        "the rule set has 5,113 conditions; 5,000 are read.",
        "Split it into two rule sets.",
    ),
    "definitions that double": (
        "/definitions/0/condition",
        f"with its definitions written out the condition has {WRITTEN_OUT} parts; 5,000 are read.",
        "Use fewer definitions within definitions.",
    ),
    "100 definitions, each in the next": (
        "/definitions/49/condition",
        "with its definitions written out the condition is 102 levels deep; 100 are read.",
        "Use fewer definitions within definitions.",
    ),
    "a circle of exceptions": (
        "/rules/0/unless/0/to",
        f"these exceptions lift each other in a circle: {EXCEPTIONS}.",
        'Leave one "to" out.',
    ),
    "a circle of gates": (
        "/sections/0/items/0/enable_when/0/question",
        '"attempt-since-last" comes later than "suicide-thoughts-today".',
        "Name an earlier question, or move it up.",
    ),
    "30,000 unknown statements": (
        "/rules/0/cites/0",
        'there is no guidance statement "NO-0".',
        'Use one that exists: "INT-1", ',
    ),
    "45,000 unknown rules": ("/vignettes/0/raises/0", 'there is no rule "rule-0".', "Use one that exists: "),
    "2,000,000 letters to read": (
        "/statements/13",
        'no rule cites or shows "NEW-0", and it is not in the context.',
        "Cite it in a rule, or add it to the context.",
    ),
    "700,000 small objects": TOO_MANY,
    "1,600,000 empty strings": TOO_MANY,
    "a string that nothing closes": (
        "",
        "this is not valid JSON: Unterminated string starting at (line 1, column 1).",
        "Correct the file there.",
    ),
    "a file of 100 MB": TOO_LARGE,
    "a byte that is not UTF-8": (
        "",
        "this is not valid JSON: the byte at place 11 is not UTF-8.",
        "Save the file as UTF-8.",
    ),
    "UTF-16": ("", "this is not valid JSON: the byte at place 0 is not UTF-8.", "Save the file as UTF-8."),
    "nothing": (
        "",
        "this is not valid JSON: Expecting value (line 1, column 1).",
        "Correct the file there.",
    ),
}

Told = dict[str, Any]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    """What reading each bomb took, and what was found."""
    command = [sys.executable, "-m", "tests.unit.engine.bombs", str(tmp_path_factory.mktemp("bombs"))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    return {found["name"]: found for found in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_two_seconds_and_200_megabytes(told: dict[str, Told], name: str) -> None:
    found, (pointer, problem, cure) = told[name], REFUSED[name]
    first = found["findings"][0]
    assert (first["document"], first["pointer"], first["problem"]) == (BOMBS[name][0], pointer, problem)
    assert first["cure"].startswith(cure)
    assert len(first["words"]) <= 80
    assert found["work"] < SECONDS
    assert found["seconds"] < SECONDS * WHERE_OTHERS_WORK_TOO
    assert found["megabytes"] < MEGABYTES
    assert len(found["findings"]) <= 300


def refusal(raw: bytes) -> list[tuple[str, str]]:
    with pytest.raises(InvalidDocument) as refused:
        read_json(raw, "document")
    return [(finding.pointer, finding.words) for finding in refused.value.findings]


def test_a_byte_order_mark_is_read_over() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": 1}', "document") == {"a": 1}


def test_whole_characters_escaped_in_two_halves_are_read() -> None:
    assert read_json(b'{"a": "\\ud83d\\ude00"}', "document") == {"a": "\U0001f600"}


@pytest.mark.parametrize(
    "value",
    [0, -1, 2**53 - 1, -(2**53) + 1, 0.0, 0.1, 1e-300, 1e300, "", 'a "[{" b', "\\", '\\"[', [], {}, [None, True], "ä"],
)
def test_what_is_sound_is_read_as_it_was_written(value: Any) -> None:
    for written in (json.dumps({"a": [value]}), json.dumps({"a": [value]}, ensure_ascii=False)):
        assert read_json(written.encode(), "document") == {"a": [value]}


def test_brackets_in_texts_are_no_levels_and_commas_in_texts_no_parts() -> None:
    text = '\\"[{,' * MAX_PARTS + "\\\\"
    assert read_json(b'["' + text.encode() + b'"]', "document") == [json.loads(f'"{text}"')]


def test_as_many_levels_as_are_read_are_read() -> None:
    assert read_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, "document")
    assert refusal(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1)) == [("", "[" * 79 + "…")]


def test_as_many_parts_as_are_read_are_read() -> None:
    sound = b"[" + b"0," * (MAX_PARTS - 1) + b"0]"
    assert len(read_json(sound, "document")) == MAX_PARTS
    assert refusal(b"[" + b"0," * MAX_PARTS + b"0]")[0][0] == ""


def test_every_place_that_cannot_be_read_is_named_with_its_words() -> None:
    raw = b'{"a/b": [1e999, {"x": 1, "x": [2]}], "c~": {"d": "\\ud800!"}, "e": -Infinity}'
    assert refusal(raw) == [
        ("/a~1b/0", "1e999"),
        ("/a~1b/1/x", '"x": 1, "x": [2]'),
        ("/c~0/d", '"\\ud800!"'),
        ("/e", "-Infinity"),
    ]


def test_where_the_text_stops_being_json_is_shown() -> None:
    with pytest.raises(InvalidDocument) as refused:
        read_json(b'{"a": 1,\n "b": 2,,\n "c": 3}', "document")
    assert str(refused.value) == (
        "document at /: this is not valid JSON: Expecting property name enclosed in double quotes (line 2, column 9)."
        ' Correct the file there. It says: {"a": 1, "b": 2,, "c": 3}'
    )
