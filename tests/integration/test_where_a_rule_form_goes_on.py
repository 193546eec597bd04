"""After a button that only changes the form's shape the page goes on where it was, and not at its beginning."""

import re
from typing import Any

import pytest

from screening.models import RuleSetVersion
from tests.pages import signed_in
from tests.playing import House
from tests.rule_drafts import OTHER_RULE, RULE, edit

pytestmark = pytest.mark.django_db


def focused(page: Any) -> list[str]:
    """Return the id, or the value, of everything that is marked to be gone to."""
    assert page.status_code == 200
    tags = [tag for tag in re.findall(r"<[a-z]+ [^>]*>", page.content.decode()) if re.search(r"\sautofocus\b", tag)]
    return [re.findall(r'\b(?:id|value)="([^"]*)"', tag)[-1] for tag in tags]


@pytest.mark.parametrize(
    ("rule_id", "changed", "where"),
    [
        (RULE, {"do": "add-line:when:"}, "id_when-1-kind"),
        (RULE, {"do": "refresh:when"}, "refresh:when"),
        (RULE, {"do": "drop-line:when:0"}, "when-add"),
        (RULE, {"do": "add-unless"}, "id_unless-0-title"),
        (OTHER_RULE, {"do": "add-line:unless-0-when:0"}, "id_unless-0-when-1-kind"),
        (OTHER_RULE, {"do": "drop-unless:0"}, "add-unless"),
    ],
)
def test_it_goes_on_at_the_new_field_or_beside_what_is_gone(
    house: House, draft: RuleSetVersion, rule_id: str, changed: dict[str, str], where: str
) -> None:
    assert focused(edit(signed_in(house.author), draft, rule_id, **changed)) == [where]


@pytest.mark.parametrize(
    ("dropped", "where"), [("0", "id_when-1-kind"), ("1", "id_when-2-kind"), ("2", "id_when-1-kind")]
)
def test_of_several_lines_it_goes_on_at_the_one_in_its_place(
    house: House, draft: RuleSetVersion, dropped: str, where: str
) -> None:
    changed = {"when-line": ["0", "1", "2"], "do": f"drop-line:when:{dropped}"}
    assert focused(edit(signed_in(house.author), draft, **changed)) == [where]


def test_a_page_that_was_only_opened_goes_nowhere(house: House, draft: RuleSetVersion) -> None:
    assert focused(edit(signed_in(house.author), draft, do="refresh")) == []


def test_a_button_for_lines_that_are_not_there_does_nothing(house: House, draft: RuleSetVersion) -> None:
    assert focused(edit(signed_in(house.author), draft, do="drop-line:nothing:0")) == []
