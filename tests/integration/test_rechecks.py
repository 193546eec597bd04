"""Re-checks that are due: who sees them, what answers them, those that the rules ask for, and the words of a line."""

import uuid
from datetime import date, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from core.accounts.models import Role
from screening.engine.answers import Answer
from screening.engine.drafts import Change
from screening.models import Protocol, Screening
from screening.selectors.over_time import ANSWERED, DUE, SET, screenings_over_time, steps_of
from screening.selectors.rechecks import BY_THE_RULES, SIGNED, due_for
from screening.selectors.screenings import worklist
from screening.services import drafts, screenings, submissions
from tests.courses import determined, screened
from tests.factories import actor
from tests.pages import as_read, signed_in, text_of
from tests.playing import NOON, House, a_client, again, house, published

pytestmark = pytest.mark.django_db
DAY = NOON.date() + timedelta(days=10)


@pytest.fixture
def riverside() -> House:
    return house()


@pytest.fixture
def session_day(riverside: House) -> Protocol:
    return published(riverside)


@pytest.fixture
def case(riverside: House, session_day: Protocol) -> Screening:
    """Return a case that was signed with a re-check in ten days."""
    submitted = screened(riverside, a_client(riverside), session_day, "an-ordinary-session-day")
    return determined(riverside, submitted, recheck_on=DAY)


def due(at_house: House, today: date = DAY) -> list[tuple[Screening, date, str, bool]]:
    return [(one.screening, one.on, one.asked_by, one.begun) for one in due_for(at_house.therapist, today=today)]


def states(case: Screening, today: date) -> list[str]:
    steps = steps_of(screenings_over_time(case.client), today=today)
    return [signed.recheck.state for step in steps for signed in step.signed if signed.recheck]


class TestWhatIsDue:
    def test_a_signed_recheck_is_due_from_two_weeks_before(self, riverside, case):
        assert due(riverside) == [(case, DAY, SIGNED, False)]
        assert due(riverside, DAY - timedelta(days=14)) == [(case, DAY, SIGNED, False)]
        assert due(riverside, DAY - timedelta(days=15)) == []

    def test_it_is_answered_once_a_newer_screening_of_the_protocol_is_submitted(self, riverside, session_day, case):
        later = NOON + timedelta(days=8)
        begun = screenings.start(
            screening_id=uuid.uuid4(), client=case.client, protocol=session_day, by=riverside.therapist, at=later
        )
        assert due(riverside) == [(case, DAY, SIGNED, True)]
        assert states(case, DAY) == [DUE]
        revision = again(begun).draft.revision
        submissions.submit(screening=begun, base_revision=revision, by=riverside.therapist, at=later)
        assert due(riverside) == []
        assert states(case, DAY) == [ANSWERED]

    def test_a_screening_of_another_client_or_protocol_does_not_answer_it(self, riverside, session_day, case):
        later = NOON + timedelta(days=8)
        screened(riverside, a_client(riverside), session_day, "an-ordinary-session-day", at=later)
        screened(riverside, case.client, published(riverside, "after-session"), "a-quiet-week", at=later)
        assert due(riverside) == [(case, DAY, SIGNED, False)]

    def test_nor_does_an_earlier_one(self, riverside, session_day, case):
        screened(riverside, case.client, session_day, "an-ordinary-session-day", at=NOON - timedelta(days=8))
        assert due(riverside) == [(case, DAY, SIGNED, False)]

    def test_a_day_that_is_signed_after_a_newer_screening_was_submitted_is_still_to_come(
        self, riverside, session_day, case
    ):
        earlier, by = NOON - timedelta(days=8), riverside.therapist
        begun = screenings.start(screening_id=uuid.uuid4(), client=case.client, protocol=session_day, by=by, at=earlier)
        late = submissions.submit(screening=begun, base_revision=again(begun).draft.revision, by=by, at=NOON)
        assert again(late).followed
        determined(riverside, late, recheck_on=DAY - timedelta(days=1))
        assert due(riverside) == [(late, DAY - timedelta(days=1), SIGNED, False), (case, DAY, SIGNED, False)]
        assert states(case, DAY) == [DUE, DUE]
        screened(riverside, case.client, session_day, "an-ordinary-session-day", at=NOON + timedelta(days=9))
        assert due(riverside) == []
        assert states(case, DAY) == [ANSWERED, ANSWERED]

    def test_after_an_amendment_the_signed_day_no_longer_stands(self, riverside, case):
        by, later = riverside.therapist, NOON + timedelta(days=1)
        submissions.start_amendment(screening=case, reason="Misheard.", by=by, at=later)
        submissions.submit(screening=case, base_revision=again(case).draft.revision, by=by, at=later)
        assert due(riverside) == []
        assert states(case, DAY) == []

    def test_a_colleague_another_practice_and_an_erased_case_have_none(self, riverside, case):
        colleague = actor(Role.THERAPIST, practice=riverside.practice)
        assert due_for(colleague, today=DAY) == due_for(house().therapist, today=DAY) == []
        Screening.objects.filter(pk=case.pk).update(erased_at=timezone.now())
        assert due(riverside) == []

    def test_the_clients_page_says_how_it_stands(self, case):
        assert states(case, DAY) == [DUE]
        assert states(case, DAY - timedelta(days=1)) == [SET]


