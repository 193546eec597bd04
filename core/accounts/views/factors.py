"""Setting up and removing second factors of one's own: an authenticator app, passkeys, recovery codes."""

import base64
import json
from typing import Any, cast

from allauth.mfa.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.accounts import second_factors
from core.accounts.forms import AppForm, NewPasskeyForm
from core.accounts.models import User
from core.accounts.proofs import APP, PASSKEY, record_proof
from core.accounts.selectors import has_second_factor, second_factor_for
from core.accounts.views.account import AFTER, ask_first
from core.commands import stop_if_done
from core.errors import Refused
from core.web import second_factor_page

WAITING = "new_app"
"""Where in the session a new app's secret waits, encrypted, until the app has shown a code."""


@second_factor_page
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("one_time_code")
def add_app(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: show its secret, and take the first code that it shows."""
    if (turned := ask_first(request)) is not None:
        return turned
    if request.method == "GET":
        return _app_page(request, AppForm())
    stop_if_done()  # or the app that is set up already would be followed by the secret of another
    form = AppForm(request.POST)
    if not form.is_valid():
        return _app_page(request, form, status=422)
    user, secret = cast(User, request.user), _secret(request)
    try:
        second_factors.add_app(user=user, secret=secret, code=form.cleaned_data["one_time_code"], at=timezone.now())
    except Refused as refusal:
        form.add_error("one_time_code", refusal.message)
        return _app_page(request, form, status=422)
    request.session.pop(WAITING, None)
    return _set_up(request, user, APP, gettext("Your authenticator app is set up."))


@second_factor_page
@require_http_methods(["GET", "POST"])
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Set up a passkey, which the browser makes."""
    if (turned := ask_first(request)) is not None:
        return turned
    if request.method == "GET":
        return _passkey_page(request, NewPasskeyForm())
    form = NewPasskeyForm(request.POST)
    if not form.is_valid():
        return _passkey_page(request, form, status=422)
    user, typed = cast(User, request.user), form.cleaned_data
    try:
        second_factors.add_passkey(user=user, name=typed["name"], credential=typed["passkey"], at=timezone.now())
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _passkey_page(request, form, status=422)
    return _set_up(request, user, PASSKEY, gettext("Your passkey is set up."))


@second_factor_page
@require_http_methods(["GET", "POST"])
def remove_factor(request: HttpRequest, factor_id: int) -> HttpResponse:
    """Remove a second factor of one's own, after saying which."""
    user = cast(User, request.user)
    factor = second_factor_for(user, factor_id)
    if (turned := ask_first(request)) is not None:
        return turned
    if request.method == "GET":
        return render(request, "accounts/remove_factor.html", {"factor": factor.wrap()})
    second_factors.remove(user=user, factor=factor, at=timezone.now())
    messages.success(request, gettext("It is removed, and signs nobody in any more."))
    return redirect("account")


@second_factor_page
@require_POST
def new_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes in the place of the ones before."""
    if (turned := ask_first(request)) is not None:
        return turned
    second_factors.make_recovery_codes(user=cast(User, request.user), at=timezone.now())
    return redirect("recovery-codes")


@second_factor_page
@require_GET
def codes(request: HttpRequest) -> HttpResponse:
    """Show recovery codes once, to be printed or written down."""
    if (turned := ask_first(request)) is not None:
        return turned
    user = cast(User, request.user)
    if not has_second_factor(user):
        messages.info(request, gettext("Recovery codes stand in for a second factor. Set one up first."))
        return redirect("account")
    shown = second_factors.show_recovery_codes(user)
    after = request.session.pop(AFTER, None) or reverse("account")
    return render(request, "accounts/recovery_codes.html", {"codes": shown, "after": after})


def _set_up(request: HttpRequest, user: User, kind: str, said: str) -> HttpResponse:
    """Count the new factor as used in this session, under a new key, and show the recovery codes that go with it."""
    record_proof(request, user, kind, second_factor=True)
    request.session.cycle_key()
    messages.success(request, said)
    return redirect("recovery-codes")


def _secret(request: HttpRequest) -> str:
    """Return the secret of the app that is being set up, which waits in the session."""
    sealed = request.session.get(WAITING) or second_factors.seal_secret(second_factors.new_app_secret())
    request.session[WAITING] = sealed
    return second_factors.open_secret(sealed)


def _app_page(request: HttpRequest, form: AppForm, *, status: int = 200) -> HttpResponse:
    secret, adapter = _secret(request), get_adapter()
    drawn = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    context: dict[str, Any] = {
        "form": form,
        "picture": f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode('ascii')}",
        "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
    }
    return render(request, "accounts/add_app.html", context, status=status)


def _passkey_page(request: HttpRequest, form: NewPasskeyForm, *, status: int = 200) -> HttpResponse:
    asked = json.dumps(second_factors.ask_for_a_new_passkey(cast(User, request.user)))
    return render(request, "accounts/add_passkey.html", {"form": form, "asked": asked}, status=status)
