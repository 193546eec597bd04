"""The auditor's pages: what is listed, a case's history, evaluating again, verifying, and no way to write."""

import copy
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from core.accounts.models import Role
from core.ledger.models import Entry
from core.ledger.selectors import timeline
from screening.models import Evaluation, Protocol, Screening
from screening.selectors import audit
from screening.selectors.answers_to_flags import flags_of
from screening.selectors.audit import Filters
from screening.selectors.keyset import Place
from screening.selectors.shipped import shipped_protocol
from screening.services import reviews, submissions
from screening.services.reviews import GivenAnswer
from screening.urls import review as review_urls
from screening.urls import therapist as therapist_urls
from tests.conftest import lift_guards
from tests.factories import actor
from tests.playing import NOON, House, again, answer_all, answered, claimed, house, published, sign, signed, submitted

pytestmark = pytest.mark.django_db
UNASKED, ATTEMPT, QUIET = "nothing-asked-yet", "a-first-attempt", "an-ordinary-session-day"


@pytest.fixture(scope="module")
def once(shared_db: None) -> tuple[House, Protocol]:
    """A practice and its published protocol, written once for the whole module."""
    at_house = house()
    return at_house, published(at_house)


@pytest.fixture
def played(once: tuple[House, Protocol]) -> tuple[House, Protocol]:
    return copy.deepcopy(once)


@pytest.fixture
def riverside(played: tuple[House, Protocol]) -> House:
    """A practice with somebody in each role."""
    return played[0]


@pytest.fixture
def session_day(played: tuple[House, Protocol]) -> Protocol:
    """The practice's published protocol."""
    return played[1]


@pytest.fixture(scope="module")
def once_answered(shared_db: None) -> tuple[House, Screening]:
    """Another practice with a case ready to sign, written once for the test that tries every address."""
    at_house = house()
    return at_house, answered(at_house, published(at_house), ATTEMPT)


@pytest.fixture
def desk(client: Client, riverside: House) -> Client:
    """The browser in which the auditor is signed in."""
    client.force_login(riverside.auditor.user)
    return client


def listed(at: House, **filters: Any) -> set[uuid.UUID]:
    _, found = audit.cases(at.auditor, Filters(**filters), Place())
    return {entry.screening.pk for entry in found}


def disagree(at: House, case: Screening) -> None:
    assert case.current_evaluation
    rule = flags_of(case.current_evaluation)[0].rule_id
    given = [GivenAnswer(rule, "disagree", "The letter says otherwise.", "newer-information")]
    reviews.answer_flags(
        screening=case, evaluation_id=case.current_evaluation.pk, given=given, by=at.clinician, at=NOON
    )


