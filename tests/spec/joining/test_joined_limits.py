"""Limits that belong together: an upper or a lower blood pressure, a range on two sides."""

from tests.spec.book import check
from tests.spec.criteria import CRITERIA, compared, either, negation

TOO_HIGH = either(compared("systolic", ">", 160), compared("diastolic", ">", 100))


def test_one_value_beyond_its_limit_is_enough_and_both_have_to_be_known_for_a_no() -> None:
    check(
        TOO_HIGH,
        """
        systolic | diastolic | rule
        ---------+-----------+--------
        165      | 80        | met
        130      | 105       | met
        130      | 80        | not met
        160      | 100       | not met
        165      | -         | met
        130      | -         | unknown
        -        | declined  | unknown
        """,
        CRITERIA,
    )


def test_outside_a_range_is_below_it_or_above_it() -> None:
    check(
        negation({"kind": "between", "question": "bmi", "low": 18.5, "high": 40}),
        """
        bmi      | rule
        18.4     | met
        18.5     | not met
        40       | not met
        40.1     | met
        declined | unknown
        """,
        CRITERIA,
    )
