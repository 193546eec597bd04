"""A client is erased by two managers: nobody can read them again, and the record stays whole."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.test import Client as Browser
from django.urls import reverse

from core.accounts.models import Actor, Role
from core.errors import Conflict, Erased, NotForThisUser, Refused
from core.ledger.content import forget
from core.ledger.models import Entry, Payload, Seal, Stream, StreamKey
from core.ledger.sealing import sealed_models
from core.ledger.verification import report_on, verify
from screening.models import (
    Client,
    Draft,
    EmergencyAccess,
    Erasure,
    Evaluation,
    PracticePolicy,
    Protocol,
    ResponseVersion,
    Screening,
)
from screening.selectors.retention import due, years_before
from screening.services import clients, drafts, emergencies, erasures, evidence, reviews, screenings, submissions
from tests import playing
from tests.factories import PASSWORD, actor
from tests.pages import signed_in, text_of
from tests.past_the_guards import past_the_guards, run
from tests.playing import NOON, House
from tests.reading_first import drawn, read
from tests.rule_drafts import draft_of

pytestmark = pytest.mark.django_db

CASE = "two-beers-at-lunch"
ON_POSTGRESQL = connection.vendor == "postgresql"
ERASED_AT = NOON + timedelta(days=1)
Erasing = tuple[House, Protocol, Screening, Actor]


@pytest.fixture(scope="module")
def once(shared_db: None) -> Erasing:
    house = playing.house()
    protocol = playing.published(house)
    case = drawn(house, protocol, CASE)
    read(house, case)
    playing.answer_all(house, case)
    playing.sign(house, playing.again(case))
    case = playing.again(case)
    playing.looked_into(house, case)
    return house, protocol, case, actor(Role.MANAGER, practice=house.practice)


@pytest.fixture
def house(once: Erasing) -> House:
    return once[0]


@pytest.fixture
def case(once: Erasing) -> Screening:
    return playing.again(once[2])


@pytest.fixture
def second(once: Erasing) -> Actor:
    return once[3]


def asked(house: House, case: Screening, reason: str = "client-asked") -> Erasure:
    return erasures.ask(code=case.client.code, reason=reason, by=house.manager, at=ERASED_AT)


def erased(house: House, case: Screening, second: Actor) -> Screening:
    erasures.confirm(erasure=asked(house, case), by=second, at=ERASED_AT)
    return Screening.objects.select_related("client").get(pk=case.pk)


class TestConfirming:
    def test_who_they_are_is_gone_and_their_code_stays(self, house: House, case: Screening, second: Actor) -> None:
        client = erased(house, case, second).client
        assert (client.name, client.birth_date, client.erased_at) == ("", "", ERASED_AT)
        assert client.code == case.client.code

    def test_what_was_said_can_be_read_by_nobody(self, house: House, case: Screening, second: Actor) -> None:
        response, evaluation = case.current_response, case.current_evaluation
        erased(house, case, second)
        for row in (response, evaluation):
            assert row is not None
            with pytest.raises(Erased):
                type(row)._default_manager.get(pk=row.pk).document  # noqa: B018 - reading it is what is tried
        assert not Draft.objects.filter(screening=case).exists()

    def test_the_keys_are_gone_and_the_record_says_so(self, house: House, case: Screening, second: Actor) -> None:
        names = [f"case:{case.pk}", f"client:{case.client_id}"]
        assert StreamKey.objects.filter(stream__name__in=names).count() == 2
        erased(house, case, second)
        assert not StreamKey.objects.filter(stream__name__in=names).exists()
        home = Entry.objects.filter(stream__name=f"practice:{house.practice.pk}")
        told = home.order_by("-seq").values_list("action", "object", "actor")[:3]
        assert list(told)[::-1] == [
            ("client.erased", names[1], second.user.pk),
            ("stream.erased", names[0], second.user.pk),
            ("stream.erased", names[1], second.user.pk),
        ]

    def test_the_ledger_is_intact_and_counts_what_was_erased(
        self, house: House, case: Screening, second: Actor
    ) -> None:
        before = report_on()
        erased(house, case, second)
        after = report_on()
        assert (after.findings, before.findings) == ([], [])
        assert (after.erased, before.erased) == (2, 0)

    def test_what_stays_of_it_is_still_sealed(self, house: House, case: Screening, second: Actor) -> None:
        erased(house, case, second)
        with past_the_guards("screening_flag"):
            run("UPDATE screening_flag SET concern = 'information'")
            assert {finding.table for finding in verify()} == {"screening_flag"}
        with past_the_guards("screening_responseversion"):
            run("UPDATE screening_responseversion SET document = document || 'A'")
            assert {finding.table for finding in verify()} == {"screening_responseversion"}

    def test_every_sealed_row_of_the_case_is_sealed_once_more(
        self, house: House, case: Screening, second: Actor
    ) -> None:
        rows = report_on([f"case:{case.pk}"]).rows
        erased(house, case, second)
        assert rows == report_on([f"practice:{house.practice.pk}"]).rows > 0

    def test_whoever_asked_cannot_confirm(self, house: House, case: Screening) -> None:
        with pytest.raises(Refused, match="another manager"):
            erasures.confirm(erasure=asked(house, case), by=house.manager, at=ERASED_AT)
        assert StreamKey.objects.filter(stream__name=f"case:{case.pk}").exists()

    def test_nor_in_the_database(self, house: House, case: Screening) -> None:
        request = asked(house, case)
        with pytest.raises(DatabaseError), transaction.atomic():
            Erasure.objects.filter(pk=request.pk).update(confirmed_at=ERASED_AT, confirmed_by=house.manager.user)

    def test_a_request_is_confirmed_or_withdrawn_once(self, house: House, case: Screening, second: Actor) -> None:
        request = asked(house, case)
        erasures.withdraw(erasure=request, by=house.manager, at=ERASED_AT)
        with pytest.raises(Conflict):
            erasures.confirm(erasure=request, by=second, at=ERASED_AT)
        erased(house, case, second)
        with pytest.raises(Erased):
            asked(house, case)

    def test_it_cannot_be_asked_twice_nor_of_nobody_nor_elsewhere(self, house: House, case: Screening) -> None:
        request = asked(house, case)
        with pytest.raises(Conflict):
            asked(house, case)
        with pytest.raises(Refused, match="No client"):
            erasures.ask(code="nobody", reason="client-asked", by=house.manager, at=ERASED_AT)
        with pytest.raises(NotForThisUser):
            erasures.confirm(erasure=request, by=actor(Role.MANAGER), at=ERASED_AT)

    def test_nothing_is_half_erased_where_the_record_fails(
        self, house: House, case: Screening, second: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        request = asked(house, case)

        def fail(*args: Any, **kwargs: Any) -> None:
            raise RuntimeError("the disk is full")

        monkeypatch.setattr("core.ledger.erasure.append", fail)
        with pytest.raises(RuntimeError):
            erasures.confirm(erasure=request, by=second, at=ERASED_AT)
        forget()
        assert playing.again(case).current_response.document  # type: ignore[union-attr]
        assert Client.objects.get(pk=case.client_id).name == "Ada Example"
        assert Draft.objects.filter(screening=case).exists()


class TestNothingIsAddedToWhatWasErased:
    def test_by_any_service(self, house: House, case: Screening, second: Actor, once: Erasing) -> None:
        left = erased(house, case, second)
        by, at = house.therapist, ERASED_AT
        evaluation = case.current_evaluation_id
        assert evaluation
        opening = EmergencyAccess.objects.get(screening=case)
        colleague = actor(Role.THERAPIST, practice=house.practice)
        for attempt in (
            lambda: submissions.start_amendment(screening=left, reason="A letter.", by=by, at=at),
            lambda: submissions.drop_amendment(screening=left, by=by, at=at),
            lambda: submissions.submit(screening=left, base_revision=1, by=by, at=at),
            lambda: drafts.lock_open(left),
            lambda: reviews.claim(screening=left, by=house.clinician, at=at),
            lambda: emergencies.open_case(screening=left, reason=playing.REASON, by=colleague, at=at),
            lambda: emergencies.acknowledge(access=opening, words="Too late.", by=house.auditor, at=at),
            lambda: evidence.export(screening=left, by=house.auditor, at=at),
            lambda: clients.change(client=left.client, name="Ada", birth_date=None, by=by, at=at),
            lambda: screenings.start(screening_id=evaluation, client=left.client, protocol=once[1], by=by, at=at),
        ):
            with pytest.raises(Erased), transaction.atomic():
                attempt()

    def test_names_never_lay_in_the_practices_own_stream(self, house: House, case: Screening) -> None:
        """What is encrypted for the practice outlives a client, so nothing of a client may be."""
        about = Entry.objects.filter(object=f"client:{case.client_id}", action__startswith="client.")
        assert set(about.values_list("stream__name", flat=True)) == {f"client:{case.client_id}"}


class TestTheDatabase:
    def test_lets_no_other_key_go(self, house: House, case: Screening) -> None:
        for statement in ("DELETE FROM ledger_streamkey", "TRUNCATE ledger_streamkey")[: 1 + ON_POSTGRESQL]:
            if ON_POSTGRESQL:
                run("SET CONSTRAINTS ALL IMMEDIATE")
            with pytest.raises(DatabaseError, match="a key is destroyed only"), transaction.atomic():
                run(statement)

    def test_a_key_that_is_gone_unsaid_stays_a_finding(self, house: House, case: Screening) -> None:
        with past_the_guards("ledger_streamkey"):
            run(
                "DELETE FROM ledger_streamkey WHERE stream_id IN (SELECT id FROM ledger_stream WHERE name = %s)",
                (f"case:{case.pk}",),
            )
            assert [(found.stream, found.checkable) for found in verify()] == [(f"case:{case.pk}", True)]

    def test_a_key_that_came_back_is_a_finding(self, house: House, case: Screening, second: Actor) -> None:
        kept = StreamKey.objects.get(stream__name=f"case:{case.pk}").wrapped
        erased(house, case, second)
        StreamKey.objects.create(stream=Stream.objects.get(name=f"case:{case.pk}"), wrapped=kept)
        assert [found.problem for found in verify()] == [
            f"the stream case:{case.pk} was erased here, and yet its key is there."
        ]

    def test_an_erased_chain_that_was_altered_is_found(self, house: House, case: Screening, second: Actor) -> None:
        erased(house, case, second)
        with past_the_guards("ledger_entry"):
            run("UPDATE ledger_entry SET action = 'case.audited' WHERE action = 'determination.signed'")
            assert {found.stream for found in verify()} == {f"case:{case.pk}"}
        assert Payload.objects.filter(entry__stream__name=f"case:{case.pk}").exists()


class TestPages:
    @pytest.fixture
    def gone(self, house: House, case: Screening, second: Actor) -> Screening:
        return erased(house, case, second)

    def test_those_of_an_erased_case_say_so(self, gone: Screening, house: House) -> None:
        for name, who in (
            ("screening", house.therapist),
            ("screening-answers", house.therapist),
            ("screening-result", house.therapist),
            ("screening-print", house.therapist),
            ("review", house.clinician),
            ("determination", house.clinician),
            ("audit-again", house.auditor),
        ):
            response = signed_in(who).get(reverse(name, args=[gone.pk]))
            assert response.status_code == 410, name
            assert f"This case was erased on {ERASED_AT:%-d %B %Y}" in text_of(response), name

    def test_a_form_sent_to_one_is_answered_the_same_way(self, gone: Screening, house: House) -> None:
        sent = signed_in(house.clinician).post(reverse("review", args=[gone.pk]), {"words": "x"})
        assert sent.status_code == 410

    def test_the_client_page_shows_it_as_erased(self, gone: Screening, house: House) -> None:
        browser = signed_in(house.therapist)
        text = text_of(browser.get(reverse("client", args=[gone.client_id])))
        assert f"This client was erased on {ERASED_AT:%-d %B %Y}" in text
        assert "Ada Example" not in text
        assert "Start a screening" not in text
        assert browser.get(reverse("client-edit", args=[gone.client_id])).status_code == 410

    def test_lists_of_work_leave_it_out(self, gone: Screening, house: House) -> None:
        Screening.objects.filter(pk=gone.pk).update(status="submitted")
        assert gone.client.code not in text_of(signed_in(house.clinician).get(reverse("queue")))
        assert gone.client.code not in text_of(signed_in(house.therapist).get(reverse("worklist")))

    def test_the_auditor_sees_what_stays(self, gone: Screening, house: House) -> None:
        browser = signed_in(house.auditor)
        assert "erased" in text_of(browser.get(reverse("audit-cases")))
        response = browser.get(reverse("audit-case", args=[gone.pk]))
        text = text_of(response)
        assert response.status_code == 200
        for stays in ("can be read by nobody", "More information needed", "The answers were submitted", "Agree"):
            assert stays in text, stays
        assert "earlier records" not in text
        asked = gone.client.erasures.get()
        assert f"{asked.asked_by} asked for it on" in text
        assert f"{asked.confirmed_by} confirmed it on" in text
        newest = Entry.objects.filter(action="case.audited").order_by("-pk")[0]
        assert newest.stream.name == f"practice:{house.practice.pk}"

    def test_a_replay_counts_it(self, gone: Screening, house: House, once: Erasing) -> None:
        draft = draft_of(house, once[1])
        shown = signed_in(house.author).get(reverse("replay", args=[draft.pk]))
        assert shown.status_code == 200
        assert "0 past cases tried" in text_of(shown)
        assert "1 case erased, whose answers nobody can read again" in text_of(shown)


class TestRetention:
    def keep(self, house: House, years: int | None) -> None:
        PracticePolicy.objects.update_or_create(
            practice=house.practice, defaults={"retention_years": years, "changed_at": NOON}
        )

    def test_nobody_is_due_where_no_years_are_set(self, house: House, case: Screening) -> None:
        assert not due(house.practice, at=NOON.replace(year=2199)).exists()

    def test_somebody_is_due_from_the_day_on(self, house: House, case: Screening) -> None:
        self.keep(house, 7)
        day = NOON.replace(year=2033)
        assert not due(house.practice, at=day - timedelta(seconds=1)).exists()
        assert [client.code for client in due(house.practice, at=day)] == [case.client.code]

    def test_nobody_with_an_open_case_is_due(self, house: House, case: Screening, once: Erasing) -> None:
        self.keep(house, 1)
        by = house.therapist
        screenings.start(screening_id=house.practice.pk, client=case.client, protocol=once[1], by=by, at=NOON)
        assert not due(house.practice, at=NOON.replace(year=2040)).exists()

    def test_a_leap_day_has_a_day_before(self) -> None:
        assert years_before(NOON.replace(year=2028, month=2, day=29), 1).day == 28

    def test_that_the_years_are_over_is_checked_when_asked_and_when_confirmed(
        self, house: House, case: Screening, second: Actor
    ) -> None:
        self.keep(house, 1)
        with pytest.raises(Refused, match="have not ended"):
            asked(house, case, "retention-ended")
        later = NOON.replace(year=2028)
        code = case.client.code
        request = erasures.ask(code=code, reason="retention-ended", by=house.manager, at=later)
        self.keep(house, 50)
        with pytest.raises(Refused, match="have not ended"):
            erasures.confirm(erasure=request, by=second, at=later)

    def test_the_command_lists_and_erases_nobody(self, house: House, case: Screening) -> None:
        self.keep(house, 1)
        Screening.objects.filter(pk=case.pk).update(determined_at=NOON.replace(year=2020))
        out = StringIO()
        call_command("due_for_erasure", practice=house.practice.name, stdout=out)
        assert out.getvalue().splitlines()[1] == f"  {case.client.code}, last determined 2020-{NOON:%m-%d}"
        assert Client.objects.get(pk=case.client_id).erased_at is None


class TestTheManagersPages:
    def test_two_managers_erase_a_client(self, house: House, case: Screening, second: Actor) -> None:
        first, other = signed_in(house.manager), signed_in(second)
        sent = {"code": case.client.code, "reason": "client-asked"}
        assert first.post(reverse("ask-erasure"), sent).status_code == 302
        at = reverse("erasure", args=[Erasure.objects.get().pk])
        assert "Another manager confirms" in text_of(first.get(at))
        assert other.post(at, {"password": "not mine"}).status_code == 409
        assert Client.objects.get(pk=case.client_id).erased_at is None
        assert other.post(at, {"password": PASSWORD}).status_code == 302
        assert Client.objects.get(pk=case.client_id).erased_at is not None
        assert f"{case.client.code} The client asked for it" in text_of(first.get(reverse("retention")))

    def test_the_one_who_asked_is_refused(self, house: House, case: Screening) -> None:
        at = reverse("erasure", args=[asked(house, case).pk])
        refused = signed_in(house.manager).post(at, {"password": PASSWORD})
        assert (refused.status_code, Client.objects.get(pk=case.client_id).erased_at) == (409, None)

    def test_a_request_can_be_withdrawn(self, house: House, case: Screening, second: Actor) -> None:
        request = asked(house, case)
        assert signed_in(second).post(reverse("withdraw-erasure", args=[request.pk])).status_code == 302
        assert "Nothing waits" in text_of(signed_in(second).get(reverse("retention")))

    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, house: House) -> None:
        browser: Browser = signed_in(house.manager)
        assert browser.post(reverse("ask-erasure"), {"code": "A-1"}).status_code == 422
        refused = browser.post(reverse("ask-erasure"), {"code": "A-1", "reason": "client-asked"})
        assert refused.status_code == 409
        assert 'value="A-1"' in refused.content.decode()


def test_rows_of_every_kind_were_erased(house: House, case: Screening, second: Actor) -> None:
    """No model that says something of a case is left out of the sealing of what stays."""
    erased(house, case, second)
    rows = {name: sealed.model for name, sealed in sealed_models().items()}
    encrypted = {name: model for name, model in rows.items() if hasattr(model, "content_stream")}
    kinds = {"responseversion", "evaluation", "flaganswer", "return", "determination"}
    kinds |= {"emergencyaccess", "emergencyacknowledgement", "reading"}
    assert set(encrypted) == {f"screening_{name}" for name in kinds}
    there = {name for name, model in encrypted.items() if models.QuerySet(model).exists()}
    assert there == set(encrypted) - {"screening_return"}  # this case was not sent back
    home = Seal.objects.filter(entry__stream__name=f"practice:{house.practice.pk}", entry__action="stream.erased")
    assert there <= set(home.values_list("table", flat=True))
    assert Evaluation.objects.count() == ResponseVersion.objects.count() == 1
