"""What an auditor opens: cases, a case's whole history, its evaluation made again, the ledger. Nothing is changed here;
that it was read is recorded."""

from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from core import access, background
from core.accounts.models import Role
from core.errors import NotForThisUser
from core.ledger.models import Stream
from core.ledger.reach import reach_of
from core.ledger.selectors import timeline
from core.ledger.services import practice_stream
from core.ledger.tasks import verify_practice
from core.ledger.verification import streams_of
from core.ledger.witness_folder import lines, newest_number
from core.web import PracticeRequest, page, record_view
from screening.forms.audit import CheckpointsForm, FilterForm
from screening.models import Screening
from screening.selectors import audit
from screening.selectors.documents import questionnaire_of
from screening.selectors.emergencies import of_case
from screening.selectors.keyset import Place
from screening.selectors.moments import runs_of
from screening.selectors.policies import policy_of
from screening.selectors.reading_first import draw_of, made_again, reading_of, topics_in_words
from screening.selectors.screenings import screening_for_auditor, screening_for_reviewer

SHOWN = 500
MOST_LOOKS = 100
"""How often the page looks by itself how far a verification is, every three seconds."""


@page(Role.AUDITOR)
@require_GET
def cases(request: PracticeRequest) -> HttpResponse:
    """List the submitted cases by client code, narrowed by the filters in the address."""
    rules, topics = audit.flag_choices(request.actor)
    form = FilterForm(request.GET, rules=rules, topics=topics)
    shown, listed = audit.cases(request.actor, form.filters, Place.of(request.GET))
    context = {"form": form, "page": shown, "cases": listed, "query": form.kept(), "filters": form.on}
    return render(request, "screening/audit/cases.html", context)


@page(Role.AUDITOR)
@require_GET
def case(request: PracticeRequest, screening_id: UUID) -> HttpResponse:
    """Show everything that is stored of a case, and everything that happened to it."""
    screening = screening_for_auditor(request.actor, screening_id)
    if screening.erased_at:
        return _erased(request, screening)
    questionnaire = questionnaire_of(screening.questionnaire_version)
    moments = timeline(request.actor, stream=f"case:{screening.pk}", limit=SHOWN)
    history = audit.history(screening)
    record_view(request, "case.audited", object=f"screening:{screening.pk}", stream=f"case:{screening.pk}")
    context = {
        "screening": screening,
        "emergencies": of_case(screening),
        **_read_first(request, screening),
        "history": history,
        "runs": runs_of(moments, questionnaire),
        "cut": len(moments) == SHOWN,
        "crisis": any(entry.result.about_suicidality for entry in history),
        "policy": policy_of(request.actor.practice),
    }
    return render(request, "screening/audit/case.html", context)


@page(Role.AUDITOR)
@require_GET
def again(request: PracticeRequest, screening_id: UUID) -> HttpResponse:
    """Make the evaluations of a case again and compare their digests with what was stored."""
    screening = screening_for_reviewer(request.actor, screening_id)
    made = audit.evaluate_again(screening)
    _record_again(request, screening, made)
    return render(request, "screening/audit/again.html", {"screening": screening, "made": made})


@page(Role.AUDITOR)
@require_http_methods(["GET", "POST"])
def ledger(request: PracticeRequest) -> HttpResponse:
    """Say what verifying the ledger proves, and verify the practice's part of it, in the background in production."""
    if request.method == "GET":
        return render(request, "screening/audit/ledger.html", _ledger(request, work=_verification(request)))
    actor = request.actor
    practice_id, user_id = str(actor.practice.pk), str(actor.user.pk)
    work = background.begin(verify_practice, practice_id=practice_id, user_id=user_id, role=actor.role)
    if work.ended:
        return render(request, "screening/audit/ledger.html", _ledger(request, work=work))
    return redirect(f"{reverse('audit-ledger')}?{urlencode({'work': work.id})}")


