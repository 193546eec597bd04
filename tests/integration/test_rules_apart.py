"""Two people change one rule of a draft: the later one reads every part that is not as typed, and then saves."""

from typing import Any

import pytest
from django.test import Client

from screening.models import RuleSetVersion
from tests.pages import as_read, text_in
from tests.playing import House
from tests.rule_drafts import OTHER_RULE, RULE, edit, noted, now, sent

pytestmark = pytest.mark.django_db


def theirs(page: Any) -> str:
    """Return what a page says of the rule as it is now."""
    assert page.status_code == 409
    section = page.content.decode().partition('aria-labelledby="theirs">')[2].partition("</section>")[0]
    return as_read(text_in(section)).replace(" :", ":")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": "Theirs"}, "Title Now: Theirs You typed: A further attempt or threat"),
        ({"concern": "caution"}, "Kind of concern Now: Caution You typed: "),
        ({"explanation": "Theirs"}, "The rule in plain words Now: Theirs You typed: "),
        ({"would_change": "Theirs"}, "What would change it Now: Theirs You typed: "),
        ({"when-0-values": ["first"]}, "It is met when Now: "),
        ({"weighed_by": ["prescriber"]}, "Who weighs it, case by case Now: the prescriber You typed: none"),
        ({"recheck": "each-session"}, "The answers behind it are asked again Now: before each session You typed: "),
        ({"undertakings": "no driving"}, "What is to be agreed Now: by the client: “no driving” You typed: none"),
        ({"cites": ["SUI-3"]}, "Rests on Now: "),
        ({"weigh_with": ["SUI-1"]}, "Weigh with it Now: "),
        ({"owner": "Theirs"}, "Owner Now: Theirs You typed: "),
        ({"review_by": "2199-01-02"}, "To be reviewed by Now: 2 January 2199 You typed: "),
    ],
)
def test_a_part_that_somebody_changed_meanwhile_is_shown(
    author: Client, draft: RuleSetVersion, changed: dict[str, Any], said: str
) -> None:
    assert edit(author, draft, **changed).status_code == 302
    found = theirs(edit(author, draft))
    assert said in found
    assert found.count("You typed: ") == 1


def test_so_is_an_exception(author: Client, draft: RuleSetVersion) -> None:
    assert edit(author, draft, OTHER_RULE, **{"unless-0-confirmed_by": "medical-director"}).status_code == 302
    found = theirs(edit(author, draft, OTHER_RULE))
    assert (
        "Exception “All of it was medicine agreed beforehand” Now: All of it was medicine agreed beforehand: unless"
        in found
    )
    assert "(the medical director confirms). Rests on: " in found


def test_and_one_that_somebody_took_away(author: Client, draft: RuleSetVersion) -> None:
    assert edit(author, draft, OTHER_RULE, unless=[]).status_code == 302
    assert "agreed beforehand” Now: Not there. You typed: All of it was" in theirs(edit(author, draft, OTHER_RULE))


def test_another_rule_that_somebody_changed_meanwhile_is_nothing_to_take_over(
    author: Client, draft: RuleSetVersion
) -> None:
    edit(author, draft, OTHER_RULE, title="Theirs")
    found = theirs(edit(author, draft))
    assert "It is what you typed. Another part of the draft was changed." in found
    assert edit(author, now(draft), RULE).status_code == 302


def test_where_the_draft_is_with_a_second_person_nothing_is_said_of_saving_again(
    author: Client, house: House, draft: RuleSetVersion
) -> None:
    version = sent(house, noted(house, draft))
    assert "Owner Now: " in (found := theirs(edit(author, version, owner="Mine")))
    assert "Saving again" not in found
    assert "Another part" not in theirs(edit(author, version))
