"""Medicine classes: taken now, or stopped too few days or half-lives ago. The screening is on 1 July 2026."""

from tests.spec.book import check, yes
from tests.spec.criteria import CRITERIA, counted, either, every, is_option, lasted, negation

FOUR_HALF_LIVES = {"kind": "washed-out", "since": "stopped", "half_life": "half-life", "times": 4}


def still_acting(code: str, washed_out: dict[str, object]) -> dict[str, object]:
    """Return "taken now, or not stopped long enough ago"."""
    not_long_ago = either(yes("taking-now"), negation(washed_out))
    return counted("medicines", every(is_option("medicine", code), not_long_ago))


def test_a_class_is_taken_now_or_was_stopped_too_few_days_ago() -> None:
    check(
        still_acting("maoi", lasted("stopped", 14, "days")),
        """
        medicine     | taking-now | stopped       | rule
        -------------+------------+---------------+--------
        maoi         | yes        | -             | met
        maoi         | no         | 2026-06-20    | met
        maoi         | no         | 2026-06-17    | not met
        other        | yes        | -             | not met
        other; maoi  | yes; no    | -; 2026-05    | not met
        """,
        CRITERIA,
    )


def test_a_vague_day_or_an_unknown_class_leaves_the_wash_out_open() -> None:
    check(
        still_acting("maoi", lasted("stopped", 14, "days")),
        """
        medicine | taking-now | stopped  | rule
        maoi     | no         | 2026-06  | unknown
        maoi     | no         | unknown  | unknown
        maoi     | declined   | 2026-01  | unknown
        unknown  | yes        | -        | unknown
        unknown  | no         | 2026-01  | not met
        """,
        CRITERIA,
    )


def test_a_wash_out_in_half_lives_is_as_long_as_the_medicine_needs() -> None:
    check(
        still_acting("opioid", FOUR_HALF_LIVES),
        """
        medicine | taking-now | stopped    | half-life | rule
        opioid   | no         | 2026-06-27 | 24        | not met
        opioid   | no         | 2026-06-28 | 24        | met
        opioid   | no         | 2026-06-28 | 4         | not met
        opioid   | no         | 2026-06-28 | unknown   | unknown
        opioid   | yes        | -          | 4         | met
        """,
        CRITERIA,
    )
