"""Each form is met, not met and cannot be ruled out; what stands beside a flag is told with it."""

from pathlib import Path
from typing import get_args

import pytest

from screening.engine import conditions
from screening.engine.documents import Node, load
from screening.engine.guidance import RuleState
from screening.engine.library import GuidanceLibrary
from screening.engine.rules import Rule, RuleSet
from screening.engine.validation import refusals, validate
from tests.spec.book import WORDS
from tests.spec.criteria import CRITERIA
from tests.spec.forms.form import LIBRARY, Case, Form
from tests.spec.forms.listed import FORMS

BOOK = Path(__file__).resolve().parent.parent
SAID_ABOUT_A_RULE = {"id", "title", "topic", "when", "cites", "weigh_with", "disagreements"} | {
    "explanation",
    "would_change",
    "owner",
    "review_by",
}


def nothing_raised(form: Form, case: Case) -> bool:
    return all(outcome.state is RuleState.NOT_MET for outcome in form.guidance(case).outcomes)


TRIED = [(form, number, case) for form in FORMS for number, case in enumerate(form.cases, start=1)]
CASES = [pytest.param(form, case, id=f"F{form.number}-{number}-{case.ending}") for form, number, case in TRIED]
QUIET = [
    pytest.param(form, case, id=f"F{form.number}-{number}")
    for form, number, case in TRIED
    if form.beside and nothing_raised(form, case)
]


def test_there_are_27_forms_each_under_its_own_number() -> None:
    assert [form.number for form in FORMS] == list(range(1, 28))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"F{form.number}")
def test_each_form_has_a_case_for_each_of_the_three_ends(form: Form) -> None:
    assert {case.ending for case in form.cases} == set(WORDS)


@pytest.mark.parametrize(("form", "case"), CASES)
def test_the_rule_that_holds_the_form_ends_so(form: Form, case: Case) -> None:
    found = form.guidance(case)
    ends = {form.rules[0]["id"]: case.ending, **case.others}
    assert {rule_id: found.outcome(rule_id).state for rule_id in ends} == {
        rule_id: WORDS[ending] for rule_id, ending in ends.items()
    }


@pytest.mark.parametrize(("form", "case"), CASES)
def test_what_the_form_adds_is_told_with_the_flag(form: Form, case: Case) -> None:
    told = form.told(case)
    assert [words for words in case.tells if words not in told] == []


@pytest.mark.parametrize(("form", "case"), QUIET)
def test_where_nothing_is_raised_nothing_of_a_flag_is_told(form: Form, case: Case) -> None:
    told = form.told(case)
    elsewhere = {words for other in form.cases for words in other.tells} - set(case.tells)
    assert [words for words in elsewhere if words in told] == []


@pytest.mark.parametrize("form", [form for form in FORMS if form.beside], ids=lambda form: f"F{form.number}")
def test_a_form_without_a_truth_of_its_own_says_what_is_told(form: Form) -> None:
    assert all(case.tells for case in form.cases if case.ending != "not met")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"F{form.number}")
def test_the_rules_of_a_form_are_sound(form: Form) -> None:
    found = refusals(validate(load(GuidanceLibrary, LIBRARY, document="guidance"), CRITERIA, form.rule_set))
    assert [str(finding) for finding in found] == []


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"F{form.number}")
def test_the_chapters_of_a_form_are_there(form: Form) -> None:
    assert form.chapters
    assert [chapter for chapter in form.chapters if not (BOOK / chapter).is_file()] == []


def test_every_part_of_the_rule_document_holds_a_form() -> None:
    kinds = {
        name
        for node in vars(conditions).values()
        if isinstance(node, type) and issubclass(node, Node) and "kind" in node.model_fields
        for name in get_args(node.model_fields["kind"].annotation)
    }
    parts = (set(Rule.model_fields) - SAID_ABOUT_A_RULE) | {"for_a_person"}
    assert {part for form in FORMS for part in form.parts} == kinds | parts
    assert "for_a_person" in RuleSet.model_fields


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"F{form.number}")
def test_a_form_is_written_with_the_parts_that_it_names(form: Form) -> None:
    written = str(form.rule_set.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    assert [part for part in form.parts if f"'{part}'" not in written] == []
