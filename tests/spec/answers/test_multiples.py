"""washed-out, multiple-of: so many half-lives, so many times a reference. The screening is on 1 July 2026."""

import pytest

from tests.spec.book import check, evaluated, given, response, rule

WASHED_OUT = {"kind": "washed-out", "since": "stopped", "half_life": "half-life", "times": 4}
ALT = {"kind": "multiple-of", "question": "alt", "operator": ">", "times": 3, "of": "alt-limit"}


def test_so_many_half_lives_have_passed_on_the_day_on_which_they_are_full() -> None:
    check(
        {**WASHED_OUT, "since": "began"},
        """
        began      | half-life | rule
        -----------+-----------+--------
        2026-06-27 | 24        | met
        2026-06-28 | 24        | not met
        2026-06-27 | 24.1      | not met
        2026-06-26 | 24.1      | met
        2026-07-01 | 0         | met
        -          | 24        | unknown
        2026-06-01 | declined  | unknown
        """,
    )


def test_a_vague_day_is_surely_possibly_or_surely_not_long_enough_ago() -> None:
    check(
        {**WASHED_OUT, "since": "began"},
        """
        began   | half-life | rule
        --------+-----------+--------
        2026-05 | 180       | met
        2026-06 | 24        | unknown
        2026-06 | 6         | met
        2026-06 | 200       | not met
        2025    | 1000      | met
        2026    | 1000      | unknown
        """,
    )


def test_what_was_surely_not_stopped_is_not_washed_out() -> None:
    check(
        WASHED_OUT,
        """
        still-on | stopped    | half-life | rule
        no       | 2026-01-01 | 24        | met
        yes      | 2026-01-01 | 24        | not met
        -        | 2026-01-01 | 24        | unknown
        """,
    )


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        ("<", "met", "not met", "not met"),
        ("<=", "met", "met", "not met"),
        (">", "not met", "not met", "met"),
        (">=", "not met", "met", "met"),
    ],
)
def test_a_multiple_is_exact_at_its_limit(operator: str, below: str, at: str, above: str) -> None:
    check(
        {**ALT, "operator": operator},
        f"""
        alt | alt-limit | rule
        ----+-----------+--------
        149 | 50        | {below}
        150 | 50        | {at}
        151 | 50        | {above}
        """,
    )


def test_without_the_number_or_its_reference_it_cannot_be_told() -> None:
    check(
        ALT,
        """
        alt      | alt-limit | rule
        ---------+-----------+--------
        200      | 50        | met
        40       | 50        | not met
        200      | -         | unknown
        declined | 50        | unknown
        -        | unknown   | unknown
        """,
    )


def test_it_rests_on_both_and_the_missing_one_settles_it() -> None:
    found = evaluated(rule("rule", ALT), answers=response(given(alt="200")))
    assert [(answer.place.link_id, answer.could_settle) for answer in found.missing] == [("alt-limit", ("rule",))]
    found = evaluated(rule("rule", ALT), answers=response(given(alt="200", alt_limit="50")))
    assert [basis.value for basis in found.outcome("rule").because] == [200.0, 50.0]
