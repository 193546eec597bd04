"""How allauth is made to behave here: nobody signs up, secrets are encrypted, what was typed waits."""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.contrib import messages
from django.contrib.auth import load_backend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from core import stash
from core.accounts import single_sign_on
from core.accounts.backends import PasswordBackend
from core.accounts.proofs import SINGLE_SIGN_ON, record_proof
from core.config.addresses import client_address
from core.encryption import decrypt, encrypt
from core.errors import Refused

PRODUCT = "Soundings"
CLOSED = gettext_noop("This account is closed, so it cannot be signed in with. Ask your practice manager.")
BACKEND = f"{PasswordBackend.__module__}.{PasswordBackend.__qualname__}"


class AccountAdapter(DefaultAccountAdapter):
    """The steps of signing in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Let nobody make an account of their own."""
        return False

    def get_login_stages(self) -> list[str]:
        """Return the steps after the first proof."""
        return ["core.accounts.stages.SecondFactorStage"]

    def pre_login(
        self, request: HttpRequest, user: Any, *, redirect_url: str | None, signal_kwargs: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """Turn away whose account is closed, or of a demo in production, however they proved who they are."""
        if not cast(PasswordBackend, load_backend(BACKEND)).user_can_authenticate(user):
            clear_login(request)
            messages.error(request, gettext(CLOSED))
            return redirect("sign-in")
        arrived: SocialLogin | None = (signal_kwargs or {}).get("sociallogin")
        return self._go_on_from_the_service(request, user, arrived, redirect_url) if arrived else None

    def _go_on_from_the_service(
        self, request: HttpRequest, user: Any, arrived: SocialLogin, redirect_url: str | None
    ) -> HttpResponse:
        """Note what the sign-in service has shown, and go on without what it told: that would wait in the session."""
        shown = single_sign_on.counts_as_second_factor(claims_of(arrived))
        record_proof(request, user, SINGLE_SIGN_ON, second_factor=shown)
        return perform_login(request, Login(user=user, redirect_url=redirect_url))

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, with a session key that nobody had before."""
        user.backend = BACKEND
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: Any, *, redirect_url: str | None, **kwargs: Any) -> HttpResponse:
        """Go on to the page that was asked for. Whoever comes back finds what they had typed."""
        response = redirect(redirect_url or "/")
        stash.drop_what_others_typed(request)
        stash.remember_who(response, user)
        return response

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing in words of its own."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return where the request comes from, as we believe it."""
        return client_address(request)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Authenticator apps, passkeys and recovery codes."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret for the database."""
        return encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Read a secret from the database."""
        return decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        return PRODUCT

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.get_username())


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """The practice's own sign-in service: it says who somebody is, and never makes an account."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Let nobody make an account of their own."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find whose account it is, or stop here and say that it is nobody's."""
        if sociallogin.state.get("process") != AuthProcess.LOGIN:  # allauth could link accounts too, if it was asked to
            raise ImmediateHttpResponse(single_sign_on.failed(request, None))
        try:
            sociallogin.user = single_sign_on.person_of(claims_of(sociallogin), at=timezone.now())
        except Refused as refusal:
            raise ImmediateHttpResponse(single_sign_on.turned_away(request, refusal.message)) from None

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        """Answer whatever went wrong on the way with a page of our own. Its details are logged by kind alone."""
        raise ImmediateHttpResponse(single_sign_on.failed(request, kwargs.get("exception")))


def claims_of(sociallogin: SocialLogin) -> dict[str, Any]:
    """Return what the sign-in service's token says."""
    return dict(sociallogin.account.extra_data.get("id_token") or {})
