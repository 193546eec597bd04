"""What the guidance raises on a screening: stored once submitted, worked out so far before that, and printed."""

import uuid
from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.accounts.models import Role
from core.web import PracticeRequest, page, record_view
from screening.models import Draft, Evaluation, FlagAnswer, Screening
from screening.models.screenings import ScreeningStatus
from screening.selectors.answers_to_flags import flags_of, standing_answers
from screening.selectors.determinations import determinations_of
from screening.selectors.documents import questionnaire_of, response_content
from screening.selectors.policies import policy_of
from screening.selectors.redisclosure import notice_for
from screening.selectors.results import SUICIDALITY, FlagView, ResultView, result_so_far, stored_result
from screening.selectors.returns import questions_of, returns_of
from screening.selectors.screenings import screening_for_therapist
from screening.selectors.sections import section_views
from screening.services.submissions import local_date
from screening.views.screenings import is_open

REVIEWED = (ScreeningStatus.DETERMINED, ScreeningStatus.RETURNED)


@page(Role.THERAPIST)
@require_GET
def result(request: PracticeRequest, screening_id: uuid.UUID) -> HttpResponse:
    """Show the stored result of the answers that were submitted last."""
    screening = screening_for_therapist(request.actor, screening_id)
    if screening.current_evaluation_id is None:
        return redirect("screening-so-far", screening.pk)
    _record(request, screening, "screening.viewed")
    return render(request, "screening/results/result.html", _stored(request, screening))


@page(Role.THERAPIST)
@require_GET
def so_far(request: PracticeRequest, screening_id: uuid.UUID) -> HttpResponse:
    """Show what the answers raise so far, marked as unfinished. It is not stored."""
    screening = screening_for_therapist(request.actor, screening_id)
    if not is_open(screening):
        return redirect("screening-result", screening.pk)
    _record(request, screening, "screening.viewed")
    draft = Draft.objects.get(screening=screening)
    on = local_date(timezone.now())
    context = {
        "screening": screening,
        "result": result_so_far(screening, draft, on=on, question_url=_to_question(screening)),
        "unfinished": True,
        "open": True,
        "policy": policy_of(request.actor.practice),
    }
    return render(request, "screening/results/result.html", context)


@page(Role.THERAPIST)
@require_GET
def print_for_chart(request: PracticeRequest, screening_id: uuid.UUID) -> HttpResponse:
    """Show the submitted answers and the result on one page made for paper."""
    screening = screening_for_therapist(request.actor, screening_id)
    if screening.current_evaluation_id is None:
        return redirect("screening-so-far", screening.pk)
    _record(request, screening, "screening.printed")
    context = _stored(request, screening)
    evaluation = _evaluation(screening)
    questionnaire = questionnaire_of(screening.questionnaire_version)
    sections = section_views(questionnaire, response_content(evaluation.response), evaluation.on)
    crisis = any(view.section.topic == SUICIDALITY for view in sections)
    context |= {"sections": sections, "crisis": crisis, "printed_at": timezone.now()}
    context["notice"] = notice_for(request.actor.practice)
    return render(request, "screening/results/print.html", context)


def _stored(request: PracticeRequest, screening: Screening) -> dict[str, object]:
    evaluation = _evaluation(screening)
    opened = is_open(screening)
    to_question = _to_question(screening) if opened else _to_answer(screening)
    found: ResultView = stored_result(evaluation, question_url=to_question)
    returns = returns_of(screening)
    return {
        "screening": screening,
        "evaluation": evaluation,
        "result": found,
        "flags": _with_what_was_said(screening, evaluation, found),
        "open": opened,
        "determinations": list(determinations_of(screening)),
        "returns": [(returned, questions_of(returned, to_question)) for returned in returns],
        "policy": policy_of(request.actor.practice),
    }


def _with_what_was_said(
    screening: Screening, evaluation: Evaluation, found: ResultView
) -> list[tuple[FlagView, FlagAnswer | None, str]]:
    """Return each flag with the clinician's answer to it, once the review is through, and the exception confirmed."""
    rows = flags_of(evaluation) if screening.status in REVIEWED else []
    said = standing_answers(rows)
    by_rule = {row.rule_id: said[row.pk] for row in rows if row.pk in said}
    return [(flag, by_rule.get(flag.rule_id), _confirmed(flag, by_rule.get(flag.rule_id))) for flag in found.flags]


def _confirmed(flag: FlagView, said: FlagAnswer | None) -> str:
    titles = {exception.id: exception.title for exception in flag.exceptions}
    return titles.get(said.exception_id, "") if said else ""


def _evaluation(screening: Screening) -> Evaluation:
    whole = Evaluation.objects.select_related(
        "response__submitted_by", "response__screening__questionnaire_version", "rule_set_version"
    )
    return whole.get(response__screening=screening, pk=screening.current_evaluation_id or "")


def _record(request: PracticeRequest, screening: Screening, action: str) -> None:
    record_view(request, action, object=f"screening:{screening.pk}", stream=f"case:{screening.pk}")


def _to_question(screening: Screening) -> Callable[[str, str], str]:
    """Return what leads to a question where it is asked."""
    address = reverse("section", args=[screening.pk, "SECTION"])
    return lambda section, anchor: f"{address.replace('SECTION', section)}#{anchor}"


def _to_answer(screening: Screening) -> Callable[[str, str], str]:
    """Return what leads to an answer on the page of all answers, once they are locked."""
    address = reverse("screening-answers", args=[screening.pk])
    return lambda _section, anchor: f"{address}#{anchor}"
