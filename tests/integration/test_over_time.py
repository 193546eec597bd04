"""A client's page over time: what was signed, what is asked for, cravings check by check, and who read which case."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.accounts.models import Role
from core.ledger.models import Entry
from core.ledger.selectors import payload_of
from core.quoting import quoted
from screening.engine.answers import Absence, Answer
from screening.engine.drafts import Change
from screening.models import Client, Protocol, Screening
from screening.selectors import openings
from screening.selectors.answers_to_flags import flags_of, standing_answers
from screening.selectors.asked_for import AskedFor, asked_for_in, newest_answers
from screening.selectors.cravings import MOST, Cravings, checks_about_cravings, cravings_in
from screening.selectors.over_time import screenings_over_time, steps_of
from screening.services import drafts, erasures, reviews, submissions
from screening.services.reviews import GivenAnswer
from tests.courses import determined, screened
from tests.factories import actor
from tests.pages import fields, signed_in, text_of
from tests.playing import NOON, House, a_client, again, house, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def riverside() -> House:
    return house()


@pytest.fixture
def browser(riverside: House) -> Browser:
    return signed_in(riverside.therapist)


@pytest.fixture
def after_session(riverside: House) -> Protocol:
    return published(riverside, "after-session")


def checked(at_house: House, client: Client, protocol: Protocol, weeks: int, value: int | None) -> Screening:
    """Ask about cravings some weeks after noon; None: the client could not put a number on it."""
    given = Answer(absent=Absence.UNKNOWN) if value is None else Answer(value=value)
    vignette = "weaker-cravings" if value else "a-quiet-week"
    return screened(at_house, client, protocol, vignette, at=NOON + timedelta(weeks=weeks), cravings=given)


def cravings_of(client: Client) -> Cravings:
    found = cravings_in(checks_about_cravings(screenings_over_time(client)))
    assert found is not None
    return found


def asked_of(client: Client) -> list[AskedFor]:
    return asked_for_in(newest_answers(screenings_over_time(client)))


def demands_of(client: Client) -> set[tuple[str, str, str]]:
    return {(demand.kind, demand.words, demand.state) for asked in asked_of(client) for demand in asked.demands}


def opened(browser: Browser, client: Client) -> Any:
    response = browser.get(reverse("client", args=[client.pk]))
    assert response.status_code == 200
    return response


def read_with(client: Client) -> list[str]:
    """Return the cases that the newest opening of a client's page says were read."""
    newest = Entry.objects.filter(action="client.viewed", object=f"client:{client.pk}").order_by("-pk")
    cases: list[str] = payload_of(newest.select_related("stream__key", "payload")[0]).get("cases", [])
    return cases


class TestCravings:
    def test_each_check_has_its_answer_oldest_first_and_none_is_made_up(self, riverside, after_session):
        client = a_client(riverside)
        for weeks, value in ((2, None), (0, 6), (3, 0), (1, 4)):
            checked(riverside, client, after_session, weeks, value)
        found = cravings_of(client)
        assert [check.value for check in found.checks] == [6, 4, None, 0]
        assert [check.on - found.checks[0].on for check in found.checks] == [timedelta(weeks=n) for n in range(4)]
        assert (found.checks[2].words, found.without_number) == ("not known", 1)
        assert (found.lowest, found.highest) == (0, 10)

    def test_an_amendment_is_read_in_place_of_what_it_amends(self, riverside, after_session):
        client = a_client(riverside)
        case = checked(riverside, client, after_session, 0, 6)
        by, later = riverside.therapist, NOON + timedelta(days=1)
        submissions.start_amendment(screening=case, reason="Misheard.", by=by, at=later)
        change, revision = Change(answers={"cravings": Answer(value=3)}), again(case).draft.revision
        drafts.save(screening=case, change=change, base_revision=revision, by=by, at=later)
        assert [check.value for check in cravings_of(client).checks] == [6]
        submissions.submit(screening=case, base_revision=again(case).draft.revision, by=by, at=later)
        (check,) = cravings_of(client).checks
        assert (check.value, check.response_number, check.on) == (3, 2, NOON.date())

    def test_only_so_many_are_opened_and_the_page_says_so(self, riverside, browser, after_session, monkeypatch):
        monkeypatch.setattr("screening.selectors.cravings.MOST", 2)
        monkeypatch.setattr("screening.views.client.MOST", 2)
        client = a_client(riverside)
        cases = [checked(riverside, client, after_session, weeks, weeks + 1) for weeks in range(4)]
        assert [check.value for check in cravings_of(client).checks] == [3, 4]
        assert "The newest 2 are shown." in text_of(opened(browser, client))
        assert read_with(client) == sorted(str(case.pk) for case in cases[2:])
        assert MOST == 24

    def test_nothing_is_drawn_where_nobody_was_asked(self, riverside, browser):
        client = a_client(riverside)
        screened(riverside, client, published(riverside), "an-ordinary-session-day")
        page = opened(browser, client)
        assert "Cravings over sessions" not in text_of(page)
        assert "<svg" not in page.content.decode()

    def test_the_page_shows_a_gap_and_says_it_in_the_table(self, riverside, browser, after_session):
        client = a_client(riverside)
        for weeks, value in enumerate((6, None, 4)):
            checked(riverside, client, after_session, weeks, value)
        page = opened(browser, client)
        markup = page.content.decode()
        assert (markup.count("chart-point"), markup.count("chart-missing"), markup.count("chart-line")) == (2, 1, 0)
        assert "No number: not known" in text_of(page)


