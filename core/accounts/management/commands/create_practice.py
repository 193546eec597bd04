"""``manage.py create_practice NAME``: the first step of an installation."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from core.accounts import services
from core.errors import Refused
from core.tenancy.house import HouseCommand


class Command(HouseCommand):
    """Open a practice."""

    help = "Open a practice. Prints its id. Exit code 2, with the reason, where that cannot be."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the practice's name, as people will read it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            practice = services.open_practice(name=options["name"], by=None, at=timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.message, returncode=2) from None
        self.stdout.write(str(practice.pk))
