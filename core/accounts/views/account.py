"""One's own account: what there is, showing once more who one is, the password, and the sessions."""

from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.accounts import services
from core.accounts.forms import ChangePasswordForm, ConfirmForm
from core.accounts.models import User
from core.accounts.proofs import lacks_second_factor, proved_lately, proved_second_factor, record_proof
from core.accounts.proving import Given, confirm
from core.accounts.second_factors import APP
from core.accounts.selectors import (
    has_kind,
    has_second_factor,
    recovery_codes_left,
    second_factors_of,
    session_for,
    sessions_of,
)
from core.config.sessions import has_just_been_used
from core.errors import Refused
from core.web import safe_address, second_factor_page, signed_in_page, to_be_kept

AFTER = "after_second_factor"
"""Where somebody was on their way to when they were sent to set up a second factor."""


@second_factor_page
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Show how one signs in, and where one is signed in; or only the way to a second factor, where one is missing."""
    user = cast(User, request.user)
    missing = lacks_second_factor(request)
    if missing and has_second_factor(user):
        return _to_confirm(request)
    if missing and "next" in request.GET:
        request.session[AFTER] = to_be_kept(safe_address(request, request.GET["next"]))
    context = {
        "missing": missing,
        "factors": [factor.wrap() for factor in second_factors_of(user)],
        "has_app": has_kind(user, APP),
        "codes_left": recovery_codes_left(user),
        "sessions": sessions_of(user, here=request.session.session_key or ""),
        "linked": user.single_sign_ons.exists() and settings.SINGLE_SIGN_ON.is_set_up,
        "single_sign_on": settings.SINGLE_SIGN_ON,
    }
    return render(request, "accounts/account.html", context)


@second_factor_page
@require_http_methods(["GET", "POST"])
def confirm_identity(request: HttpRequest) -> HttpResponse:
    """Ask once more who is at this session; for their second factor, where this session has not seen it."""
    user = cast(User, request.user)
    after = safe_address(request, request.GET.get("next") or request.POST.get("next"))
    wanted = has_second_factor(user) and not proved_second_factor(request)
    if request.method == "GET":
        return _ask(request, ConfirmForm(user=user, second_factor=wanted), after, wanted)
    form = ConfirmForm(request.POST, user=user, second_factor=wanted)
    if not form.is_valid():
        return _ask(request, form, after, wanted, status=422)
    try:
        kind = confirm(request, user=user, given=form.given, at=timezone.now(), recovery=wanted)
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _ask(request, form, after, wanted, status=429 if refusal.code == "locked-out" else 422)
    record_proof(request, user, kind, second_factor=kind != "password")
    request.session.cycle_key()
    return redirect(after)


@signed_in_page
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's password, which ends one's other sessions."""
    form = ChangePasswordForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _password_page(request, form, status=200 if request.method == "GET" else 422)
    user, new = cast(User, request.user), form.cleaned_data["new_password"]
    try:
        confirm(request, user=user, given=Given(password=form.cleaned_data["password"]), at=timezone.now())
        services.change_password(user=user, password=new, keep=request.session.session_key, at=timezone.now())
    except Refused as refusal:
        form.add_error("new_password" if refusal.code == "weak-password" else "password", refusal.message)
        return _password_page(request, form, status=429 if refusal.code == "locked-out" else 422)
    update_session_auth_hash(request, user)
    messages.success(
        request, gettext("Your password is changed. Everywhere else you were signed in, you are signed out.")
    )
    return redirect("account")


@signed_in_page
@require_POST
def end_session(request: HttpRequest, session_id: str) -> HttpResponse:
    """End another session of one's own."""
    user = cast(User, request.user)
    services.end_session(user=user, session=session_for(user, session_id), at=timezone.now())
    messages.success(request, gettext("That session is ended."))
    return redirect("account")


@second_factor_page
@require_POST
def keep_session(request: HttpRequest) -> HttpResponse:
    """Go on with this session, for as long as it may last: whoever asks is still there."""
    has_just_been_used(request)
    return HttpResponse(status=204)


def ask_first(request: HttpRequest) -> HttpResponse | None:
    """Return the way to show once more who one is, where that is needed before changing how one signs in."""
    user = cast(User, request.user)
    unproved = has_second_factor(user) and not proved_second_factor(request)
    return _to_confirm(request) if unproved or not proved_lately(request) else None


def _to_confirm(request: HttpRequest) -> HttpResponse:
    here = request.get_full_path() if request.method == "GET" else reverse("account")
    return redirect(f"{reverse('confirm-identity')}?{urlencode({'next': here})}")


def _ask(request: HttpRequest, form: ConfirmForm, after: str, wanted: bool, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "next": after, "second_factor_wanted": wanted}
    return render(request, "accounts/confirm.html", context, status=status)


def _password_page(request: HttpRequest, form: ChangePasswordForm, *, status: int) -> HttpResponse:
    return render(request, "accounts/change_password.html", {"form": form}, status=status)
