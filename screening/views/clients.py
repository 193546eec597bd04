"""The therapist's clients: a list by code, adding one, and changing who one is."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from core.accounts.models import Role
from core.errors import Conflict, Refused
from core.web import PracticeRequest, page, record_view, take_stash
from screening.forms.clients import ClientForm, FindForm, NewClientForm
from screening.models import Client
from screening.selectors import clients as selectors
from screening.selectors.keyset import Place
from screening.services import clients as services
from screening.services.erased import refuse_erased


@page(Role.THERAPIST)
@require_http_methods(["GET", "POST"])
def clients(request: PracticeRequest) -> HttpResponse:
    """List the therapist's clients by code, a page at a time, or those who are found by code or name.

    A search is sent, not asked for by address: a name that is typed must not stand in an address, which browsers,
    proxies and logs keep. Nothing of it is stored, so the answer is the page, and a reload asks to send it again.
    """
    form = FindForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        found, more = selectors.found_for_therapist(request.actor, form.cleaned_data["sought"])
        return render(request, "screening/clients/list.html", {"form": form, "found": found, "more": more})
    shown = selectors.page_for_therapist(request.actor, Place.of(request.GET))
    status = 422 if form.errors else 200
    return render(request, "screening/clients/list.html", {"form": form, "page": shown}, status=status)


@page(Role.THERAPIST, keeps_typing=True)
@require_http_methods(["GET", "POST"])
def client_add(request: PracticeRequest) -> HttpResponse:
    """Add a client."""
    form = NewClientForm(request.POST if request.method == "POST" else take_stash(request))
    if request.method == "GET" or not form.is_valid():
        _say_the_rest(request, form)
        return _ask(request, form, "screening/clients/add.html")
    try:
        client = services.create(**form.cleaned_data, by=request.actor, at=timezone.now())
    except Refused as refusal:
        _say_the_rest(request, form)
        if not form.errors:
            form.add_error("code", refusal.message)
        return render(request, "screening/clients/add.html", {"form": form}, status=409)
    messages.success(request, format_html(gettext("Client <bdi>{}</bdi> was added."), client.code))
    return redirect("client", client.pk)


@page(Role.THERAPIST, keeps_typing=True)
@require_http_methods(["GET", "POST"])
def client_edit(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    """Change a client's name and birth date; the code stays."""
    found = selectors.client_for_therapist(request.actor, client_id)
    typed = request.POST if request.method == "POST" else take_stash(request)
    refuse_erased(found)
    form = ClientForm(typed) if typed is not None else ClientForm.of(found)
    if request.method == "GET":
        _record(request, found)
    if request.method == "GET" or not form.is_valid():
        return _ask(request, form, "screening/clients/edit.html", client=found)
    try:
        services.change(client=found, **form.cleaned_data, by=request.actor, at=timezone.now())
    except Refused as refusal:
        return _refused(request, form, refusal, "screening/clients/edit.html", client=found)
    messages.success(request, gettext("The details were changed."))
    return redirect("client", found.pk)


def _record(request: PracticeRequest, found: Client) -> None:
    record_view(request, "client.viewed", object=f"client:{found.pk}", stream=f"practice:{found.practice_id}")


def _ask(request: PracticeRequest, form: ClientForm, template: str, **context: object) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=422 if request.method == "POST" else 200)


def _say_the_rest(request: PracticeRequest, form: NewClientForm) -> None:
    """Add to what the form finds wrong everything else for which the client would be refused."""
    if not form.is_bound or "client_id" in form.errors:
        return
    typed = form.cleaned_data
    found = services.refusals(
        client_id=typed["client_id"],
        code=typed.get("code", ""),
        birth_date=typed.get("birth_date"),
        practice=request.actor.practice,
        today=timezone.localdate(),
    )
    for name, message in found.items():
        form.add_error(name, message)


def _refused(
    request: PracticeRequest, form: ClientForm, refusal: Refused, template: str, **context: object
) -> HttpResponse:
    """Show what was typed again, with the reason why it was not taken."""
    form.add_error("code" if isinstance(refusal, Conflict) else "birth_date", refusal.message)
    return render(request, template, {"form": form, **context}, status=409)
