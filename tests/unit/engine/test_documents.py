"""A document of the wrong shape is refused for what is wrong in it, and for nothing that only follows from it."""

import pytest

from screening.engine.documents import InvalidDocument
from tests.spec.book import rule, rule_set_of


def test_a_list_with_something_wrong_in_it_is_not_called_too_short_as_well() -> None:
    wrong = rule("first", {"kind": "any", "of": [{"kind": "or"}]})
    with pytest.raises(InvalidDocument) as refused:
        rule_set_of(wrong)
    assert [finding.problem for finding in refused.value.findings] == ['there is no form "or".']


def test_a_list_without_anything_in_it_is_too_short() -> None:
    with pytest.raises(InvalidDocument) as refused:
        rule_set_of()
    assert [finding.problem for finding in refused.value.findings] == ["at least 1 has to stand here."]
