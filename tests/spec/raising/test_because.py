"""because: the answers that made it so, in the order of asking, and no others."""

from screening.engine.answers import Absence, Source
from screening.engine.guidance import Basis, Place
from tests.spec.book import Json, evaluated, given, response, rows, rule, yes


def because(when: Json, **cells: str) -> list[str]:
    outcome = evaluated(rule("rule", when), answers=response(given(**cells))).outcome("rule")
    return [basis.place.link_id for basis in outcome.because]


ALL = {"kind": "all", "of": [yes("b"), yes("a")]}
ANY = {"kind": "any", "of": [yes("b"), yes("a")]}


def test_a_met_all_rests_on_every_part_in_the_order_of_asking() -> None:
    assert because(ALL, a="yes", b="yes") == ["a", "b"]


def test_a_failed_all_rests_on_the_parts_that_fail() -> None:
    assert because(ALL, a="no", b="yes") == ["a"]
    assert because(ALL, a="no", b="declined") == ["a"]


def test_a_met_any_rests_on_the_parts_that_hold() -> None:
    assert because(ANY, a="yes", b="no") == ["a"]
    assert because(ANY, a="declined", b="yes") == ["b"]


def test_a_failed_any_rests_on_every_part() -> None:
    assert because(ANY, a="no", b="no") == ["a", "b"]


def test_what_cannot_be_ruled_out_rests_on_what_holds_so_far_and_on_what_is_not_known() -> None:
    assert because(ALL, a="yes", b="declined") == ["a", "b"]
    assert because(ANY, a="no", b="declined") == ["b"]


def test_one_answer_that_two_parts_read_is_named_once() -> None:
    twice = {"kind": "all", "of": [yes("a"), {"kind": "known-from", "question": "a", "sources": ["client"]}]}
    assert because(twice, a="yes") == ["a"]


def test_a_basis_is_the_answer_as_it_was_given() -> None:
    outcome = evaluated(rule("rule", ALL), answers=response(given(a="yes@record", b="declined"))).outcome("rule")
    assert outcome.because == (
        Basis(Place("a"), value=True, absent=None, source=Source.RECORD),
        Basis(Place("b"), value=None, absent=Absence.DECLINED, source=Source.CLIENT),
    )


def test_a_question_that_was_not_asked_rests_on_the_answer_that_closed_it() -> None:
    active = {"kind": "equals", "question": "diagnosis-status", "value": "active"}
    assert because(active, diagnosed="no", diagnosis_status="active") == ["diagnosed"]
    assert because(active, diagnosed="declined") == ["diagnosed"]


def test_a_count_rests_on_the_rows_that_decide_it() -> None:
    where = {"kind": "count", "group": "medicines", "where": yes("opioid"), "operator": ">=", "value": 1}
    answers = response(medicines=rows({"opioid": "no"}, {"opioid": "yes"}))
    outcome = evaluated(rule("rule", where), answers=answers).outcome("rule")
    assert [basis.place for basis in outcome.because] == [Place("opioid", "row-2")]


def test_a_count_of_rows_alone_rests_on_how_many_there_are() -> None:
    every = {"kind": "count", "group": "medicines", "operator": ">=", "value": 2}
    answers = response(medicines=rows({}, {}))
    outcome = evaluated(rule("rule", every), answers=answers).outcome("rule")
    assert outcome.because == (Basis(Place("medicines"), value=2, absent=None, source=None),)
