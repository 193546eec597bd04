"""Place, person and route: where somebody lives, who prescribes, how the first visit was, how a medicine is taken."""

from tests.spec.book import check
from tests.spec.criteria import CRITERIA, either, every, is_option, negation, one_of


def test_outside_the_regions_of_a_programme_is_what_is_surely_none_of_them() -> None:
    check(
        negation(one_of("region", "north", "south")),
        """
        region   | rule
        north    | not met
        south    | not met
        abroad   | met
        declined | unknown
        -        | unknown
        """,
        CRITERIA,
    )


def test_who_prescribes_and_how_the_first_visit_was_are_read_together() -> None:
    check(
        either(negation(is_option("prescriber", "physician")), is_option("first-visit", "video")),
        """
        prescriber | first-visit | rule
        -----------+-------------+--------
        physician  | in-person   | not met
        physician  | video       | met
        nurse      | in-person   | met
        physician  | -           | unknown
        nurse      | -           | met
        unknown    | in-person   | unknown
        """,
        CRITERIA,
    )


def test_a_route_can_matter_in_one_place_only() -> None:
    check(
        every(is_option("region", "north"), is_option("route", "lozenge")),
        """
        region | route     | rule
        north  | lozenge   | met
        north  | injection | not met
        south  | lozenge   | not met
        south  | unknown   | not met
        north  | unknown   | unknown
        """,
        CRITERIA,
    )
