"""Signing a determination: what is signed as it will read, who signs, and the page of what was signed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from core.accounts.models import Role
from core.accounts.proving import confirm_identity
from core.canonical import digest
from core.device_copy import note_saved
from core.errors import NotForThisUser, Refused
from core.web import PracticeRequest, page, record_view, take_stash
from screening.forms.determinations import KEPT, SignForm
from screening.forms.reviews import typed_before
from screening.models import PracticePolicy, Screening
from screening.models.screenings import ScreeningStatus
from screening.selectors.answers_to_flags import flags_of, unanswered
from screening.selectors.changed_since import changed_since
from screening.selectors.determinations import determinations_of, parts_of, to_be_signed, what_changed
from screening.selectors.policies import policy_of
from screening.selectors.reading_first import draw_waiting
from screening.selectors.reviews import newest_evaluation
from screening.selectors.screenings import screening_for_reviewer
from screening.services import determinations


@page(Role.CLINICIAN, keeps_typing=True)
@require_http_methods(["GET", "POST"])
def sign(request: PracticeRequest, screening_id: UUID) -> HttpResponse:
    """Show exactly what would be signed, and sign it."""
    screening = screening_for_reviewer(request.actor, screening_id)
    if draw_waiting(screening) is not None:
        return redirect("read-first", screening.pk)
    policy = policy_of(request.actor.practice)
    if request.method == "POST":
        return _sign(request, screening, policy)
    if screening.status == ScreeningStatus.DETERMINED:
        return redirect("determination", screening.pk)
    typed = take_stash(request)
    initial = typed_before(typed, "", KEPT) if typed is not None else {}
    form = SignForm(initial=initial, policy=policy, user=request.user)
    record_view(request, "screening.viewed", object=f"screening:{screening.pk}", stream=f"case:{screening.pk}")
    return _page(request, screening, form, policy)


@page(Role.CLINICIAN)
@require_GET
def determination(request: PracticeRequest, screening_id: UUID) -> HttpResponse:
    """Show the determinations of a case as they were signed, newest first."""
    screening = screening_for_reviewer(request.actor, screening_id)
    signed = list(determinations_of(screening))
    if not signed:
        raise NotForThisUser("Nothing is signed yet on this case.")
    record_view(request, "screening.viewed", object=f"screening:{screening.pk}", stream=f"case:{screening.pk}")
    shown = [(one, one.read) for one in signed]
    context = {"screening": screening, "signed": shown, "policy": policy_of(request.actor.practice)}
    return render(request, "screening/review/determination.html", context)


def _sign(request: PracticeRequest, screening: Screening, policy: PracticePolicy) -> HttpResponse:
    form = SignForm(request.POST, policy=policy, user=request.user)
    if not form.is_valid():
        return _page(request, screening, form, policy, status=422)
    try:
        confirm_identity(request, by=request.actor, given=form.given, at=timezone.now())
    except Refused as refusal:
        form.say_wrong(refusal)
        return _page(request, _fresh(request, screening), form, policy, status=409)
    try:
        _sign_now(request, screening, form)
    except NotForThisUser:
        raise
    except Refused as refusal:
        if refusal.code in determinations.RECHECK_CODES:
            form.add_error("recheck_on", refusal.message)
            return _page(request, _fresh(request, screening), form, policy, status=409)
        return _page(request, _fresh(request, screening), form, policy, status=409, refusal=refusal)
    note_saved(request)
    messages.success(
        request, format_html(gettext("The determination on <bdi>{}</bdi> is signed."), screening.client.code)
    )
    return redirect("determination", screening.pk)


def _sign_now(request: PracticeRequest, screening: Screening, form: SignForm) -> None:
    determinations.sign(
        screening=screening,
        shown_digest=form.cleaned_data["shown"],
        outcome_code=form.cleaned_data["outcome"],
        reasons=form.cleaned_data["reasons"],
        recheck_on=form.cleaned_data["recheck_on"],
        by=request.actor,
        at=timezone.now(),
    )


def _fresh(request: PracticeRequest, screening: Screening) -> Screening:
    """Read the case once more: what refused the signature may have changed it since."""
    return screening_for_reviewer(request.actor, screening.pk)


def _page(
    request: PracticeRequest,
    screening: Screening,
    form: SignForm,
    policy: PracticePolicy,
    *,
    status: int = 200,
    **why: Any,
) -> HttpResponse:
    shown = to_be_signed(screening, request.actor)
    parts = form.data.get("parts", "") if form.is_bound else parts_of(shown)
    evaluation = newest_evaluation(screening)
    context = {
        "screening": screening,
        "shown": shown,
        "digest": digest(shown),
        "parts": parts_of(shown),
        "changed": what_changed(parts, shown),
        "form": form,
        "policy": policy,
        "left": unanswered(flags_of(evaluation)),
        "since": changed_since(evaluation, request.actor),
        "response": evaluation.response,
        "mine": screening.status == ScreeningStatus.IN_REVIEW and screening.claimed_by_id == request.user.pk,
        **why,
    }
    return render(request, "screening/review/sign.html", context, status=status)
