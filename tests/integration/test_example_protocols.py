"""The published lists that stand as examples: nothing is dropped, every case is green, nobody is offered them."""

import datetime
from functools import cache

import pytest

from screening.engine.coverage import coverage
from screening.engine.guidance import RuleState
from screening.engine.protocol import Protocol, check, load_protocol
from screening.engine.wording import wording_problems
from screening.selectors.shipped import FOLDER, shipped_names

EXAMPLES = FOLDER / "examples"
NAMES = ("carolinas-center", "edit-health", "journey-clinical", "kriya", "polaris-insight")


@cache
def example(name: str) -> Protocol:
    return load_protocol(EXAMPLES / name)


def test_every_folder_of_an_example_is_tried_here():
    assert sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir()) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_has_no_finding_and_every_case_is_as_it_tells(name):
    assert check(example(name), today=datetime.date(2026, 11, 22)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_has_a_rule_or_is_kept_for_a_person(name):
    found = coverage(example(name))
    assert [one.statement.id for one in found.statements if not one.answered] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_rests_on_a_statement_and_has_a_case_in_each_state_and_for_each_exception(name):
    found = coverage(example(name))
    assert found.without_statement == ()
    assert {one.rule.id: one.untried for one in found.rules if one.untried} == {}
    assert {one.rule.id: one.never_claimed for one in found.rules if one.never_claimed} == {}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("state", list(RuleState))
def test_every_rule_has_a_case_of_its_own_in_each_state(name, state):
    assert [one.rule.id for one in coverage(example(name)).rules if not one.own[state]] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_story_is_told_in_words_that_neither_label_nor_decide(name):
    for case in example(name).vignettes.vignettes:
        assert wording_problems(f"{case.title} {case.story}") == [], case.id


@pytest.mark.parametrize("name", NAMES)
def test_no_story_is_told_twice(name):
    stories = [case.story for case in example(name).vignettes.vignettes]
    assert len(set(stories)) == len(stories)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_says_that_it_is_one_wherever_it_is_read(name):
    protocol = example(name)
    readme = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    assert protocol.rule_set.title.startswith("Example: ")
    for text in (protocol.rule_set.description, protocol.questionnaire.description, readme):
        assert "xample" in text
        assert "not adopted" in text.lower() or "not a protocol to adopt" in text


@pytest.mark.parametrize("name", NAMES)
def test_a_readme_counts_what_is_there(name):
    protocol = example(name)
    text = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    assert f"| {len(protocol.library.statements)} statements" in text
    assert f"| {len(protocol.questionnaire.questions)} questions" in text
    assert f"| {len(protocol.rule_set.rules)} rules" in text
    assert f"| {len(protocol.vignettes.vignettes)} made-up cases" in text


def test_no_example_is_offered_to_a_practice():
    assert set(shipped_names()).isdisjoint(NAMES)
    assert shipped_names() == ["after-session", "intake", "session-day"]
