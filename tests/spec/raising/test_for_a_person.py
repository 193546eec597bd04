"""for_a_person: what no rule can say. It belongs to the rule set, and is there whatever is raised."""

import pytest

from screening.engine.documents import load
from screening.engine.evaluation import evaluate
from screening.engine.guidance import Guidance
from screening.engine.rules import Confirmer, RuleSet
from tests.spec.book import ON, QUESTIONNAIRE, Json, given, response, rule, yes

CHECK: Json = {"id": "history", "title": "The whole history", "text": "No list is complete.", "by": "prescriber"}
DOCUMENT: Json = {
    "name": "book-rules",
    "title": "Rules",
    "description": "For the specification.",
    "questionnaire": "book",
    "rules": [rule("use", yes("a"))],
}


def guidance(document: Json, cell: str) -> Guidance:
    return evaluate(load(RuleSet, document, document="rules"), QUESTIONNAIRE, response(given(a=cell)), ON)


@pytest.mark.parametrize("cell", ["yes", "no", "declined"])
def test_it_changes_nothing_of_what_the_rules_say(cell: str) -> None:
    assert guidance({**DOCUMENT, "for_a_person": [CHECK]}, cell) == guidance(DOCUMENT, cell)


def test_a_person_in_a_role_checks_it() -> None:
    (check,) = load(RuleSet, {**DOCUMENT, "for_a_person": [CHECK]}, document="rules").for_a_person
    assert (check.title, check.by, check.cites) == ("The whole history", Confirmer.PRESCRIBER, ())
