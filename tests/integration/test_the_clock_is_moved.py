"""The server's clock is set back or forward between two requests: the record keeps its order, and nothing breaks."""

import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core.canonical import digest
from core.config.sessions import LONGEST_SECONDS
from core.errors import Refused
from core.ledger.models import Entry
from core.ledger.selectors import timeline
from core.ledger.verification import verify
from screening.models import Determination
from screening.selectors.determinations import to_be_signed
from screening.services import determinations
from tests import playing
from tests.factories import PASSWORD
from tests.integration.conftest import Played
from tests.pages import signed_in
from tests.playing import NOON

pytestmark = pytest.mark.django_db
Move = Callable[[timedelta], None]


@pytest.fixture
def move(monkeypatch: pytest.MonkeyPatch) -> Move:
    """Set the server's clock: every later reading of it is off by so much."""
    now, seconds = timezone.now, time.time

    def to(offset: timedelta) -> None:
        monkeypatch.setattr(timezone, "now", lambda: now() + offset)
        monkeypatch.setattr(time, "time", lambda: seconds() + offset.total_seconds())
        for module in ("axes.attempts", "axes.handlers.proxy"):
            monkeypatch.setattr(f"{module}.now", timezone.now, raising=False)

    return to


def test_entries_keep_the_order_in_which_they_were_made_and_verify(played: Played, move: Move) -> None:
    house, _, case = played
    browser = signed_in(house.auditor)
    for hours in (0, 3, -5, 1):
        move(timedelta(hours=hours))
        browser.force_login(house.auditor.user)
        assert browser.get(reverse("audit-case", args=[case.pk])).status_code == 200
    moments = timeline(house.auditor, stream=f"case:{case.pk}")
    assert [moment.seq for moment in moments] == list(range(1, len(moments) + 1))
    assert [moment.at for moment in moments] != sorted(moment.at for moment in moments)
    assert verify() == []


def test_nobody_signs_at_a_time_before_the_answers_were_evaluated(played: Played) -> None:
    house, _, case = played
    playing.answer_all(house, case)
    shown = digest(to_be_signed(playing.again(case), house.clinician))
    earlier = playing.noon_of(playing.vignette_of(case.protocol, "nothing-asked-yet")) - timedelta(seconds=1)
    decided: dict[str, Any] = {"outcome_code": "more-information", "reasons": "Mine.", "recheck_on": None}
    with pytest.raises(Refused, match="The server's clock says that it is earlier"):
        determinations.sign(screening=case, shown_digest=shown, **decided, by=house.clinician, at=earlier)
    assert playing.again(case).status == "in-review"
    assert determinations.sign(screening=case, shown_digest=shown, **decided, by=house.clinician, at=NOON)


def test_the_database_itself_refuses_such_a_signature(played: Played) -> None:
    house, _, case = played
    playing.answer_all(house, case)
    signed = playing.sign(house, case)
    fields = {field.attname: getattr(signed, field.attname) for field in Determination._meta.concrete_fields}
    other = playing.answered(house, case.protocol, "thoughts-are-back")
    fields |= {"id": uuid.uuid4(), "evaluation_id": other.current_evaluation_id}
    with pytest.raises(IntegrityError, match="before its answers were evaluated"), transaction.atomic():
        Determination.objects.create(**{**fields, "signed_at": NOON - timedelta(days=300)})
    assert Determination.objects.create(**fields)


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_session_ends_or_goes_on_and_nothing_breaks(played: Played, move: Move, hours: int) -> None:
    """Forward, it has lasted too long and ends; back, it goes on for what is left of it by the new clock."""
    house, _, _ = played
    browser = signed_in(house.therapist)
    assert browser.get("/worklist/").status_code == 200
    move(timedelta(hours=hours))
    answer = browser.get("/worklist/")
    assert answer.status_code == (302 if hours > 0 else 200)
    assert LONGEST_SECONDS == 12 * 60 * 60


def test_who_is_locked_out_stays_so_while_the_clock_is_back_and_is_let_in_when_it_is_forward(
    played: Played, move: Move
) -> None:
    house, _, _ = played
    name = house.therapist.user.username
    browser = signed_in(house.auditor)
    browser.logout()
    for _ in range(5):
        browser.post("/sign-in/", {"username": name, "password": "wrong"})
    right = {"username": name, "password": PASSWORD}
    move(timedelta(hours=-1))
    assert browser.post("/sign-in/", right).status_code == 429
    move(timedelta(hours=1))
    assert browser.post("/sign-in/", right).status_code == 302
    assert Entry.objects.filter(action="session.locked").count() == 1
