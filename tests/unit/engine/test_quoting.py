"""The words of a document at a place: short, on one line, and with nothing in them that cannot be seen."""

from typing import Any

import pytest

from screening.engine.quoting import clipped, words_at

DOCUMENT = {"a/b": {"~": [1, {"text": "ä"}]}, "long": "x" * 200, "list": list(range(100)), "none": None, "": 0}


@pytest.mark.parametrize(
    ("pointer", "words"),
    [
        ("/a~1b/~0/0", "1"),
        ("/a~1b/~0/1/text", '"ä"'),
        ("/a~1b/~0/1", '{"text": "ä"}'),
        ("/a~1b/~0/2", '[1, {"text": "ä"}]'),
        ("/a~1b/missing/deeper", '{"~": [1, {"text": "ä"}]}'),
        ("/a~1b/~0/-1", '[1, {"text": "ä"}]'),
        ("/none", "null"),
        ("/", "0"),
        ("/long", f'"{"x" * 78}…'),
        ("/list", "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,…"),
    ],
)
def test_the_words_are_those_of_the_place_or_of_the_nearest_around_it(pointer: str, words: str) -> None:
    assert words_at(DOCUMENT, pointer) == words
    assert len(words) <= 80


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("two\n  lines\t", "two lines"),
        ("a\x00b\x1b[31m", "a\\x00b\\x1b[31m"),
        ("turned \u202e round", "turned \\u202e round"),
        ("half \ud800", "half \\ud800"),
        ("y" * 80, "y" * 80),
        ("y" * 81, "y" * 79 + "…"),
        (" " * 400 + "y", "…"),
    ],
)
def test_a_text_is_clipped_and_what_nobody_sees_is_written_out(text: Any, words: str) -> None:
    assert clipped(text) == words
