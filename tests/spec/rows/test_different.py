"""A count of what differs: two failed trials, each of a different class."""

from typing import Any

from screening.engine.guidance import Place, RuleState
from tests.spec.book import (
    KIND,
    asked_when,
    check,
    evaluated,
    given,
    question,
    questionnaire_of,
    response,
    rows,
    rule,
    state,
    yes,
)

Cells = dict[str, str]
SSRI, SNRI, UNKNOWN = {"medicine_class": "ssri"}, {"medicine_class": "snri"}, {"medicine_class": "unknown"}
TRICYCLIC = {"medicine_class": "tricyclic"}
NOT_SAID: Cells = {}


def classes(operator: str, value: int, **more: Any) -> dict[str, Any]:
    kinds = {"kind": "count", "group": "medicines", "different": "medicine-class"}
    return {**kinds, "operator": operator, "value": value, **more}


def test_different_options_are_counted_and_an_unknown_one_may_repeat_or_add() -> None:
    check(
        classes(">=", 2),
        """
        medicine-class             | rule
        none                       | not met
        ...                        | unknown
        ssri                       | not met
        ssri; ssri                 | not met
        ssri; ssri; ...            | unknown
        ssri; snri                 | met
        ssri; snri; ...            | met
        ssri; unknown              | unknown
        ssri; snri; unknown        | met
        ssri; ssri; unknown        | unknown
        unknown                    | not met
        unknown; -                 | unknown
        ssri; snri; tricyclic      | met
        ssri; snri; tricyclic; ... | met
        """,
    )


def test_at_most_so_many_options() -> None:
    check(
        classes("<=", 1),
        """
        medicine-class             | rule
        none                       | met
        ...                        | unknown
        ssri                       | met
        ssri; ssri                 | met
        ssri; ssri; ...            | unknown
        ssri; snri                 | not met
        ssri; snri; ...            | not met
        ssri; unknown              | unknown
        ssri; snri; unknown        | not met
        ssri; ssri; unknown        | unknown
        unknown                    | met
        unknown; -                 | unknown
        ssri; snri; tricyclic      | not met
        ssri; snri; tricyclic; ... | not met
        """,
    )


def test_exactly_so_many_options() -> None:
    check(
        classes("=", 2),
        """
        medicine-class             | rule
        none                       | not met
        ...                        | unknown
        ssri                       | not met
        ssri; ssri                 | not met
        ssri; ssri; ...            | unknown
        ssri; snri                 | met
        ssri; snri; ...            | unknown
        ssri; unknown              | unknown
        ssri; snri; unknown        | unknown
        ssri; ssri; unknown        | unknown
        unknown                    | not met
        unknown; -                 | unknown
        ssri; snri; tricyclic      | not met
        ssri; snri; tricyclic; ... | not met
        """,
    )


def test_there_are_never_more_than_there_are_options() -> None:
    answers = response(medicines=rows(SSRI, SNRI, TRICYCLIC, UNKNOWN, complete=False))
    assert state(classes("<=", 3), answers) is RuleState.MET
    assert state(classes("=", 3), answers) is RuleState.MET


def test_only_rows_that_meet_where_are_counted() -> None:
    check(
        classes(">=", 2, where=yes("opioid")),
        """
        medicine-class | opioid        | rule
        ssri; snri     | yes; yes      | met
        ssri; snri     | yes; no       | not met
        ssri; snri     | yes; declined | unknown
        ssri; ssri     | yes; declined | not met
        """,
    )


def test_a_row_that_is_surely_not_asked_in_what_it_differs_is_not_counted() -> None:
    kind = {**KIND, "enable_when": asked_when("taken")}
    inner = [question("taken", "boolean"), kind]
    group = {"link_id": "medicines", "text": "M?", "help": "H.", "type": "group", "row_name": "m", "items": inner}
    asked = questionnaire_of(group)

    def ends(*taken: str) -> RuleState:
        cells = [
            given(asked, taken=cell, medicine_class=code) for cell, code in zip(taken, ("ssri", "snri"), strict=True)
        ]
        listed = [{"row_id": f"row-{number}", "answers": cell} for number, cell in enumerate(cells)]
        answers = response(medicines={"complete": True, "rows": listed})
        return evaluated(rule("rule", classes(">=", 2)), answers=answers, questionnaire=asked).outcome("rule").state

    assert ends("yes", "yes") is RuleState.MET
    assert ends("yes", "no") is RuleState.NOT_MET
    assert ends("yes", "declined") is RuleState.CANNOT_RULE_OUT


def test_while_it_is_not_known_whether_there_are_rows_to_ask_for_nothing_is_concluded_from_them() -> None:
    condition = {**classes("=", 0), "group": "attempts", "different": "attempt-care"}
    stale = rows({"attempt_meant": "yes", "attempt_care": "clinic"})
    assert state(condition, response(given(attempted="declined"), attempts=stale)) is RuleState.CANNOT_RULE_OUT
    assert state(condition, response(given(attempted="no"), attempts=stale)) is RuleState.MET
    assert state(condition, response(given(attempted="yes"), attempts=stale)) is RuleState.NOT_MET
    assert state({**condition, "operator": "<=", "value": 2}, response()) is RuleState.MET


def test_what_is_missing_is_the_option_and_it_alone_could_settle_the_rule() -> None:
    found = evaluated(rule("rule", classes(">=", 2)), answers=response(medicines=rows(SSRI, UNKNOWN)))
    assert [(answer.place, answer.could_settle) for answer in found.missing] == [
        (Place("medicine-class", "row-2"), ("rule",))
    ]
    three = evaluated(rule("rule", classes(">=", 3)), answers=response(medicines=rows(SSRI, UNKNOWN, UNKNOWN)))
    assert {answer.place.row_id: bool(answer.could_settle) for answer in three.missing} == {
        "row-2": True,
        "row-3": True,
    }


def test_it_rests_on_the_options_that_differ() -> None:
    condition = classes(">=", 2, where=yes("opioid"))
    cells = [{**SSRI, "opioid": "yes"}, {**SNRI, "opioid": "no"}, {**SNRI, "opioid": "yes"}]
    outcome = evaluated(rule("rule", condition), answers=response(medicines=rows(*cells))).outcome("rule")
    assert {basis.place for basis in outcome.because} == {
        Place("opioid", "row-1"),
        Place("opioid", "row-3"),
        Place("medicine-class", "row-1"),
        Place("medicine-class", "row-3"),
    }
    few = evaluated(rule("rule", condition), answers=response(medicines=rows(*cells[:2]))).outcome("rule")
    assert {basis.place for basis in few.because} == {
        Place("opioid", "row-1"),
        Place("medicine-class", "row-1"),
        Place("opioid", "row-2"),
    }
