"""Signing in and out, and choosing a practice."""

from typing import cast

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import stash
from core.accounts.forms import ChoosePracticeForm, SignInForm
from core.accounts.models import User
from core.accounts.selectors import practices_of
from core.errors import NotForThisUser
from core.web import public, signed_in_page


class SignIn(LoginView):
    """Sign in, and go on to the page that was asked for. Whoever comes back finds what they had typed."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(kept=stash.something_is_kept(self.request), **kwargs)

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        response = super().form_valid(form)
        stash.drop_what_others_typed(self.request)
        stash.remember_who(response, cast(User, self.request.user))
        return response

    def form_invalid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        return self.render_to_response(self.get_context_data(form=form), status=422)


sign_in = public(never_cache(SignIn.as_view()))
sign_out = public(never_cache(LogoutView.as_view()))


@signed_in_page
@require_http_methods(["GET", "POST"])
def choose_practice(request: HttpRequest) -> HttpResponse:
    """Let a person of several practices say in which one they work now."""
    practices = practices_of(cast(User, request.user))
    after = _safe(request, request.GET.get("next") or request.POST.get("next"))
    if request.method == "GET":
        return render(request, "accounts/choose_practice.html", {"practices": practices, "next": after})
    form = ChoosePracticeForm(request.POST)
    if not form.is_valid() or form.cleaned_data["practice"] not in {practice.pk for practice in practices}:
        raise NotForThisUser("Choose one of your practices.")
    request.session["practice_id"] = str(form.cleaned_data["practice"])
    return redirect(after)


def _safe(request: HttpRequest, address: str | None) -> str:
    """Return the address if it is one of ours, else the home page."""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if address and ours else "/"
