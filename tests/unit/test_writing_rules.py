"""The page that teaches how to write a rule says what the engine says: each sentence, each case and each message."""

import json
import re
from pathlib import Path

import pytest

from screening.engine.lines import InvalidLines, Line, from_lines
from screening.engine.referring import reference_findings
from screening.engine.vignettes import Vignette
from screening.forms.line_words import misread, said_of
from tests.pages import as_read
from tests.spec.book import Json, rule
from tests.teaching import BLOCK, GROWING, PAGE, PASSING, Place, lesson_of, places

TEXT = PAGE.read_text(encoding="utf-8")
PLACES = tuple(places(TEXT))
TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates" / "screening" / "rules"
BESIDE = ("questionnaire", "guidance", "rules", "vignettes", "response")


def of_kind(kind: str) -> list[Place]:
    return [place for place in PLACES if place.kind == kind]


def documents(*labels: str) -> list[Json]:
    return [json.loads(block["body"]) for block in BLOCK.finditer(TEXT) if block["label"] in labels]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"line-{place.line}-{place.kind}")
def test_the_page_says_what_the_engine_says(place: Place) -> None:
    assert place.page == place.engine


def test_the_rule_grows_in_twelve_steps_each_with_what_it_reads_back_as() -> None:
    steps = re.split(r"^## \d+\. ", TEXT, flags=re.MULTILINE)[1:]
    assert len(steps) == 12
    assert all("> Raise " in step or "json for_a_person" in step for step in steps)
    assert all("the rule |" in step or "json for_a_person" in step for step in steps)


def test_every_kind_of_place_is_there() -> None:
    found = {kind: len(of_kind(kind)) for kind in ("sound", "sentence", "case", "message", "lines", "told")}
    assert found["case"] > 40
    assert found["message"] > 12
    assert (found["lines"], found["told"]) == (1, 1)
    assert found["sentence"] >= 12


def test_every_mistake_has_a_message_and_no_step_has_one() -> None:
    mistakes = [block for block in BLOCK.finditer(TEXT) if (block["label"] or "").startswith("mistake")]
    assert len(mistakes) == len(of_kind("message"))
    assert all(place.page for place in of_kind("message"))


def test_every_block_of_json_is_read() -> None:
    labels = re.findall(r"^```json(.*)$", TEXT, re.MULTILINE)
    assert {label.strip() for label in labels} == {*GROWING, *PASSING, *BESIDE}


def test_the_table_of_questions_names_every_question() -> None:
    (asked,) = documents("questionnaire")
    named = re.findall(r'"link_id": "([\w-]+)", "type": "(?!group)|"link_id": "([\w-]+)",\s+"type": "(?!group)', TEXT)
    table = TEXT.split("## The questions")[1].split("Every case")[0]
    assert set(re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE)) == {one or other for one, other in named}
    assert asked["name"] == "substance-use-page"


def test_the_grown_rule_uses_every_part_that_a_rule_can_have_beside_its_condition() -> None:
    written = {name for document in documents("rule") for name in document}
    needed = {"only_for", "weighed_by", "needs", "recheck", "undertakings"}
    assert needed <= written
    assert any("to" in unless for unless in documents("add-unless"))
    assert set(rule("a", {})) <= written


def test_the_whole_rules_are_the_rule_as_it_has_grown() -> None:
    (file,) = documents("rules")
    grown = lesson_of(TEXT)
    assert file["rules"] == [grown.rule]
    assert (file["definitions"], file["for_a_person"]) == (list(grown.definitions.values()), grown.for_a_person)


def test_the_vignette_that_is_shown_is_one_of_the_file_and_its_fields_are_explained() -> None:
    (shown,) = documents("vignette")
    (file,) = documents("vignettes")
    assert shown in file["vignettes"]
    section = TEXT.split("## Made-up cases that try it")[1].split("## The same in the app")[0]
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", section, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"\w+", row)} == set(Vignette.model_fields)


def test_the_app_calls_its_parts_as_the_page_does() -> None:
    table = TEXT.split("## The same in the app")[1].split("*Check without saving*")[0]
    shown = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in ("edit.html", "unless.html"))
    forms = (TEMPLATES.parents[2] / "screening" / "forms" / "rules.py").read_text(encoding="utf-8")
    named = re.findall(r"\*\*?([A-Z][^*]+)\*\*?", table)
    assert len(named) > 8
    assert [name for name in named if name not in shown + forms and name not in ("Rules", "Change this rule")] == []


MISTYPED = {
    "*all of these*, and no line below it": [Line(0, "all")],
    "*is answered yes*, How old are you?": [Line(0, "is-yes", "age")],
    "*is less than*, How old are you?, *eighteen*": [Line(0, "less-than", "age", number="eighteen")],
    "*lies in the last*, When was the test?, *8 weeks*": [Line(0, "within", "test-on", number="8", unit="weeks")],
    "*all of these*, and the next line indented by 2": [Line(0, "all"), Line(2, "is-yes", "residential")],
}


def said_beside(lines: list[Line]) -> str:
    """Return what the form of a rule says beside the line that is wrong."""
    lesson = lesson_of(TEXT)
    try:
        condition = from_lines(lines)
    except InvalidLines as wrong:
        return wrong.problems[0].message
    if said := [
        misread(line, lesson.asked, lesson.rules) for line in lines if misread(line, lesson.asked, lesson.rules)
    ]:
        return said[0]
    (rule_found,) = lesson.rules.rules
    changed = lesson.rules.model_copy(update={"rules": (rule_found.model_copy(update={"when": condition}),)})
    return said_of(reference_findings(lesson.asked, changed)[0], lines[0], lesson.asked)


@pytest.mark.parametrize("typed", MISTYPED)
def test_the_page_has_what_the_form_says_of_a_mistake(typed: str) -> None:
    assert f"| {typed} | {as_read(said_beside(MISTYPED[typed]))} |" in TEXT


def test_a_sentence_that_is_not_the_engine_s_is_found() -> None:
    wrong = TEXT.replace("at least 1 substance", "at least 2 substances", 1)
    assert any(place.page != place.engine for place in places(wrong))


def test_a_case_that_comes_out_otherwise_is_found() -> None:
    wrong = TEXT.replace("| declined | cannot be ruled out |", "| declined | not met |", 1)
    assert "case" in [place.kind for place in places(wrong) if place.page != place.engine]
