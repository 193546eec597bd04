"""Every option of the intake that counts, tried one by one: no substance, sign, side effect or plan part is missed.

The clinical stories are the vignettes; here stands what would make a dull story of each option.
"""

import datetime
from pathlib import Path

import pytest

import screening.protocols
from screening.engine.answers import Absence, Answer, Answers, Row, Rows, Source
from screening.engine.conditions import Truth
from screening.engine.evaluation import evaluate
from screening.engine.guidance import RuleState
from screening.engine.protocol import load_protocol

INTAKE = load_protocol(Path(screening.protocols.__file__).parent / "intake")
STEADY = INTAKE.vignettes.bases["steady"]
ON = datetime.date(2026, 11, 2)


def options(link_id, *, but=()):
    return [option.code for option in INTAKE.questionnaire.questions[link_id].answer_options if option.code not in but]


def outcomes(groups=None, **changed):
    answers = {name.replace("_", "-"): answer for name, answer in changed.items()}
    response = Answers(answers={**STEADY.answers, **answers}, groups={**STEADY.groups, **(groups or {})})
    found = evaluate(INTAKE.rule_set, INTAKE.questionnaire, response, ON)
    return {outcome.rule_id: outcome for outcome in found.outcomes}


def met(groups=None, **changed):
    found = outcomes(groups, **changed)
    return {rule_id for rule_id, outcome in found.items() if outcome.state is RuleState.MET}


def said(value, source=Source.CLIENT):
    return Answer(value=value, source=source)


def one_substance(substance, use_disorder):
    row = Row(row_id="row-1", answers={"substance": said(substance), "use-disorder": said(use_disorder)})
    return {"substances": Rows(complete=True, rows=(row,))}


def with_substance(substance, use_disorder):
    return met(
        one_substance(substance, use_disorder),
        substance_problem_ever=said(True),
        other_treatments_tried=said(False),
        recovery_lifestyle=said(False),
        committed_to_change=said(False),
        ketamine_ever=said(substance == "ketamine"),
    )


@pytest.mark.parametrize("substance", options("substance", but=("nicotine", "ketamine")))
def test_a_use_disorder_now_reads_the_same_for_every_substance(substance):
    assert with_substance(substance, "now") == {
        "use-disorder-active",
        "dependence-experienced",
        "recovery-lifestyle-missing",
        "other-treatments-not-tried",
        "commitment-missing",
    }


@pytest.mark.parametrize("substance", options("substance", but=("nicotine", "ketamine")))
def test_a_use_disorder_in_the_past_reads_the_same_for_every_substance(substance):
    assert with_substance(substance, "past") == {"dependence-experienced", "recovery-lifestyle-missing"}


def test_ketamine_now_is_read_as_an_active_use_disorder_and_as_dependence_on_ketamine():
    assert with_substance("ketamine", "now") == {
        "use-disorder-active",
        "ketamine-dependence",
        "recovery-lifestyle-missing",
        "other-treatments-not-tried",
        "commitment-missing",
    }


@pytest.mark.parametrize("use_disorder", ["now", "past"])
def test_nicotine_is_left_to_a_rule_of_its_own(use_disorder):
    assert with_substance("nicotine", use_disorder) == {"nicotine-dependence"}


@pytest.mark.parametrize("substance", options("substance"))
def test_criteria_never_met_raise_nothing(substance):
    assert with_substance(substance, "never") == set()


def test_ketamine_among_the_substances_and_never_taken_do_not_fit_together():
    named = one_substance("ketamine", "never")
    assert met(named, substance_problem_ever=said(True), ketamine_ever=said(False)) == {"ketamine-answers-apart"}


@pytest.mark.parametrize("sign", options("ketamine-misuse-signs", but=("none-of-these",)))
def test_one_sign_of_misuse_is_enough(sign):
    found = met(
        ketamine_ever=said(True),
        ketamine_outside_care=said(False),
        ketamine_dependence=said(False),
        ketamine_misuse_signs=said((sign,)),
    )
    assert found == {"ketamine-misuse-signs"}


@pytest.mark.parametrize("left_out", options("side-effects-explained", but=("none-yet",)))
def test_one_side_effect_left_out_is_one_not_explained(left_out):
    explained = tuple(options("side-effects-explained", but=("none-yet", left_out)))
    assert met(side_effects_explained=said(explained)) == {"side-effects-not-explained"}


@pytest.mark.parametrize("left_out", options("plan-covers", but=("nothing-yet",)))
def test_one_part_left_out_leaves_the_plan_incomplete(left_out):
    covered = tuple(options("plan-covers", but=("nothing-yet", left_out)))
    raised = {"plan-incomplete", "integration-missing"} if left_out == "integration" else {"plan-incomplete"}
    assert met(plan_covers=said(covered)) == raised


