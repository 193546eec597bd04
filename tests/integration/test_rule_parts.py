"""The parts of a rule beside its condition, where people read them: flag, list of what was not raised, ``screen``."""

from typing import Any

import pytest
from django.template.loader import render_to_string

from screening.engine.documents import load
from screening.engine.drafts import DraftContent
from screening.engine.evaluation import evaluate
from screening.engine.library import GuidanceLibrary
from screening.engine.protocol import Protocol
from screening.engine.vignettes import VignetteSet
from screening.management.reading_out import guidance_lines
from screening.management.reading_parts import beside_guidance
from screening.selectors.results import Reader, ResultView
from tests.pages import text_in
from tests.spec.book import ON, QUESTIONNAIRE, Json, given, response, rule, rule_set_of, yes
from tests.unit.engine.changes import LIBRARY

YOUNG: Json = {"title": "ages 18 to 24", "when": {"kind": "between", "question": "sessions", "low": 18, "high": 24}}

MONTH: Json = {"value": 1, "unit": "months"}


def protocol_of(**parts: Any) -> Protocol:
    """Return a protocol of one rule, met where "a" is answered yes, with these parts."""
    return Protocol(
        library=load(GuidanceLibrary, LIBRARY, document="guidance"),
        questionnaire=QUESTIONNAIRE,
        rule_set=rule_set_of(rule("first", yes("a"), **parts)),
        vignettes=VignetteSet.model_construct(vignettes=()),
    )


def result_of(protocol: Protocol, **cells: str) -> ResultView:
    answers = response(given(**cells))
    content = DraftContent(answers=answers.answers, groups=answers.groups)
    guidance = evaluate(protocol.rule_set, protocol.questionnaire, answers, ON)
    return Reader(protocol.questionnaire, protocol.rule_set, protocol.library, content).result(guidance)


def flag_text(protocol: Protocol, **cells: str) -> str:
    return text_in(render_to_string("screening/components/flag.html", {"flag": result_of(protocol, **cells).flags[0]}))


def lines(protocol: Protocol, **cells: str) -> list[str]:
    answers = response(given(**cells))
    guidance = evaluate(protocol.rule_set, protocol.questionnaire, answers, ON)
    return list(guidance_lines(protocol, answers, guidance, day_known=True))


def beside(protocol: Protocol, **cells: str) -> Json:
    guidance = evaluate(protocol.rule_set, protocol.questionnaire, response(given(**cells)), ON)
    return beside_guidance(protocol.rule_set, guidance)


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
        assert "To be agreed (that it was is not recorded here) by the client: no driving until the next day" in words

    def test_screen_says_so_line_by_line(self) -> None:
        said = lines(self.beside, a="yes")
        assert "  to be weighed by: the medical director and the prescriber" in said
        assert "  to be asked again: before each session" in said
        assert "  to be agreed by the client: no driving until the next day" in said

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
