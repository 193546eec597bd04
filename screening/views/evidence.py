"""Handing out a case as evidence. It writes only that it was exported; an auditor's other pages write nothing."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.accounts.models import Role
from core.web import PracticeRequest, page
from screening.selectors.screenings import screening_for_reviewer
from screening.services import evidence


@page(Role.AUDITOR)
@require_POST
def export(request: PracticeRequest, screening_id: UUID) -> HttpResponse:
    """Hand out a case as one bundle that can be checked without this product."""
    screening = screening_for_reviewer(request.actor, screening_id)
    exported = evidence.export(screening=screening, by=request.actor, at=timezone.now())
    answer = HttpResponse(exported.content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{exported.name}"'
    return answer
