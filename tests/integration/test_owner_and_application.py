"""The set-up of docs/access.md on a PostgreSQL of one's own: a superuser's part, an owner's part, each run twice."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite knows no roles"),
]
OWNER, APPLICATION = f"soundings_owner_{os.getpid()}", f"soundings_web_{os.getpid()}"


@dataclass
class Cluster:
    """A PostgreSQL server with a database of an owner who is no superuser, and commands that know only their URL."""

    root: Path

    def url(self, role: str, database: str = OWNER) -> str:
        found = connection.settings_dict
        password = f":{found['PASSWORD']}" if found["PASSWORD"] else ""
        return f"postgres://{role}{password}@{found['HOST']}:{found['PORT'] or 5432}/{database}"

    @property
    def password(self) -> str:
        """The roles get the superuser's, where it has one."""
        return f"PASSWORD '{connection.settings_dict['PASSWORD']}'" if connection.settings_dict["PASSWORD"] else ""

    def psql(self, role: str, sql: str, database: str = OWNER) -> "subprocess.CompletedProcess[str]":
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.url(role, database)]
        return subprocess.run(command, input=sql, capture_output=True, text=True, check=False, timeout=60)

    def manage(self, *arguments: str, **environment: str) -> str:
        known = {**os.environ, "PRODUCTION": "0", "DATABASE_URL": self.url(OWNER), "DATABASE_OWNER_URL": ""}
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=self.root, env={**known, **environment}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def cluster(root: Path) -> Iterator[Cluster]:
    here, superuser = Cluster(root), connection.settings_dict["USER"]
    made = f"CREATE ROLE {OWNER} LOGIN BYPASSRLS {here.password};\nCREATE DATABASE {OWNER} OWNER {OWNER};"
    assert here.psql(superuser, made, "postgres").stderr == ""
    yield here
    gone = f"DROP DATABASE {OWNER};\nDROP ROLE IF EXISTS {APPLICATION};\nDROP ROLE {OWNER};"
    assert here.psql(superuser, gone, "postgres").stderr.replace("NOTICE", "") == ""


def test_each_part_is_run_by_whom_it_is_for_and_may_be_run_again(cluster: Cluster) -> None:
    superuser = connection.settings_dict["USER"]
    role = cluster.manage("database_roles", "--sql", "role", "--role", APPLICATION)
    rights = cluster.manage("database_roles", "--sql", "rights", "--role", APPLICATION)
    cluster.manage("migrate", "--verbosity=0")

    too_early = cluster.psql(OWNER, rights)
    assert (too_early.returncode, "does not exist" in too_early.stderr) == (3, True)
    assert cluster.psql(OWNER, role).returncode == 3, "the owner makes no roles"
    for _ in range(2):
        assert (cluster.psql(superuser, role).returncode, cluster.psql(OWNER, rights).returncode) == (0, 0)
    assert cluster.psql(superuser, f"ALTER ROLE {APPLICATION} LOGIN {cluster.password}").returncode == 0

    assert cluster.psql(APPLICATION, "SELECT count(*) FROM ledger_entry").stdout.strip() == "0"
    assert "permission denied" in cluster.psql(APPLICATION, "DELETE FROM ledger_entry").stderr
    said = cluster.manage("database_roles", DATABASE_URL=cluster.url(APPLICATION))
    assert said == f"The application connects as {APPLICATION}, who owns no table and bypasses nothing.\n"


def test_where_both_urls_are_set_migrate_gives_the_rights_by_itself(cluster: Cluster) -> None:
    made = cluster.manage("database_roles", "--sql", "role", "--role", APPLICATION)
    made += f"ALTER ROLE {APPLICATION} LOGIN {cluster.password};"
    assert cluster.psql(connection.settings_dict["USER"], made).returncode == 0
    both = {"DATABASE_URL": cluster.url(APPLICATION), "DATABASE_OWNER_URL": cluster.url(OWNER)}
    cluster.manage("migrate", "--verbosity=0", **both)
    assert cluster.psql(APPLICATION, "SELECT count(*) FROM ledger_entry").stdout.strip() == "0"
