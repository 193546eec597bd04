"""A draft tried on past cases: who would come out otherwise, what was not reached, and that nothing changes."""

import copy
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.ledger.models import Entry
from screening.engine.comparison import (
    Shift,
    Written,
    in_reading_order,
    outcome_changes,
    rule_changes,
    with_rule,
    with_rules,
)
from screening.engine.evaluation import evaluate
from screening.engine.rules import RuleSet
from screening.engine.words import CONCERN_WORDS
from screening.models import Evaluation, Flag, RuleSetVersion, Screening
from screening.selectors import replays
from screening.selectors.documents import questionnaire_of, response_content, rule_set_of
from screening.selectors.replays import SHIFT_WORDS, Replay, replay_of
from tests import playing
from tests.pages import signed_in, text_of
from tests.playing import House
from tests.rule_drafts import RULE, draft_of, edit, now

pytestmark = pytest.mark.django_db


@dataclass
class Played:
    """A practice with past cases, and a draft to try on them."""

    house: House
    cases: list[Screening]
    draft: RuleSetVersion


@pytest.fixture(scope="module")
def once(shared_db: None) -> Played:
    house = playing.house()
    protocol = playing.published(house)
    names = ("a-first-attempt", "a-further-attempt", "attempts-left-open")
    cases = [playing.submitted(house, protocol, name) for name in names]
    playing.started(house, protocol)
    draft = draft_of(house, protocol)
    edit(signed_in(house.author), draft, **{"when-0-values": ["first"]})
    return Played(house, cases, now(draft))


@pytest.fixture
def played(once: Played) -> Played:
    return copy.deepcopy(once)


@pytest.fixture
def house(played: Played) -> House:
    return played.house


@pytest.fixture
def cases(played: Played) -> list[Screening]:
    """A first attempt, a further one, and one left open; a fourth case is there that nobody has submitted."""
    return played.cases


@pytest.fixture
def draft(played: Played) -> RuleSetVersion:
    """A draft in which a first attempt counts, and a further one does not."""
    return played.draft


def active_rules() -> RuleSet:
    return rule_set_of(RuleSetVersion.objects.get(status="active"))


def codes(replay: Replay, shift: Shift) -> list[str]:
    return [
        case.code
        for words, _, rules in replay.shifts
        if words == SHIFT_WORDS[shift]
        for rule in rules
        for case in rule.cases
    ]


def test_it_names_the_cases_that_come_out_otherwise(
    house: House, cases: list[Screening], draft: RuleSetVersion
) -> None:
    replay = replay_of(house.author, draft)
    first, further, _ = cases
    assert codes(replay, Shift.NEWLY_RAISED) == [first.client.code]
    assert codes(replay, Shift.NO_LONGER_RAISED) == [further.client.code]
    assert codes(replay, Shift.NEWLY_UNKNOWN) == []
    assert (replay.tried, replay.changed, replay.not_submitted) == (3, 2, 1)


def test_the_page_tells_it_in_words_and_the_look_is_recorded(
    house: House, cases: list[Screening], draft: RuleSetVersion
) -> None:
    words = text_of(signed_in(house.author).get(reverse("replay", args=[draft.pk])))
    assert "3 past cases tried, 2 come out otherwise than by version 1" in words
    assert f"{cases[0].client.code} : met, before not met, because" in words
    assert "1 case not submitted yet" in words
    assert "If someone may be in danger now" in words
    assert "a clinician reads the case and decides" in words
    entry = Entry.objects.get(action="replay.run")
    assert (entry.actor, entry.object) == (house.author.user, f"rule-set-version:{draft.pk}")


def test_it_changes_nothing(house: House, cases: list[Screening], draft: RuleSetVersion) -> None:
    before = (Evaluation.objects.count(), Flag.objects.count(), list(Screening.objects.order_by("pk").values()))
    replay_of(house.author, draft)
    assert (
        Evaluation.objects.count(),
        Flag.objects.count(),
        list(Screening.objects.order_by("pk").values()),
    ) == before


def test_it_stops_at_its_limit_and_says_how_many_it_left(
    house: House, cases: list[Screening], draft: RuleSetVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replays, "MOST_CASES", 2)
    replay = replay_of(house.author, draft)
    assert (replay.tried, replay.too_many) == (2, 1)


def test_it_makes_as_many_queries_however_many_cases_there_are(
    house: House, cases: list[Screening], draft: RuleSetVersion
) -> None:
    replay_of(house.author, now(draft))  # what is read once and then known
    with CaptureQueriesContext(connection) as few:
        replay_of(house.author, now(draft))
    for _ in range(3):
        playing.submitted(house, cases[0].protocol, "a-first-attempt")
    with CaptureQueriesContext(connection) as many:
        assert replay_of(house.author, now(draft)).tried == 6
    assert len(many) == len(few)


