"""defined: a condition with a name, that other conditions use."""

from screening.engine.guidance import RuleState
from tests.spec.book import check, response, rows, state, yes

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


def test_a_definition_inside_a_count_reads_each_row_for_itself() -> None:
    long = {"kind": "lasted", "since": "since", "at_least": {"value": 1, "unit": "years"}}
    condition = {
        "kind": "count",
        "group": "medicines",
        "operator": "=",
        "value": 1,
        "where": {"kind": "defined", "name": "long-opioid"},
    }
    definition = {"kind": "all", "of": [yes("opioid"), long]}
    one_of_two = rows({"opioid": "yes", "since": "2020"}, {"opioid": "yes", "since": "2026-06"})
    both = rows({"opioid": "yes", "since": "2020"}, {"opioid": "yes", "since": "2021"})
    assert state(condition, response(medicines=one_of_two), long_opioid=definition) is RuleState.MET
    assert state(condition, response(medicines=both), long_opioid=definition) is RuleState.NOT_MET
