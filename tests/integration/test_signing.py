"""Signing a determination: what it takes, what it binds, and everything that stops it."""

import json
import re
import uuid
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from core.accounts.models import Membership, Role
from core.canonical import digest
from core.errors import Conflict, NotForThisUser, Refused
from core.ledger.models import Entry
from core.ledger.verification import verify
from screening.models import Determination, PracticePolicy, Protocol, Screening
from screening.models.screenings import ScreeningStatus
from screening.selectors.answers_to_flags import flags_of
from screening.selectors.determinations import parts_of, to_be_signed
from screening.services import determinations, reviews, submissions
from screening.services.reviews import GivenAnswer
from tests.factories import PASSWORD, actor
from tests.pages import text_of
from tests.playing import NOON, House, again, answer_all, answered, claimed, house, published, sign
from tests.signing_in import code_of, with_an_app

pytestmark = pytest.mark.django_db
UNASKED = "nothing-asked-yet"


@pytest.fixture(scope="module")
def once(shared_db: None) -> tuple[House, Protocol, Screening]:
    """As for every module here, with each of the nine flags answered: ready to sign."""
    at_house = house()
    protocol = published(at_house)
    return at_house, protocol, answered(at_house, protocol, UNASKED)


def form(at: House, case: Screening, **changed: str) -> dict[str, str]:
    """Return what the browser sends after the page for signing was read."""
    shown = to_be_signed(case, at.clinician)
    read = {"shown": digest(shown), "parts": parts_of(shown)}
    typed = {"outcome": "more-information", "reasons": "I want the earlier records.", "password": PASSWORD}
    return {**read, **typed, **changed}


def sign_with(at: House, case: Screening, **changed: Any) -> Determination:
    given: dict[str, Any] = {
        "shown_digest": digest(to_be_signed(case, at.clinician)),
        "outcome_code": "more-information",
        "reasons": "I want the earlier records.",
        "recheck_on": None,
        "by": at.clinician,
        "at": NOON,
    }
    return determinations.sign(screening=case, **{**given, **changed})


def nothing_is_signed(case: Screening) -> bool:
    return not Determination.objects.exists() and again(case).status != ScreeningStatus.DETERMINED


