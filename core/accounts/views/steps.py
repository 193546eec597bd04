"""The other ways in: the second factor after a password, a passkey alone, and the practice's own sign-in service."""

from typing import Any, cast
from urllib.parse import urlencode

import requests
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.stages import LoginStage, LoginStageController
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from core import stash
from core.accounts import second_factors, single_sign_on
from core.accounts.forms import SecondFactorForm, SignInForm
from core.accounts.models import User
from core.accounts.proving import use_passkey_alone, use_second_factor
from core.accounts.selectors import has_kind, has_second_factor
from core.accounts.stages import SecondFactorStage
from core.accounts.views import door
from core.config.single_sign_on import PROVIDER
from core.errors import Refused
from core.web import public, safe_address, to_be_kept

_UNUSABLE = (requests.RequestException, KeyError, ValueError, TypeError)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask whoever has given their password for their second factor, and sign them in."""
    stage = _waiting(request)
    if stage is None:
        return _begin_again(request)
    if request.method == "GET":
        return _ask(request, stage, SecondFactorForm())
    form = SecondFactorForm(request.POST)
    if not form.is_valid():
        return _ask(request, stage, form, status=422)
    try:
        use_second_factor(request, user=stage.login.user, given=form.given, at=timezone.now())
    except Refused as refusal:
        return _wrong(request, stage, form, refusal)
    if "next" in request.GET:
        stage.login.redirect_url = safe_address(request, request.GET["next"])
    return cast(HttpResponse, stage.exit())


@public
@never_cache
@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """Tell a browser what to ask a passkey (GET), and sign in whoever comes with one that fits (POST)."""
    if request.method == "GET":
        return JsonResponse(second_factors.ask_for_a_passkey(_asked(request)))
    after = safe_address(request, request.POST.get("next"))
    if request.user.is_authenticated:
        return redirect(after)
    try:
        user = use_passkey_alone(request, credential=request.POST.get("passkey", ""), at=timezone.now())
    except Refused as refusal:
        return _at_the_door(request, refusal, after)
    return perform_login(request, Login(user=user, redirect_url=after))


@public
@never_cache
@require_GET
def to_the_service(request: HttpRequest) -> HttpResponse:
    """Go to the practice's own sign-in service."""
    asked = request.GET.copy()
    if "next" in asked:  # allauth keeps it in the session
        asked["next"] = to_be_kept(str(asked["next"]))
    request.GET = asked  # type: ignore[assignment]
    return _by_the_service(request, OAuth2LoginView)


@public
@never_cache
@require_GET
def from_the_service(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Come back from it, and be signed in as whoever it says."""
    return _by_the_service(request, OAuth2CallbackView)


def _by_the_service(request: HttpRequest, view: Any) -> HttpResponse:
    if not settings.SINGLE_SIGN_ON.is_set_up:
        raise Http404
    try:
        return view.adapter_view(single_sign_on.Service(request, PROVIDER))(request)
    except ImmediateHttpResponse as answer:
        return answer.response
    except _UNUSABLE as fault:
        return single_sign_on.failed(request, fault)


def _waiting(request: HttpRequest) -> LoginStage | None:
    """Return the sign-in that waits for a second factor in this browser, if there is one and it has not gone stale."""
    if request.user.is_authenticated:
        return None
    stage: LoginStage | None = LoginStageController.enter(request, SecondFactorStage.key)
    return stage if stage is not None and has_second_factor(cast(User, stage.login.user)) else None


def _begin_again(request: HttpRequest) -> HttpResponse:
    after = safe_address(request, request.GET.get("next"))
    if request.user.is_authenticated:
        return redirect(after)
    messages.warning(request, gettext("That took too long, or was finished elsewhere. Sign in from the beginning."))
    return redirect(f"{reverse('sign-in')}?{urlencode({'next': after})}")


def _ask(
    request: HttpRequest, stage: LoginStage, form: SecondFactorForm, *, status: int = 200, **why: Any
) -> HttpResponse:
    context = {
        "form": form,
        "has_passkey": has_kind(cast(User, stage.login.user), second_factors.PASSKEY),
        "has_app": has_kind(cast(User, stage.login.user), second_factors.APP),
        "kept": stash.something_is_kept(request),
        **why,
    }
    return render(request, "accounts/second_factor.html", context, status=status)


def _wrong(request: HttpRequest, stage: LoginStage, form: SecondFactorForm, refusal: Refused) -> HttpResponse:
    if refusal.code == "locked-out":
        request.axes_locked_out = True  # type: ignore[attr-defined]  # its middleware answers with the page that says so
    form.add_error("one_time_code" if form.given.code else None, refusal.message)
    return _ask(request, stage, form, status=422)


def _asked(request: HttpRequest) -> User | None:
    """Return whose passkeys are asked for: of whoever is signed in, or about to be; of anybody else, any."""
    if request.user.is_authenticated:
        return request.user
    stage = _waiting(request) if request.GET.get("for") == SecondFactorStage.key else None
    return stage.login.user if stage else None


def _at_the_door(request: HttpRequest, refusal: Refused, after: str) -> HttpResponse:
    shown = {"form": SignInForm(request), "refusal": refusal, "next": after, **door(request, after)}
    return render(request, "accounts/sign_in.html", shown, status=422)
