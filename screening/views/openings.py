"""Who opened a case: for the practice, for the therapist of the case, and to be printed for the client who asks."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from core.accounts.models import Role
from core.ledger.services import practice_stream
from core.web import PracticeRequest, page, record_view
from screening.models import Screening
from screening.selectors import openings
from screening.selectors.keyset import Place

PRINTED = 5_000


@page(Role.MANAGER, Role.AUDITOR)
@require_GET
def cases(request: PracticeRequest) -> HttpResponse:
    """List cases by client code, to find the one that somebody asks about. Nothing of what was answered is shown."""
    wanted = request.GET.get("code", "").strip()[:20]
    shown = openings.cases_for(request.actor, Place.of(request.GET), code=wanted)
    query = f"{urlencode({'code': wanted})}&" if wanted else ""
    return render(request, "screening/openings/cases.html", {"page": shown, "wanted": wanted, "query": query})


@page(Role.MANAGER, Role.AUDITOR)
@require_GET
def case(request: PracticeRequest, screening_id: UUID) -> HttpResponse:
    """Show who opened a case of the practice."""
    return _show(request, openings.case_for(request.actor, screening_id), print_at="case-openings-print")


@page(Role.MANAGER, Role.AUDITOR)
@require_GET
def print_case(request: PracticeRequest, screening_id: UUID) -> HttpResponse:
    """Show who opened a case of the practice, on a page made for paper."""
    return _print(request, openings.case_for(request.actor, screening_id), back_to="case-openings")


@page(Role.THERAPIST)
@require_GET
def own_case(request: PracticeRequest, screening_id: UUID) -> HttpResponse:
    """Show the therapist who opened a case of their own client."""
    return _show(request, openings.case_for(request.actor, screening_id), print_at="screening-openings-print")


@page(Role.THERAPIST)
@require_GET
def print_own_case(request: PracticeRequest, screening_id: UUID) -> HttpResponse:
    """Show the therapist who opened a case of their own client, on a page made for paper."""
    return _print(request, openings.case_for(request.actor, screening_id), back_to="screening-openings")


def _show(request: PracticeRequest, screening: Screening, *, print_at: str) -> HttpResponse:
    _record(request, screening, "case.openings-read")
    shown = openings.page_of_entries(request.actor, screening, Place.of(request.GET))
    listed = [openings.opening_of(entry, screening) for entry in shown.rows]
    context = {"screening": screening, "page": shown, "openings": listed, "print_at": print_at}
    return render(request, "screening/openings/openings.html", context)


def _print(request: PracticeRequest, screening: Screening, *, back_to: str) -> HttpResponse:
    """Show all of them, oldest first; where there are very many, the newest, and say so."""
    _record(request, screening, "case.openings-printed")
    newest = list(openings.entries_of(request.actor, screening)[: PRINTED + 1])
    context = {
        "screening": screening,
        "openings": [openings.opening_of(entry, screening) for entry in reversed(newest[:PRINTED])],
        "cut": len(newest) > PRINTED,
        "printed_at": timezone.now(),
        "back_to": back_to,
    }
    return render(request, "screening/openings/print.html", context)


def _record(request: PracticeRequest, screening: Screening, action: str) -> None:
    """Record the reading before it is shown, so that it stands in its own list; of an erased case with the practice."""
    stream = practice_stream(screening.practice_id) if screening.erased_at else f"case:{screening.pk}"
    record_view(request, action, object=f"screening:{screening.pk}", stream=stream)
