"""at-least: so many of several parts."""

from tests.spec.book import check, yes

TWO_OF_THREE = {"kind": "at-least", "n": 2, "of": [yes("a"), yes("b"), yes("c")]}


def test_at_least_counts_what_holds_and_what_could_still_hold() -> None:
    check(
        TWO_OF_THREE,
        """
        a   | b        | c        | rule
        ----+----------+----------+--------
        yes | yes      | yes      | met
        yes | yes      | no       | met
        yes | yes      | declined | met
        yes | no       | no       | not met
        yes | no       | declined | unknown
        no  | declined | declined | unknown
        no  | no       | declined | not met
        yes | declined | declined | unknown
        no  | no       | no       | not met
        """,
    )


def test_at_least_one_is_any_and_at_least_all_is_all() -> None:
    table = """
        a        | b        | rule
        yes      | no       | {any}
        no       | declined | {open}
        """
    parts = [yes("a"), yes("b")]
    check({"kind": "at-least", "n": 1, "of": parts}, table.format(any="met", open="unknown"))
    check({"kind": "at-least", "n": 2, "of": parts}, table.format(any="not met", open="not met"))
