"""equals, one-of, contains: what was chosen."""

from tests.spec.book import check


def test_equals_reads_the_option_chosen() -> None:
    check(
        {"kind": "equals", "question": "status", "value": "active"},
        """
        status    | rule
        ----------+--------
        active    | met
        remission | not met
        never     | not met
        declined  | unknown
        unknown   | unknown
        -         | unknown
        """,
    )


def test_equals_false_is_an_answer_of_its_own_and_not_the_lack_of_one() -> None:
    check(
        {"kind": "equals", "question": "a", "value": False},
        """
        a        | rule
        yes      | not met
        no       | met
        declined | unknown
        -        | unknown
        """,
    )


def test_equals_reads_a_number() -> None:
    check(
        {"kind": "equals", "question": "sessions", "value": 3},
        """
        sessions | rule
        3        | met
        2        | not met
        unknown  | unknown
        """,
    )


def test_one_of_holds_for_any_option_in_its_list() -> None:
    check(
        {"kind": "one-of", "question": "status", "values": ["active", "remission"]},
        """
        status    | rule
        ----------+--------
        active    | met
        remission | met
        never     | not met
        declined  | unknown
        -         | unknown
        """,
    )


def test_contains_looks_among_all_options_chosen() -> None:
    check(
        {"kind": "contains", "question": "signs", "value": "numbing"},
        """
        signs         | rule
        --------------+--------
        numbing       | met
        often+numbing | met
        often+alone   | not met
        declined      | unknown
        -             | unknown
        """,
    )