class TestWhatIsAskedFor:
    @pytest.fixture
    def intake(self, riverside: House) -> Protocol:
        return published(riverside, "intake")

    def test_a_document_stands_with_how_long_it_is_good_for_and_the_flag_that_asks(self, riverside, browser, intake):
        client = a_client(riverside)
        case = screened(riverside, client, intake, "screening-in-spring-last-year")
        words = "a medical screening for this treatment, from a medical professional, good for 12 months"
        assert ("To have first", words, "not in hand") in demands_of(client)
        assert ("To be asked again", "every 12 months: from 21 November 2027", "") in demands_of(client)
        (asked,) = asked_of(client)
        document = next(demand for demand in asked.demands if demand.kind == "To have first")
        assert [source.rule_id for source in document.sources] == ["medical-screening-older-than-a-year"]
        assert (asked.screening.pk, asked.on) == (case.pk, date(2026, 11, 21))
        page = opened(browser, client)
        assert "Asked for on 21 November 2026" in text_of(page)
        link = f"{reverse('screening-result', args=[case.pk])}#flag-medical-screening-older-than-a-year"
        assert link in page.content.decode()

    def test_newer_answers_that_no_longer_ask_for_it_end_it(self, riverside, intake):
        client = a_client(riverside)
        screened(riverside, client, intake, "screening-in-spring-last-year")
        assert demands_of(client)
        screened(riverside, client, intake, "steady", at=NOON + timedelta(days=1))
        assert not {words for kind, words, _ in demands_of(client) if kind == "To have first"}

    def test_a_claimed_exception_waits_for_its_role_until_a_reviewer_confirms_it(self, riverside):
        client, session_day = a_client(riverside), published(riverside)
        case = screened(riverside, client, session_day, "an-agreed-medicine")
        waits = ("To be confirmed", f"by the prescriber: {quoted('All of it was medicine agreed beforehand')}", "")
        assert demands_of(client) == {waits}
        by = riverside.clinician
        reviews.claim(screening=case, by=by, at=NOON)
        evaluation = again(case).current_evaluation
        assert evaluation is not None
        (flag,) = flags_of(evaluation)

        def say(kind: str, exception: str = "") -> None:
            before = standing_answers([flag]).get(flag.pk)
            stood = before.pk if before else None
            given = [GivenAnswer(flag.rule_id, kind, "Read.", exception_id=exception, stood=stood)]
            reviews.answer_flags(screening=case, evaluation_id=evaluation.pk, given=given, by=by, at=NOON)

        say("agree")
        ((demand,),) = (asked.demands for asked in asked_of(client))
        assert [source.answer for source in demand.sources] == ["Agree"]
        say("exception-confirmed", "agreed-medicine")
        assert demands_of(client) == set()

    def test_a_flag_on_suicidality_brings_the_crisis_steps(self, riverside, browser):
        client, session_day = a_client(riverside), published(riverside)
        screened(riverside, client, session_day, "an-ordinary-session-day")
        assert "If someone may be in danger now" not in text_of(opened(browser, client))
        screened(riverside, client, session_day, "thoughts-are-back", at=NOON + timedelta(days=1))
        assert "If someone may be in danger now" in text_of(opened(browser, client))


