"""A rule for each substance: the same rows, and another length of time for each. The screening is on 1 July 2026."""

import pytest

from tests.spec.book import check
from tests.spec.criteria import CRITERIA, counted, either, every, is_option, negation, within


def lately(code: str, value: int, unit: str) -> dict[str, object]:
    return every(is_option("substance", code), within("used-last", value, unit))


@pytest.mark.parametrize(
    ("code", "days", "before", "on"),
    [("alcohol", 3, "2026-06-27", "2026-06-28"), ("opioids", 14, "2026-06-16", "2026-06-17")],
)
def test_each_substance_has_its_own_length_of_time(code: str, days: int, before: str, on: str) -> None:
    check(
        counted("substances", lately(code, days, "days")),
        f"""
        substance       | used-last       | rule
        {code}          | {on}            | met
        {code}          | {before}        | not met
        {code}          | 2026            | unknown
        tobacco         | 2026-07-01      | not met
        unknown         | 2026-07-01      | unknown
        {code}; ...     | {before}; ...   | unknown
        """,
        CRITERIA,
    )


def test_one_rule_can_hold_them_all() -> None:
    check(
        counted("substances", either(lately("alcohol", 3, "days"), lately("opioids", 14, "days"))),
        """
        substance        | used-last              | rule
        alcohol; opioids | 2026-06-20; 2026-06-20 | met
        alcohol; opioids | 2026-06-20; 2026-05    | not met
        alcohol; opioids | 2026-06-20; 2026-06    | unknown
        """,
        CRITERIA,
    )


def test_every_substance_but_one_is_what_is_surely_not_that_one() -> None:
    check(
        counted("substances", every(negation(is_option("substance", "tobacco")), within("used-last", 1, "months"))),
        """
        substance | used-last  | rule
        opioids   | 2026-06-20 | met
        tobacco   | 2026-06-20 | not met
        declined  | 2026-06-20 | unknown
        """,
        CRITERIA,
    )
