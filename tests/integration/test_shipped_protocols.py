"""What ships holds: the whole guidance is carried, every disagreement shown, every vignette green."""

import datetime
from functools import cache

import pytest

from screening.engine.answers import Answer, Answers, Source
from screening.engine.conditions import Truth
from screening.engine.evaluation import evaluate
from screening.engine.guidance import RuleState
from screening.engine.protocol import Protocol, check, load_protocol
from screening.engine.rules import Concern
from screening.engine.trials import run_vignettes, told
from screening.engine.wording import WHO_SOMEONE_IS, wording_problems
from tests.protocol_table import PAGE, SHIPPED, citing, page, showing, showing_disagreement

NAMES = ("intake", "session-day", "after-session")
SECTIONS = (
    "Setting and team",
    "Psychosis",
    "Mood",
    "Suicidality",
    "Emotions and relationships",
    "Substances, recovery and ketamine",
    "OCD",
    "Medical and medicines",
    "Intention and commitment",
    "Plan and safeguards",
)
HOW_MANY = {
    "PSY": 2,
    "BIP": 2,
    "SUI": 3,
    "BPD": 4,
    "SUD": 6,
    "KET": 3,
    "OCD": 2,
    "MED": 3,
    "CARE": 3,
    "STR": 5,
    "INT": 1,
    "RTE": 2,
    "MON": 2,
    "LNG": 1,
    "OPN": 1,
}
STATEMENTS = {f"{topic}-{number}" for topic, count in HOW_MANY.items() for number in range(1, count + 1)}
DISAGREEMENTS = {
    frozenset({"SUD-1", "SUD-3", "SUD-4", "SUD-5", "CARE-1", "KET-2"}),
    frozenset({"PSY-1", "PSY-2"}),
    frozenset({"SUI-1", "SUI-2", "SUI-3"}),
    frozenset({"SUI-2", "BPD-2"}),
    frozenset({"BIP-1", "BIP-2"}),
}
ON = datetime.date(2026, 11, 2)
CLIENT = Source.CLIENT


