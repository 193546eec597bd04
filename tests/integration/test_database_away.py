"""The database is full, or away for a moment: a page in words keeps what was typed, nothing is half, and on it goes."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any, cast

import pytest
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core.config.database import LONGEST_WAIT_FOR_A_LOCK
from core.database_faults import Trouble, trouble_of
from core.ledger.verification import verify
from screening.models import Determination, Draft, ResponseVersion, RuleSetVersion
from tests import playing
from tests.factories import PASSWORD
from tests.faults import failing_statement, fault, state
from tests.pages import fields, signed_in, text_of
from tests.playing import House
from tests.rule_drafts import in_review

pytestmark = pytest.mark.django_db(transaction=True)
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
LONG = ("What was typed, at length. " * 200)[:3_900]
SECTION = "thoughts-today"
on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="how SQLite's file is filled")


@pytest.fixture
def house() -> House:
    here = playing.house()
    playing.published(here)
    return here


def protocol_of(house: House) -> Any:
    return playing.Protocol.objects.get(practice=house.practice)


def at_desk(actor: Any) -> Client:
    browser = signed_in(actor)
    browser.raise_request_exception = False
    return browser


def post(browser: Client, address: str, given: dict[str, Any]) -> HttpResponse:
    return browser.post(address, given, headers=SAME_ORIGIN)  # type: ignore[return-value]


@contextmanager
def no_room() -> Iterator[None]:
    """Let SQLite's file grow no further, and leave no free page in it."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")


@on_sqlite
def test_a_full_disk_is_said_in_words_keeps_what_was_typed_and_goes_on_when_there_is_room(house: House) -> None:
    screening = playing.started(house, protocol_of(house))
    address, browser = reverse("section", args=[screening.pk, SECTION]), at_desk(house.therapist)
    given = {**fields(browser.get(address), "section-form"), "note": LONG, "act": "go"}
    before = state()
    with no_room():
        refused = post(browser, address, given)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "60"
    assert "There is no room left on the server" in text_of(refused)
    assert unchanged(before)
    kept = fields(refused)
    assert kept["note"] == [LONG]
    assert post(browser, address, kept).status_code == 302
    assert LONG in Draft.objects.get(screening=screening).content
    assert verify() == []


def unchanged(before: dict[str, str]) -> bool:
    """Say whether all is as it was, but for the page that was opened meanwhile."""
    now = state()
    return {name for name in now if now[name] != before[name]} <= {"ledger_entry", "ledger_payload", "ledger_stream"}


@pytest.mark.parametrize(
    ("kind", "said", "retry"),
    [
        ("full", "There is no room left on the server", "60"),
        ("away", "The server cannot reach its database.", "5"),
        ("contended", "The server cannot reach its database.", "2"),
    ],
)
def test_each_kind_of_trouble_has_its_page_and_its_time_to_come_back(
    house: House, kind: str, said: str, retry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.waiting.LONGEST_WAIT_FOR_A_LOCK", 0)
    browser = at_desk(house.therapist)
    with connection.execute_wrapper(always(kind)):
        shown, sent = browser.get("/worklist/"), post(browser, reverse("client-add"), {"name": "Ada <b>"})
    for answer in (shown, sent):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, retry)
        assert said in text_of(answer)
        assert answer.headers["Cache-Control"] == "no-store"
    assert "Ada &lt;b&gt;" in sent.content.decode()


def always(kind: str) -> Callable[..., Any]:
    def execute(*_: Any) -> Any:
        raise fault(kind)

    return execute


def test_nothing_that_came_from_another_site_is_shown_and_no_password_either(house: House) -> None:
    browser = at_desk(house.therapist)
    with connection.execute_wrapper(always("away")):
        elsewhere = browser.post("/clients/add/", {"name": "From elsewhere"}, headers={"Sec-Fetch-Site": "cross-site"})
        signing = post(browser, "/sign-in/", {"username": "ada", "password": "my own secret"})
    assert "From elsewhere" not in elsewhere.content.decode()
    assert "my own secret" not in signing.content.decode()
    assert "you are asked for it again" in text_of(signing)


def test_a_mistake_in_a_statement_is_a_fault_of_ours_and_no_trouble_of_the_database() -> None:
    with pytest.raises(Exception, match="nowhere") as raised, connection.cursor() as cursor:
        cursor.execute("SELECT one FROM nowhere")
    assert trouble_of(raised.value) is None


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("SQLITE_FULL", Trouble.FULL),
        ("SQLITE_IOERR_SHMSIZE", Trouble.FULL),  # what SQLite raises on opening a file on a full disk, in WAL mode
        ("SQLITE_IOERR_WRITE", Trouble.AWAY),
        ("SQLITE_BUSY_SNAPSHOT", Trouble.CONTENDED),
    ],
)
def test_sqlite_says_by_a_name_what_is_the_matter(name: str, trouble: Trouble) -> None:
    cause = sqlite3.OperationalError("disk I/O error")
    cause.sqlite_errorname = name
    error = OperationalError(str(cause))
    error.__cause__ = cause
    assert trouble_of(error) is trouble


