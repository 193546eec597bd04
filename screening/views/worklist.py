"""The therapist's worklist: what to do next, and what waits for others."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.accounts.models import Role
from core.web import PracticeRequest, page
from screening.selectors import screenings
from screening.selectors.emergencies import for_worklist
from screening.selectors.rechecks import due_for
from screening.selectors.sections import progress_of
from screening.services.submissions import local_date


@page(Role.THERAPIST)
@require_GET
def worklist(request: PracticeRequest) -> HttpResponse:
    """Show the therapist's screenings by what they wait for."""
    today = local_date(timezone.now())
    found = screenings.worklist(request.actor, at=timezone.now())
    open_ones = [*found["returned"], *found["in_progress"]]
    progress = progress_of(open_ones, on=today)
    return render(
        request,
        "screening/worklist/worklist.html",
        {
            "returned": [(screening, progress.get(screening)) for screening in found["returned"]],
            "in_progress": [(screening, progress.get(screening)) for screening in found["in_progress"]],
            "due": due_for(request.actor, today=today),
            "waiting": found["waiting"],
            "signed": found["signed"],
            "today": today,
            "emergencies": for_worklist(request.actor, at=timezone.now()),
        },
    )
