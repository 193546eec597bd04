"""The questionnaires of a practice: their versions, every question as asked, and the FHIR R4 form of one."""

import json
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from core.web import PracticeRequest, page, record_view
from screening.selectors.documents import questionnaire_of
from screening.selectors.protocol_pages import protocols_shown
from screening.selectors.questionnaires import sections_shown
from screening.selectors.rule_sets import questionnaire_for
from screening.selectors.translations import questionnaire_as_fhir, questionnaire_in
from screening.views.protocols import READERS


@page(*READERS)
@require_GET
def overview(request: PracticeRequest) -> HttpResponse:
    """List the practice's questionnaires with every version."""
    context = {"protocols": protocols_shown(request.actor)}
    return render(request, "screening/questionnaires/questionnaires.html", context)


@page(*READERS)
@require_GET
def version(request: PracticeRequest, version_id: UUID) -> HttpResponse:
    """Show every question of a version as it is asked."""
    shown = questionnaire_for(request.actor, version_id)
    asked = questionnaire_in(shown, get_language() or "")
    context = {"version": shown, "asked": asked, "sections": sections_shown(shown, asked)}
    return render(request, "screening/questionnaires/version.html", context)


@page(*READERS)
@require_GET
def export(request: PracticeRequest, version_id: UUID) -> HttpResponse:
    """Hand out a version as a FHIR R4 Questionnaire, and record that."""
    shown = questionnaire_for(request.actor, version_id)
    resource = questionnaire_as_fhir(questionnaire_of(shown), digest=shown.digest, number=str(shown.number))
    record_view(
        request,
        "questionnaire.exported",
        object=f"questionnaire-version:{shown.pk}",
        stream=f"questionnaire:{shown.protocol_id}",
    )
    text = json.dumps(resource, indent=2, ensure_ascii=False)
    answer = HttpResponse(text, content_type="application/fhir+json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{shown.protocol.name}-v{shown.number}.fhir.json"'
    return answer
