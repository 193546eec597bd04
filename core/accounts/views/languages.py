"""Choosing the language of the pages: in this browser before signing in, and for oneself afterwards."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.accounts import services
from core.accounts.models import User
from core.languages import offered, remember_in_browser
from core.web import public, safe_address, second_factor_page


@public
@never_cache
@require_POST
def in_this_browser(request: HttpRequest) -> HttpResponse:
    """Speak another language in this browser to whoever has chosen none for themselves, and go back to the page."""
    answer = redirect(safe_address(request, request.POST.get("next")))
    if (language := request.POST.get("language", "")) in offered():
        remember_in_browser(answer, language)
    return answer


@second_factor_page
@require_POST
def for_oneself(request: HttpRequest) -> HttpResponse:
    """Have the pages in another language from now on, in every browser; and in this one before signing in, too."""
    language = request.POST.get("language", "")
    services.choose_language(user=cast(User, request.user), language=language, at=timezone.now())
    with translation.override(language):
        messages.success(request, gettext("This is the language of your pages from now on."))
    answer = redirect("account")
    remember_in_browser(answer, language)
    return answer
