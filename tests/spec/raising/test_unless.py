"""unless: a claimed exception is shown beside the flag and never silences it."""

from screening.engine.guidance import RuleState
from tests.spec.book import Json, check_rule, evaluated, given, response, rule, yes

ABSTINENT = {"id": "abstinent", "title": "Abstinent", "when": yes("b"), "confirmed_by": "clinician"}
RESIDENTIAL = {
    "id": "residential",
    "title": "In residential treatment",
    "when": yes("c"),
    "confirmed_by": "addiction-physician",
    "to": "abstinent",
}
RULE = rule("use", yes("a"), unless=[ABSTINENT, RESIDENTIAL])


def test_an_exception_is_claimed_possible_or_not_there_and_the_rule_stays_as_it_is() -> None:
    check_rule(
        rule("use", yes("a"), unless=[ABSTINENT]),
        """
        a        | b        | rule    | abstinent
        ---------+----------+---------+----------
        yes      | yes      | met     | claimed
        yes      | no       | met     | no
        yes      | declined | met     | possible
        yes      | -        | met     | possible
        no       | yes      | not met | claimed
        declined | yes      | unknown | claimed
        """,
    )


def test_an_exception_to_an_exception_lifts_it_only_where_it_is_claimed() -> None:
    check_rule(
        RULE,
        """
        a   | b        | c        | rule | abstinent       | residential
        ----+----------+----------+------+-----------------+------------
        yes | yes      | yes      | met  | claimed, lifted | claimed
        yes | yes      | no       | met  | claimed         | no
        yes | yes      | declined | met  | claimed         | possible
        yes | no       | yes      | met  | no              | claimed
        yes | declined | yes      | met  | possible        | claimed
        """,
    )


def test_what_lifts_an_exception_can_be_lifted_itself_and_each_says_only_what_stands_against_it() -> None:
    left: Json = {"id": "left", "title": "Left it", "when": yes("diagnosed"), "confirmed_by": "therapist"}
    check_rule(
        rule("use", yes("a"), unless=[ABSTINENT, RESIDENTIAL, {**left, "to": "residential"}]),
        """
        a   | b   | c   | diagnosed | rule | abstinent       | residential     | left
        ----+-----+-----+-----------+------+-----------------+-----------------+---------
        yes | yes | yes | yes       | met  | claimed, lifted | claimed, lifted | claimed
        yes | yes | yes | no        | met  | claimed, lifted | claimed         | no
        yes | yes | no  | yes       | met  | claimed         | no              | claimed
        yes | yes | yes | declined  | met  | claimed, lifted | claimed         | possible
        """,
    )


def test_a_role_has_to_confirm_each_of_them() -> None:
    found = evaluated(RULE, answers=response(given(a="yes", b="yes", c="yes"))).outcome("use")
    assert [exception.confirmed_by for exception in found.exceptions] == ["clinician", "addiction-physician"]
    assert [exception.lifted_by for exception in found.exceptions] == [("residential",), ()]


def test_what_a_rule_waits_for_is_not_what_its_exception_waits_for() -> None:
    found = evaluated(RULE, answers=response(given(a="declined", b="yes"))).outcome("use")
    assert found.state is RuleState.CANNOT_RULE_OUT
    assert [place.link_id for place in found.missing] == ["a"]


def test_an_exception_says_what_it_rests_on() -> None:
    found = evaluated(RULE, answers=response(given(a="yes", b="yes"))).outcome("use")
    assert [basis.place.link_id for basis in found.exceptions[0].because] == ["b"]
