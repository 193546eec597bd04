"""What the guidance raises on a screening: stored once submitted, worked out so far before that, and put on paper."""

import uuid
from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.accounts.models import Role
from core.languages import LANGUAGE_OF_RECORD, in_the_language_of_record
from core.paper import NoPaper
from core.web import PracticeRequest, page, record_view
from screening.models import Draft, Screening
from screening.selectors.charts import Chart, chart_of
from screening.selectors.policies import policy_of
from screening.selectors.reading_first import closed_to
from screening.selectors.results import result_so_far
from screening.selectors.returns import questions_of
from screening.selectors.screenings import screening_for_therapist
from screening.services import papers
from screening.services.submissions import local_date
from screening.views.screenings import is_open, to_question


@page(Role.THERAPIST)
@require_GET
def result(request: PracticeRequest, screening_id: uuid.UUID) -> HttpResponse:
    """Show the stored result of the answers that were submitted last."""
    screening = screening_for_therapist(request.actor, screening_id)
    if screening.current_evaluation_id is None:
        return redirect("screening-so-far", screening.pk)
    if closed_to(request.actor, screening):
        return _closed(request, screening)
    _record(request, screening, "screening.viewed")
    return render(request, "screening/results/result.html", _stored(request, screening))


@page(Role.THERAPIST)
@require_GET
def so_far(request: PracticeRequest, screening_id: uuid.UUID) -> HttpResponse:
    """Show what the answers raise so far, marked as unfinished, on a page or beside the questions. It is not stored."""
    screening = screening_for_therapist(request.actor, screening_id)
    policy, beside = policy_of(request.actor.practice), bool(request.htmx)
    if beside and not (is_open(screening) and policy.live_basis):
        return HttpResponse(status=204)  # the page stays as it is
    if not is_open(screening):
        return redirect("screening-result", screening.pk)
    if closed_to(request.actor, screening):
        return _closed(request, screening)
    _record(request, screening, "screening.viewed")
    if not policy.live_basis:
        return render(request, "screening/results/not_offered.html", {"screening": screening})
    draft = Draft.objects.get(screening=screening)
    on = local_date(timezone.now())
    context = {
        "screening": screening,
        "result": result_so_far(screening, draft, on=on, question_url=to_question(screening)),
        "unfinished": True,
        "open": True,
        "policy": policy,
    }
    template = "screening/results/beside.html" if beside else "screening/results/result.html"
    return render(request, template, {**context, "crisis_stands": "crisis" in request.GET})


@page(Role.THERAPIST)
@require_GET
def summary(request: PracticeRequest, screening_id: uuid.UUID) -> HttpResponse:
    """Show a case in short, on a page made for one side of paper."""
    return _for_chart(request, screening_id, "screening/results/summary.html")


@page(Role.THERAPIST)
@require_GET
def print_for_chart(request: PracticeRequest, screening_id: uuid.UUID) -> HttpResponse:
    """Show the submitted answers and the result on one page made for paper."""
    return _for_chart(request, screening_id, "screening/results/print.html")


@page(Role.THERAPIST)
@require_POST
def as_pdf(request: PracticeRequest, screening_id: uuid.UUID) -> HttpResponse:
    """Hand out a case as a PDF, or say why this machine cannot make one and lead to the pages to print."""
    screening = screening_for_therapist(request.actor, screening_id)
    if closed_to(request.actor, screening):
        return _closed(request, screening)
    what = papers.WHOLE if request.POST.get("what") == papers.WHOLE else papers.SUMMARY
    try:
        paper = papers.export(screening=screening, what=what, by=request.actor, at=timezone.now())
    except NoPaper as refusal:
        context = {"screening": screening, "refusal": refusal}
        return render(request, "screening/results/no_paper.html", context, status=409)
    answer = HttpResponse(paper.content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{paper.name}"'
    return answer


def _for_chart(request: PracticeRequest, screening_id: uuid.UUID, template: str) -> HttpResponse:
    screening = screening_for_therapist(request.actor, screening_id)
    if screening.current_evaluation_id is None:
        return redirect("screening-so-far", screening.pk)
    if closed_to(request.actor, screening):
        return _closed(request, screening)
    with in_the_language_of_record():
        chart = chart_of(screening)
    _record(request, screening, "screening.printed")
    _record_comparison(request, chart)
    made = {"made_by": request.user, "made_at": timezone.now(), "language_of_record": LANGUAGE_OF_RECORD}
    return render(request, template, {"screening": screening, "chart": chart, **made})


def _closed(request: PracticeRequest, screening: Screening) -> HttpResponse:
    """Say that the case is to be read before its flags are shown, to somebody who could be the one to read it."""
    _record(request, screening, "screening.viewed")
    context = {"screening": screening, "policy": policy_of(request.actor.practice)}
    return render(request, "screening/results/closed.html", context)


def _stored(request: PracticeRequest, screening: Screening) -> dict[str, object]:
    opened = is_open(screening)
    url = to_question(screening) if opened else _to_answer(screening)
    chart = chart_of(screening, question_url=url)
    _record_comparison(request, chart)
    return {
        "screening": screening,
        "evaluation": chart.evaluation,
        "result": chart.result,
        "flags": chart.flags,
        "since": chart.since,
        "open": opened,
        "determinations": chart.determinations,
        "returns": [(returned, questions_of(returned, url)) for returned in chart.returns],
        "policy": chart.policy,
    }


def _record_comparison(request: PracticeRequest, chart: Chart) -> None:
    """Record of the screening that a case is compared with that its answers were read for that."""
    if chart.since:
        _record(request, chart.since.earlier.response.screening, "screening.compared")


def _record(request: PracticeRequest, screening: Screening, action: str) -> None:
    record_view(request, action, object=f"screening:{screening.pk}", stream=f"case:{screening.pk}")


def _to_answer(screening: Screening) -> Callable[[str, str], str]:
    """Return what leads to an answer on the page of all answers, once they are locked."""
    address = reverse("screening-answers", args=[screening.pk])
    return lambda _section, anchor: f"{address}#{anchor}"
