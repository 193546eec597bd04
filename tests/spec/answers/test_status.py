"""A condition with a status: active, past, under control, not treated; and how severe it is."""

from tests.spec.book import check, yes
from tests.spec.criteria import CRITERIA, every, is_option, negation, one_of

UNCONTROLLED = one_of("blood-pressure-status", "uncontrolled", "untreated")


def test_a_status_is_read_where_the_condition_is_there() -> None:
    check(
        UNCONTROLLED,
        """
        high-blood-pressure | blood-pressure-status | rule
        --------------------+-----------------------+--------
        yes                 | uncontrolled          | met
        yes                 | untreated             | met
        yes                 | controlled            | not met
        no                  | -                     | not met
        """,
        CRITERIA,
    )


def test_a_status_that_is_not_known_is_neither_under_control_nor_not() -> None:
    table = """
        high-blood-pressure | blood-pressure-status | rule
        --------------------+-----------------------+--------
        yes                 | unknown               | unknown
        yes                 | -                     | unknown
        declined            | controlled            | unknown
        -                   | -                     | unknown
        """
    check(UNCONTROLLED, table, CRITERIA)
    check(every(yes("high-blood-pressure"), negation(UNCONTROLLED)), table, CRITERIA)


def test_the_negation_of_a_status_holds_where_the_condition_is_not_there_unless_it_is_asked_for() -> None:
    table = """
        high-blood-pressure | blood-pressure-status | rule
        no                  | -                     | {alone}
        yes                 | controlled            | met
        yes                 | untreated             | not met
        """
    check(negation(UNCONTROLLED), table.format(alone="met"), CRITERIA)
    both = every(yes("high-blood-pressure"), negation(UNCONTROLLED))
    check(both, table.format(alone="not met"), CRITERIA)


def test_severity_is_one_option_or_a_list_of_them() -> None:
    table = """
        liver    | rule
        severe   | {severe}
        moderate | {less}
        mild     | {less}
        well     | not met
        unknown  | unknown
        """
    check(is_option("liver", "severe"), table.format(severe="met", less="not met"), CRITERIA)
    check(one_of("liver", "mild", "moderate"), table.format(severe="not met", less="met"), CRITERIA)
