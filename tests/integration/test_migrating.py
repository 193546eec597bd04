"""A database that stopped at any earlier migration is brought up to date: guards, demands, walls and rows are there.

A database goes back from the newest state one migration at a time. From the oldest it goes forward in one go, as a
restored older backup does, and in steps: each state of the application is then as it was on the way back.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from core.ledger.guards import missing_guards
from core.ledger.models import Entry
from core.ledger.verification import verify
from core.tenancy.policies import missing_policies
from tests.own_database import _django_db_helper, own_database  # noqa: F401
from tests.playing import house, published, signed

pytestmark = pytest.mark.django_db

PLAIN = {("screening", f"000{number}") for number in (1, 2, 3, 4)}
"""Before these texts were encrypted: going back does not decrypt them, so that no case is there."""


def of_ours() -> list[tuple[str, str]]:
    """Return every migration of ours, in order."""
    on_disk = sorted(MigrationLoader(None).disk_migrations or {})
    return [(app, name) for app, name in on_disk if app in ("accounts", "ledger", "screening")]


def newest_of(app: str) -> str:
    return max(name for its, name in of_ours() if its == app)


def walks() -> list[list[tuple[str, str]]]:
    """Return the ways back through every migration of ours but the newest, an application each; newest first."""
    earlier = [(app, name) for app, name in reversed(of_ours()) if name != newest_of(app)]
    with_cases = [state for state in earlier if not _is_plain(state)]
    return [list(states) for _, states in groupby(with_cases, itemgetter(0))] + [list(filter(_is_plain, earlier))]


def _is_plain(state: tuple[str, str]) -> bool:
    return (state[0], state[1][:4]) in PLAIN


@pytest.fixture
def database(django_db_setup: None, django_db_blocker: Any, tmp_path: Path) -> Iterator[None]:
    """Use a copy of the migrated database, with a practice in it."""
    with own_database(django_db_blocker, tmp_path, "migrating"):
        yield


COLUMNS_AND_TRIGGERS = {
    "sqlite": (
        "SELECT t.name, c.name FROM sqlite_master t, pragma_table_xinfo(t.name) c WHERE t.type = 'table'",
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    ),
    "postgresql": (
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    ),
}


def schema() -> set[tuple[str, str]]:
    """Return every trigger, and every column of every table."""
    found: set[tuple[str, str]] = set()
    with connection.cursor() as cursor:
        for query in COLUMNS_AND_TRIGGERS[connection.vendor]:
            cursor.execute(query)
            found |= set(cursor.fetchall())
    return found


@pytest.mark.parametrize("states", walks(), ids=lambda states: f"{states[0][0]}-{states[0][1]}-{states[-1][1][:4]}")
def test_from_any_earlier_state_everything_is_there_again(
    database: None, django_db_blocker: Any, tmp_path: Path, states: list[tuple[str, str]]
) -> None:
    """Back, a migration at a time; from the oldest state forward in one go, and in steps through each of the others."""
    before = schema()
    at_house = house()
    protocol = published(at_house)
    if not _is_plain(states[0]):
        signed(at_house, protocol, "thoughts-are-back")
    entries = Entry.objects.count()
    assert entries

    def all_is_there() -> None:
        assert schema() == before
        assert missing_guards() == missing_policies() == []
        assert Entry.objects.count() == entries
        assert verify() == []

    there = {}
    for app, name in states:
        call_command("migrate", app, name, verbosity=0)
        assert (app, newest_of(app)) not in MigrationRecorder(connection).applied_migrations()
        there[app, name] = _of(app, schema())
    with own_database(django_db_blocker, tmp_path, "in_one_go"):
        call_command("migrate", verbosity=0)
        all_is_there()
    for app, name in reversed(states[:-1]):
        call_command("migrate", app, name, verbosity=0)
        assert _of(app, schema()) == there[app, name], name
    call_command("migrate", verbosity=0)
    all_is_there()


def _of(app: str, found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return what has to do with the tables of an application: others come forward later than it."""
    return {(name, what) for name, what in found if f"{app}_" in f"{name} {what}"}


def test_every_earlier_state_is_on_one_of_the_ways() -> None:
    assert sorted(state for states in walks() for state in states) == [
        (app, name) for app, name in of_ours() if name != newest_of(app)
    ]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL builds no table anew")
class TestATableThatIsBuiltAnew:
    def rebuild(self, table: str) -> None:
        """Change a table as a migration does that only a new table can carry out."""
        with connection.schema_editor() as editor:
            model = next(found for found in _models() if found._meta.db_table == table)
            editor._remake_table(model)  # type: ignore[attr-defined]

    def test_keeps_the_triggers_of_all_others_as_they_are(self, database: None) -> None:
        before = schema()
        self.rebuild("screening_flaganswer")  # determination_needs_answers looks at it
        lost = {name for name, _ in before - schema()}
        guards = {f"guard_{kind}_screening_flaganswer" for kind in ("insert", "update", "delete")}
        assert lost == guards | {"flag_answer_needs_reading", "flag_answer_needs_reading_later"}

    def test_leaves_all_of_them_where_it_fails(self, database: None) -> None:
        before = schema()
        with pytest.raises(DatabaseError), connection.schema_editor() as editor:
            editor.execute('ALTER TABLE "new__nothing" RENAME TO "nothing"')
        assert schema() == before


def _models() -> list[type[models.Model]]:
    return list(apps.get_models())
