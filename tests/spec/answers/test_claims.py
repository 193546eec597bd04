"""A diagnosis is a claim: who said so, whether it is so now, whether it is the main one, and who doubts it."""

from screening.engine.guidance import RuleState
from tests.spec.book import check, evaluated, given, response, rule, yes
from tests.spec.criteria import CRITERIA, every, is_option, negation, no

BY_A_CLINIC = every(yes("bipolar"), negation(is_option("bipolar-said-by", "own-view")))


def test_what_a_clinic_found_is_told_from_what_somebody_thinks_of_themselves() -> None:
    check(
        BY_A_CLINIC,
        """
        bipolar  | bipolar-said-by | rule
        ---------+-----------------+--------
        yes      | earlier-clinic  | met
        yes      | this-clinic     | met
        yes      | own-view        | not met
        yes      | unknown         | unknown
        no       | -               | not met
        declined | -               | unknown
        """,
        CRITERIA,
    )


def test_now_and_earlier_are_two_answers() -> None:
    check(
        is_option("bipolar-when", "now"),
        """
        bipolar | bipolar-when | rule
        yes     | now          | met
        yes     | earlier      | not met
        yes     | declined     | unknown
        no      | now          | not met
        """,
        CRITERIA,
    )


def test_the_main_diagnosis_is_told_from_one_that_comes_with_another() -> None:
    check(
        yes("bipolar-primary"),
        """
        bipolar | bipolar-primary | rule
        yes     | yes             | met
        yes     | no              | not met
        yes     | -               | unknown
        no      | -               | not met
        """,
        CRITERIA,
    )


def test_a_doubt_takes_nothing_away_unless_the_rule_reads_it() -> None:
    table = """
        bipolar | bipolar-doubted | rule
        yes     | no              | met
        yes     | yes             | {doubted}
        yes     | unknown         | {unknown}
        """
    check(yes("bipolar"), table.format(doubted="met", unknown="met"), CRITERIA)
    undisputed = every(yes("bipolar"), no("bipolar-doubted"))
    check(undisputed, table.format(doubted="not met", unknown="unknown"), CRITERIA)


def test_a_doubt_is_shown_as_an_exception_that_a_clinician_has_to_confirm() -> None:
    doubted = {"id": "doubted", "title": "Doubted", "when": yes("bipolar-doubted"), "confirmed_by": "clinician"}
    answers = response(given(CRITERIA, bipolar="yes", bipolar_doubted="yes"))
    found = evaluated(rule("bipolar", yes("bipolar"), unless=[doubted]), answers=answers, questionnaire=CRITERIA)
    outcome = found.outcome("bipolar")
    assert outcome.state is RuleState.MET
    assert [exception.claimed.value for exception in outcome.exceptions] == ["true"]
