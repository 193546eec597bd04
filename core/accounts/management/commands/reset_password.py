"""``manage.py reset_password USERNAME``: a new password for somebody who forgot theirs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from core.accounts import services
from core.accounts.management.commands.add_member import read_password
from core.accounts.selectors import user_named
from core.errors import Refused
from core.tenancy.house import HouseCommand


class Command(HouseCommand):
    """Give somebody a new password and end their sessions."""

    help = (
        "Give a person a new password, asked for or read as one line from standard input, and end their sessions; it "
        "is recorded. They change it on the page “Your sign-in”. Exit code 2, with the reason, where that cannot be."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="the name the person signs in with")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = user_named(options["username"])
            services.change_password(user=user, password=read_password(), keep=None, at=timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.message, returncode=2) from None
        self.stdout.write(f"{user.username} has a new password, and is signed out everywhere.")
