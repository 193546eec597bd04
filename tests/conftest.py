"""What every test may use: the databases, a browser, Hypothesis' profiles. Made-up people and cases live elsewhere."""

import gc
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TestCase, TransactionTestCase
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from core.ledger import guards
from core.ledger.demands import demanded, drop_demand
from core.ledger.sealing import registered
from core.paper import NoPaper, load_weasyprint
from tests.emptying import empty_every_table

if TYPE_CHECKING:
    from playwright.sync_api import Browser

hypothesis_settings.register_profile(
    "ci", max_examples=100, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.register_profile("long", parent=hypothesis_settings.get_profile("ci"), max_examples=5_000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

AFTER_THE_CASES = datetime(2026, 11, 22, tzinfo=UTC)
WITHOUT_A_DATABASE = {"architecture", "golden", "properties", "spec"}
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "client", "django_db_reset_sequences"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-tests-only",
        action="store_true",
        help="leave out what no database can change, and of the browser's tests all but the journeys: for a second one",
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out at once the folders none of whose tests touches a database, where only those that do are asked for."""
    return True if config.getoption("--database-tests-only") and collection_path.name in WITHOUT_A_DATABASE else None


def pytest_configure() -> None:
    """Sign in fast: what is tested is never how slow a password's hash is."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give a module to one process, which then prepares it once; let every journey go to whichever is free."""
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

    class ByModule(LoadScopeScheduling):
        """Not by ``xdist_group``: with pytest 9.2, xdist 3.8 writes the groups where nobody reads them."""

        def _split_scope(self, nodeid: str) -> str:
            module = nodeid.partition("::")[0]
            return nodeid if "journey" in module else module

    return ByModule(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left with a long way while the others have done."""
    items.sort(key=_place)
    if not config.getoption("--database-tests-only"):
        return
    left_out = [item for item in items if not _is_for_each_database(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if _is_for_each_database(item)]


def _place(item: pytest.Item) -> int:
    """Return when a test has its turn: the journeys, then whatever else needs a browser, then the rest."""
    folder, name = item.path.parent.name, item.path.name
    return 2 if folder != "functional" else 0 if "journey" in name else 1


def _is_for_each_database(item: pytest.Item) -> bool:
    """Say whether a test is one for each database. What a browser does beside the journeys is the same on both."""
    return _place(item) != 1 and _uses_a_database(item)


def _uses_a_database(item: pytest.Item) -> bool:
    if not isinstance(item, pytest.Function):
        return False
    in_a_django_test_case = item.cls is not None and issubclass(item.cls, TransactionTestCase)
    marked = item.get_closest_marker("django_db") is not None
    return marked or in_a_django_test_case or bool(DATABASE_FIXTURES & set(item.fixturenames))


def pytest_collection_finish() -> None:
    """Keep what was collected out of every later search for garbage: it stays, and there is much of it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _draws_pdfs() -> bool:
    try:
        load_weasyprint()
    except NoPaper:
        return False
    return True


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not _draws_pdfs():
        terminalreporter.section("NO PDF WAS DRAWN", sep="!", red=True, bold=True)
        terminalreporter.line(NoPaper().message)
    if os.environ.get("POSTGRES_SKIPPED") == "1":
        terminalreporter.section("NOT TESTED ON POSTGRESQL", sep="!", red=True, bold=True)
        terminalreporter.line("No PostgreSQL answered. Start one, or name it in TEST_POSTGRES_URL.")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Give every process a database of its own, so that two runs never meet.

    On SQLite it is a file, as in use: only then do two connections see what two people would see. On PostgreSQL it
    is named after the process.
    """
    database = settings.DATABASES["default"]
    named = database.setdefault("TEST", {})
    if database["ENGINE"].endswith("sqlite3"):
        named["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        database["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
    else:
        named["NAME"] = f"test_soundings_{os.getpid()}"


@pytest.fixture(scope="session", autouse=True)
def _empty_past_the_guards() -> Iterator[None]:
    """Empty the tables after a transactional test our own way: the append-only triggers refuse Django's."""
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def empty(case: TransactionTestCase) -> None:
        if isinstance(case, TestCase):
            flush(case)
        else:
            empty_every_table()

    TransactionTestCase._fixture_teardown = empty  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = flush  # type: ignore[attr-defined]


@pytest.fixture(scope="session", autouse=True)
def _never_before_the_made_up_cases() -> Iterator[None]:
    """Let the clock of the tests stand after the days of the made-up cases, where the machine's own is behind them.

    Nothing is signed before it was evaluated, and the cases are evaluated on the day that they are told on.
    """
    real, behind = timezone.now, AFTER_THE_CASES - timezone.now()
    if behind > timedelta():
        timezone.now = lambda: real() + behind
    yield
    timezone.now = real


@pytest.fixture(scope="module")
def shared_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let fixtures of a module write once for all its tests, in a transaction that is undone after the last of them.

    Each test still has a savepoint of its own, so none sees what another wrote. For modules none of whose tests is
    transactional: those would wait for this transaction. Hand what was made in memory to a test as a deep copy.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def lift_guards(connection: BaseDatabaseWrapper) -> None:
    """Take the append-only triggers and the demands off, which nothing in the product does."""
    existing = set(connection.introspection.table_names())
    for sealed in registered():
        if sealed.table in existing:
            guards.unguard_table(connection, sealed)
    for demand in demanded():
        if demand.table in existing:
            drop_demand(connection, demand)


@pytest.fixture(scope="session", autouse=True)
def _something_for_a_pdf() -> Iterator[None]:
    """Let whatever only hands a PDF on be tried where none can be drawn: with something that is none."""
    with pytest.MonkeyPatch.context() as patch:
        if not _draws_pdfs():
            patch.setattr("screening.services.papers.pdf_of", lambda _page, *, css: b"%PDF-0 drawn by nothing")
        yield


@pytest.fixture(scope="session")
def draws_pdfs() -> None:
    """What a test needs that reads a PDF: skipped where none can be drawn, and failed where that is required."""
    if not _draws_pdfs():
        if os.environ.get("REQUIRE_PDFS") == "1":
            pytest.fail(NoPaper().message, pytrace=False)
        pytest.skip(NoPaper().message)


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Chromium, without a window. Each test opens a context of its own: ``browser.new_context()``."""
    path = _chromium()
    if not path:
        reason = "No Chromium on this machine, so nothing was tested in a browser. On Debian: apt-get install chromium"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, and Django would take the test's own queries for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=arguments)
        yield started
        started.close()


def _chromium() -> str | None:
    """Return where a Chromium is, Debian's build without a window first: the same engine in a third less time."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return Path(settings.BASE_DIR)