class TestTheTimeline:
    def test_says_what_was_signed_and_by_whom_newest_first(self, riverside, browser, after_session):
        client = a_client(riverside)
        first = determined(riverside, checked(riverside, client, after_session, 0, 6))
        second = checked(riverside, client, after_session, 1, 4)
        steps = steps_of(screenings_over_time(client), today=NOON.date())
        assert [step.screening.pk for step in steps] == [second.pk, first.pk]
        assert [len(step.signed) for step in steps] == [0, 1]
        signed_by = riverside.clinician.user.printed_name
        (signed,) = steps[1].signed
        said = f"{signed.determination.outcome_text} , signed by {signed_by} on 21 November 2026."
        assert said in text_of(opened(browser, client))

    def test_a_determination_of_amended_answers_says_so(self, riverside, after_session):
        client = a_client(riverside)
        case = determined(riverside, checked(riverside, client, after_session, 0, 6))
        by, later = riverside.therapist, NOON + timedelta(days=1)
        submissions.start_amendment(screening=case, reason="Misheard.", by=by, at=later)
        submissions.submit(screening=case, base_revision=again(case).draft.revision, by=by, at=later)
        ((signed,),) = (step.signed for step in steps_of(screenings_over_time(client), today=NOON.date()))
        assert signed.of_earlier_answers


class TestTheRecord:
    def test_says_which_cases_were_read_and_so_does_who_opened_them(self, riverside, browser, after_session):
        client = a_client(riverside)
        session_day = published(riverside)
        old = screened(riverside, client, session_day, "an-ordinary-session-day", at=NOON - timedelta(days=9))
        newer = screened(riverside, client, session_day, "an-ordinary-session-day")
        check = checked(riverside, client, after_session, 0, 6)
        opened(browser, client)
        assert read_with(client) == sorted([str(newer.pk), str(check.pk)])
        told = {
            case.pk: openings.opening_of(openings.entries_of(riverside.therapist, case)[0], case).what
            for case in (old, newer, check)
        }
        plain = "A client's page was opened"
        with_it = f"{plain}, with something of this case on it"
        assert told == {old.pk: plain, newer.pk: with_it, check.pk: with_it}

    def test_a_start_that_is_refused_shows_the_page_again_and_is_recorded_too(self, riverside, browser, after_session):
        client = a_client(riverside)
        case = checked(riverside, client, after_session, 0, 6)
        sent = fields(opened(browser, client))
        before = Entry.objects.filter(action="client.viewed").count()
        refused = browser.post(reverse("screening-start", args=[client.pk]), {**sent, "protocol": str(uuid.uuid4())})
        assert refused.status_code == 422
        assert Entry.objects.filter(action="client.viewed").count() == before + 1
        assert read_with(client) == [str(case.pk)]

    def test_of_an_erased_client_nothing_is_read_or_shown(self, riverside, browser, after_session):
        client = a_client(riverside)
        determined(riverside, checked(riverside, client, after_session, 0, 6))
        asked = erasures.ask(code=client.code, reason="client-asked", by=riverside.manager, at=timezone.now())
        another = actor(Role.MANAGER, practice=riverside.practice)
        erasures.confirm(erasure=asked, by=another, at=timezone.now())
        page = text_of(opened(browser, client))
        assert "was erased on" in page
        assert "Cravings over sessions" not in page
        assert "signed by" not in page
        assert read_with(client) == []


def test_one_press_starts_each_protocol(riverside, browser, after_session):
    client, session_day = a_client(riverside), published(riverside)
    page = opened(browser, client).content.decode()
    for protocol in (after_session, session_day):
        assert f'name="protocol" value="{protocol.pk}"' in page
    sent = {**fields(opened(browser, client)), "protocol": str(session_day.pk)}
    browser.post(reverse("screening-start", args=[client.pk]), sent)
    assert Screening.objects.get().protocol == session_day


def test_the_page_costs_the_same_for_two_sessions_and_for_six(riverside, browser, after_session):
    client, session_day = a_client(riverside), published(riverside)

    def queries() -> int:
        opened(browser, client)
        with CaptureQueriesContext(connection) as captured:
            opened(browser, client)
        return len(captured)

    def session(week: int) -> None:
        screened(riverside, client, session_day, "an-agreed-medicine", at=NOON + timedelta(weeks=week))
        determined(riverside, checked(riverside, client, after_session, week, week))

    session(1)
    session(2)
    few = queries()
    for week in range(3, 7):
        session(week)
    assert queries() == few
