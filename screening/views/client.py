"""A client's page: who they are, what is asked for, cravings and screenings over time; and starting the next one."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.access import record_view
from core.accounts.models import Role
from core.ledger.services import practice_stream
from core.web import PracticeRequest, page
from screening.forms.clients import StartForm
from screening.models import Client
from screening.selectors.asked_for import asked_for_in, newest_answers
from screening.selectors.clients import client_for_therapist
from screening.selectors.cravings import MOST, checks_about_cravings, cravings_in
from screening.selectors.over_time import LONGEST, screenings_over_time, steps_of
from screening.selectors.policies import policy_of
from screening.selectors.protocols import protocol_for, ready_to_screen
from screening.selectors.reading_first import closed_among
from screening.services import screenings
from screening.services.submissions import local_date


@page(Role.THERAPIST)
@require_GET
def client(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    """Show who a client is, and what their screenings came to over time."""
    found = client_for_therapist(request.actor, client_id)
    return _show(request, found, StartForm(protocols=ready_to_screen(request.actor)))


@page(Role.THERAPIST)
@require_POST
def screening_start(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    """Start a screening of this client on a protocol with published rules."""
    found = client_for_therapist(request.actor, client_id)
    form = StartForm(request.POST, protocols=ready_to_screen(request.actor))
    if not form.is_valid():
        return _show(request, found, form, status=422)
    started = screenings.start(
        screening_id=form.cleaned_data["screening_id"],
        client=found,
        protocol=protocol_for(request.actor, form.cleaned_data["protocol"].pk),
        by=request.actor,
        at=timezone.now(),
    )
    return redirect("screening", started.pk)


def _show(request: PracticeRequest, found: Client, form: StartForm, status: int = 200) -> HttpResponse:
    """Show the page. What is read of a case is recorded before it is opened, with which cases those are."""
    listed = screenings_over_time(found)
    asking, checks = newest_answers(listed), checks_about_cravings(listed)
    about_suicidality = any(one.suicidality_first for one in asking)
    closed = closed_among(request.actor, asking)
    asking = [one for one in asking if one.pk not in closed]
    read = {str(one.pk) for one in (*asking, *(check.screening for check in checks[:MOST]))}
    _record(request, found, cases=sorted(read))
    context = {
        "client": found,
        "form": form,
        "protocols": form.fields["protocol"].queryset,  # type: ignore[attr-defined]
        "asked_for": asked_for_in(asking),
        "cravings": cravings_in(checks),
        "steps": steps_of(listed, today=local_date(timezone.now()))[:LONGEST],
        "older": len(listed) > LONGEST,
        "crisis": about_suicidality,
        "policy": policy_of(request.actor.practice) if about_suicidality else None,
    }
    return render(request, "screening/clients/client.html", context, status=status)


def _record(request: PracticeRequest, found: Client, *, cases: list[str]) -> None:
    record_view(
        action="client.viewed",
        object=f"client:{found.pk}",
        stream=practice_stream(found.practice_id),
        by=request.actor,
        at=timezone.now(),
        payload={"cases": cases} if cases else {},
    )
