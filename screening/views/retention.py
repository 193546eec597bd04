"""The manager's pages on keeping and erasing: who is due, what was asked, and the second manager's confirmation."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.accounts.models import Role
from core.accounts.proving import confirm_identity
from core.errors import NotForThisUser, Refused
from core.web import PracticeRequest, page, take_stash
from screening.forms.erasures import ASKED, AskForm, ConfirmForm
from screening.forms.reviews import typed_before
from screening.models import Erasure
from screening.selectors import retention as selectors
from screening.selectors.keyset import Place
from screening.selectors.policies import policy_of
from screening.services import erasures

SHOWN = 50


@page(Role.MANAGER)
@require_GET
def retention(request: PracticeRequest) -> HttpResponse:
    """List which clients are due to be erased, what waits to be confirmed, and what was erased."""
    typed = take_stash(request, sent_to=reverse("ask-erasure"))
    return _page(request, AskForm(initial=typed_before(typed, "", ASKED) if typed is not None else {}))


@page(Role.MANAGER, keeps_typing=True, shown_on="retention")
@require_POST
def ask(request: PracticeRequest) -> HttpResponse:
    """Ask for a client to be erased; another manager confirms it."""
    form = AskForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422, form=form)
    try:
        asked = erasures.ask(**form.cleaned_data, by=request.actor, at=timezone.now())
    except Refused as refusal:
        return _page(request, form, status=409, refusal=refusal)
    said = gettext("Erasing <bdi>{}</bdi> was asked for. Nothing is erased until another manager confirms it.")
    messages.success(request, format_html(said, asked.client.code))
    return redirect("retention")


@page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def erasure(request: PracticeRequest, erasure_id: UUID) -> HttpResponse:
    """Show what would be erased, and erase it once a second manager has shown who they are."""
    asked = selectors.request_for(request.actor, erasure_id)
    if request.method == "GET":
        return _one(request, asked, ConfirmForm(user=request.user))
    form = ConfirmForm(request.POST, user=request.user)
    if not form.is_valid():
        return _one(request, asked, form, status=422)
    try:
        confirm_identity(request, by=request.actor, given=form.given, at=timezone.now())
        erasures.confirm(erasure=asked, by=request.actor, at=timezone.now())
    except NotForThisUser:
        raise
    except Refused as refusal:
        asked, empty = selectors.request_for(request.actor, erasure_id), ConfirmForm(user=request.user)
        return _one(request, asked, empty, 409, refusal=refusal)
    messages.success(request, format_html(gettext("Client <bdi>{}</bdi> is erased."), asked.client.code))
    return redirect("retention")


@page(Role.MANAGER)
@require_POST
def withdraw(request: PracticeRequest, erasure_id: UUID) -> HttpResponse:
    """Withdraw a request to erase; the client stays."""
    asked = selectors.request_for(request.actor, erasure_id)
    erasures.withdraw(erasure=asked, by=request.actor, at=timezone.now())
    messages.success(request, format_html(gettext("The request is withdrawn. <bdi>{}</bdi> stays."), asked.client.code))
    return redirect("retention")


def _page(request: PracticeRequest, asking: AskForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "asking": asking,
        "years": policy_of(request.actor.practice).retention_years,
        "due": selectors.page_of_due(request.actor.practice, Place.of(request.GET), at=timezone.now()),
        "requests": selectors.open_requests(request.actor)[:SHOWN],
        "erased": selectors.erased(request.actor)[:SHOWN],
        **more,
    }
    return render(request, "screening/practice/retention.html", context, status=status)


def _one(request: PracticeRequest, asked: Erasure, form: ConfirmForm, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "asked": asked,
        "form": form,
        "cases": selectors.cases_of(asked.client),
        "own": asked.asked_by_id == request.user.pk,
        "ended": bool(asked.confirmed_at or asked.withdrawn_at),
        **more,
    }
    return render(request, "screening/practice/erasure.html", context, status=status)