@pytest.mark.parametrize("aim", options("aims"))
def test_an_aim_is_raised_only_where_it_is_to_get_away_or_to_have_the_experience(aim):
    raised = {"aim-to-escape-or-chase"} if aim in ("get-away", "experience") else set()
    assert met(aims=said((aim,))) == raised


@pytest.mark.parametrize("wish", [None, True, False])
@pytest.mark.parametrize("complete", [True, False])
def test_a_plain_yes_to_having_tried_is_shown_whatever_the_rows_say(wish, complete):
    rows = () if wish is None else (Row(row_id="row-1", answers={"attempt-wish-to-die": said(wish)}),)
    groups = {"suicide-attempts": Rows(complete=complete, rows=rows)}
    assert met(groups, suicide_attempt_ever=said(True)) == {"suicide-attempt-or-threat-ever"}


def test_a_plain_yes_to_having_tried_asks_for_an_assessment_where_none_was_done():
    raised = met(suicide_attempt_ever=said(True), psychological_assessment=said(False))
    assert raised == {"suicide-attempt-or-threat-ever", "psychological-assessment-first"}


@pytest.mark.parametrize("source", list(Source))
def test_an_assessment_at_screening_does_not_stand_in_for_the_prescribers_word_on_medical_control(source):
    stands = source in (Source.RECORD, Source.TEST, Source.OTHER)
    raised = set() if stands else {"medical-control-by-own-account"}
    assert met(uncontrolled_condition=said(False, source)) == raised


@pytest.mark.parametrize("source", list(Source))
def test_only_an_assessment_a_record_or_a_test_stands_behind_stability(source):
    stands = source in (Source.CLINICIAN, Source.RECORD, Source.TEST)
    raised = set() if stands else {"bipolar-stable-by-own-account"}
    found = met(
        bipolar_diagnosis=said(True),
        bipolar_stabilised=said(True, source),
        bipolar_doubted=said(False),
        early_trauma=said(False),
        mood_swing_pattern=said("mania"),
    )
    assert found == raised


@pytest.mark.parametrize(
    ("diagnosis", "rule"),
    [
        ("psychosis-diagnosis", "primary-psychotic-disorder"),
        ("borderline-diagnosis", "borderline-diagnosis"),
        ("bipolar-diagnosis", "bipolar-not-stabilised"),
        ("ocd-diagnosis", "ocd-preparation-first"),
    ],
)
@pytest.mark.parametrize("by", options("psychosis-diagnosis-by"))
def test_a_diagnosis_is_raised_whoever_made_it_and_the_clients_own_view_is_a_claimed_exception(diagnosis, rule, by):
    answers = {
        diagnosis: said(True),
        f"{diagnosis}-by": said(by),
        "bipolar-stabilised": said(False),
        "ocd-preparation-sessions": said(1),
    }
    outcome = outcomes(**{key.replace("-", "_"): answer for key, answer in answers.items()})[rule]
    claimed = {found.exception_id for found in outcome.exceptions if found.claimed is Truth.TRUE}
    assert outcome.state is RuleState.MET
    assert claimed == ({"nobody-diagnosed-it"} if by == "own-view" else set())


@pytest.mark.parametrize("sessions", [None, 5, 6])
@pytest.mark.parametrize("root_issue", [None, False, True])
def test_preparation_for_ocd_is_claimed_from_six_sessions_aimed_at_the_root_and_silences_nothing(sessions, root_issue):
    outcome = outcomes(
        ocd_diagnosis=said(True),
        ocd_diagnosis_by=said("psychiatrist"),
        ocd_preparation_sessions=Answer(absent=Absence.UNKNOWN) if sessions is None else said(sessions),
        ocd_preparation_root_issue=Answer(absent=Absence.UNKNOWN) if root_issue is None else said(root_issue),
    )["ocd-preparation-first"]
    claimed = {found.exception_id: found.claimed for found in outcome.exceptions}["prepared"]
    surely_not = sessions == 5 or root_issue is False
    wanted = Truth.FALSE if surely_not else Truth.TRUE if sessions and root_issue else Truth.UNKNOWN
    assert (outcome.state, claimed) == (RuleState.MET, wanted)


@pytest.mark.parametrize("absence", list(Absence))
@pytest.mark.parametrize("link_id", sorted(STEADY.answers))
def test_no_absent_answer_is_read_as_no(link_id, absence):
    """Taking one answer away from a case in which nothing is raised raises nothing, and may leave rules open."""
    before, after = outcomes(), outcomes(**{link_id.replace("-", "_"): Answer(absent=absence)})
    assert {after[rule].state for rule in after} <= {RuleState.NOT_MET, RuleState.CANNOT_RULE_OUT}
    read = {rule for rule in before if any(part.place.link_id == link_id for part in before[rule].because)}
    opened = {rule for rule in after if after[rule].state is RuleState.CANNOT_RULE_OUT}
    sole = {rule for rule in read if len(before[rule].because) == 1}
    assert sole <= opened
