"""``manage.py add_member USERNAME --practice NAME --role ROLE``: give a person, new or known, a role in a practice."""

import sys
from argparse import ArgumentParser
from datetime import datetime
from getpass import getpass
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from core.accounts import services
from core.accounts.models import Practice, Role, User
from core.errors import Refused
from core.tenancy.house import HouseCommand


class Command(HouseCommand):
    """Add a member to a practice, making their account where they have none."""

    help = (
        "Give a person one or more roles in a practice. For a new name an account is made; its password is asked for, "
        "or read as one line from standard input. Exit code 2, with the reason, where that cannot be."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="the name the person signs in with")
        parser.add_argument("--practice", required=True, help="the practice's name or id")
        parser.add_argument("--role", required=True, nargs="+", choices=Role.values, help="what the person does there")
        parser.add_argument("--printed-name", default="", help="what stands under a signature; needed for a new person")

    def handle(self, *args: Any, **options: Any) -> None:
        practice = practice_named(options["practice"])
        known = User.objects.filter(username=options["username"]).first()
        password = "" if known else read_password()
        try:
            with transaction.atomic():
                user = known or self._new_user(options, password, timezone.now())
                self._give_roles(user, practice, options["role"], timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.message, returncode=2) from None
        self.stdout.write(f"{user.username}: {', '.join(options['role'])} in {practice.name}")

    def _new_user(self, options: dict[str, Any], password: str, at: datetime) -> User:
        return services.create_user(
            username=options["username"], printed_name=options["printed_name"], password=password, by=None, at=at
        )

    def _give_roles(self, user: User, practice: Practice, roles: list[str], at: datetime) -> None:
        for role in dict.fromkeys(roles):
            services.add_member(user=user, practice=practice, role=role, by=None, at=at)


def practice_named(name: str) -> Practice:
    """Return the one practice of this name or id."""
    try:
        found = Practice.objects.filter(pk=UUID(name))
    except ValueError:
        found = Practice.objects.filter(name__iexact=name)
    practices = list(found[:2])
    if len(practices) != 1:
        raise CommandError("There is no one practice of that name or id. See create_practice.", returncode=2)
    return practices[0]


def read_password() -> str:
    """Ask for a new password twice, or take the first line of standard input where nobody is at the keyboard."""
    if not sys.stdin.isatty():
        piped = sys.stdin.readline().rstrip("\n")
        if not piped:
            message = "No password came on standard input. Give it there as one line, or run this in a terminal."
            raise CommandError(f"{message} Nothing was changed.", returncode=2)
        return piped
    password = getpass("New password: ")
    if password != getpass("The same again: "):
        raise CommandError("The two passwords differ. Nothing was changed.", returncode=2)
    return password
