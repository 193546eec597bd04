"""The health checks say what a balancer and a monitor need, in a few words, whatever else is wrong."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from core.ledger.checkpointing import make_checkpoint
from core.ledger.guards import unguard_table
from core.ledger.sealing import registered
from core.operations import health
from tests.as_application import as_application, make_role
from tests.factories import UserFactory, actor
from tests.past_the_guards import a_case, record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked_anew():
    health.forget()
    yield
    health.forget()


def ready(client):
    answer = client.get("/health/ready")
    return answer.status_code, answer.content.decode()


def test_all_is_well_in_one_word(client):
    assert client.get("/health/live").content == b"ok\n"
    assert ready(client) == (200, "ok\n")
    assert client.head("/health/ready").status_code == 200


def test_nothing_is_changed_by_asking(client):
    assert client.post("/health/live").status_code == 405


def test_a_database_that_does_not_answer_is_not_ready_and_not_quoted(client, monkeypatch):
    def down(*args):
        raise OperationalError("password of somebody")

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", down)
    assert ready(client) == (503, "not ready: database\n")
    assert client.get("/health/live").status_code == 200


def test_a_database_that_does_not_answer_is_said_to_whoever_has_a_session_too(client, monkeypatch):
    client.force_login(UserFactory.create())

    def down(*args):
        raise OperationalError("down")

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", down)
    assert client.get("/health/live").status_code == 200
    assert ready(client)[0] == 503


def test_a_migration_that_waits_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: ["one"])
    assert ready(client) == (503, "not ready: migrations\n")


def test_a_guard_that_is_off_is_not_ready(client):
    from django.db import connection

    unguard_table(connection, registered()[0])
    assert ready(client) == (503, "not ready: guards\n")


def test_what_was_well_is_not_looked_at_again_each_time(client, monkeypatch):
    assert ready(client)[0] == 200
    asked: list[int] = []

    def none_missing():
        asked.append(1)
        return []

    monkeypatch.setattr(health, "missing_guards", none_missing)
    for _ in range(3):
        ready(client)
    assert asked == []
    monkeypatch.setattr(health, "KEPT", -1.0)
    ready(client)
    assert asked == [1]


def test_what_was_wrong_is_looked_at_again_at_once(client, monkeypatch):
    found = [["one"], []]
    monkeypatch.setattr(health, "missing_guards", lambda: found.pop(0))
    assert [ready(client)[0], ready(client)[0]] == [503, 200]


@pytest.mark.parametrize(("minutes", "said"), [(1, "ok\n"), (9, "ok, but late: worker\n")])
def test_work_that_nobody_does_is_said_and_takes_no_page_away(client, minutes, said):
    waiting = DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}}, task_path="x", backend_name="default", run_after=get_date_max()
    )
    DBTaskResult.objects.filter(pk=waiting.pk).update(enqueued_at=timezone.now() - timedelta(minutes=minutes))
    assert ready(client) == (200, said)


def test_checkpoints_that_nobody_makes_are_said(client, monkeypatch, settings):
    """Asked by the application's own role, which sees of the house only how far its streams are."""
    settings.PRODUCTION = True
    clock, by = [0.0], actor()
    monkeypatch.setattr(health.time, "monotonic", lambda: clock[0])
    make_role()

    def after(minutes):
        clock[0] += minutes * 60
        with as_application():
            return ready(client)

    record(a_case(), by)
    assert after(1) == (200, "ok\n")
    assert after(4) == (200, "ok\n")
    assert after(2) == (200, "ok, but late: checkpoints\n")
    make_checkpoint(at=timezone.now())
    assert after(1) == (200, "ok\n")
    record(a_case(), by)
    assert after(30) == (200, "ok\n")  # it was not seen waiting before
    assert after(6) == (200, "ok, but late: checkpoints\n")


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_it_needs_no_known_host_no_tls_and_no_session(path, settings, django_assert_max_num_queries):
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["soundings.example"]
    client = Client(headers={"Host": "10.0.0.7:8000"})
    client.cookies["sessionid"] = "x" * 32
    with django_assert_max_num_queries(20) as asked:
        answer = client.get(path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert [query["sql"] for query in asked.captured_queries if "_session" in query["sql"]] == []
