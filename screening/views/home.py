"""The first page after signing in: where each role begins its day."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from core.accounts.models import Role
from core.web import PracticeRequest, page

BEGINS_AT = {
    Role.THERAPIST.value: "worklist",
    Role.CLINICIAN.value: "queue",
    Role.AUDITOR.value: "audit-cases",
    Role.RULE_AUTHOR.value: "rules",
    Role.RULE_APPROVER.value: "rules",
    Role.MANAGER.value: "practice-settings",
}


@page(Role.THERAPIST, Role.CLINICIAN, Role.AUDITOR, Role.RULE_AUTHOR, Role.RULE_APPROVER, Role.MANAGER)
@require_GET
def home(request: PracticeRequest) -> HttpResponse:
    """Lead to the page on which the first of the person's roles begins."""
    return redirect(BEGINS_AT[request.actor.role])
