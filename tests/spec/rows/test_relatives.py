"""Kinship: a relative's history, a row for each relative, by how near the relative is."""

from tests.spec.book import check, yes
from tests.spec.criteria import CRITERIA, counted, every, one_of

FIRST_DEGREE = counted("relatives", every(one_of("relative", "parent", "sibling", "child"), yes("relative-psychosis")))


def test_a_near_relative_with_the_history_is_enough() -> None:
    check(
        FIRST_DEGREE,
        """
        relative        | relative-psychosis | rule
        ----------------+--------------------+--------
        parent          | yes                | met
        cousin; sibling | yes; yes           | met
        cousin; cousin  | yes; yes           | not met
        parent          | no                 | not met
        none            | none               | not met
        """,
        CRITERIA,
    )


def test_a_relative_of_whom_little_is_known_leaves_it_open() -> None:
    check(
        FIRST_DEGREE,
        """
        relative    | relative-psychosis | rule
        parent      | unknown            | unknown
        unknown     | yes                | unknown
        cousin      | unknown            | not met
        cousin; ... | yes; ...           | unknown
        -           | -                  | unknown
        """,
        CRITERIA,
    )
