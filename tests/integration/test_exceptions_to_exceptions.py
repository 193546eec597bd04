"""An exception to an exception, as it is typed: to one just added, and to one that is taken away again."""

import pytest
from django.test import Client
from django.urls import reverse

from screening.engine.rules import Rule
from screening.models import RuleSetVersion
from screening.selectors.documents import rule_set_of
from tests.pages import text_of
from tests.rule_drafts import RULE, edit, now, typed

pytestmark = pytest.mark.django_db


def exception(key: str, title: str, to: str = "") -> dict[str, object]:
    return {
        f"unless-{key}-id": "",
        f"unless-{key}-title": title,
        f"unless-{key}-confirmed_by": "clinician",
        f"unless-{key}-to": to,
        f"unless-{key}-cites": [],
        f"unless-{key}-when-line": ["0"],
        f"unless-{key}-when-0-depth": "0",
        f"unless-{key}-when-0-kind": "is-yes",
        f"unless-{key}-when-0-question": "supervised-today",
    }


TWO = {"unless": ["0", "1"], **exception("0", "Long ago"), **exception("1", "Not so long ago", to="new:0")}


def rule_in(draft: RuleSetVersion) -> Rule:
    return rule_set_of(now(draft)).rule_by_id[RULE]


class TestOneThatIsAddedInTheSameForm:
    def test_it_is_offered_by_its_title(self, author: Client, draft: RuleSetVersion) -> None:
        page = edit(author, draft, **{**TWO, "do": "add-unless"})
        assert page.status_code == 200
        assert page.content.decode().count('<option value="new:0">Long ago</option>') == 1
        assert '<option value="new:0" selected>Long ago</option>' in page.content.decode()

    def test_it_is_offered_by_its_number_while_it_has_no_title(self, author: Client, draft: RuleSetVersion) -> None:
        page = edit(author, draft, **{**TWO, "unless-0-title": "", "do": "add-unless"})
        assert '<option value="new:0" selected>exception 1</option>' in page.content.decode()

    def test_it_is_saved_so(self, author: Client, draft: RuleSetVersion) -> None:
        assert edit(author, draft, **TWO).status_code == 302
        assert [(u.id, u.to) for u in rule_in(draft).unless] == [
            ("exception-long-ago", None),
            ("exception-not-so-long-ago", "exception-long-ago"),
        ]

    def test_it_is_saved_so_where_the_one_it_is_to_stands_below(self, author: Client, draft: RuleSetVersion) -> None:
        changed = {**TWO, "unless": ["1", "0"]}
        assert edit(author, draft, **changed).status_code == 302
        assert [u.to for u in rule_in(draft).unless] == ["exception-long-ago", None]

    def test_checking_first_keeps_it(self, author: Client, draft: RuleSetVersion) -> None:
        page = edit(author, draft, **{**TWO, "do": "preview"})
        assert "and “Long ago” is lifted when" in text_of(page)
        assert '<option value="new:0" selected>Long ago</option>' in page.content.decode()


class TestOneThatIsRemoved:
    @pytest.fixture
    def with_two(self, author: Client, draft: RuleSetVersion) -> RuleSetVersion:
        edit(author, draft, **TWO)
        return now(draft)

    def test_what_was_to_it_is_refused_at_its_field_with_the_cure(
        self, author: Client, with_two: RuleSetVersion
    ) -> None:
        page = edit(author, with_two, unless=["1"])
        assert page.status_code == 422
        said = "The exception that this one was to is removed. Choose another one or the rule, or remove this one too."
        assert f"Exception 1, It is an exception to: {said}" in text_of(page)
        assert 'href="#id_unless-1-to"' in page.content.decode()
        assert "exception-long-ago" not in text_of(page)

    def test_the_page_after_removing_it_does_not_make_it_one_to_the_rule(
        self, author: Client, with_two: RuleSetVersion
    ) -> None:
        address = reverse("edit-rule", args=[with_two.pk, RULE])
        page = author.post(address, {**typed(with_two), "do": "drop-unless:0"})
        assert (
            '<option value="exception-long-ago" selected>an exception that is not there any more</option>'
            in page.content.decode()
        )
