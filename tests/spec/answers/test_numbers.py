"""compare, between: numbers against limits."""

import pytest

from tests.spec.book import check


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        ("<", "met", "not met", "not met"),
        ("<=", "met", "met", "not met"),
        (">", "not met", "not met", "met"),
        (">=", "not met", "met", "met"),
    ],
)
def test_compare_is_exact_at_its_limit(operator: str, below: str, at: str, above: str) -> None:
    check(
        {"kind": "compare", "question": "sessions", "operator": operator, "value": 6},
        f"""
        sessions | rule
        ---------+--------
        5        | {below}
        6        | {at}
        7        | {above}
        declined | unknown
        -        | unknown
        """,
    )


def test_between_includes_both_of_its_limits() -> None:
    check(
        {"kind": "between", "question": "dose", "low": 0.5, "high": 2},
        """
        dose    | rule
        --------+--------
        0.49    | not met
        0.5     | met
        1.7     | met
        2       | met
        2.01    | not met
        unknown | unknown
        -       | unknown
        """,
    )
