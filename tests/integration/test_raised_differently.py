"""What a version raises differently, on the page on which a second person reads and publishes it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from screening.models import RuleSetVersion
from screening.selectors.raised_differently import raised_differently
from tests.pages import signed_in, text_of
from tests.playing import House
from tests.rule_drafts import edit, now

pytestmark = pytest.mark.django_db


def changed(house: House, draft: RuleSetVersion) -> RuleSetVersion:
    """Have a first attempt count, and a further one no more."""
    edit(signed_in(house.author), draft, **{"when-0-values": ["first"]})
    return now(draft)


def page_of(house: House, draft: RuleSetVersion) -> str:
    return text_of(signed_in(house.approver).get(reverse("rule-version", args=[draft.pk])))


def test_the_second_person_reads_how_a_changed_rule_raises_with_the_cases_that_show_it(
    house: House, draft: RuleSetVersion
) -> None:
    version = changed(house, draft)
    words = page_of(house, version)
    assert "What it raises differently" in words
    found = raised_differently(version)
    assert found is not None
    (rule,) = found.rules
    assert rule.words == "raises more in some cases and less in others"
    less, more = rule.cases
    assert less.startswith("No longer raised for: ")
    assert less.endswith("(met before, not met now).")
    assert more.startswith("Newly raised for: ")
    assert all(" ".join(case.split()) in words for case in rule.cases)
    assert "8 rules raised alike." in words


def test_other_words_are_no_difference_in_what_is_raised(house: House, draft: RuleSetVersion) -> None:
    edit(signed_in(house.author), draft, title="Otherwise")
    found = raised_differently(now(draft))
    assert found is not None
    assert (found.rules, found.alike) == ((), 9)
    assert "9 rules raised alike." in page_of(house, now(draft))


def test_a_first_version_has_nothing_to_stand_beside(house: House, draft: RuleSetVersion) -> None:
    first = draft.based_on
    assert first is not None
    assert raised_differently(first) is None
    assert "What it raises differently" not in page_of(house, first)


def test_it_takes_no_query_however_much_is_different(house: House, draft: RuleSetVersion) -> None:
    browser, address = signed_in(house.author), reverse("rule-version", args=[draft.pk])
    edit(signed_in(house.author), draft, title="Otherwise")  # only what was changed can be sent to another
    with CaptureQueriesContext(connection) as few:
        assert browser.get(address).status_code == 200
    changed(house, draft)
    version = RuleSetVersion.objects.select_related("based_on", "questionnaire_version").get(pk=draft.pk)
    with CaptureQueriesContext(connection) as none:
        assert raised_differently(version) is not None
    assert len(none) == 0
    with CaptureQueriesContext(connection) as more:
        assert browser.get(address).status_code == 200
    assert len(more) == len(few)
