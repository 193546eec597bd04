"""``manage.py reset_second_factor USERNAME``: for somebody who lost their second factor, where no manager can do it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from core.accounts import second_factors
from core.accounts.selectors import user_named
from core.errors import Refused
from core.tenancy.house import HouseCommand


class Command(HouseCommand):
    """Take away somebody's second factors and end their sessions."""

    help = (
        "Take away all second factors of a person and end their sessions; it is recorded. Make sure that it is they "
        "who ask. Exit code 2, with the reason, where that cannot be."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="the name the person signs in with")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = user_named(options["username"])
            second_factors.reset(user=user, by=None, at=timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.message, returncode=2) from None
        self.stdout.write(f"{user.username} has no second factor now, and is signed out everywhere.")
