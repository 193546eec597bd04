"""Opening a case in an emergency, reading it while it is open, and the page on which others acknowledge that."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.accounts.models import Role
from core.accounts.proving import confirm_identity
from core.errors import NotForThisUser, Refused
from core.web import PracticeRequest, page, record_view, take_stash
from screening.forms.emergencies import KEPT, AcknowledgeForm, EmergencyForm
from screening.forms.reviews import typed_before
from screening.models import Draft, EmergencyAccess, Screening
from screening.selectors import emergencies as selectors
from screening.selectors.documents import draft_content, questionnaire_of, response_content
from screening.selectors.policies import policy_of
from screening.selectors.results import ResultView, result_so_far, stored_result
from screening.selectors.reviews import newest_evaluation
from screening.selectors.sections import section_views
from screening.services import emergencies
from screening.services.submissions import local_date

OPEN_ALREADY = gettext_noop(
    "You had opened this case already, at %(since)s, and that stands with the reason you gave then. "
    "The one you typed now is not recorded."
)


@page(Role.THERAPIST, Role.CLINICIAN, Role.MANAGER, keeps_typing=True)
@require_http_methods(["GET", "POST"])
def open_case(request: PracticeRequest) -> HttpResponse:
    """Ask for a case that one may not see otherwise, and open it for a while."""
    if request.method == "GET":
        typed = take_stash(request)
        initial = typed_before(typed, "", KEPT) if typed is not None else _beside(request)
        return _ask(request, EmergencyForm(initial=initial, user=request.user))
    form = EmergencyForm(request.POST, user=request.user)
    if not form.is_valid():
        return _ask(request, form, status=422)
    now = timezone.now()
    try:
        opened = _open(request, form, now)
    except NotForThisUser:
        raise
    except Refused as refusal:
        return _ask(request, form, status=409, refusal=refusal, undone=gettext("Nothing was opened"))
    if opened.opened_at != now and opened.reason != form.cleaned_data["reason"].strip():
        messages.warning(request, gettext(OPEN_ALREADY) % {"since": time_format(timezone.localtime(opened.opened_at))})
    return redirect("emergency-case", opened.pk)


@page(Role.THERAPIST, Role.CLINICIAN, Role.MANAGER)
@require_GET
def case(request: PracticeRequest, access_id: UUID) -> HttpResponse:
    """Show the case to whoever opened it, while it is open. Nothing can be changed here."""
    access = selectors.access_of(request.actor, access_id, at=timezone.now())
    screening = access.screening
    record_view(request, "case.break-glass-viewed", object=f"screening:{screening.pk}", stream=f"case:{screening.pk}")
    others = selectors.beside(access)
    shown = {"access": access, "screening": screening, "client": screening.client, "others": others, **_read(screening)}
    return render(request, "screening/emergencies/case.html", {**shown, "policy": policy_of(request.actor.practice)})


@page(Role.MANAGER, Role.AUDITOR)
@require_GET
def opened(request: PracticeRequest) -> HttpResponse:
    """List what was opened in an emergency, what waits for a second person first."""
    return _list(request)


@page(Role.MANAGER, Role.AUDITOR, keeps_typing=True, shown_on="emergencies")
@require_POST
def acknowledge(request: PracticeRequest, access_id: UUID) -> HttpResponse:
    """Acknowledge an emergency access of somebody else, with words."""
    access = selectors.access_to_acknowledge(request.actor, access_id)
    form = _acknowledging(access, request.POST)
    if not form.is_valid():
        return _list(request, form, access, status=422, form=form)
    try:
        words = form.cleaned_data["words"]
        emergencies.acknowledge(access=access, words=words, by=request.actor, at=timezone.now())
    except NotForThisUser:
        raise
    except Refused as refusal:
        return _list(request, form, access, status=409, refusal=refusal, undone=gettext("Not acknowledged"))
    messages.success(request, gettext("Your words stand beside the emergency access now."))
    return redirect("emergencies")


def _open(request: PracticeRequest, form: EmergencyForm, now: datetime) -> EmergencyAccess:
    typed = form.cleaned_data
    code, beside = typed["code"], typed["beside"]
    if beside:
        screening = selectors.case_beside(request.actor, code, beside, at=now)
    else:
        screening = selectors.case_by_code(request.actor, code)
    confirm_identity(request, by=request.actor, given=form.given, at=now)
    return emergencies.open_case(screening=screening, reason=typed["reason"], by=request.actor, at=now)


def _beside(request: PracticeRequest) -> dict[str, Any]:
    """Return what the form knows already where somebody asks for another screening of a client, beside an open one."""
    try:
        access = selectors.access_of(request.actor, UUID(request.GET.get("from", "")), at=timezone.now())
        other = next(one for one in selectors.beside(access) if str(one.pk) == request.GET.get("screening"))
    except (ValueError, StopIteration, NotForThisUser):
        return {}
    return {"code": access.screening.client.code, "reason": access.reason, "beside": other.pk}


def _ask(request: PracticeRequest, form: EmergencyForm, *, status: int = 200, **why: Any) -> HttpResponse:
    context = {"form": form, "policy": policy_of(request.actor.practice), **why}
    return render(request, "screening/emergencies/open.html", context, status=status)


def _read(screening: Screening) -> dict[str, Any]:
    """Return what was submitted last with what it raises, or what is answered so far."""
    questionnaire = questionnaire_of(screening.questionnaire_version)
    result: ResultView
    if screening.current_response is not None:
        evaluation = newest_evaluation(screening)
        content, on, result = response_content(evaluation.response), evaluation.on, stored_result(evaluation)
    else:
        draft, on = Draft.objects.get(screening=screening), local_date(timezone.now())
        content, result = draft_content(draft), result_so_far(screening, draft, on=on)
    sections = section_views(questionnaire, content, on)
    flags = [(flag, None) for flag in result.flags]
    return {"sections": sections, "result": result, "flags": flags, "submitted": screening.current_response}


def _as_kept(request: PracticeRequest, access: EmergencyAccess) -> AcknowledgeForm:
    kept = take_stash(request, sent_to=reverse("emergency-acknowledge", args=[access.pk]))
    return _acknowledging(access, initial=typed_before(kept, "", ("words",)) if kept is not None else {})


def _acknowledging(access: EmergencyAccess, data: Any = None, **more: Any) -> AcknowledgeForm:
    return AcknowledgeForm(data, **more, auto_id=f"id_{access.pk}_%s", use_required_attribute=False)


def _list(
    request: PracticeRequest,
    typed: AcknowledgeForm | None = None,
    about: EmergencyAccess | None = None,
    *,
    status: int = 200,
    **why: Any,
) -> HttpResponse:
    """Show the list; the form that somebody filled in stays as they filled it in."""
    found = selectors.opened_in(request.actor)
    rows = [(access, typed if about == access and typed else _as_kept(request, access)) for access in found]
    return render(request, "screening/emergencies/opened.html", {"rows": rows, **why}, status=status)
