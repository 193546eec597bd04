"""within, lasted: dates as vague as people are. The day of the screening is 1 July 2026."""

from typing import Any

import pytest

from tests.spec.book import check


def within(value: int, unit: str, question: str = "began") -> dict[str, Any]:
    return {"kind": "within", "question": question, "last": {"value": value, "unit": unit}}


def lasted(value: int, unit: str) -> dict[str, Any]:
    return {"kind": "lasted", "since": "began", "at_least": {"value": value, "unit": unit}}


def test_within_includes_its_first_day_and_the_day_of_the_screening() -> None:
    check(
        within(6, "months"),
        """
        began      | rule
        -----------+--------
        2026-07-01 | met
        2026-01-01 | met
        2025-12-31 | not met
        declined   | unknown
        unknown    | unknown
        -          | unknown
        """,
    )


def test_a_vague_date_is_surely_possibly_or_surely_not_within_a_window() -> None:
    check(
        within(6, "months"),
        """
        began       | rule
        ------------+--------
        2026-03     | met
        2026        | met
        2025-12     | not met
        2025        | not met
        2025-winter | unknown
        2026-spring | met
        2025-autumn | not met
        """,
    )


def test_a_stretch_lies_between_the_first_day_of_one_date_and_the_last_day_of_another() -> None:
    check(
        within(6, "months"),
        """
        began                 | rule
        ----------------------+--------
        2026-02/2026-04       | met
        2025-11/2026-01       | unknown
        2024/2025             | not met
        2025-12-30/2026-01-02 | unknown
        """,
    )


def test_a_year_that_straddles_the_first_day_cannot_be_told() -> None:
    check(
        within(18, "months"),
        """
        began   | rule
        2025    | met
        2024    | not met
        """,
    )
    check(
        within(12, "months"),
        """
        began   | rule
        2025    | unknown
        2025-06 | not met
        2025-07 | met
        """,
    )


def test_a_planned_date_after_the_day_of_the_screening_is_not_within_the_time_before_it() -> None:
    check(
        within(6, "months", "planned"),
        """
        planned    | rule
        -----------+--------
        2026-06-30 | met
        2026-07-01 | met
        2026-07-02 | not met
        2026-07    | unknown
        2025       | not met
        """,
    )


def test_lasted_holds_from_the_day_on_which_the_length_is_full() -> None:
    check(
        lasted(12, "months"),
        """
        began      | rule
        -----------+--------
        2025-07-01 | met
        2025-07-02 | not met
        2026-07-01 | not met
        declined   | unknown
        unknown    | unknown
        -          | unknown
        """,
    )


def test_a_vague_beginning_has_lasted_surely_possibly_or_surely_not() -> None:
    check(
        lasted(12, "months"),
        """
        began       | rule
        ------------+--------
        2024        | met
        2025        | unknown
        2026        | not met
        2025-06     | met
        2025-07     | unknown
        2025-summer | unknown
        2025-spring | met
        """,
    )


@pytest.mark.parametrize(("value", "unit"), [(30, "days"), (4, "weeks"), (1, "months"), (1, "years")])
def test_every_unit_of_time_can_be_met_and_not_met(value: int, unit: str) -> None:
    check(
        lasted(value, unit),
        """
        began      | rule
        2020-01-01 | met
        2026-06-30 | not met
        """,
    )
