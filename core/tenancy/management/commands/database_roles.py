"""``manage.py database_roles --sql``: the role that the application connects to PostgreSQL as, and its rights."""

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.tenancy.roles import connected, creating, granting, too_mighty

NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}\Z")


class Command(BaseCommand):
    """Print the SQL, or say as whom this connection asks."""

    help = "Say as whom the application connects, or print the SQL that makes its role. Exit code 2 for a bad name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to print, and the name of the role."""
        parser.add_argument("--sql", action="store_true", help="print the statements; run them as the owner with psql")
        parser.add_argument("--role", default="soundings_app", help="the name of the application's role")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print."""
        if not NAME.match(options["role"]):
            raise CommandError("Name the role in small letters, digits and underscores.", returncode=2)
        if options["sql"]:
            self._sql(options["role"])
        else:
            self._who()

    def _sql(self, role: str) -> None:
        self.stdout.write("-- Run this as the owner of the tables, or a superuser, after every migrate.")
        self.stdout.write(f"-- Then give the role a password, once: \\password {role}")
        for statement in (*creating(role), *granting(role)):
            self.stdout.write(f"{statement};")

    def _who(self) -> None:
        found = connected()
        if found is None:
            self.stdout.write("SQLite knows no roles. Practices are kept apart by the application alone.")
            return
        for said in too_mighty() or [
            f"The application connects as {found.role}, who owns no table and bypasses nothing."
        ]:
            self.stdout.write(said)
