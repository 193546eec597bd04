"""One screening as a whole: where to go on, checking and submitting the answers, amending what was submitted."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.accounts.models import Role
from core.device_copy import note_saved
from core.errors import Conflict, Refused
from core.languages import LANGUAGE_OF_RECORD
from core.web import PracticeRequest, page, record_view, take_stash
from screening.engine.drafts import DraftContent
from screening.forms.clients import AmendForm
from screening.forms.sections import revision_in
from screening.models import Draft, Screening
from screening.selectors.documents import draft_content, questionnaire_of, response_content
from screening.selectors.policies import policy_of
from screening.selectors.returns import asked_back
from screening.selectors.screenings import screening_for_therapist
from screening.selectors.sections import GROUP, SectionView, section_views, with_urls
from screening.selectors.translations import questionnaire_in
from screening.selectors.unread import unread_of, with_typed
from screening.services import drafts, submissions


@page(Role.THERAPIST)
@require_GET
def screening(request: PracticeRequest, screening_id: uuid.UUID) -> HttpResponse:
    """Lead to where the screening goes on: the first section with an answer left, the answers, or the result."""
    found = screening_for_therapist(request.actor, screening_id)
    if not is_open(found):
        return redirect("screening-result", found.pk)
    draft = Draft.objects.get(screening=found)
    views = section_views(
        questionnaire_of(found.questionnaire_version), draft_content(draft), submissions.local_date(timezone.now())
    )
    left = next((view.section.link_id for view in views if view.left), None)
    return redirect("section", found.pk, left) if left else redirect("screening-answers", found.pk)


@page(Role.THERAPIST)
@require_GET
def answers(request: PracticeRequest, screening_id: uuid.UUID) -> HttpResponse:
    """Show every answer in words: to be checked before they are submitted, or as they were submitted."""
    found = screening_for_therapist(request.actor, screening_id)
    record_view(request, "screening.viewed", object=f"screening:{found.pk}", stream=f"case:{found.pk}")
    return render(request, "screening/screenings/answers.html", _answers(request, found))


@page(Role.THERAPIST)
@require_POST
def submit(request: PracticeRequest, screening_id: uuid.UUID) -> HttpResponse:
    """Submit the answers as they were on the page, which locks and evaluates them."""
    found = screening_for_therapist(request.actor, screening_id)
    try:
        submissions.submit(
            screening=found,
            base_revision=revision_in(request.POST),
            by=request.actor,
            at=timezone.now(),
        )
    except Conflict as conflict:
        return _too_late(request, found, conflict)
    except Refused as refusal:
        return _answers_again(request, found, refusal)
    messages.success(request, gettext("The answers were submitted and are locked. A clinician reviews them next."))
    return redirect("screening-result", found.pk)


@page(Role.THERAPIST, keeps_typing=True)
@require_http_methods(["GET", "POST"])
def amend(request: PracticeRequest, screening_id: uuid.UUID) -> HttpResponse:
    """Open submitted answers for an amendment, with a reason."""
    found = screening_for_therapist(request.actor, screening_id)
    if request.method == "GET" and is_open(found):
        messages.info(request, gettext("These answers are open already. Change them where they are asked."))
        return redirect("screening-answers", found.pk)
    form = AmendForm(request.POST if request.method == "POST" else take_stash(request))
    if request.method == "GET":
        record_view(request, "screening.viewed", object=f"screening:{found.pk}", stream=f"case:{found.pk}")
    if request.method == "GET" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "screening/screenings/amend.html", {"screening": found, "form": form}, status=status)
    submissions.start_amendment(
        screening=found, reason=form.cleaned_data["reason"], by=request.actor, at=timezone.now()
    )
    note_saved(request)
    messages.info(
        request, gettext("The answers are open for an amendment. What was submitted stays in force until you submit.")
    )
    return redirect("screening-answers", found.pk)


@page(Role.THERAPIST)
@require_POST
def drop_amendment(request: PracticeRequest, screening_id: uuid.UUID) -> HttpResponse:
    """Drop an open amendment and keep the answers as they were submitted."""
    found = screening_for_therapist(request.actor, screening_id)
    submissions.drop_amendment(screening=found, by=request.actor, at=timezone.now())
    messages.success(request, gettext("The amendment was dropped. The answers stand as they were submitted."))
    return redirect("screening-result", found.pk)


def is_open(screening: Screening) -> bool:
    """Return whether the answers can be changed now."""
    return screening.status in drafts.OPEN or screening.amending


def _too_late(request: PracticeRequest, screening: Screening, conflict: Conflict) -> HttpResponse:
    """Lead on from a second press to the result; show answers that changed meanwhile once more."""
    if conflict.code == "already-submitted":
        messages.info(request, gettext("These answers were submitted already. This is the result."))
        return redirect("screening-result", screening.pk)
    return _answers_again(request, screening, conflict)


def _answers_again(request: PracticeRequest, screening: Screening, refusal: Refused) -> HttpResponse:
    context = {**_answers(request, screening), "refusal": refusal}
    return render(request, "screening/screenings/answers.html", context, status=409)


def to_question(screening: Screening) -> Callable[[str, str], str]:
    """Return what leads to a question where it is asked."""
    address = reverse("section", args=[screening.pk, "SECTION"])
    return lambda section, anchor: f"{address.replace('SECTION', section)}#{anchor}"


def _same(content: DraftContent, other: DraftContent) -> bool:
    """Say whether two contents tell the same, whenever each was typed."""
    return (content.answers, content.groups, content.note) == (other.answers, other.groups, other.note)


def _answers(request: PracticeRequest, screening: Screening) -> dict[str, object]:
    draft, opened = Draft.objects.get(screening=screening), is_open(screening)
    submitted = screening.current_response
    content = draft_content(draft) if opened or submitted is None else response_content(submitted)
    on = submissions.local_date(timezone.now() if opened or submitted is None else submitted.submitted_at)
    asked = questionnaire_in(screening.questionnaire_version, get_language() or LANGUAGE_OF_RECORD)
    questionnaire = asked.questionnaire
    views: tuple[SectionView, ...] = section_views(questionnaire, content, on)
    unread = unread_of(questionnaire, content, on) if opened else []
    if opened:
        views = with_typed(with_urls(views, reverse("section", args=[screening.pk, "SECTION"])), unread)
    return {
        "screening": screening,
        "asked": asked,
        "sections": views,
        "unread": unread,
        "anywhere": questionnaire.sections[0].link_id,
        "left": sum(view.left for view in views),
        "may_stay_open": sum(line.may_stay_open for view in views for line in view.lines),
        "lists": any(line.asked and line.kind == GROUP for view in views for line in view.lines),
        "note": content.note,
        "draft": draft,
        "open": opened,
        "nothing_changed": screening.amending and submitted is not None and _same(content, response_content(submitted)),
        "policy": policy_of(request.actor.practice),
        "returns": asked_back(screening, to_question(screening)),
    }