@cache
def shipped(name: str) -> Protocol:
    return load_protocol(SHIPPED / name)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_protocol_has_no_findings(name):
    assert check(shipped(name), today=datetime.date(2026, 11, 21)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_vignette_is_as_it_tells(name):
    protocol = shipped(name)
    results = run_vignettes(protocol.rule_set, protocol.questionnaire, protocol.vignettes)
    assert {result.vignette_id: result.differences for result in results if not result.as_told} == {}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("state", list(RuleState))
def test_every_rule_has_a_case_in_each_state(name, state):
    protocol = shipped(name)
    tried = {rule for vignette in protocol.vignettes.vignettes for rule, at in told(vignette).items() if at is state}
    assert set(protocol.rule_set.rule_by_id) - tried == set()


def test_the_intake_has_at_least_85_cases_and_all_three_together_more():
    counts = {name: len(shipped(name).vignettes.vignettes) for name in NAMES}
    assert counts["intake"] >= 85
    assert sum(counts.values()) > counts["intake"]


@pytest.mark.parametrize("name", NAMES)
def test_no_made_up_case_puts_into_the_clients_mouth_what_the_therapist_fills_in(name):
    protocol = shipped(name)
    filled_in = {key for key, asked in protocol.questionnaire.questions.items() if asked.usual_source is not CLIENT}
    given = {vignette.id: protocol.vignettes.answers_of(vignette).answers for vignette in protocol.vignettes.vignettes}
    told = {(case, key) for case, answers in given.items() for key in filled_in & set(answers)}
    assert {(case, key) for case, key in told if given[case][key].source is CLIENT} == set()
    assert told


def test_the_intake_library_holds_every_statement_of_the_guidance_and_no_other():
    assert set(shipped("intake").library.statement_by_id) == STATEMENTS


@pytest.mark.parametrize("statement", sorted(STATEMENTS))
def test_every_statement_is_cited_by_a_rule_or_shown(statement):
    rule_set = shipped("intake").rule_set
    shown = statement in rule_set.context
    assert shown or citing(rule_set, statement) or showing(rule_set, statement)


@pytest.mark.parametrize("statement", sorted(STATEMENTS))
def test_what_is_context_raises_nothing_by_itself_and_the_rest_does(statement):
    protocol = shipped("intake")
    context = protocol.library.statement_by_id[statement].kind.value == "context"
    rests = [rule.id for rule in protocol.rule_set.rules if statement in rule.cites]
    assert bool(rests) is not context


def test_monitoring_is_raised_by_the_two_short_protocols():
    assert citing(shipped("session-day").rule_set, "MON-2")
    assert citing(shipped("after-session").rule_set, "MON-1")


@pytest.mark.parametrize("name", ["session-day", "after-session"])
def test_a_statement_reads_the_same_in_every_protocol(name):
    intake, other = shipped("intake").library.statement_by_id, shipped(name).library.statement_by_id
    assert {key: other[key].text for key in other} == {key: intake[key].text for key in other}


def test_all_five_disagreements_are_named():
    assert {frozenset(found.statements) for found in shipped("intake").library.disagreements} == DISAGREEMENTS


def test_every_flag_that_shows_a_disagreement_also_shows_each_of_its_sides():
    protocol = shipped("intake")
    for found in protocol.library.disagreements:
        rules = showing_disagreement(protocol.rule_set, found.id)
        assert rules, found.id
        for rule in rules:
            assert {*rule.cites, *rule.weigh_with} & set(found.statements), rule.id
        sides = {side for rule in rules for side in (*rule.cites, *rule.weigh_with)}
        assert set(found.statements) <= sides


@pytest.mark.parametrize(
    ("vignette", "raised", "stays_out"),
    [
        ("alcohol-active-under-team", {"use-disorder-active", "dependence-experienced"}, set()),
        ("schizoaffective-in-remission", {"primary-psychotic-disorder"}, {"psychosis-active-now"}),
        ("new-thoughts-after-pattern", {"suicidal-thoughts-now", "suicide-attempts-or-threats-pattern"}, set()),
        ("attempts-alone", {"suicide-attempts-or-threats-pattern"}, {"borderline-symptoms-now", "dbt-first"}),
        ("bipolar-doubted-unstable", {"bipolar-not-stabilised", "bipolar-label-in-question"}, set()),
    ],
)
def test_each_disagreement_has_a_contested_case_that_shows_it(vignette, raised, stays_out):
    protocol = shipped("intake")
    case = next(found for found in protocol.vignettes.vignettes if found.id == vignette)
    assert raised <= set(case.raises)
    assert stays_out <= set(case.not_raised)
    assert any(protocol.rule_set.rule_by_id[rule].disagreements for rule in raised)


def test_the_sections_are_the_ten_that_were_asked_for():
    assert tuple(section.title for section in shipped("intake").questionnaire.sections) == SECTIONS


def test_a_claimed_exception_leaves_the_flag_and_names_who_confirms():
    outcome = _outcome("borderline-stable-after-dbt", "borderline-diagnosis")
    claimed = {exception.exception_id: exception for exception in outcome.exceptions if exception.claimed is Truth.TRUE}
    assert outcome.state is RuleState.MET
    assert set(claimed) == {"stabilised-after-dbt"}
    assert claimed["stabilised-after-dbt"].confirmed_by == "clinician"
    assert claimed["stabilised-after-dbt"].lifted_by == ()


@pytest.mark.parametrize(
    ("vignette", "rule", "exception", "lifted_by"),
    [
        (
            "borderline-after-dbt-fear-now",
            "borderline-diagnosis",
            "stabilised-after-dbt",
            "a-struggle-now-all-the-same",
        ),
        (
            "withdrawn-and-hearing-voices",
            "primary-psychotic-disorder",
            "diagnosis-withdrawn",
            "symptoms-now-all-the-same",
        ),
        (
            "abstinent-but-no-formal-treatment",
            "use-disorder-active",
            "in-sustained-recovery",
            "formal-treatment-outstanding",
        ),
    ],
)
def test_an_exception_is_itself_put_in_question(vignette, rule, exception, lifted_by):
    outcome = _outcome(vignette, rule)
    found = next(part for part in outcome.exceptions if part.exception_id == exception)
    assert (outcome.state, found.claimed, found.lifted_by) == (RuleState.MET, Truth.TRUE, (lifted_by,))


def test_an_exception_at_the_edge_of_a_vague_month_is_possible_and_not_claimed():
    outcome = _outcome("opioids-abstinent-about-a-year", "use-disorder-active")
    found = next(part for part in outcome.exceptions if part.exception_id == "in-sustained-recovery")
    assert (outcome.state, found.claimed) == (RuleState.MET, Truth.UNKNOWN)


def test_nothing_answered_rules_nothing_out():
    protocol = shipped("intake")
    found = evaluate(protocol.rule_set, protocol.questionnaire, Answers(), ON)
    assert {outcome.state for outcome in found.outcomes} == {RuleState.CANNOT_RULE_OUT}


def test_the_same_answers_raise_the_same_whoever_the_source_is_except_where_the_source_is_read():
    protocol = shipped("intake")
    case = next(found for found in protocol.vignettes.vignettes if found.id == "c-ptsd-many-voices")
    answers = protocol.vignettes.answers_of(case)
    from_record = {
        key: Answer(value=answer.value, absent=answer.absent, source=Source.RECORD)
        for key, answer in answers.answers.items()
    }
    said = evaluate(protocol.rule_set, protocol.questionnaire, answers, case.on)
    recorded = evaluate(
        protocol.rule_set, protocol.questionnaire, Answers(answers=from_record, groups=answers.groups), case.on
    )
    assert said.flags == recorded.flags


def test_suicidality_is_listed_first():
    protocol = shipped("intake")
    case = next(found for found in protocol.vignettes.vignettes if found.id == "c-ptsd-many-voices")
    found = evaluate(protocol.rule_set, protocol.questionnaire, protocol.vignettes.answers_of(case), case.on)
    topics = [protocol.rule_set.rule_by_id[rule].topic for rule in found.flags]
    first = topics.count("suicidality")
    assert first >= 4
    assert set(topics[:first]) == {"suicidality"}


def test_every_kind_of_concern_is_used():
    assert {rule.concern for rule in shipped("intake").rule_set.rules} == set(Concern)


@pytest.mark.parametrize("name", NAMES)
def test_every_story_is_told_in_words_that_neither_label_nor_decide(name):
    for case in shipped(name).vignettes.vignettes:
        assert wording_problems(f"{case.title} {case.story}") == [], case.id


def test_no_question_asks_who_somebody_is():
    for question in shipped("intake").questionnaire.questions.values():
        assert not WHO_SOMEONE_IS.search(question.text), question.link_id


def test_the_page_of_statements_and_rules_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(shipped("intake"))


def _outcome(vignette, rule):
    protocol = shipped("intake")
    case = next(found for found in protocol.vignettes.vignettes if found.id == vignette)
    found = evaluate(protocol.rule_set, protocol.questionnaire, protocol.vignettes.answers_of(case), case.on)
    return found.outcome(rule)


def test_the_readme_counts_what_is_there():
    protocol = shipped("intake")
    text = (SHIPPED / "intake" / "README.md").read_text(encoding="utf-8")
    everyone = [item for _, item in protocol.questionnaire.items() if not item.enable_when]
    assert f"{len(protocol.library.statements)} statements" in text
    assert f"{len(protocol.questionnaire.questions)} questions, {len(everyone)} items" in text
    assert f"{len(protocol.rule_set.rules)} rules" in text
    assert f"{len(protocol.vignettes.vignettes)} made-up cases" in text