def _read_first(request: PracticeRequest, screening: Screening) -> dict[str, Any]:
    """Return the draw of a case, whether it comes to the same once more, and what was read before the flags."""
    draw, reading = draw_of(screening), reading_of(screening)
    return {
        "draw": draw,
        "draw_again": draw and made_again(draw, policy_of(request.actor.practice)),
        "reading": reading,
        "topics_read": topics_in_words(reading) if reading else [],
    }


def _erased(request: PracticeRequest, screening: Screening) -> HttpResponse:
    """Show what stays of an erased case. That it was read is recorded with the practice: its own stream has no key."""
    told = timeline(request.actor, stream=f"case:{screening.pk}", limit=SHOWN)
    moments = [replace(moment, problem="Erased.") for moment in told]
    at_home = practice_stream(request.actor.practice.pk)
    record_view(request, "case.audited", object=f"screening:{screening.pk}", stream=at_home)
    context = {
        "screening": screening,
        **_read_first(request, screening),
        "left": audit.left_of(screening),
        "erasure": audit.erasure_of(screening),
        "runs": runs_of(moments, questionnaire_of(screening.questionnaire_version)),
        "cut": len(moments) == SHOWN,
    }
    return render(request, "screening/audit/case.html", context)


@page(Role.AUDITOR)
@require_GET
def checkpoints(request: PracticeRequest) -> HttpResponse:
    """Hand out the checkpoints as a witness file, to be kept elsewhere; of other practices' streams only hashes."""
    form = CheckpointsForm(request.GET, newest=newest_number())
    if not form.is_valid():
        return render(request, "screening/audit/ledger.html", _ledger(request, form=form), status=422)
    practice, after = request.actor.practice, form.cleaned_data["after"] or 0
    own = set(streams_of(practice).values_list("name", flat=True))
    stream, at = practice_stream(practice.pk), timezone.now()
    access.record_view(
        action="ledger.checkpoints-exported",
        object=stream,
        stream=stream,
        by=request.actor,
        at=at,
        payload={"after": after},
    )
    content = (line + b"\n" for _, line in lines(after=after, only=own))
    disposition = f'attachment; filename="checkpoints-{at:%Y-%m-%d-%H%M%S}.jsonl"'
    sent = StreamingHttpResponse(content, "application/jsonl", headers={"Content-Disposition": disposition})
    return cast(HttpResponse, sent)  # what the guard does with an answer, it does with this one as well


def _ledger(
    request: PracticeRequest, *, work: background.Work | None = None, form: CheckpointsForm | None = None
) -> dict[str, Any]:
    """Return what the ledger's page shows: a verification, and how far the checkpoints reach for this practice."""
    streams = Stream.objects.filter(practice=request.actor.practice)
    return {
        "work": work,
        "checked_at": datetime.fromisoformat(work.outcome["at"]) if work and work.outcome else None,
        "next_look": _next_look(request) if work and not work.ended else "",
        "reach": reach_of(streams, at=timezone.now()),
        "form": form or CheckpointsForm(),
    }


def _next_look(request: PracticeRequest) -> str:
    """Return where the page looks again by itself; empty after some minutes, so that it keeps no session for ever."""
    looked = request.GET.get("looked", "0")
    count = int(looked) if looked.isdecimal() and len(looked) < 4 else MOST_LOOKS
    return f"?{urlencode({'work': request.GET['work'], 'looked': count + 1})}" if count < MOST_LOOKS else ""


def _verification(request: PracticeRequest) -> background.Work | None:
    """Return the verification that the address names: only one of this practice."""
    if not (work_id := request.GET.get("work")):
        return None
    work = background.work_of(verify_practice, work_id)
    if work is None or work.arguments["practice_id"] != str(request.actor.practice.pk):
        raise NotForThisUser("There is no such verification in this practice.")
    return work


def _record_again(request: PracticeRequest, screening: Screening, made: list[audit.Again]) -> None:
    access.record_view(
        action="case.evaluated-again",
        object=f"screening:{screening.pk}",
        stream=f"case:{screening.pk}",
        by=request.actor,
        at=timezone.now(),
        payload={"same": all(one.same for one in made), "digests": [one.now for one in made]},
    )
