"""The two short protocols: the day of a session, and after one."""

import datetime
import json
from pathlib import Path

import pytest

import screening.protocols
from screening.engine.answers import Absence, Answer, Answers
from screening.engine.conditions import Truth
from screening.engine.documents import load
from screening.engine.evaluation import evaluate
from screening.engine.guidance import RuleState
from screening.engine.library import GuidanceLibrary, GuidanceSource
from screening.engine.questionnaire import Questionnaire
from screening.engine.rules import RuleSet

SHIPPED = Path(screening.protocols.__file__).parent
FOLDERS = sorted(path.parent.name for path in SHIPPED.glob("*/guidance.json"))
SHORT = ["session-day", "after-session"]
ON = datetime.date(2026, 11, 21)


def document(kind, folder, name):
    return load(kind, json.loads((SHIPPED / folder / name).read_text(encoding="utf-8")), document=f"{folder}/{name}")


def questionnaire(folder):
    return document(Questionnaire, folder, "questionnaire.json")


def rule_set(folder):
    return document(RuleSet, folder, "rules.json")


def guidance(folder, **answers):
    given = {name.replace("_", "-"): answer for name, answer in answers.items()}
    return evaluate(rule_set(folder), questionnaire(folder), Answers(answers=given), on=ON)


@pytest.mark.parametrize("folder", SHORT)
def test_it_can_be_answered_in_two_minutes(folder):
    assert len(questionnaire(folder).questions) <= 12


@pytest.mark.parametrize("folder", SHORT)
def test_thoughts_of_suicide_are_asked_of_everyone_and_first(folder):
    first = questionnaire(folder).sections[0]
    assert first.topic == "suicidality"
    assert all(item.enable_when == () for item in first.items)


@pytest.mark.parametrize("folder", SHORT)
def test_an_unanswered_page_rules_nothing_out(folder):
    outcomes = guidance(folder).outcomes
    assert {outcome.state for outcome in outcomes} == {RuleState.CANNOT_RULE_OUT}


def test_medicine_agreed_beforehand_is_claimed_and_the_flag_stays():
    found = guidance("session-day", mind_altering_today=Answer(value=True), taken_agreed=Answer(value=True))
    outcome = found.outcome("mind-altering-substance-today")
    assert outcome.state is RuleState.MET
    assert [(e.exception_id, e.claimed, e.confirmed_by) for e in outcome.exceptions] == [
        ("agreed-medicine", Truth.TRUE, "prescriber")
    ]


def test_a_medicine_nobody_asked_about_is_no_claim():
    found = guidance("session-day", mind_altering_today=Answer(value=True), taken_agreed=Answer(value=False))
    assert [e.claimed for e in found.outcome("mind-altering-substance-today").exceptions] == [Truth.FALSE]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer(value=0), RuleState.NOT_MET),
        (Answer(value=1), RuleState.MET),
        (Answer(value=10), RuleState.MET),
        (Answer(absent=Absence.DECLINED), RuleState.CANNOT_RULE_OUT),
    ],
)
def test_cravings_of_any_strength_are_shown(answer, state):
    assert guidance("after-session", cravings=answer).outcome("cravings-since-session").state is state


def test_cravings_are_a_number_from_0_to_10_so_that_their_course_can_be_drawn():
    cravings = questionnaire("after-session").questions["cravings"]
    assert (cravings.type, cravings.minimum, cravings.maximum) == ("integer", 0, 10)


def test_a_wish_to_use_recreationally_is_advised_against_on_its_own():
    found = guidance("after-session", wish_recreational=Answer(value=True), cravings=Answer(value=0))
    assert found.outcome("wish-to-use-recreationally").state is RuleState.MET
    rule = rule_set("after-session").rule_by_id["wish-to-use-recreationally"]
    assert (rule.concern, rule.cites) == ("advises-against", ("MON-1",))


def test_a_first_attempt_is_raised_for_assessment_and_only_a_further_one_as_a_pattern():
    first = guidance("session-day", attempt_since_last=Answer(value="first"))
    again = guidance("session-day", attempt_since_last=Answer(value="again"))
    assert first.outcome("suicidal-thoughts-or-attempt").state is RuleState.MET
    assert first.outcome("attempts-or-threats-again").state is RuleState.NOT_MET
    assert again.outcome("attempts-or-threats-again").state is RuleState.MET


def test_a_source_is_described_alike_in_every_protocol():
    told: dict[str, set[GuidanceSource]] = {}
    for folder in FOLDERS:
        for source in document(GuidanceLibrary, folder, "guidance.json").sources:
            told.setdefault(source.key, set()).add(source)
    assert {key for key, versions in told.items() if len(versions) > 1} == set()


@pytest.mark.parametrize("folder", SHORT)
def test_every_statement_it_carries_is_cited_or_shown(folder):
    library, rules = document(GuidanceLibrary, folder, "guidance.json"), rule_set(folder)
    used = set(rules.context)
    for rule in rules.rules:
        used |= {*rule.cites, *rule.weigh_with}
        used |= {cited for exception in rule.unless for cited in exception.cites}
        used |= {cited for name in rule.disagreements for cited in library.disagreement_by_id[name].statements}
    assert used == set(library.statement_by_id)
