"""Words of somebody else inside a sentence of ours: between marks that nobody sees, and that they cannot end."""

import pytest

from core.quoting import apart, quoted


def test_words_are_set_apart_and_quoted() -> None:
    assert apart("Ada") == "\u2068Ada\u2069"
    assert quoted("Ada") == "“\u2068Ada\u2069”"


@pytest.mark.parametrize("words", ["\u2069Ada", "\u2067Ada", "A\u2066d\u2069a", "\u2068Ada"])
def test_marks_in_the_words_themselves_neither_begin_nor_end_it(words: str) -> None:
    assert apart(words) == "\u2068Ada\u2069"
