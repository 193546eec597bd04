"""What the commands share that need the whole house: a role that sees only part of it is refused, in one way.

Under row-level security a role that owns nothing sees no practice's rows on the command line. A command that looked at
none of them would say that all is well.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.tenancy.roles import sees_the_whole_house

PART_OF_THE_HOUSE = (
    "this role sees the rows of no practice. Name the owner of the tables in DATABASE_OWNER_URL; see docs/access.md."
)
REFUSED = 2


def refuse_part_of_the_house(said: str = "Nothing was done", *, returncode: int = REFUSED) -> None:
    """Stop a command whose role sees only part of the house, and say the cure."""
    if not sees_the_whole_house():
        raise CommandError(f"{said}: {PART_OF_THE_HOUSE}", returncode=returncode)


class HouseCommand(BaseCommand):
    """A command that is refused, before it does anything, where its role sees only part of the house."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Look who asks, then go on."""
        refuse_part_of_the_house()
        return super().execute(*args, **options)
