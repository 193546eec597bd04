"""Support that is missing: raised where it surely is not there, and left open where nobody has said."""

from tests.spec.book import check
from tests.spec.criteria import CRITERIA, either, is_option, no


def test_one_support_that_is_surely_not_there_is_enough() -> None:
    check(
        either(no("companion"), no("therapist"), no("under-a-team")),
        """
        companion | therapist | under-a-team | rule
        ----------+-----------+--------------+--------
        no        | yes       | yes          | met
        no        | declined  | -            | met
        yes       | yes       | yes          | not met
        yes       | declined  | yes          | unknown
        -         | -         | -            | unknown
        """,
        CRITERIA,
    )


def test_nobody_yet_is_an_answer_and_no_answer_is_not() -> None:
    check(
        is_option("prescriber", "nobody"),
        """
        prescriber | rule
        nobody     | met
        physician  | not met
        unknown    | unknown
        -          | unknown
        """,
        CRITERIA,
    )