class TestTheList:
    def test_each_filter_narrows_to_what_it_names(self, riverside: House, session_day: Protocol) -> None:
        attempt, quiet = submitted(riverside, session_day, ATTEMPT), submitted(riverside, session_day, QUIET)
        doubted = claimed(riverside, session_day, UNASKED)
        disagree(riverside, doubted)
        done = signed(riverside, session_day, ATTEMPT)
        everything = {attempt.pk, quiet.pk, doubted.pk, done.pk}
        assert listed(riverside) == everything
        assert listed(riverside, code=quiet.client.code.lower()) == {quiet.pk}
        assert listed(riverside, code="no-such-code") == set()
        assert listed(riverside, status="determined") == {done.pk}
        assert listed(riverside, topic="suicidality") == everything - {quiet.pk}
        assert listed(riverside, concern="cannot-be-ruled-out") == {doubted.pk}
        assert listed(riverside, rule="no-intention-set") == {doubted.pk}
        assert listed(riverside, review="unanswered") == {attempt.pk, doubted.pk}
        assert listed(riverside, review="answered") == {done.pk}
        assert listed(riverside, review="unflagged") == {quiet.pk}
        assert listed(riverside, disagreed=True) == {doubted.pk}
        assert quiet.submitted_at
        assert listed(riverside, submitted_from=quiet.submitted_at.date()) == everything
        assert listed(riverside, submitted_to=quiet.submitted_at.date() - timedelta(days=1)) == set()

    def test_a_topic_and_a_concern_are_sought_in_one_flag(self, riverside: House, session_day: Protocol) -> None:
        case = submitted(riverside, session_day, ATTEMPT)
        assert case.current_evaluation
        kinds = {(flag.topic, flag.concern) for flag in flags_of(case.current_evaluation)}
        topics, concerns = {topic for topic, _ in kinds}, {concern for _, concern in kinds}
        for topic in topics:
            for concern in concerns:
                assert (case.pk in listed(riverside, topic=topic, concern=concern)) == ((topic, concern) in kinds)

    def test_it_shows_codes_and_no_names(self, desk: Client, riverside: House, session_day: Protocol) -> None:
        case = submitted(riverside, session_day, ATTEMPT)
        text = desk.get(reverse("audit-cases")).content.decode()
        assert case.client.code in text
        assert "Ada Example" not in text

    def test_topics_are_called_what_the_guidance_library_calls_them(
        self, desk: Client, riverside: House, session_day: Protocol
    ) -> None:
        submitted(riverside, session_day, UNASKED)
        choices = desk.get(reverse("audit-cases")).context["form"].fields["topic"].choices
        library = shipped_protocol("session-day").library.topic_title
        flagged = {"suicidality", "monitoring", "medical", "safe-structure", "intention"}
        assert dict(choices) == {"": "Any", **{topic: library[topic] for topic in flagged}}

    def test_what_is_not_submitted_and_what_is_anothers_is_not_listed(
        self, riverside: House, session_day: Protocol
    ) -> None:
        elsewhere = house()
        submitted(elsewhere, published(elsewhere), ATTEMPT)
        assert listed(riverside) == set()

    def test_one_case_or_thirty_take_as_many_queries(
        self,
        desk: Client,
        riverside: House,
        session_day: Protocol,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        submitted(riverside, session_day, UNASKED)
        few = queries_of(desk, reverse("audit-cases"))
        for _ in range(29):
            submitted(riverside, session_day, UNASKED)
        with django_assert_num_queries(few):
            assert b"The newest 25; more follow" in desk.get(reverse("audit-cases")).content


class TestACase:
    def test_it_holds_answers_versions_flags_what_was_said_and_every_entry(
        self, desk: Client, riverside: House, session_day: Protocol
    ) -> None:
        case = signed(riverside, session_day, UNASKED)
        text = desk.get(reverse("audit-case", args=[case.pk])).content.decode()
        assert case.current_response
        assert case.current_evaluation
        for part in (
            case.questionnaire_version.digest,
            case.rule_set_version.digest,
            case.current_response.digest,
            case.current_evaluation.digest,
            "Read and weighed.",
            "I want the earlier records first.",
        ):
            assert part in text
        for entry in Entry.objects.filter(stream__name=f"case:{case.pk}").exclude(action="case.audited"):
            assert entry.hash[:10] in text

    def test_that_it_was_read_is_recorded_once(self, desk: Client, riverside: House, session_day: Protocol) -> None:
        case = submitted(riverside, session_day, ATTEMPT)
        desk.get(reverse("audit-case", args=[case.pk]))
        [entry] = Entry.objects.filter(stream__name=f"case:{case.pk}", action="case.audited")
        assert entry.actor_id == riverside.auditor.user.pk

    def test_it_says_what_an_amendment_changed(self, desk: Client, riverside: House, session_day: Protocol) -> None:
        from screening.engine.answers import Answer
        from screening.engine.drafts import Change
        from screening.services import drafts

        case = submitted(riverside, session_day, QUIET)
        now = timezone.now()
        submissions.start_amendment(screening=case, reason="She told me later.", by=riverside.therapist, at=now)
        revision = again(case).draft.revision
        change = Change(answers={"mind-altering-today": Answer(value=True)})
        draft = drafts.save(screening=case, change=change, base_revision=revision, by=riverside.therapist, at=now)
        submissions.submit(screening=case, base_revision=draft.revision, by=riverside.therapist, at=now)
        text = desk.get(reverse("audit-case", args=[case.pk])).content.decode()
        assert "She told me later." in text
        assert "<del><bdi>No (client says)</bdi></del> → <ins><bdi>Yes (client says)</bdi></ins>" in text

    def test_few_flags_or_many_take_as_many_queries(
        self,
        desk: Client,
        riverside: House,
        session_day: Protocol,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        few = queries_of(desk, reverse("audit-case", args=[signed(riverside, session_day, "an-agreed-medicine").pk]))
        many = signed(riverside, session_day, UNASKED)
        with django_assert_num_queries(few):
            desk.get(reverse("audit-case", args=[many.pk]))

    @pytest.mark.parametrize("name", ["audit-case", "audit-again"])
    def test_another_practices_case_is_not_there(
        self, client: Client, riverside: House, session_day: Protocol, name: str
    ) -> None:
        case = submitted(riverside, session_day, ATTEMPT)
        client.force_login(actor(Role.AUDITOR).user)
        assert client.get(reverse(name, args=[case.pk])).status_code == 404


class TestEvaluatingAgain:
    def test_the_stored_answers_give_the_stored_digest_again(self, riverside: House, session_day: Protocol) -> None:
        for vignette in (UNASKED, ATTEMPT, QUIET):
            case = submitted(riverside, session_day, vignette)
            [made] = audit.evaluate_again(case)
            assert case.current_evaluation
            assert made.same
            assert made.now == case.current_evaluation.digest

    def test_every_version_of_the_answers_is_made_again(
        self, desk: Client, riverside: House, session_day: Protocol
    ) -> None:
        case = claimed(riverside, session_day, UNASKED)
        reviews.send_back(screening=case, words="Ask again.", questions=[], by=riverside.clinician, at=NOON)
        current = again(case)
        submissions.submit(
            screening=current, base_revision=current.draft.revision, by=riverside.therapist, at=timezone.now()
        )
        text = desk.get(reverse("audit-again", args=[case.pk])).content.decode()
        assert re.findall(r"Answers version (\d): the same", text) == ["1", "2"]

    def test_it_is_recorded_with_its_outcome_and_stores_nothing_else(
        self, desk: Client, riverside: House, session_day: Protocol
    ) -> None:
        before = Evaluation.objects.count()
        case = submitted(riverside, session_day, ATTEMPT)
        desk.get(reverse("audit-again", args=[case.pk]))
        [moment] = timeline(riverside.auditor, stream=f"case:{case.pk}", actions=("case.evaluated-again",))
        assert moment.payload["same"] is True
        assert Evaluation.objects.count() == before + 1

    def test_a_stored_output_that_was_altered_is_not_the_same(
        self, desk: Client, riverside: House, session_day: Protocol
    ) -> None:
        case = submitted(riverside, session_day, ATTEMPT)
        lift_guards(connection)
        assert case.current_evaluation
        stored = case.current_evaluation
        stored.document = stored.document.replace('"met"', '"not-met"', 1)
        stored.save()  # as somebody does who holds the keys
        text = desk.get(reverse("audit-again", args=[case.pk])).content.decode()
        assert "the stored output was altered" in text

    def test_one_that_was_overwritten_without_the_keys_is_not_the_same(
        self, desk: Client, riverside: House, session_day: Protocol
    ) -> None:
        case = submitted(riverside, session_day, ATTEMPT)
        lift_guards(connection)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE screening_evaluation SET document = 'v1.' || document")
        text = desk.get(reverse("audit-again", args=[case.pk])).content.decode()
        assert "the stored output was altered" in text


def test_the_timeline_says_what_was_answered_in_words(desk: Client, riverside: House, session_day: Protocol) -> None:
    case = submitted(riverside, session_day, ATTEMPT)
    text = desk.get(reverse("audit-case", args=[case.pk])).content.decode()
    saved = text[text.index('id="timeline"') :]
    assert "What was answered" in saved
    assert "<b><bdi>Yes (client says)</bdi></b>" in saved


class TestVerifying:
    def test_an_intact_ledger_says_how_much_was_looked_at_and_is_recorded(
        self, desk: Client, riverside: House, session_day: Protocol
    ) -> None:
        signed(riverside, session_day, UNASKED)
        text = desk.post(reverse("audit-ledger")).content.decode()
        assert "The ledger of this practice is intact" in text
        [moment] = timeline(riverside.auditor, stream=f"practice:{riverside.practice.pk}", actions=("ledger.verified",))
        assert "Counted is what concerns this practice" in text
        assert moment.payload["findings"] == 0
        assert moment.payload["entries"] > 10

    def test_an_altered_row_is_named_with_its_stream_and_entry(
        self, desk: Client, riverside: House, session_day: Protocol
    ) -> None:
        case = signed(riverside, session_day, UNASKED)
        lift_guards(connection)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE screening_determination SET reasons = 'I never wrote this.'")
        text = desk.post(reverse("audit-ledger")).content.decode()
        assert "1 finding" in text
        assert f"case:{case.pk}" in text
        assert "screening_determination" in text

    def test_opening_the_page_verifies_nothing_and_says_what_it_cannot_show(self, desk: Client) -> None:
        text = desk.get(reverse("audit-ledger")).content.decode()
        assert "It does not show" in text
        assert not Entry.objects.filter(action="ledger.verified").exists()


def pages_that_may_write() -> list[URLPattern]:
    return [found for found in (*review_urls.urlpatterns, *therapist_urls.urlpatterns) if isinstance(found, URLPattern)]


@pytest.mark.parametrize("found", pages_that_may_write(), ids=lambda found: str(found.name))
def test_an_auditor_posts_nowhere(client: Client, once_answered: tuple[House, Screening], found: URLPattern) -> None:
    at_house, case = copy.deepcopy(once_answered)
    client.force_login(at_house.auditor.user)
    known: dict[str, Any] = {"screening_id": case.pk, "client_id": case.client_id, "section": "today"}
    arguments = {name: known.get(name, "x") for name in found.pattern.converters}
    assert found.name
    before = again(case)
    refused = {405} if found.name == "home" else {403}  # everybody's first page takes no form from anybody
    assert {client.post(reverse(found.name, kwargs=arguments), {"words": "x"}).status_code} == refused
    assert again(case).status == before.status


def test_reading_writes_nothing_but_the_record(desk: Client, riverside: House, session_day: Protocol) -> None:
    case = submitted(riverside, session_day, ATTEMPT)
    addresses = [
        reverse("audit-cases"),
        reverse("audit-ledger"),
        reverse("audit-case", args=[case.pk]),
        reverse("audit-again", args=[case.pk]),
    ]
    desk.get(addresses[0])
    with CaptureQueriesContext(connection) as captured:
        for address in addresses:
            assert desk.get(address).status_code == 200
    written = {found.group(1) for query in captured if (found := WRITTEN.match(query["sql"]))}
    assert written <= {"ledger_entry", "ledger_payload", "ledger_stream", "ledger_seal"}


WRITTEN = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')


def queries_of(desk: Client, address: str) -> int:
    desk.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert desk.get(address).status_code == 200
    return len(captured)


def test_a_signed_case_shows_its_determination_to_the_auditor(
    desk: Client, riverside: House, session_day: Protocol
) -> None:
    case = claimed(riverside, session_day, ATTEMPT)
    answer_all(riverside, case)
    signature = sign(riverside, again(case))
    assert signature.signed_digest in desk.get(reverse("audit-case", args=[case.pk])).content.decode()
