"""The therapist's clients: a list by code, and a page for each with who they are and their screenings."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.accounts.models import Role
from core.errors import Conflict, Refused
from core.web import PracticeRequest, page, record_view, take_stash
from screening.forms.clients import ClientForm, NewClientForm, StartForm
from screening.models import Client
from screening.selectors import clients as selectors
from screening.selectors import screenings as screening_selectors
from screening.selectors.protocols import protocol_for, ready_to_screen
from screening.services import clients as services
from screening.services import screenings as screening_services
from screening.services.erased import refuse_erased

PAGE_LENGTH = 25
LONGEST_HISTORY = 100


@page(Role.THERAPIST)
@require_GET
def clients(request: PracticeRequest) -> HttpResponse:
    """List the therapist's clients by code, a page at a time, or those whose code holds what is looked for."""
    wanted = request.GET.get("code", "").strip()[:20]
    found = selectors.for_therapist(request.actor).filter(code__icontains=wanted).order_by("code")
    shown = Paginator(found, PAGE_LENGTH).get_page(request.GET.get("page"))
    return render(request, "screening/clients/list.html", {"clients": shown, "wanted": wanted})


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
    messages.success(request, format_html("Client <bdi>{}</bdi> was added.", client.code))
    return redirect("client", client.pk)


@page(Role.THERAPIST)
@require_GET
def client(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    """Show who a client is and their screenings."""
    found = selectors.client_for_therapist(request.actor, client_id)
    _record(request, found)
    return _show(request, found, StartForm(protocols=ready_to_screen(request.actor)))


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
    messages.success(request, "The details were changed.")
    return redirect("client", found.pk)


@page(Role.THERAPIST)
@require_POST
def screening_start(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    """Start a screening of this client on a protocol with published rules."""
    found = selectors.client_for_therapist(request.actor, client_id)
    form = StartForm(request.POST, protocols=ready_to_screen(request.actor))
    if not form.is_valid():
        return _show(request, found, form, status=422)
    started = screening_services.start(
        screening_id=form.cleaned_data["screening_id"],
        client=found,
        protocol=protocol_for(request.actor, form.cleaned_data["protocol"].pk),
        by=request.actor,
        at=timezone.now(),
    )
    return redirect("screening", started.pk)


def _show(request: PracticeRequest, found: Client, form: StartForm, status: int = 200) -> HttpResponse:
    context = {
        "client": found,
        "form": form,
        "screenings": screening_selectors.of_client(found)[:LONGEST_HISTORY],
        "protocols": form.fields["protocol"].queryset,  # type: ignore[attr-defined]
    }
    return render(request, "screening/clients/client.html", context, status=status)


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
