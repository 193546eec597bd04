"""The specification's pages say what its tests say: nothing stale, no dead link, no table that is wrong."""

import re

import pytest

from docs.write_specification import PAGES, pages, slug, tables_of
from tests.spec.book import QUESTIONNAIRE, check, yes

WRITE_AGAIN = "write the pages again: .venv/bin/python -m docs.write_specification"


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return pages()


def test_no_page_is_stale(written: dict[str, str]) -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    stale = [name for name in written.keys() | committed.keys() if written.get(name) != committed.get(name)]
    assert stale == [], WRITE_AGAIN


def test_every_link_within_the_pages_leads_to_a_heading(written: dict[str, str]) -> None:
    headings = {
        name: {slug(heading) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
        for name, text in written.items()
    }
    links = [
        (name, page or name, anchor)
        for name, text in written.items()
        for page, anchor in re.findall(r"\]\(([a-z.A-Z]*)#([\w-]+)\)", text)
    ]
    assert len(links) > 50
    assert [link for link in links if link[2] not in headings[link[1]]] == []


def test_every_end_of_every_table_is_written(written: dict[str, str]) -> None:
    assert all("**met**" in text and "cannot be ruled out" in text for text in written.values())


def test_a_question_has_one_name_and_a_name_one_pair_of_ticks(written: dict[str, str]) -> None:
    joined = "\n".join(written.values())
    tables = "\n".join(re.findall(r"^\|.*\|$", joined, re.MULTILINE))
    assert [name for name in QUESTIONNAIRE.item_by_id if "-" in name and name.replace("-", "_") in tables] == []
    assert re.findall(r"(?<!`)``(?!`)", joined) == []


def test_every_page_with_made_up_questions_says_that_they_are_stand_ins(written: dict[str, str]) -> None:
    without_words = [name for name, text in written.items() if "“a?”" in text]
    assert len(without_words) > 4
    assert all("stand-ins" in written[name] for name in without_words)


def test_a_table_that_is_wrong_is_not_written() -> None:
    def test_wrong() -> None:
        check(yes("a"), "a | rule\nyes | not met")

    with pytest.raises(AssertionError):
        tables_of(test_wrong)  # type: ignore[arg-type]
