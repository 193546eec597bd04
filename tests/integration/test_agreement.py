"""The report over readers and rules: counts by topic and by rule, never by person, and nothing of a few."""

from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.accounts.models import Actor, Role
from screening.models import Reading, Screening
from screening.selectors.agreement import TopicAgreement, by_rule, by_topic
from screening.selectors.answers_to_flags import flags_of
from screening.selectors.policies import policy_of
from screening.selectors.reading_first import topics_of
from screening.selectors.reviews import newest_evaluation
from screening.services import policies, reviews
from screening.services.reviews import GivenAnswer
from tests import playing
from tests.factories import MembershipFactory, actor
from tests.pages import fields, signed_in
from tests.playing import NOON, House, again
from tests.reading_first import draw_all, read

pytestmark = pytest.mark.django_db
TAKEN = "two-beers-at-lunch"


@pytest.fixture(scope="module")
def once(shared_db: None) -> tuple[House, Any]:
    """Six cases that were read first by two clinicians, each with the same flag, answered in one way or another."""
    house = playing.house()
    protocol = playing.published(house)
    draw_all(house)
    colleague = actor(Role.CLINICIAN, practice=house.practice)
    for number in range(6):
        by = colleague if number == 5 else house.clinician
        case = playing.submitted(house, protocol, TAKEN)
        case = again(reviews.claim(screening=case, by=by, at=NOON))
        read(house, case, topics=number % 2 * 99, by=by)
        answer(case, by, "agree" if number < 4 else "disagree")
    return house, protocol


@pytest.fixture
def house(once: tuple[House, Any]) -> House:
    return once[0]


def answer(case: Screening, by: Actor, kind: str) -> None:
    evaluation = newest_evaluation(case)
    given = [GivenAnswer(flag.rule_id, kind, "Mine.", "answer-misread") for flag in flags_of(evaluation)]
    reviews.answer_flags(screening=case, evaluation_id=evaluation.pk, given=given, by=by, at=NOON)


def test_topics_are_counted_as_raised_by_both_by_one_or_by_neither(house: House) -> None:
    [protocol] = by_topic(house.auditor)
    assert protocol.cases == 6
    evaluation = Reading.objects.first().evaluation  # type: ignore[union-attr]
    titles = dict(topics_of(evaluation))
    raised = {titles[flag.topic] for flag in flags_of(evaluation)}
    found = {topic.title: topic for topic in protocol.topics}
    assert set(found) == set(titles.values()) - {"Suicidality"}
    assert raised <= set(found)
    for title, topic in found.items():
        both, rules_only = (3, 3) if title in raised else (0, 0)
        reader_only, neither = (0, 0) if title in raised else (3, 3)
        assert topic == TopicAgreement(title, both, reader_only, rules_only, neither, 0)


def test_rules_are_told_with_the_reasons_of_those_who_disagreed(house: House) -> None:
    [protocol] = by_rule(house.manager)
    [rule] = protocol.rules
    assert (rule.answered, rule.raised) == (6, True)
    said = {one.answered: (one.times, one.reasons) for one in rule.said}
    text = next(reason["text"] for reason in policy_of(house.practice).disagreement_reasons)
    assert said == {"Agree": (4, ()), "Disagree": (2, ((text, 2),))}


def test_the_page_names_nobody_and_asks_as_much_however_many_cases(house: House, once: Any) -> None:
    desk, at = signed_in(house.auditor), reverse("agreement")
    page = unescape(desk.get(at).content.decode())
    assert "Raised by both in 3" in page
    assert str(house.clinician.user) not in page
    with CaptureQueriesContext(
        connection,
    ) as before:
        by_topic(house.auditor), by_rule(house.auditor)
    for _ in range(2):
        case = playing.claimed(house, once[1], TAKEN)
        read(house, case)
        answer(case, house.clinician, "agree")
    with CaptureQueriesContext(connection) as after:
        by_topic(house.auditor), by_rule(house.auditor)
    assert len(after) == len(before) == 6


def test_nothing_is_told_of_a_few_or_of_what_one_clinician_alone_said(house: House, once: Any) -> None:
    elsewhere = playing.house()
    protocol = playing.published(elsewhere)
    draw_all(elsewhere)
    for number in range(5):
        case = playing.claimed(elsewhere, protocol, TAKEN)
        read(elsewhere, case)
        answer(case, elsewhere.clinician, "agree")
        assert by_topic(elsewhere.auditor)[0].topics == ()
        assert by_rule(elsewhere.auditor)[0].rules[0].said == ()
        assert by_topic(elsewhere.auditor)[0].cases == number + 1
    page = signed_in(elsewhere.manager).get(reverse("agreement")).content.decode()
    assert "Too few to tell, or read by one clinician alone." in page


def test_what_the_reader_screened_themselves_is_left_out(house: House, once: Any) -> None:
    policy = policy_of(house.practice)
    policies.change(
        crisis_steps=policy.crisis_steps,
        determinations=policy.determinations,
        disagreement_reasons=policy.disagreement_reasons,
        own_review=True,
        by=house.manager,
        at=NOON,
    )
    MembershipFactory.create(user=house.therapist.user, practice=house.practice, role=Role.CLINICIAN)
    themself = Actor(house.therapist.user, house.practice, Role.CLINICIAN)
    case = playing.submitted(house, once[1], TAKEN)
    reviews.claim(screening=case, by=themself, at=NOON)
    read(house, again(case), by=themself)
    assert by_topic(house.auditor)[0].cases == 6


def test_a_reason_that_was_renamed_keeps_its_words_in_the_answers_given_with_it(house: House) -> None:
    """Renaming makes another reason: old answers keep what they were given with, and the report says so."""
    policy = policy_of(house.practice)
    old = policy.disagreement_reasons[0]["text"]
    desk, at = signed_in(house.manager), reverse("practice-settings")
    sent: dict[str, Any] = dict(fields(desk.get(at)))
    lines = sent["disagreement_reasons"][0].replace(old, "The rule reads the answer otherwise").splitlines()
    assert desk.post(at, {**sent, "disagreement_reasons": "\n".join([*lines, "A new one"])}).status_code == 302
    codes = [reason["code"] for reason in policy_of(house.practice).disagreement_reasons]
    assert len(set(codes)) == len(codes)
    assert "answer-misread" not in codes
    case = Screening.objects.filter(status="in-review").order_by("submitted_at").last()
    assert case is not None
    said = [answer for flag in flags_of(newest_evaluation(case)) for answer in flag.answers.all()]
    assert all(answer.reason_text in (old, "") for answer in said)
    [told] = [one for one in by_rule(house.auditor)[0].rules[0].said if one.answered == "Disagree"]
    assert told.reasons == (("an earlier reason of the list (answer-misread)", 2),)
