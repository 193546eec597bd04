"""``manage.py link_single_sign_on USERNAME SUBJECT``: whose account at the practice's sign-in service it is."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from core.accounts import single_sign_on
from core.accounts.selectors import user_named
from core.errors import Refused
from core.tenancy.house import HouseCommand


class Command(HouseCommand):
    """Link an account to one of the practice's own sign-in service, or take the link away."""

    help = (
        "Let a person sign in with their account of the practice's sign-in service. SUBJECT is the service's own id "
        "for them (the claim “sub”). Exit code 2, with the reason, where that cannot be."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="the name the person signs in with here")
        parser.add_argument("subject", nargs="?", default="", help="the service's id for them")
        parser.add_argument("--issuer", default="", help="how the service names itself, where not by OIDC_SERVER_URL")
        parser.add_argument("--remove", action="store_true", help="take the link away")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = user_named(options["username"])
            if options["remove"]:
                single_sign_on.unlink(user=user, by=None, at=timezone.now())
            else:
                self._link(user, options)
        except Refused as refusal:
            raise CommandError(refusal.message, returncode=2) from None
        self.stdout.write(f"{user.username} {'is linked to nothing now' if options['remove'] else 'is linked'}.")

    def _link(self, user: Any, options: dict[str, Any]) -> None:
        issuer = options["issuer"] or single_sign_on.issuer()
        single_sign_on.link(user=user, issuer=issuer, subject=options["subject"], by=None, at=timezone.now())
