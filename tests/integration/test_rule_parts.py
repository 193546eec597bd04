"""The parts of a rule beside its condition, where people read them: flag, list of what was not raised, ``screen``."""

from typing import Any

from django.template.loader import render_to_string

from screening.engine.documents import load
from screening.engine.drafts import DraftContent
from screening.engine.evaluation import evaluate
from screening.engine.library import GuidanceLibrary
from screening.engine.protocol import Protocol
from screening.engine.vignettes import VignetteSet
from screening.management.reading_out import guidance_lines
from screening.selectors.results import Reader, ResultView
from tests.pages import text_in
from tests.spec.book import ON, QUESTIONNAIRE, Json, given, response, rule, rule_set_of, yes
from tests.unit.engine.changes import LIBRARY

YOUNG: Json = {"title": "ages 18 to 24", "when": {"kind": "between", "question": "sessions", "low": 18, "high": 24}}


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
