"""The clinicians' queue: what waits, what one has taken, what others have."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from core.accounts.models import Role
from core.web import PracticeRequest, page
from screening.forms.queue import QueueForm
from screening.selectors.keyset import Place
from screening.selectors.policies import policy_of
from screening.selectors.queue import queue as queue_of
from screening.selectors.screenings import screening_for_reviewer
from screening.services import reviews


@page(Role.CLINICIAN)
@require_GET
def queue(request: PracticeRequest) -> HttpResponse:
    """Show the queue: suicidality first, then the case that waits longest, narrowed by the filters in the address."""
    form = QueueForm(request.GET, by=request.actor)
    found = queue_of(request.actor, form.filters, Place.of(request.GET), now=timezone.now())
    context = {
        "queue": found,
        "page": found.page,
        "form": form,
        "filters": form.on,
        "query": form.kept(),
        "policy": policy_of(request.actor.practice),
    }
    return render(request, "screening/review/queue.html", context)


@page(Role.CLINICIAN)
@require_POST
def claim(request: PracticeRequest, screening_id: UUID) -> HttpResponse:
    """Take a case for review."""
    screening = screening_for_reviewer(request.actor, screening_id)
    reviews.claim(screening=screening, by=request.actor, at=timezone.now())
    messages.success(request, format_html(gettext("You are reviewing <bdi>{}</bdi>."), screening.client.code))
    return redirect("review", screening_id)


@page(Role.CLINICIAN)
@require_POST
def release(request: PracticeRequest, screening_id: UUID) -> HttpResponse:
    """Put a case back into the queue."""
    screening = screening_for_reviewer(request.actor, screening_id)
    reviews.release(screening=screening, by=request.actor, at=timezone.now())
    said = gettext("<bdi>{}</bdi> is back in the queue. What was answered stays.")
    messages.success(request, format_html(said, screening.client.code))
    return redirect("queue")