def test_the_first_version_has_nothing_to_be_compared_with(house: House, cases: list[Screening]) -> None:
    first = cases[0].rule_set_version
    assert "first version" in replay_of(house.author, first).why_not


def test_another_practices_cases_are_not_read(house: House, cases: list[Screening], draft: RuleSetVersion) -> None:
    other = playing.house()
    playing.submitted(other, playing.published(other), "a-first-attempt")
    assert replay_of(house.author, draft).tried == 3


def test_a_therapist_and_a_manager_may_not_open_it(house: House, draft: RuleSetVersion) -> None:
    for actor in (house.therapist, house.manager, house.auditor):
        assert signed_in(actor).get(reverse("replay", args=[draft.pk])).status_code == 403


class TestComparing:
    def test_a_rule_is_the_same_changed_added_or_gone(self, draft: RuleSetVersion) -> None:
        before, now_ = active_rules(), rule_set_of(draft)
        fewer = with_rules(now_, now_.rules[1:])
        assert [change.rule_id for change in rule_changes(before, now_) if change.written is not Written.SAME] == [RULE]
        assert rule_changes(fewer, now_)[0].written is Written.ADDED
        assert rule_changes(now_, fewer)[-1].written is Written.REMOVED

    def test_a_rule_that_went_is_no_longer_raised(self, cases: list[Screening], draft: RuleSetVersion) -> None:
        rules = active_rules()
        fewer = with_rules(rules, tuple(rule for rule in rules.rules if rule.id != RULE))
        case = cases[1]
        asked, evaluation = (
            questionnaire_of(case.questionnaire_version),
            Evaluation.objects.get(response__screening=case),
        )
        on, given = evaluation.on, response_content(evaluation.response).as_answers()
        before, after = evaluate(rules, asked, given, on), evaluate(fewer, asked, given, on)
        assert [(c.rule_id, c.shift) for c in outcome_changes(before, after)] == [(RULE, Shift.NO_LONGER_RAISED)]
        assert [(c.rule_id, c.shift) for c in outcome_changes(after, before)] == [(RULE, Shift.NEWLY_RAISED)]
        assert outcome_changes(before, before) == []

    def test_a_rule_set_with_another_rule_finds_the_other_rule_by_its_id(self, draft: RuleSetVersion) -> None:
        rules = rule_set_of(draft)
        other = rules.rule_by_id[RULE].model_copy(update={"title": "Otherwise said"})
        assert with_rule(rules, other).rule_by_id[RULE].title == "Otherwise said"

    def test_suicidality_is_read_first(self, draft: RuleSetVersion) -> None:
        topics = [rule.topic for rule in in_reading_order(tuple(reversed(rule_set_of(draft).rules)))]
        assert topics.index("suicidality") == 0
        assert topics[: topics.count("suicidality")] == ["suicidality"] * topics.count("suicidality")


class TestWhatAReplayDoesNotCount:
    COMPARED = "Compared is only whether a rule is met, not met, or cannot be ruled out."

    @pytest.fixture
    def softened(self, house: House) -> RuleSetVersion:
        """A draft in which a rule is raised as before, as another kind of concern."""
        draft = draft_of(house, playing.published(house, "after-session"))
        edit(signed_in(house.author), draft, "cravings-since-session", concern="prepare")
        return now(draft)

    @pytest.mark.parametrize("page", ["replay", "rule-version"])
    def test_another_kind_of_concern_is_named_and_it_is_said_what_is_compared(
        self, house: House, softened: RuleSetVersion, page: str
    ) -> None:
        words = text_of(signed_in(house.author).get(reverse(page, args=[softened.pk])))
        before = rule_set_of(softened.based_on).rule_by_id["cravings-since-session"] if softened.based_on else None
        assert before is not None
        assert self.COMPARED in words
        assert "Shown otherwise wherever it is raised" in words
        assert f"“{before.title}”: kind of concern ({CONCERN_WORDS[before.concern]} before, prepare first now)" in words

    @pytest.mark.parametrize("page", ["replay", "rule-version"])
    def test_a_rule_that_only_reads_other_answers_is_not_named(
        self, house: House, draft: RuleSetVersion, page: str
    ) -> None:
        words = text_of(signed_in(house.author).get(reverse(page, args=[draft.pk])))
        assert self.COMPARED in words
        assert "Shown otherwise" not in words
