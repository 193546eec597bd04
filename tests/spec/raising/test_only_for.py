"""only_for: a rule for a sub-group. Outside of it the rule is not met; not knowing who is inside is no "no"."""

from screening.engine.guidance import RuleState
from tests.spec.book import Json, check_rule, evaluated, given, response, rule, yes

BETWEEN: Json = {
    "title": "18 to 24 sessions",
    "when": {"kind": "between", "question": "sessions", "low": 18, "high": 24},
}
RULE = rule("use", yes("a"), only_for=BETWEEN)


def test_a_rule_is_met_where_the_case_is_in_the_sub_group_and_the_condition_holds() -> None:
    check_rule(
        RULE,
        """
        sessions | a        | rule
        ---------+----------+--------
        20       | yes      | met
        20       | no       | not met
        20       | declined | unknown
        30       | yes      | not met
        30       | no       | not met
        30       | declined | not met
        unknown  | yes      | unknown
        unknown  | no       | not met
        unknown  | declined | unknown
        -        | yes      | unknown
        """,
    )


def test_the_trace_has_the_sub_group_and_the_condition_as_its_parts() -> None:
    trace = evaluated(RULE, answers=response(given(sessions="30", a="yes"))).outcome("use").trace
    assert (trace.kind, [part.truth.value for part in trace.parts]) == ("only-for", ["false", "true"])


def test_who_is_outside_is_told_by_the_answer_that_says_so() -> None:
    found = evaluated(RULE, answers=response(given(sessions="30", a="yes"))).outcome("use")
    assert [basis.place.link_id for basis in found.because] == ["sessions"]


def test_a_rule_that_is_met_rests_on_the_sub_group_too() -> None:
    found = evaluated(RULE, answers=response(given(sessions="20", a="yes"))).outcome("use")
    assert [basis.place.link_id for basis in found.because] == ["a", "sessions"]


def test_whether_somebody_is_in_the_sub_group_is_an_answer_that_can_be_missing() -> None:
    found = evaluated(RULE, answers=response(given(a="yes")))
    assert found.outcome("use").state is RuleState.CANNOT_RULE_OUT
    assert [(answer.place.link_id, answer.could_settle) for answer in found.missing] == [("sessions", ("use",))]


def test_an_exception_is_worked_out_beside_the_sub_group() -> None:
    unless: Json = {"id": "later", "title": "Later", "when": yes("b"), "confirmed_by": "clinician"}
    answers = response(given(sessions="20", a="yes", b="yes"))
    found = evaluated(rule("use", yes("a"), only_for=BETWEEN, unless=[unless]), answers=answers).outcome("use")
    assert (found.state, found.exceptions[0].claimed.value) == (RuleState.MET, "true")
