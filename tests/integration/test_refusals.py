"""What is refused is recorded: a page, an object, an act, each once, with nothing personal, and never without end."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import access
from core.access import MOST_REFUSALS
from core.ledger.models import Entry
from core.ledger.selectors import payload_of
from core.ledger.verification import verify
from screening.models import Protocol
from tests import playing
from tests.factories import PASSWORD, MembershipFactory
from tests.pages import signed_in
from tests.playing import House

pytestmark = pytest.mark.django_db


def recorded(actor: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return what was refused to somebody, oldest first."""
    entries = Entry.objects.filter(stream__name=f"user:{actor.user.pk}", action__in=access.REFUSALS).order_by("seq")
    return [(entry.action, payload_of(entry)) for entry in entries]


def test_an_object_of_somebody_else_is_recorded_with_its_random_id_and_no_more(riverside: House) -> None:
    asked = uuid.uuid4()
    answer = signed_in(riverside.clinician).get(reverse("review", args=[asked]), {"about": "Ada Example"})
    assert answer.status_code == 404
    said = {"page": "review", "method": "GET", "asked": [str(asked)]}
    assert recorded(riverside.clinician) == [("object.refused", said)]


def test_an_act_that_is_refused_is_recorded_with_the_reasons_short_name(riverside: House, case: Any) -> None:
    signed = playing.signed(riverside, case.protocol, "thoughts-are-back")
    answer = signed_in(riverside.clinician).post(reverse("claim", args=[signed.pk]))
    assert answer.status_code == 409
    assert recorded(riverside.clinician) == [
        ("act.refused", {"page": "claim", "method": "POST", "code": "not-waiting"})
    ]


def test_so_is_one_that_is_refused_before_there_is_a_command(riverside: House) -> None:
    browser = signed_in(riverside.manager)
    given = {"username": "nobody-of-that-name", "role": "auditor", "password": PASSWORD}
    assert browser.post(reverse("give-role"), given).status_code == 409
    to_oneself = {**given, "username": riverside.manager.user.username}
    assert browser.post(reverse("give-role"), to_oneself).status_code == 409
    opening = {"code": "T-nobody", "reason": "They called and are in danger.", "password": "not mine at all"}
    assert browser.post(reverse("emergency-open"), opening).status_code == 409
    opening["code"] = playing.started(riverside, Protocol.objects.get(practice=riverside.practice)).client.code
    assert browser.post(reverse("emergency-open"), opening).status_code == 409
    assert [why["code"] for _, why in recorded(riverside.manager)] == [
        "no-account",
        "own-role",
        "no-case",
        "wrong-password",
    ]


def test_an_act_that_its_page_refuses_by_itself_is_recorded_too(riverside: House, case: Any) -> None:
    address = reverse("section", args=[case.pk, "thoughts-today"])
    assert signed_in(riverside.therapist).post(address, {"revision": "1"}).status_code == 409
    assert [action for action, _ in recorded(riverside.therapist)] == ["act.refused"]


def test_a_form_of_another_practice_is_recorded(riverside: House) -> None:
    from django.core.signing import Signer

    elsewhere = MembershipFactory.create(user=riverside.therapist.user)
    browser = signed_in(riverside.therapist)
    browser.post("/practice/choose/", {"practice": str(riverside.practice.pk)})
    typed_in = Signer(salt="core.stash.practice").sign(str(elsewhere.practice.pk))
    assert browser.post(reverse("client-add"), {"typed_in": typed_in}).status_code == 409
    assert recorded(riverside.therapist) == [
        ("act.refused", {"page": "client-add", "method": "POST", "code": "other-practice"})
    ]


def test_a_form_that_is_not_filled_in_is_no_refusal(riverside: House) -> None:
    assert signed_in(riverside.therapist).post(reverse("client-add"), {}).status_code == 422
    assert recorded(riverside.therapist) == []


def ask_for_nothing(browser: Client, times: int) -> None:
    for _ in range(times):
        assert browser.get(reverse("review", args=[uuid.UUID(int=7)])).status_code == 404


def test_nobody_fills_the_record_by_asking_in_a_loop(riverside: House) -> None:
    browser = signed_in(riverside.clinician)
    ask_for_nothing(browser, MOST_REFUSALS)
    assert len(recorded(riverside.clinician)) == MOST_REFUSALS
    before = Entry.objects.count()
    ask_for_nothing(browser, 5)
    assert browser.get(reverse("worklist")).status_code == 403
    assert Entry.objects.count() == before + 1
    assert recorded(riverside.clinician)[-1][0] == "refusals.paused"
    assert verify() == []


def test_an_hour_later_it_is_recorded_again(riverside: House, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = signed_in(riverside.clinician)
    ask_for_nothing(browser, MOST_REFUSALS + 2)
    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr(timezone, "now", lambda: later)
    browser.force_login(riverside.clinician.user)
    ask_for_nothing(browser, 1)
    assert [action for action, _ in recorded(riverside.clinician)][-2:] == ["refusals.paused", "object.refused"]


def test_of_somebody_else_everything_is_still_recorded(riverside: House) -> None:
    ask_for_nothing(signed_in(riverside.clinician), MOST_REFUSALS + 2)
    signed_in(riverside.auditor).get(reverse("worklist"))
    assert [action for action, _ in recorded(riverside.auditor)] == ["access.refused"]
