"""lasted until, after: one vague date against another. The day of the screening is 1 July 2026."""

from screening.engine.guidance import RuleState
from tests.spec.book import Json, check, evaluated, given, response, rule

SIX_WEEKS: Json = {"kind": "lasted", "since": "began", "until": "ended", "at_least": {"value": 6, "unit": "weeks"}}
IN_EPISODE: Json = {"kind": "after", "question": "began", "than": "episode-began"}


def test_what_ended_has_lasted_from_its_beginning_to_its_end() -> None:
    check(
        SIX_WEEKS,
        """
        began      | ended      | rule
        -----------+------------+--------
        2025-01-01 | 2025-02-12 | met
        2025-01-01 | 2025-02-11 | not met
        2025-02-12 | 2025-01-01 | not met
        2025-01-01 | -          | unknown
        declined   | 2025-02-12 | unknown
        unknown    | -          | unknown
        """,
    )


def test_two_vague_ends_have_lasted_surely_possibly_or_surely_not() -> None:
    check(
        SIX_WEEKS,
        """
        began       | ended      | rule
        ------------+------------+--------
        2025-01     | 2025-04    | met
        2025-01     | 2025-03    | unknown
        2025-01     | 2025-02-10 | not met
        2025-01     | 2025-02-20 | unknown
        2025-01     | 2025-01    | not met
        2025        | 2025       | unknown
        2024        | 2026       | met
        2025-winter | 2025       | unknown
        2026        | 2026       | unknown
        2026-06     | 2026       | not met
        """,
    )


def test_without_an_end_it_lasts_until_the_day_of_the_screening() -> None:
    condition = {key: value for key, value in SIX_WEEKS.items() if key != "until"}
    check(
        condition,
        """
        began      | ended      | rule
        2026-05-20 | 2026-05-21 | met
        2026-05-21 | -          | not met
        """,
    )


def test_an_end_that_is_surely_not_asked_makes_it_not_hold() -> None:
    check(
        {**SIX_WEEKS, "until": "stopped"},
        """
        began      | still-on | stopped    | rule
        -----------+----------+------------+--------
        2025-01-01 | no       | 2025-06-01 | met
        2025-01-01 | yes      | 2025-06-01 | not met
        2025-01-01 | declined | 2025-06-01 | unknown
        declined   | yes      | -          | not met
        """,
    )


def test_after_holds_from_the_same_day_on() -> None:
    check(
        IN_EPISODE,
        """
        began      | episode-began | rule
        -----------+---------------+--------
        2025-03-01 | 2025-03-01    | met
        2025-03-02 | 2025-03-01    | met
        2025-02-28 | 2025-03-01    | not met
        declined   | 2025-03-01    | unknown
        2025-03-01 | -             | unknown
        """,
    )


def test_two_vague_dates_are_surely_possibly_or_surely_not_in_order() -> None:
    check(
        IN_EPISODE,
        """
        began       | episode-began | rule
        ------------+---------------+--------
        2025        | 2024          | met
        2024        | 2025          | not met
        2025        | 2025          | unknown
        2025-03     | 2025-03-01    | met
        2025-03     | 2025-03-02    | unknown
        2025-spring | 2025-05       | unknown
        2025-summer | 2025-05       | met
        2025-winter | 2025          | unknown
        2026        | 2026-06       | unknown
        """,
    )


def test_of_two_dates_the_vague_one_is_missing() -> None:
    found = evaluated(rule("rule", IN_EPISODE), answers=response(given(began="2025-03-05", episode_began="2025")))
    outcome = found.outcome("rule")
    assert outcome.state is RuleState.CANNOT_RULE_OUT
    assert (outcome.trace.why, [part.why for part in outcome.trace.parts]) == ("vague-date", ["", "vague-date"])
    assert [(answer.place.link_id, answer.could_settle) for answer in found.missing] == [("episode-began", ("rule",))]
    assert [basis.place.link_id for basis in outcome.because] == ["began", "episode-began"]


def test_where_both_are_missing_neither_settles_it_alone() -> None:
    found = evaluated(rule("rule", SIX_WEEKS), answers=response())
    assert [(answer.place.link_id, answer.could_settle) for answer in found.missing] == [("began", ()), ("ended", ())]


def test_in_a_count_each_row_is_read_with_the_answers_of_the_case() -> None:
    trial: Json = {"kind": "after", "question": "since", "than": "episode-began"}
    long: Json = {"kind": "lasted", "since": "since", "until": "till", "at_least": {"value": 6, "unit": "weeks"}}
    both: Json = {"kind": "all", "of": [trial, long]}
    check(
        {"kind": "count", "group": "medicines", "where": both, "operator": ">=", "value": 2},
        """
        episode-began | since                  | till             | rule
        --------------+------------------------+------------------+--------
        2025-02       | 2025-05-01; 2025-05-01 | 2025-08; 2025-08 | met
        2025-02       | 2025-05-01; 2025-05-01 | 2025-08; 2025-05 | not met
        2025-02       | 2025-05-01; 2024       | 2025-08; 2025    | not met
        2025-spring   | 2025-05-01; 2025-05-01 | 2025-08; 2025-08 | unknown
        -             | 2025-05-01; 2025-05-01 | 2025-08; 2025-08 | unknown
        """,
    )