class TestTheService:
    def test_it_keeps_exactly_what_was_read_and_seals_it(self, riverside: House, case: Screening) -> None:
        read = to_be_signed(case, riverside.clinician)
        signed = sign(riverside, case)
        document = json.loads(signed.signed_document)
        assert document["read"] == read
        assert digest(document) == signed.signed_digest
        assert (signed.signer, signed.printed_name) == (riverside.clinician.user, riverside.clinician.user.printed_name)
        assert again(case).status == ScreeningStatus.DETERMINED
        assert verify() == []

    def test_what_is_read_names_versions_digests_answers_and_the_zone(self, riverside: House, case: Screening) -> None:
        read = to_be_signed(case, riverside.clinician)
        assert case.current_response
        assert case.current_evaluation
        assert read["answers"]["digest"] == case.current_response.digest
        assert read["evaluation"]["digest"] == case.current_evaluation.digest
        assert read["rules"]["digest"] == case.rule_set_version.digest
        assert {flag["answer"]["answer"] for flag in read["flags"]} == {"Agree, it stays open"}
        assert read["time_zone"] == "UTC"

    def test_an_unanswered_flag_stops_it(self, riverside: House, session_day: Protocol) -> None:
        case = claimed(riverside, session_day, UNASKED)
        with pytest.raises(Refused, match="not answered yet"):
            sign_with(riverside, case)
        assert nothing_is_signed(case)

    def test_the_database_itself_refuses_one_with_an_unanswered_flag(
        self, riverside: House, session_day: Protocol
    ) -> None:
        case = claimed(riverside, session_day, UNASKED)
        row = Determination(
            evaluation=case.current_evaluation,
            outcome_code="more-information",
            outcome_text="More information needed",
            reasons="x",
            signer=riverside.clinician.user,
            printed_name="X",
            signed_at=NOON,
            time_zone="UTC",
            meaning="x",
            signed_document="{}",
            signed_digest="0" * 64,
        )
        with pytest.raises(DatabaseError, match="an answer to every flag"), transaction.atomic():
            row.save(force_insert=True)

    def test_a_flag_answered_otherwise_in_between_stops_it(self, riverside: House, case: Screening) -> None:
        read = digest(to_be_signed(case, riverside.clinician))
        change_an_answer(riverside, case)
        with pytest.raises(Conflict, match="has changed"):
            sign_with(riverside, case, shown_digest=read)
        assert nothing_is_signed(case)

    def test_a_changed_list_of_determinations_stops_it(self, riverside: House, case: Screening) -> None:
        read = digest(to_be_signed(case, riverside.clinician))
        PracticePolicy.objects.create(
            practice=riverside.practice, changed_at=NOON, determinations=[{"code": "other", "text": "Something else"}]
        )
        with pytest.raises(Conflict, match="has changed"):
            sign_with(riverside, case, shown_digest=read)

    def test_an_open_amendment_stops_it(self, riverside: House, case: Screening) -> None:
        submissions.start_amendment(screening=case, reason="A letter came.", by=riverside.therapist, at=NOON)
        with pytest.raises(Conflict, match="amending"):
            sign_with(riverside, case)
        assert nothing_is_signed(case)

    def test_while_an_amendment_is_open_the_page_says_so_and_holds_no_form(
        self, desk: Client, riverside: House, case: Screening
    ) -> None:
        address = reverse("sign", args=[case.pk])
        assert 'name="password"' in desk.get(address).content.decode()
        assert "Go on to the determination" in text_of(desk.get(reverse("review", args=[case.pk])))
        submissions.start_amendment(screening=case, reason="A letter came.", by=riverside.therapist, at=NOON)
        assert "Go on to the determination" not in text_of(desk.get(reverse("review", args=[case.pk])))
        page = desk.get(address).content.decode()
        assert "The therapist is amending the answers." in page
        assert 'name="password"' not in page
        form = {"outcome": "more-information", "reasons": "Typed before.", "password": PASSWORD, "shown": "0"}
        refused = desk.post(address, form)
        assert refused.status_code == 409
        assert refused.content.decode().count("The therapist is amending") == 1
        assert "Typed before." in refused.content.decode()

    def test_the_second_of_two_presses_is_told_that_it_is_signed(self, riverside: House, case: Screening) -> None:
        sign(riverside, case)
        with pytest.raises(Conflict, match="signed already"):
            sign_with(riverside, case)
        assert Determination.objects.count() == 1

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"outcome_code": ""}, "Choose a determination"),
            ({"outcome_code": "made-up"}, "Choose a determination"),
            ({"reasons": "  "}, "Give your reasons"),
            ({"recheck_on": NOON.date()}, "lies in the future"),
            ({"recheck_on": NOON.date().replace(year=2207)}, "more than five years ahead"),
        ],
    )
    def test_it_needs_an_outcome_of_the_list_reasons_and_a_day_to_come(
        self, riverside: House, case: Screening, changed: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(Refused, match=said):
            sign_with(riverside, case, **changed)
        assert nothing_is_signed(case)

    def test_only_the_clinician_who_has_the_case_signs(self, riverside: House, case: Screening) -> None:
        second = actor(Role.CLINICIAN, practice=riverside.practice)
        with pytest.raises(Conflict, match="has this case now"):
            sign_with(riverside, case, by=second)
        with pytest.raises(Refused, match="Only a clinician"):
            sign_with(riverside, case, by=riverside.therapist)
        with pytest.raises(NotForThisUser):
            sign_with(riverside, case, by=actor(Role.CLINICIAN))
        assert nothing_is_signed(case)

    def test_a_role_that_ended_a_moment_ago_signs_nothing(self, riverside: House, case: Screening) -> None:
        end_role(riverside)
        with pytest.raises(Refused, match="Only a clinician"):
            sign_with(riverside, case)
        assert nothing_is_signed(case)

    def test_where_the_ledger_does_not_answer_nothing_is_signed(
        self, riverside: House, case: Screening, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def breaks(*_: Any, **__: Any) -> None:
            raise RuntimeError("the ledger does not answer")

        monkeypatch.setattr(determinations, "append", breaks)
        with pytest.raises(RuntimeError):
            sign_with(riverside, case)
        assert nothing_is_signed(case)


class TestThePage:
    def test_it_shows_what_will_be_signed_with_nothing_chosen(
        self, desk: Client, riverside: House, case: Screening
    ) -> None:
        page = desk.get(reverse("sign", args=[case.pk]))
        text = page.content.decode()
        shown = to_be_signed(case, riverside.clinician)
        for part in (shown["answers"]["digest"], shown["rules"]["digest"], shown["printed_name"], digest(shown)):
            assert part in text
        assert " checked" not in text
        assert page.headers["Cache-Control"] == "no-store"

    def test_it_signs(self, desk: Client, riverside: House, case: Screening) -> None:
        response = desk.post(reverse("sign", args=[case.pk]), form(riverside, case))
        assert response.headers["Location"] == reverse("determination", args=[case.pk])
        assert "I want the earlier records." in desk.get(response.headers["Location"]).content.decode()

    def test_a_code_signs_in_the_place_of_the_password(self, desk: Client, riverside: House, case: Screening) -> None:
        page = desk.get(reverse("sign", args=[case.pk])).content.decode()
        assert "one_time_code" not in page
        with_an_app(riverside.clinician.user)
        page = desk.get(reverse("sign", args=[case.pk])).content.decode()
        assert "Or a code from your authenticator app" in page
        sent = form(riverside, case, password="", one_time_code=code_of(riverside.clinician.user))
        assert desk.post(reverse("sign", args=[case.pk]), sent).status_code == 302
        assert Determination.objects.get().signer == riverside.clinician.user

    def test_a_wrong_code_signs_nothing_and_says_so(self, desk: Client, riverside: House, case: Screening) -> None:
        with_an_app(riverside.clinician.user)
        sent = form(riverside, case, password="", one_time_code="000000")
        response = desk.post(reverse("sign", args=[case.pk]), sent)
        assert response.status_code == 409
        assert re.search(
            r'href="#id_one_time_code">[^<]*<bdi>[^<]*</bdi>: That code does not fit', response.content.decode()
        )
        assert "I want the earlier records." in response.content.decode()
        assert nothing_is_signed(case)
        assert Entry.objects.filter(action="session.confirmation-failed").exists()

    def test_nothing_given_asks_for_one_of_the_ways(self, desk: Client, riverside: House, case: Screening) -> None:
        sent = form(riverside, case, password="")
        assert "Type your password to sign." in desk.post(reverse("sign", args=[case.pk]), sent).content.decode()
        with_an_app(riverside.clinician.user)
        response = desk.post(reverse("sign", args=[case.pk]), sent)
        assert response.status_code == 422
        assert "Type your password or a code from your app to sign." in response.content.decode()

    def test_a_wrong_password_signs_nothing_and_is_recorded(
        self, desk: Client, riverside: House, case: Screening
    ) -> None:
        response = desk.post(reverse("sign", args=[case.pk]), form(riverside, case, password="not mine"))
        assert response.status_code == 409
        summary = response.content.decode().partition('id="error-summary"')[2].partition("</div>")[0]
        assert 'href="#id_password"' in summary
        assert "That is not your password, so nothing was done." in summary
        assert "I want the earlier records." in response.content.decode()
        assert "not mine" not in response.content.decode()
        assert nothing_is_signed(case)
        stream = f"user:{riverside.clinician.user.pk}"
        assert Entry.objects.filter(stream__name=stream, action="session.confirmation-failed").count() == 1

    def test_a_day_that_cannot_be_is_told_at_its_field(self, desk: Client, riverside: House, case: Screening) -> None:
        answer = desk.post(reverse("sign", args=[case.pk]), form(riverside, case, recheck_on="2207-01-01"))
        assert answer.status_code == 409
        assert 'href="#id_recheck_on"' in answer.content.decode()
        assert nothing_is_signed(case)

    def test_what_changed_in_between_is_named_and_what_was_typed_is_kept(
        self, desk: Client, riverside: House, case: Screening
    ) -> None:
        read = form(riverside, case, reasons="My reasons stay.")
        change_an_answer(riverside, case)
        response = desk.post(reverse("sign", args=[case.pk]), read)
        text = response.content.decode()
        assert response.status_code == 409
        assert "What you read has changed" in text
        assert "Changed: the answers to the flags." in text
        assert "My reasons stay." in text
        assert PASSWORD not in text
        assert nothing_is_signed(case)

    def test_signing_while_the_answers_are_amended_is_refused_and_nothing_is_lost(
        self, desk: Client, riverside: House, case: Screening
    ) -> None:
        read = form(riverside, case, reasons="My reasons stay.")
        submissions.start_amendment(screening=case, reason="A letter came.", by=riverside.therapist, at=NOON)
        response = desk.post(reverse("sign", args=[case.pk]), read)
        assert response.status_code == 409
        assert "My reasons stay." in response.content.decode()
        assert nothing_is_signed(case)

    def test_the_second_submit_is_told_that_it_is_signed(self, desk: Client, riverside: House, case: Screening) -> None:
        read = form(riverside, case)
        desk.post(reverse("sign", args=[case.pk]), read)
        response = desk.post(reverse("sign", args=[case.pk]), read)
        assert response.status_code == 409
        assert "signed already" in response.content.decode()
        assert Determination.objects.count() == 1

    def test_reasons_are_shown_again_where_the_case_went_back_to_the_queue_meanwhile(
        self, desk: Client, riverside: House, case: Screening
    ) -> None:
        read = form(riverside, case, reasons="My reasons stay.")
        submissions.start_amendment(screening=case, reason="A letter came.", by=riverside.therapist, at=NOON)
        revision = again(case).draft.revision
        submissions.submit(screening=again(case), base_revision=revision, by=riverside.therapist, at=NOON)
        response = desk.post(reverse("sign", args=[case.pk]), read)
        assert response.status_code == 409
        assert "My reasons stay." in response.content.decode()

    def test_what_was_typed_survives_the_end_of_the_session_but_the_password(
        self, desk: Client, riverside: House, case: Screening
    ) -> None:
        page = desk.get(reverse("sign", args=[case.pk]))
        session = desk.session
        del session[SESSION_KEY]
        session.save()
        typed = form(riverside, case, reasons="Half a sen", typed_by=page.context["typed_by"])
        assert desk.post(reverse("sign", args=[case.pk]), typed).status_code == 302
        desk.force_login(riverside.clinician.user)
        text = desk.get(reverse("sign", args=[case.pk])).content.decode()
        assert "Half a sen" in text
        assert PASSWORD not in text
        assert nothing_is_signed(case)

    def test_an_incomplete_form_is_422_and_keeps_what_was_typed(
        self, desk: Client, riverside: House, case: Screening
    ) -> None:
        response = desk.post(reverse("sign", args=[case.pk]), form(riverside, case, outcome="", reasons="Mine."))
        assert response.status_code == 422
        assert "Mine." in response.content.decode()

    def test_a_role_taken_away_between_page_and_press_signs_nothing(
        self, desk: Client, riverside: House, case: Screening
    ) -> None:
        read = form(riverside, case)
        end_role(riverside)
        assert desk.post(reverse("sign", args=[case.pk]), read).status_code == 403
        assert nothing_is_signed(case)

    def test_extra_fields_change_nothing(self, desk: Client, riverside: House, case: Screening) -> None:
        other = actor(Role.CLINICIAN, practice=riverside.practice)
        extra = {"signer": str(other.user.pk), "printed_name": "Somebody Else", "status": "returned"}
        desk.post(reverse("sign", args=[case.pk]), {**form(riverside, case), **extra})
        assert Determination.objects.get().signer == riverside.clinician.user

    def test_unanswered_flags_are_listed_in_place_of_the_form(
        self, desk: Client, riverside: House, session_day: Protocol
    ) -> None:
        case = claimed(riverside, session_day, UNASKED)
        text = desk.get(reverse("sign", args=[case.pk])).content.decode()
        assert "9 flags without an answer" in text
        assert "password" not in text

    def test_another_practices_case_is_not_there(self, client: Client, case: Screening) -> None:
        client.force_login(actor(Role.CLINICIAN).user)
        for name in ("sign", "determination", "review", "send-back"):
            assert client.get(reverse(name, args=[case.pk])).status_code == 404
        assert client.post(reverse("sign", args=[uuid.uuid4()]), {}).status_code == 404


def change_an_answer(at: House, case: Screening) -> None:
    assert case.current_evaluation
    flag = flags_of(case.current_evaluation)[0]
    stood = flag.answers.get().pk
    reviews.answer_flags(
        screening=case,
        evaluation_id=case.current_evaluation.pk,
        given=[GivenAnswer(flag.rule_id, "not-applicable", "On second thoughts.", stood=stood)],
        by=at.clinician,
        at=NOON,
    )


def end_role(at: House) -> None:
    Membership.objects.filter(user=at.clinician.user).update(ended_at=NOON)


def test_an_amendment_after_a_signature_leaves_the_signature_and_asks_for_a_new_one(
    client: Client, riverside: House, case: Screening
) -> None:
    sign(riverside, case)
    current = again(case)
    submissions.start_amendment(screening=current, reason="A letter came.", by=riverside.therapist, at=NOON)
    revision = again(case).draft.revision
    submissions.submit(screening=current, base_revision=revision, by=riverside.therapist, at=NOON)
    current = again(case)
    assert current.status == ScreeningStatus.SUBMITTED
    reviews.claim(screening=current, by=riverside.clinician, at=NOON)
    client.force_login(riverside.clinician.user)
    assert "Signed before, on answers version 1" in client.get(reverse("review", args=[case.pk])).content.decode()
    answer_all(riverside, again(case))
    sign(riverside, again(case))
    assert Determination.objects.filter(evaluation__response__screening=case).count() == 2
    assert verify() == []
