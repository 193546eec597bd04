"""The one step between a password and being signed in: the second factor, for whoever has one."""

from urllib.parse import urlencode

from allauth.account.stages import LoginStage
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core.accounts.proofs import proved_second_factor
from core.accounts.selectors import has_second_factor
from core.web import to_be_kept


class SecondFactorStage(LoginStage):
    """Ask for it, unless it was shown already, by a passkey or at the practice's own sign-in service."""

    key = "second-factor"
    urlname = "second-factor"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Return the way to the page that asks, or go on."""
        if not has_second_factor(self.login.user) or proved_second_factor(self.request, self.login.user):
            return None, True
        after = urlencode({"next": self.login.redirect_url or "/"})
        self.login.redirect_url = to_be_kept(self.login.redirect_url)
        return redirect(f"{reverse(self.urlname)}?{after}"), True
