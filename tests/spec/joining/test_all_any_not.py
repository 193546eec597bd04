"""all, any, not: what cannot be told stays so, unless another part decides."""

from tests.spec.book import check, yes


def test_all_holds_where_every_part_does_and_is_unknown_where_an_unknown_part_could_still_break_it() -> None:
    check(
        {"kind": "all", "of": [yes("a"), yes("b")]},
        """
        a        | b        | rule
        ---------+----------+--------
        yes      | yes      | met
        yes      | no       | not met
        yes      | declined | unknown
        no       | yes      | not met
        no       | no       | not met
        no       | declined | not met
        declined | yes      | unknown
        declined | no       | not met
        declined | declined | unknown
        """,
    )


def test_any_holds_where_one_part_does_and_is_unknown_where_an_unknown_part_could_still_make_it() -> None:
    check(
        {"kind": "any", "of": [yes("a"), yes("b")]},
        """
        a       | b       | rule
        --------+---------+--------
        yes     | yes     | met
        yes     | no      | met
        yes     | unknown | met
        no      | yes     | met
        no      | no      | not met
        no      | unknown | unknown
        unknown | yes     | met
        unknown | no      | unknown
        unknown | unknown | unknown
        """,
    )


def test_not_turns_known_answers_round_and_leaves_unknown_ones_unknown() -> None:
    check(
        {"kind": "not", "condition": yes("a")},
        """
        a        | rule
        ---------+--------
        yes      | not met
        no       | met
        declined | unknown
        unknown  | unknown
        -        | unknown
        """,
    )


def test_neither_a_refusal_nor_a_gap_nor_not_knowing_reads_as_no() -> None:
    check(
        yes("a"),
        """
        a        | rule
        ---------+--------
        yes      | met
        no       | not met
        declined | unknown
        unknown  | unknown
        -        | unknown
        """,
    )
