"""It never decides, and it judges nobody: some words stand on no page, in no document and in no code of the subject."""

import re

import pytest

from tests.architecture.source import files_under, modules, shown

# Deciding words, and words that judge. What an author types is examined by the wording check when it is published.
FORBIDDEN = (
    r"eligib\w*",
    r"ineligib\w*",
    r"suitable\w*",
    r"unsuitable",
    r"suitability",
    r"cleared",
    r"rejected",
    r"approved for (?:treatment|ketamine|kap)",
    r"safe to proceed",
    r"fit for treatment",
    r"abusers?",
    r"addicts?",
    r"junkies?",
    r"alcoholics?",
    r"committed suicide",
)
PATTERN = re.compile(r"\b(?:" + "|".join(FORBIDDEN) + r")\b", re.IGNORECASE)
READ_BY_PEOPLE = (".html", ".js", ".css", ".py", ".json", ".yaml", ".yml", ".md", ".txt")

# Where a word has to stand, because the place is about the word. One line each, with the reason.
ALLOWED = {
    "screening/engine/wording.py": "the wording check's own list",
    "screening/engine/wording_translated.py": "its list for translations",
}

# A value between quotation marks; the constants of a module are words of our own. The engine and the commands speak
# to programs too, and leave words as they are.
QUOTED_BARE = re.compile(r"“\{(?![A-Z_]+\[)[^}]*\}”")


def _speaking_on_pages():
    plain = ("screening/engine/", "screening/management/", "core/quoting.py")
    return [path for path in modules("core", "screening") if not shown(path).startswith(plain)]


@pytest.mark.parametrize(
    "path",
    [path for path in files_under("templates", "static", "screening") if path.suffix in READ_BY_PEOPLE],
    ids=shown,
)
def test_no_word_decides_or_judges(path):
    if shown(path) in ALLOWED:
        return
    assert words_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("word", ["Eligible", "not suitable for", "she was cleared", "ALCOHOLIC", "approved for KAP"])
def test_a_word_that_decides_is_found(word):
    assert words_in(f"first line\n{word}\n")


@pytest.mark.parametrize(
    "word", ["addiction physician", "alcohol", "a clearing", "the approved version", "abused as a"]
)
def test_a_word_that_only_looks_like_one_is_not(word):
    assert words_in(word) == []


def words_in(text):
    lines = enumerate(text.splitlines(), start=1)
    return [f"line {number}: {match.group()}" for number, line in lines for match in PATTERN.finditer(line)]


@pytest.mark.parametrize("path", _speaking_on_pages(), ids=shown)
def test_what_a_sentence_quotes_is_set_apart(path):
    assert QUOTED_BARE.findall(path.read_text(encoding="utf-8")) == [], "quote it with core.quoting.quoted"
