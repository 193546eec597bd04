"""A case that was drawn to be read first: its answers alone, and the reviewer's own reading. Flags come after it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from core.accounts.models import Role
from core.device_copy import note_saved
from core.web import PracticeRequest, page, record_view, take_stash
from screening.forms.reading_first import ReadingForm
from screening.models import Evaluation, Screening
from screening.models.screenings import ScreeningStatus
from screening.selectors.answered import sections_of
from screening.selectors.documents import questionnaire_of, response_content
from screening.selectors.policies import policy_of
from screening.selectors.reading_first import draw_waiting, topics_of
from screening.selectors.reviews import newest_evaluation, returns_of
from screening.selectors.screenings import screening_for_reviewer
from screening.services import readings, reviews


@page(Role.CLINICIAN, keeps_typing=True)
@require_http_methods(["GET", "POST"])
def read_first(request: PracticeRequest, screening_id: UUID) -> HttpResponse:
    """Show the answers of a drawn case without its flags, and take the reading of whoever reviews it."""
    screening = screening_for_reviewer(request.actor, screening_id)
    evaluation = newest_evaluation(screening)
    if request.method == "POST":
        return _write(request, screening, evaluation)
    if draw_waiting(screening) is None:
        return redirect("review", screening.pk)
    typed = take_stash(request)
    kept = {"topics": typed.getlist("topics"), "words": typed.get("words", "")} if typed is not None else {}
    form = ReadingForm(topics=topics_of(evaluation), initial=kept)
    record_view(request, "screening.viewed", object=f"screening:{screening.pk}", stream=f"case:{screening.pk}")
    return _page(request, screening, evaluation, form)


def _write(request: PracticeRequest, screening: Screening, evaluation: Evaluation) -> HttpResponse:
    form = ReadingForm(request.POST, topics=topics_of(evaluation))
    if draw_waiting(screening) is not None and not form.is_valid():
        return _page(request, screening, evaluation, form, status=422)
    topics, words = request.POST.getlist("topics"), request.POST.get("words", "")
    readings.write(screening=screening, topics=topics, words=words, by=request.actor, at=timezone.now())
    note_saved(request)
    messages.success(request, gettext("Your reading is kept as you wrote it. These are the flags."))
    return redirect("review", screening.pk)


def _page(
    request: PracticeRequest, screening: Screening, evaluation: Evaluation, form: ReadingForm, *, status: int = 200
) -> HttpResponse:
    questionnaire, policy = questionnaire_of(screening.questionnaire_version), policy_of(request.actor.practice)
    content = response_content(evaluation.response)
    own, waiting = reviews.is_own(screening, request.actor), screening.status == ScreeningStatus.SUBMITTED
    context = {
        "screening": screening,
        "evaluation": evaluation,
        "sections": sections_of(questionnaire, content, evaluation.on),
        "note": content.note,
        "form": form,
        "policy": policy,
        "mine": screening.status == ScreeningStatus.IN_REVIEW and screening.claimed_by_id == request.user.pk,
        "own": own,
        "may_claim": waiting and (policy.own_review or not own),
        "returns": returns_of(screening),
    }
    return render(request, "screening/review/read_first.html", context, status=status)
