"""A document of the wrong shape is refused for what is wrong in it, and for nothing that only follows from it."""

from typing import Any

import pytest

from screening.engine.documents import InvalidDocument, as_document, load
from screening.engine.questionnaire import Questionnaire
from tests.spec.book import QUESTIONNAIRE, rule, rule_set_of


def test_a_list_with_something_wrong_in_it_is_not_called_too_short_as_well() -> None:
    wrong = rule("first", {"kind": "any", "of": [{"kind": "or"}]})
    with pytest.raises(InvalidDocument) as refused:
        rule_set_of(wrong)
    assert [finding.problem for finding in refused.value.findings] == ['there is no form "or".']


def test_a_list_without_anything_in_it_is_too_short() -> None:
    with pytest.raises(InvalidDocument) as refused:
        rule_set_of()
    assert [finding.problem for finding in refused.value.findings] == ["at least 1 has to stand here."]


def changed(**changes: Any) -> Any:
    whole = as_document(QUESTIONNAIRE)
    item = next(item for item in whole["sections"][0]["items"] if item["link_id"] == "status")
    item |= changes
    return whole


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"type": "intger"}, "/type", "this is none of the words that can stand here."),
        ({"txt": "Status"}, "/txt", 'there is no field "txt" here.'),
        (
            {"answer_options": [{"code": "active", "text": "Active"}, {"code": "active", "text": "Once more"}]},
            "",
            "two options have the same code.",
        ),
    ],
)
def test_what_is_wrong_with_a_question_is_said_once_and_of_the_question_alone(
    changes: Any, field: str, problem: str
) -> None:
    place = [item.link_id for item in QUESTIONNAIRE.sections[0].items].index("status")
    with pytest.raises(InvalidDocument) as refused:
        load(Questionnaire, changed(**changes), document="questionnaire")
    found = [(finding.pointer, finding.problem) for finding in refused.value.findings]
    assert found == [(f"/sections/0/items/{place}{field}", problem)]
