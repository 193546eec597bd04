"""Signing in and out, and choosing a practice. One's own account is in the modules beside."""

from typing import Any, cast
from urllib.parse import urlencode

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import stash
from core.accounts.forms import ChoosePracticeForm, SignInForm
from core.accounts.models import User
from core.accounts.proofs import PASSWORD, record_proof
from core.accounts.selectors import practices_of
from core.errors import NotForThisUser
from core.web import public, safe_address, signed_in_page


def door(request: HttpRequest, after: str) -> dict[str, Any]:
    """Return what the sign-in page shows beside its form. ``after``: where whoever signs in goes on to."""
    return {
        "kept": stash.something_is_kept(request),
        "undone": stash.something_was_not_done(request),
        "was_here": stash.somebody_was_here(request),
        "single_sign_on": settings.SINGLE_SIGN_ON,
        "after": urlencode({"next": after}) if after else "",
    }


class SignIn(LoginView):
    """Take a name and a password, and go on to the next step of signing in, or to the page that was asked for."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**door(self.request, self.get_redirect_url()), **kwargs)

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        user = form.get_user()
        record_proof(self.request, user, PASSWORD)
        return perform_login(self.request, Login(user=user, redirect_url=self.get_success_url()))

    def form_invalid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        return self.render_to_response(self.get_context_data(form=form), status=422)


sign_in = public(never_cache(SignIn.as_view()))
sign_out = public(never_cache(LogoutView.as_view()))


@signed_in_page
@require_http_methods(["GET", "POST"])
def choose_practice(request: HttpRequest) -> HttpResponse:
    """Let a person of several practices say in which one they work now."""
    practices = practices_of(cast(User, request.user))
    after = safe_address(request, request.GET.get("next") or request.POST.get("next"))
    if request.method == "GET":
        return render(request, "accounts/choose_practice.html", {"practices": practices, "next": after})
    form = ChoosePracticeForm(request.POST)
    if not form.is_valid() or form.cleaned_data["practice"] not in {practice.pk for practice in practices}:
        raise NotForThisUser("Choose one of your practices.")
    request.session["practice_id"] = str(form.cleaned_data["practice"])
    return redirect(after)
