"""needs: a document or clearance to have first, in hand, not in hand or not known. The rule's state stays as it is."""

import pytest

from screening.engine.guidance import Guidance, RuleState
from screening.engine.rules import Confirmer
from tests.spec.book import Json, check_rule, evaluated, given, response, rule, rule_set_of, yes

LATELY: Json = {"kind": "within", "question": "began", "last": {"value": 6, "unit": "months"}}
ECG: Json = {
    "id": "ecg",
    "title": "an ECG",
    "from": "prescriber",
    "good_for": {"value": 6, "unit": "months"},
    "in_hand": {"kind": "all", "of": [yes("b"), LATELY]},
}
LETTER: Json = {"id": "letter", "title": "a letter", "from": "the family doctor"}
RULE = rule("heart", yes("a"), needs=[ECG, LETTER])


def test_it_is_in_hand_or_not_or_not_known_and_the_rule_ends_as_it_would_without() -> None:
    check_rule(
        RULE,
        """
        a        | b        | began       | rule    | ecg         | letter
        ---------+----------+-------------+---------+-------------+----------
        yes      | yes      | 2026-03     | met     | in hand     | not known
        yes      | yes      | 2025-03     | met     | not in hand | not known
        yes      | no       | -           | met     | not in hand | not known
        yes      | yes      | 2026-winter | met     | not known   | not known
        yes      | declined | 2026-03     | met     | not known   | not known
        yes      | -        | -           | met     | not known   | not known
        no       | yes      | 2026-03     | not met | in hand     | not known
        no       | no       | -           | not met | not in hand | not known
        declined | yes      | 2026-03     | unknown | in hand     | not known
        declined | -        | -           | unknown | not known   | not known
        """,
    )


@pytest.mark.parametrize("had", ["yes", "no", "declined"])
@pytest.mark.parametrize("cell", ["yes", "no", "declined"])
def test_it_adds_nothing_to_what_is_raised_missing_or_rested_on(had: str, cell: str) -> None:
    answers = response(given(a=cell, b=had, began="2026-03"))
    found = evaluated(RULE, answers=answers)
    without = evaluated(rule("heart", yes("a")), answers=answers)
    assert (found.flags, found.missing) == (without.flags, without.missing)
    assert found.outcome("heart").because == without.outcome("heart").because
    assert found.outcome("heart").state is without.outcome("heart").state


def test_it_says_which_answers_it_rests_on_and_keeps_its_own_trace() -> None:
    ecg, letter = evaluated(RULE, answers=response(given(a="yes", b="no"))).outcome("heart").needs
    assert [basis.place.link_id for basis in ecg.because] == ["b"]
    assert ecg.trace is not None
    assert (ecg.trace.kind, letter.because, letter.trace) == ("all", (), None)


def test_it_comes_from_a_role_or_from_whom_the_words_say() -> None:
    ecg, letter = rule_set_of(RULE).rules[0].needs
    assert (ecg.from_whom, str(ecg.good_for)) == (Confirmer.PRESCRIBER, "6 months")
    assert (letter.from_whom, letter.good_for) == ("the family doctor", None)


def test_what_is_needed_is_stored_and_read_back() -> None:
    found = evaluated(RULE, answers=response(given(a="yes", b="no")))
    document = found.as_document()
    assert [need["in_hand"] for need in document["outcomes"][0]["needs"]] == ["false", "unknown"]
    assert document["outcomes"][0]["needs"][1] == {"need_id": "letter", "in_hand": "unknown"}
    assert Guidance.from_document(document) == found


def test_a_rule_that_needs_nothing_is_stored_as_it_always_was() -> None:
    document = evaluated(rule("heart", yes("a")), answers=response(given(a="yes"))).as_document()
    assert "needs" not in document["outcomes"][0]
    assert Guidance.from_document(document).outcome("heart").needs == ()
    assert Guidance.from_document(document).outcome("heart").state is RuleState.MET
