"""``manage.py due_for_erasure``: list which clients a practice has kept for as long as it says. It erases nobody."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from core.accounts.models import Practice
from core.tenancy.house import HouseCommand
from screening.selectors.policies import policy_of
from screening.selectors.retention import due


class Command(HouseCommand):
    """Print by practice the codes of those who are due, with the day of their last determination."""

    help = (
        "List the clients whose years of keeping are over, by code. Erases nobody: two managers do that on the pages."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one practice, where not all are meant."""
        parser.add_argument("--practice", default="", help="the name of one practice; none means every practice")

    def handle(self, *args: Any, **options: Any) -> None:
        """List them."""
        practices = Practice.objects.order_by("name")
        if name := options["practice"]:
            practices = practices.filter(name=name)
            if not practices:
                raise CommandError(f"There is no practice named {name!r}. Check the name.")
        for practice in practices:
            self._list(practice)

    def _list(self, practice: Practice) -> None:
        years = policy_of(practice).retention_years
        if years is None:
            self.stdout.write(f"{practice.name}: no years are set, so nobody is due.")
            return
        found = list(due(practice, at=timezone.now()))
        self.stdout.write(f"{practice.name}: {len(found)} due, after {years} year{'' if years == 1 else 's'}.")
        for client in found:
            determined: Any = client
            self.stdout.write(f"  {client.code}, last determined {determined.last_determined:%Y-%m-%d}")
