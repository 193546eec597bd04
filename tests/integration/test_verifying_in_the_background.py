"""Verifying the ledger where a worker carries it out, as in production."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from core.accounts.models import Role
from tests.canaries import canary, everything_stored, found_in, listening, spotted
from tests.factories import actor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _a_worker_does_it(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def signed_in_auditor() -> Client:
    client = Client()
    client.force_login(actor(Role.AUDITOR).user)
    return client


def test_the_page_waits_for_the_worker_and_then_shows_what_it_found() -> None:
    desk = signed_in_auditor()
    waiting = desk.post(reverse("audit-ledger"), follow=True)
    assert "The ledger is being verified" in waiting.content.decode()
    call_command("db_worker", batch=True, startup_delay=False, verbosity=0)
    found = desk.get(waiting.redirect_chain[0][0]).content.decode()
    assert "The ledger of this practice is intact" in found


def test_the_page_looks_again_by_itself_but_not_for_ever() -> None:
    desk = signed_in_auditor()
    address = desk.post(reverse("audit-ledger")).headers["Location"]
    for looked, goes_on in (("0", True), ("99", True), ("100", False), ("never", False), ("9" * 30, False)):
        shown = desk.get(f"{address}&looked={looked}").content.decode()
        assert ("hx-trigger" in shown) is goes_on, looked


def test_a_verification_of_another_practice_is_not_to_be_seen() -> None:
    address = signed_in_auditor().post(reverse("audit-ledger")).headers["Location"]
    assert signed_in_auditor().get(address).status_code == 404


def test_an_address_made_up_is_not_found() -> None:
    assert signed_in_auditor().get(reverse("audit-ledger"), {"work": "no-such-work"}).status_code == 404


def test_a_task_that_breaks_leaves_nothing_of_the_words_that_it_broke_with(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_(practice: Any) -> None:
        raise RuntimeError(canary("of-a-task"))

    desk = signed_in_auditor()
    waiting = desk.post(reverse("audit-ledger"))
    monkeypatch.setattr("core.ledger.tasks.verify_for", break_)
    with listening() as lines:
        call_command("db_worker", batch=True, startup_delay=False, verbosity=0)
    assert "The verification broke off" in desk.get(waiting.headers["Location"]).content.decode()
    assert spotted(everything_stored()) == {}
    assert "RuntimeError" in lines.getvalue()
    assert found_in(lines.getvalue()) == set()
