"""The parts of a rule beside its condition, where people read them: flag, list of what was not raised, ``screen``."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from screening.engine.answers import Answers
from screening.engine.documents import as_document, load
from screening.engine.drafts import DraftContent
from screening.engine.evaluation import evaluate
from screening.engine.library import GuidanceLibrary
from screening.engine.protocol import Protocol
from screening.engine.rules import RuleSet
from screening.engine.vignettes import VignetteSet
from screening.management.reading_out import guidance_lines
from screening.management.reading_parts import beside_guidance
from screening.selectors.results import Reader, ResultView
from tests import playing
from tests.pages import signed_in, text_in, text_of
from tests.spec.book import ON, QUESTIONNAIRE, Json, given, response, rows, rule, rule_set_of, yes
from tests.unit.engine.changes import LIBRARY

YOUNG: Json = {"title": "ages 18 to 24", "when": {"kind": "between", "question": "sessions", "low": 18, "high": 24}}

CHECK: Json = {
    "id": "history",
    "title": "The whole history",
    "text": "No list is complete.",
    "by": "prescriber",
    "cites": ["TOP-1"],
}
VIGNETTE = "steady"
MONTH: Json = {"value": 1, "unit": "months"}


def with_checks(rules: RuleSet, checks: Sequence[Json]) -> RuleSet:
    return load(RuleSet, {**as_document(rules), "for_a_person": list(checks)}, document="rules")


def protocol_of(*, for_a_person: Sequence[Json] = (), when: Json | None = None, **parts: Any) -> Protocol:
    """Return a protocol of one rule with these parts, met where "a" is answered yes unless ``when`` says otherwise."""
    return Protocol(
        library=load(GuidanceLibrary, LIBRARY, document="guidance"),
        questionnaire=QUESTIONNAIRE,
        rule_set=with_checks(rule_set_of(rule("first", when or yes("a"), **parts)), for_a_person),
        vignettes=VignetteSet.model_construct(vignettes=()),
    )


def result_of(protocol: Protocol, **cells: str) -> ResultView:
    return result_on(protocol, response(given(**cells)))


def result_on(protocol: Protocol, answers: Answers) -> ResultView:
    content = DraftContent(answers=answers.answers, groups=answers.groups)
    guidance = evaluate(protocol.rule_set, protocol.questionnaire, answers, ON)
    return Reader(protocol.questionnaire, protocol.rule_set, protocol.library, content).result(guidance)


def flag_text(protocol: Protocol, **cells: str) -> str:
    return flag_of(protocol, response(given(**cells)))


def flag_of(protocol: Protocol, answers: Answers) -> str:
    return text_in(render_to_string("screening/components/flag.html", {"flag": result_on(protocol, answers).flags[0]}))


def lines(protocol: Protocol, **cells: str) -> list[str]:
    answers = response(given(**cells))
    guidance = evaluate(protocol.rule_set, protocol.questionnaire, answers, ON)
    return list(guidance_lines(protocol, answers, guidance, day_known=True))


def beside(protocol: Protocol, **cells: str) -> Json:
    answers = response(given(**cells))
    guidance = evaluate(protocol.rule_set, protocol.questionnaire, answers, ON)
    return beside_guidance(protocol, answers, guidance)


class TestASubGroup:
    young = protocol_of(only_for=YOUNG)

    def test_a_flag_says_whom_its_rule_is_for(self) -> None:
        assert "This rule is only for ages 18 to 24." in flag_text(self.young, a="yes", sessions="20")
        assert "  only for: ages 18 to 24" in lines(self.young, a="yes", sessions="20")

    def test_a_flag_says_where_it_is_not_known_whether_the_rule_is_for_this_case(self) -> None:
        assert "ages 18 to 24; whether that is so here is not known." in flag_text(self.young, a="yes")
        assert "  only for: ages 18 to 24; whether that is so here is not known" in lines(self.young, a="yes")

    def test_a_rule_that_was_not_raised_says_whom_it_is_for(self) -> None:
        result = result_of(self.young, a="yes", sessions="30")
        assert result.flags == ()
        for page in ("screening/results/not_raised.html", "screening/review/not_raised.html"):
            assert "only for ages 18 to 24" in text_in(render_to_string(page, {"result": result}))


class TestWhatStandsBesideAFlag:
    beside = protocol_of(
        weighed_by=["medical-director", "prescriber"],
        recheck={"before": "each-session"},
        undertakings=[{"id": "no-driving", "text": "no driving until the next day"}],
    )

    @pytest.mark.parametrize("answer", ["yes", "declined"])
    def test_a_flag_says_who_weighs_it_when_it_is_asked_again_and_what_is_to_be_agreed(self, answer: str) -> None:
        words = flag_text(self.beside, a=answer)
        assert "To be weighed by the medical director and the prescriber." in words
        assert "The answers behind it are to be asked again before each session." in words
        assert (
            "To be agreed (whether it was is not recorded here) by the client: “no driving until the next day”" in words
        )

    def test_screen_says_so_line_by_line(self) -> None:
        said = lines(self.beside, a="yes")
        assert "  to be weighed by: the medical director and the prescriber" in said
        assert "  to be asked again: before each session" in said
        assert "  to be agreed by the client: “no driving until the next day”" in said

    def test_screen_hands_the_parts_of_what_is_raised_to_programs(self) -> None:
        assert beside(self.beside, a="yes") == {
            "parts": {
                "first": {
                    "weighed_by": ["medical-director", "prescriber"],
                    "recheck": {"before": "each-session"},
                    "undertakings": [{"id": "no-driving", "text": "no driving until the next day"}],
                }
            }
        }
        assert beside(self.beside, a="no") == {}
        assert beside(protocol_of(), a="yes") == {}


class TestWhatIsToBeHadFirst:
    needing = protocol_of(
        needs=[
            {"id": "ecg", "title": "an ECG", "from": "prescriber", "in_hand": yes("b")},
            {"id": "letter", "title": "a letter", "from": "the family doctor", "good_for": MONTH},
        ]
    )

    @pytest.mark.parametrize(
        ("cell", "words"),
        [
            ("yes", "an ECG, from the prescriber: in hand. Because b? Yes"),
            ("no", "an ECG, from the prescriber: not in hand. Because b? No"),
            ("declined", "an ECG, from the prescriber: not known whether it is in hand. Because b? preferred not"),
        ],
    )
    def test_a_flag_says_whether_it_is_in_hand_and_how_it_is_known(self, cell: str, words: str) -> None:
        assert words in flag_text(self.needing, a="yes", b=cell)
        assert words in flag_text(self.needing, a="declined", b=cell)

    def test_a_flag_says_how_long_it_is_good_for(self) -> None:
        words = "a letter, from the family doctor, good for 1 month: not known whether it is in hand"
        assert words in flag_text(self.needing, a="yes")
        assert f"  to have first: {words}" in lines(self.needing, a="yes")


class TestWhatIsReadWithAFlag:
    """The care is asked about an attempt that was meant, the status where there is a diagnosis."""

    status = protocol_of(alongside=["diagnosis-status"])

    def test_a_follow_up_that_is_asked_and_not_answered_is_said_to_be_missing(self) -> None:
        assert "Read with it diagnosis-status? not answered" in flag_text(self.status, a="yes", diagnosed="yes")

    @pytest.mark.parametrize("gate", [{"diagnosed": "no"}, {"diagnosed": "declined"}, {}])
    def test_a_follow_up_that_is_not_asked_is_not_said_to_be_missing(self, gate: dict[str, str]) -> None:
        assert "Read with it" not in flag_text(self.status, a="yes", **gate)

    def test_what_was_answered_before_its_gate_closed_is_not_read_with_it(self) -> None:
        cells = {"a": "yes", "diagnosis_status": "active"}
        assert "Read with it" not in flag_text(self.status, **cells, diagnosed="no")
        assert "diagnosis-status? Active" in flag_text(self.status, **cells, diagnosed="declined")

    @pytest.mark.parametrize(("meant", "told"), [("yes", True), ("no", False)])
    def test_in_a_row_it_is_the_rows_own_answer_that_asks(self, meant: str, told: bool) -> None:
        answers = response(given(a="yes", attempted="yes"), attempts=rows({"attempt-meant": meant}))
        page = flag_of(protocol_of(alongside=["attempt-care"]), answers)
        assert ("attempt-care? not answered" in page) is told


class TestAFlagThatWaits:
    def test_its_sentence_has_no_space_before_its_stops(self) -> None:
        both: Json = {"kind": "all", "of": [yes("a"), yes("b")]}
        waiting = replace(protocol_of(), rule_set=rule_set_of(rule("first", both)))
        page = render_to_string("screening/components/flag.html", {"flag": result_of(waiting, a="unknown").flags[0]})
        words = " ".join(re.sub("<[^>]*>", "", page).split())
        assert "Waiting for: a? not known (client says); b? not answered." in words


class TestWhatIsLeftToAPerson:
    checking = protocol_of(for_a_person=[CHECK])

    @pytest.mark.parametrize("answer", ["yes", "no", "declined"])
    def test_it_is_listed_whatever_is_raised(self, answer: str) -> None:
        checks = result_of(self.checking, a=answer).for_a_person
        page = render_to_string("screening/components/for_a_person.html", {"checks": checks, "heading": "checks"})
        assert "For a person to check" in text_in(page)
        assert "The whole history the prescriber checks it No list is complete." in text_in(page)
        assert "A statement." in text_in(page)

    @pytest.mark.parametrize("answer", ["yes", "no", "declined"])
    def test_screen_lists_it_whatever_is_raised(self, answer: str) -> None:
        said = lines(self.checking, a=answer)
        place = said.index("For a person to check:")
        assert said[place + 1] == "  The whole history: No list is complete. (the prescriber checks it)"
        assert said[place + 2].startswith("  TOP-1: A statement.")
        assert beside(self.checking, a=answer)["for_a_person"] == [CHECK]

    def test_nothing_stands_there_where_a_protocol_leaves_nothing_to_a_person(self) -> None:
        page = render_to_string(
            "screening/components/for_a_person.html", {"checks": result_of(protocol_of()).for_a_person}
        )
        assert text_in(page) == ""
        assert "For a person to check:" not in lines(protocol_of(), a="yes")


@pytest.mark.django_db
def test_every_page_of_a_case_lists_what_is_left_to_a_person() -> None:
    house = playing.house()
    case = playing.claimed(house, playing.published(house, "intake"), VIGNETTE)
    for who, name in (
        (house.therapist, "screening-result"),
        (house.therapist, "screening-print"),
        (house.clinician, "review"),
        (house.auditor, "audit-case"),
    ):
        said = text_of(signed_in(who).get(reverse(name, args=[case.pk])))
        assert "For a person to check" in said, name
        assert "the prescriber checks it" in said, name
    version = playing.newest_version(case.protocol)
    assert "For a person to check" in text_of(signed_in(house.author).get(reverse("rule-version", args=[version.pk])))


@pytest.mark.django_db
def test_in_review_it_is_read_before_the_answers_are_saved() -> None:
    house = playing.house()
    case = playing.claimed(house, playing.published(house, "intake"), "three-attempts")
    said = text_of(signed_in(house.clinician).get(reverse("review", args=[case.pk])))
    flags, checks, save = (said.index(words) for words in ("Your answer", "For a person to check", "Save the answers"))
    assert flags < checks < save


@pytest.mark.django_db
def test_what_the_answers_raise_so_far_lists_it_too() -> None:
    house = playing.house()
    case = playing.filled(house, playing.published(house, "intake"), VIGNETTE)
    said = text_of(signed_in(house.therapist).get(reverse("screening-so-far", args=[case.pk])))
    assert "For a person to check" in said


class TestWhatCouldSettleAFlag:
    both = protocol_of(when={"kind": "all", "of": [yes("a"), {"kind": "any", "of": [yes("b"), yes("c")]}]})

    def test_a_flag_names_the_fewest_answers_that_could_rule_it_out_and_raise_it(self) -> None:
        said = flag_text(self.both)
        assert "Fewest answers that could rule it out: “a?” Fewest" in said
        assert "Fewest answers that could raise it: “a?” with “b?”; or “a?” with “c?”" in said

    def test_only_the_first_ways_are_listed_and_the_rest_counted(self) -> None:
        several = [yes(link_id) for link_id in ("a", "b", "c", "attempted", "diagnosed")]
        said = flag_text(protocol_of(when={"kind": "at-least", "n": 2, "of": several}))
        assert "could raise it: “a?” with “b?”; or “a?” with “c?”; or “a?” with “diagnosed?”; and 7 more ways" in said

    def test_one_answer_that_settles_it_either_way_is_not_told_twice(self) -> None:
        assert "Fewest answers" not in flag_text(protocol_of())

    def test_a_raised_flag_waits_for_nothing(self) -> None:
        assert "Fewest answers" not in flag_text(self.both, a="yes", b="yes")

    def test_screen_lists_every_way(self) -> None:
        assert [line for line in lines(self.both) if "could be" in line] == [
            "  could be ruled out by: “a?”",
            "  could be raised by: “a?” with “b?”",
            "  could be raised by: “a?” with “c?”",
        ]


class TestWhatAFlagRestsOn:
    def test_a_flag_that_waits_shows_what_holds_of_it_already(self) -> None:
        protocol = protocol_of(when={"kind": "all", "of": [yes("a"), {"kind": "not", "condition": yes("b")}]})
        said = flag_text(protocol, a="yes", b="unknown")
        assert "Waiting for: b?" in said
        assert "What was answered of it a? Yes" in said
        assert "What was answered of it" not in flag_text(protocol)

    @pytest.mark.parametrize(
        ("cell", "words"), [("yes", "It rests on c? Yes"), ("unknown", "It depends on c? not known")]
    )
    def test_an_exception_shows_the_answers_that_it_rests_on(self, cell: str, words: str) -> None:
        claim = {"id": "claim", "title": "Something else", "when": yes("c"), "confirmed_by": "clinician"}
        assert words in flag_text(protocol_of(unless=[claim]), a="yes", c=cell)

    def test_an_answer_under_an_exception_is_not_listed_once_more(self) -> None:
        claim = {"id": "claim", "title": "Something else", "when": yes("c"), "confirmed_by": "clinician"}
        said = flag_text(protocol_of(unless=[claim], alongside=["b", "c"]), a="yes", b="no", c="yes")
        assert said.count("c? Yes") == 1
        assert "Read with it b? No" in said
