"""Fill an empty database with the demo: one practice, its people, and cases in every state."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from core.accounts.models import Practice, User
from core.tenancy.house import HouseCommand
from screening.management.demo.people import PEOPLE, demo_users, new_password, people_and_practice
from screening.management.demo.play import LONG_AGO, play_all, publish_protocols


class Command(HouseCommand):
    help = "Fill an empty database with the demo, and print its sign-ins once. Refused in production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new-passwords", action="store_true", help="give the demo's people a new password")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "Demo accounts cannot exist in production. Unset PRODUCTION to see the demo.", returncode=2
            )
        if demo_users():
            self._again(new=options["new_passwords"])
        elif Practice.objects.exists() or User.objects.exists():
            raise CommandError("This database holds a real practice. The demo fills only an empty one.", returncode=2)
        else:
            self._fill()

    def _fill(self) -> None:
        password, now = new_password(), timezone.now()
        with transaction.atomic():
            people = people_and_practice(password=password, at=now - LONG_AGO)
            adopted = publish_protocols(people, at=now - LONG_AGO + timedelta(days=1))
            cases = play_all(people, adopted, now=now)
        self.stdout.write(f"The demo is filled: {len(PEOPLE)} people, {cases} cases. Nobody in it exists.\n")
        self._print_sign_ins(password)

    def _again(self, *, new: bool) -> None:
        if not new:
            self.stdout.write(
                "The demo is there already. Its sign-ins were printed once; "
                "`python3 start.py manage demo --new-passwords` makes new ones."
            )
            return
        password = new_password()
        with transaction.atomic():
            for user in demo_users():
                user.set_password(password)
                user.save(update_fields=["password"])
        self._print_sign_ins(password)

    def _print_sign_ins(self, password: str) -> None:
        self.stdout.write("\nSign in with one of these names. This is printed once.\n\n")
        for person in PEOPLE:
            self.stdout.write(f"  {person.username:<10} {password}   {person.printed_name}: {person.does}")
        self.stdout.write("")