class TestWhatTheRulesAskFor:
    @pytest.fixture
    def old_screening(self, riverside: House) -> Screening:
        intake = published(riverside, "intake")
        return screened(riverside, a_client(riverside), intake, "screening-in-spring-last-year")

    def test_a_raised_rule_says_when_its_answers_are_asked_again(self, riverside, old_screening):
        on = date(2027, 11, 21)
        assert old_screening.ask_again_on == on
        assert due(riverside, on) == [(old_screening, on, BY_THE_RULES, False)]
        assert due(riverside, on - timedelta(days=15)) == []

    def test_a_rule_that_was_not_raised_says_nothing(self, case):
        assert case.ask_again_on is None

    def test_what_a_newer_screening_answered_is_not_asked_again_for_a_day_that_is_signed_afterwards(
        self, riverside, old_screening
    ):
        intake, later = old_screening.protocol, NOON + timedelta(days=1)
        screened(riverside, old_screening.client, intake, "screening-in-spring-last-year", at=later)
        signed = determined(riverside, old_screening, recheck_on=(later + timedelta(days=30)).date())
        assert (signed.followed, signed.ask_again_on) == (False, None)

    def test_an_amendment_that_no_longer_raises_it_takes_the_day_away(self, riverside, old_screening):
        by, later = riverside.therapist, NOON + timedelta(days=1)
        submissions.start_amendment(screening=old_screening, reason="A new one.", by=by, at=later)
        change = Change(answers={"medical-screening-when": Answer(value="2026-11")})
        revision = again(old_screening).draft.revision
        drafts.save(screening=old_screening, change=change, base_revision=revision, by=by, at=later)
        submissions.submit(screening=old_screening, base_revision=revision + 1, by=by, at=later)
        assert again(old_screening).ask_again_on is None


class TestTheWorklist:
    @pytest.fixture
    def browser(self, riverside: House) -> Browser:
        return signed_in(riverside.therapist)

    @pytest.mark.parametrize(("days", "said"), [(-40, "Due since"), (0, "Due since"), (9, "Due on")])
    def test_a_line_says_since_when_as_people_write_a_day(self, riverside, browser, case, days, said):
        on = timezone.localdate() + timedelta(days=days)
        Screening.objects.filter(pk=case.pk).update(recheck_on=on)
        page = text_of(browser.get(reverse("worklist")))
        assert f"{said} {on.day} {on:%B} {on.year}, as it was signed" in page

    def test_it_tells_what_the_rules_ask_for_from_what_was_signed(self, browser, case):
        Screening.objects.filter(pk=case.pk).update(recheck_on=None, ask_again_on=timezone.localdate())
        assert "as its rules ask again" in text_of(browser.get(reverse("worklist")))


def test_what_was_signed_lately_is_told_to_the_therapist(riverside, case):
    page = text_of(signed_in(riverside.therapist).get(reverse("worklist")))
    told = page.partition("Signed in the last two weeks")[2]
    assert f"{case.client.code} · {case.protocol.title}: More information needed Signed by" in as_read(told)
    assert f"re-check on {DAY:%-d %B %Y}" in told
    colleague = signed_in(actor(Role.THERAPIST, practice=riverside.practice))
    assert case.client.code not in text_of(colleague.get(reverse("worklist")))
    assert worklist(riverside.therapist, at=NOON + timedelta(days=15))["signed"] == []
