"""defined: a condition with a name, that other conditions use."""

from tests.spec.book import check, yes

BOTH = {"kind": "all", "of": [yes("a"), yes("b")]}


def test_a_definition_comes_out_as_its_condition_does() -> None:
    check(
        {"kind": "not", "condition": {"kind": "defined", "name": "both"}},
        """
        a   | b        | rule
        ----+----------+--------
        yes | yes      | not met
        yes | no       | met
        yes | declined | unknown
        """,
        both=BOTH,
    )


def test_a_definition_can_be_made_of_definitions() -> None:
    check(
        {"kind": "defined", "name": "outer"},
        """
        a   | b   | c       | rule
        yes | yes | no      | met
        yes | no  | no      | not met
        yes | no  | unknown | unknown
        """,
        outer={"kind": "any", "of": [{"kind": "defined", "name": "both"}, yes("c")]},
        both=BOTH,
    )


LONG = {"kind": "lasted", "since": "since", "at_least": {"value": 1, "unit": "years"}}
LONG_OPIOIDS = {"kind": "count", "group": "medicines", "where": {"kind": "defined", "name": "long-opioid"}}


def test_a_definition_inside_a_count_reads_each_row_for_itself() -> None:
    check(
        {**LONG_OPIOIDS, "operator": "=", "value": 1},
        """
        opioid   | since         | rule
        yes; yes | 2020; 2026-06 | met
        yes; yes | 2020; 2021    | not met
        yes; no  | 2020; 2021    | met
        yes; yes | 2020; 2025    | unknown
        """,
        long_opioid={"kind": "all", "of": [yes("opioid"), LONG]},
    )


def test_a_count_over_a_definition_can_stand_inside_an_all_of() -> None:
    check(
        {"kind": "all", "of": [yes("a"), {**LONG_OPIOIDS, "operator": ">=", "value": 2}]},
        """
        a        | opioid   | since      | rule
        yes      | yes; yes | 2020; 2021 | met
        yes      | yes; no  | 2020; 2021 | not met
        no       | yes; yes | 2020; 2021 | not met
        declined | yes; yes | 2020; 2021 | unknown
        yes      | yes; ... | 2020; ...  | unknown
        """,
        long_opioid={"kind": "all", "of": [yes("opioid"), LONG]},
    )
