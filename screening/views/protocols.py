"""The protocols of a practice with their versions: adopting one that ships, and taking a draft from what is active."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from core.accounts.models import Role
from core.errors import NotForThisUser, Refused
from core.web import PracticeRequest, page
from screening.models.versions import VersionStatus
from screening.selectors.protocol_pages import not_adopted, protocols_shown
from screening.selectors.protocols import protocol_for
from screening.services import protocols, rule_sets

READERS = (Role.RULE_AUTHOR, Role.RULE_APPROVER, Role.AUDITOR)


@page(*READERS)
@require_GET
def overview(request: PracticeRequest) -> HttpResponse:
    """List the practice's protocols with every version of their rules."""
    return _overview(request)


@page(Role.RULE_AUTHOR)
@require_POST
def adopt(request: PracticeRequest) -> HttpResponse:
    """Copy a shipped protocol into the practice, as a draft."""
    try:
        protocol = protocols.adopt(name=request.POST.get("name", ""), by=request.actor, at=timezone.now())
    except Refused as refusal:
        return _overview(request, status=409, refusal=refusal)
    said = gettext("<bdi>{}</bdi> is adopted as a draft. A second person publishes it.")
    messages.success(request, format_html(said, protocol.title))
    return redirect("rule-version", protocol.rule_set_versions.get(status=VersionStatus.DRAFT).pk)


@page(Role.RULE_AUTHOR)
@require_POST
def take_draft(request: PracticeRequest, protocol_id: UUID) -> HttpResponse:
    """Take a draft from the active version of a protocol's rules."""
    protocol = protocol_for(request.actor, protocol_id)
    try:
        draft = rule_sets.take_draft(protocol=protocol, by=request.actor, at=timezone.now())
    except NotForThisUser:
        raise
    except Refused as refusal:
        return _overview(request, status=409, refusal=refusal)
    messages.success(
        request,
        gettext("Version %(number)s is yours to change. Nothing else changes before it is published.")
        % {"number": draft.number},
    )
    return redirect("rule-version", draft.pk)


def _overview(request: PracticeRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    shown = protocols_shown(request.actor)
    context = {
        "protocols": shown,
        "shipped": not_adopted(shown),
        "may_write": Role.RULE_AUTHOR in request.roles,
        **more,
    }
    return render(request, "screening/rules/protocols.html", context, status=status)
