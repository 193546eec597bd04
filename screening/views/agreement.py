"""How reviewers and rules agree over the practice: counts by topic and by rule, and never by person."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.accounts.models import Role
from core.web import PracticeRequest, page
from screening.selectors.agreement import FEWEST, by_rule, by_topic
from screening.selectors.policies import policy_of


@page(Role.AUDITOR, Role.MANAGER)
@require_GET
def agreement(request: PracticeRequest) -> HttpResponse:
    """Report over the cases that were read first, and over the flags that were answered."""
    context = {
        "protocols": by_topic(request.actor),
        "answered": by_rule(request.actor),
        "fewest": FEWEST,
        "policy": policy_of(request.actor.practice),
    }
    return render(request, "screening/audit/agreement.html", context)
