"""``manage.py database_roles``: as whom the application connects to PostgreSQL, and the SQL that makes its role.

Two parts, for two people: ``--sql role`` is for a superuser, once; ``--sql rights`` for the tables' owner, who needs to
be no more than that. Both may be run again.
"""

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.tenancy.roles import connected, creating, granting, too_mighty

NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}\Z")


def _making(role: str) -> list[str]:
    return [
        "-- Run this as a superuser, once: psql -v ON_ERROR_STOP=1",
        f"-- Then give the role a password, as the same: \\password {role}",
        *_whole(creating(role)),
    ]


def _giving(role: str) -> list[str]:
    return [
        "-- Run this as the owner of the tables, after a migrate: psql -v ON_ERROR_STOP=1",
        "-- The role has to be there: --sql role makes it.",
        *_whole(granting(role)),
    ]


def _whole(statements: list[str]) -> list[str]:
    """Return statements that take hold together or not at all: nobody at work is without rights."""
    return ["BEGIN;", *(f"{statement};" for statement in statements), "COMMIT;"]


PARTS = {"role": _making, "rights": _giving}


class Command(BaseCommand):
    """Print the SQL, or say as whom this connection asks."""

    help = "Say as whom the application connects, or print the SQL that makes its role. Exit code 2 for a bad name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to print, and the name of the role."""
        parser.add_argument(
            "--sql",
            choices=PARTS,
            help="print statements for psql: those that make the role, for a superuser, or those that give it its "
            "rights, for the owner of the tables",
        )
        parser.add_argument("--role", default="soundings_app", help="the name of the application's role")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print."""
        if not NAME.match(options["role"]):
            raise CommandError("Name the role in small letters, digits and underscores.", returncode=2)
        if options["sql"]:
            for line in PARTS[options["sql"]](options["role"]):
                self.stdout.write(line)
        else:
            self._who()

    def _who(self) -> None:
        found = connected()
        if found is None:
            self.stdout.write("SQLite knows no roles. Practices are kept apart by the application alone.")
            return
        for said in too_mighty() or [
            f"The application connects as {found.role}, who owns no table and bypasses nothing."
        ]:
            self.stdout.write(said)