def test_what_may_pass_may_be_a_full_disk_all_the_same(house: House) -> None:
    browser = at_desk(house.therapist)
    with connection.execute_wrapper(always("away")):
        assert "its disk may be full" in text_of(browser.get("/worklist/"))


@on_sqlite
def test_a_file_that_somebody_keeps_locked_is_answered_within_about_five_seconds(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether a page is shown, saved or sent, or somebody signs in; all at once, each by a person of their own."""
    filled = playing.filled(house, protocol_of(house), "thoughts-are-back")
    address, browser = reverse("section", args=[filled.pk, SECTION]), at_desk(house.therapist)
    given = {**fields(browser.get(address), "section-form"), "note": LONG, "act": "go"}
    revision = {"revision": filled.draft.revision}
    signing_in = Client(raise_request_exception=False)
    acts: list[Callable[[], HttpResponse]] = [
        lambda: browser.get(address),  # type: ignore[list-item, return-value]
        lambda: post(browser, address, given),
        lambda: post(browser, reverse("screening-submit", args=[filled.pk]), revision),
        lambda: post(signing_in, reverse("sign-in"), {"username": "a", "password": "b"}),
    ]

    def timed(act: Callable[[], HttpResponse]) -> tuple[int, float]:
        began = time.monotonic()
        status = act().status_code
        connection.close()
        return status, time.monotonic() - began

    with locked(), caplog.at_level("ERROR", "django_structlog"), ThreadPoolExecutor(len(acts)) as people:
        answers = list(people.map(timed, acts))
    assert [status for status, _ in answers] == [503] * len(acts)
    assert max(took for _, took in answers) < LONGEST_WAIT_FOR_A_LOCK + 2
    failed = [line["code"] for line in said_in(caplog) if line["event"] == "request_failed"]
    assert failed == [503] * len(acts)


def said_in(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [line for record in caplog.records if isinstance(line := cast(Any, record.msg), dict)]


@on_sqlite
def test_among_many_who_write_all_the_time_everybody_has_a_turn(house: House) -> None:
    """Four times as many as the lock has room for: waiting in SQLite's own way, some wait for five seconds in vain."""
    ends = time.monotonic() + 6

    def write(_: int) -> float:
        longest = 0.0
        while (began := time.monotonic()) < ends:
            with transaction.atomic():
                longest = max(longest, time.monotonic() - began)
                time.sleep(0.02)
            time.sleep(0.02)
        connection.close()
        return longest

    with ThreadPoolExecutor(8) as people:
        longest = list(people.map(write, range(8)))
    assert max(longest) < LONGEST_WAIT_FOR_A_LOCK


@contextmanager
def locked() -> Iterator[None]:
    """Keep the file locked, as another process would."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@on_sqlite
def test_a_locked_file_is_known_as_contended(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("core.waiting.LONGEST_WAIT_FOR_A_LOCK", 0)
    try:
        with pytest.raises(Exception, match="locked") as raised, connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_practice SET name = 'x'")
    finally:
        other.close()
        connection.close()
    assert trouble_of(raised.value) is Trouble.CONTENDED


def ways(house: House) -> dict[str, tuple[Any, str, dict[str, Any], Callable[[], int]]]:
    """Return forms whose views do more than one thing: who sends them where, and how often each was done."""
    filled = playing.filled(house, protocol_of(house), "an-agreed-medicine")
    answered, version = (
        playing.answered(house, protocol_of(house), "thoughts-are-back"),
        in_review(house, protocol_of(house)),
    )
    sign = reverse("sign", args=[answered.pk])
    decided = {"outcome": "more-information", "reasons": "Mine.", "password": PASSWORD}
    return {
        "submit": (
            house.therapist,
            reverse("screening-submit", args=[filled.pk]),
            {"revision": filled.draft.revision},
            lambda: ResponseVersion.objects.filter(screening=filled).count(),
        ),
        "sign": (
            house.clinician,
            sign,
            {**fields(signed_in(house.clinician).get(sign)), **decided},
            lambda: Determination.objects.filter(evaluation=answered.current_evaluation).count(),
        ),
        "publish": (
            house.approver,
            reverse("rule-version-publish", args=[version.pk]),
            {"shown": version.digest, "password": PASSWORD, "read": "on"},
            lambda: RuleSetVersion.objects.filter(pk=version.pk, status="active").count(),
        ),
    }


@pytest.mark.parametrize("way", ["submit", "sign", "publish"])
def test_a_form_that_failed_at_any_statement_is_sent_again_and_done_once(house: House, way: str) -> None:
    actor, address, given, times = ways(house)[way]
    browser, failures = at_desk(actor), 0
    for at in range(1, 150):
        with failing_statement(at) as wrapper:
            answer = post(browser, address, {**given, "csrfmiddlewaretoken": "one page"})
        done = times()
        assert done <= 1
        failures += answer.status_code == 503
        assert answer.status_code == 503 or done == 1, (at, answer.status_code)
        if not wrapper.failed:
            break
    assert failures > 15
    assert times() == 1
    assert verify() == []
