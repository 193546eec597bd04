"""One case under review: its answers beside its flags, an answer to each, and the way back to the therapist."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from core.accounts.models import Role
from core.device_copy import note_saved
from core.quoting import quoted
from core.web import PracticeRequest, page, record_view, take_stash
from screening.forms.returns import ReturnForm
from screening.forms.reviews import ReviewForms
from screening.models import FlagAnswer, PracticePolicy, Screening
from screening.models.reviews import FlagAnswerKind
from screening.models.screenings import ScreeningStatus
from screening.selectors.changed_since import changed_since
from screening.selectors.determinations import determinations_of
from screening.selectors.policies import policy_of
from screening.selectors.reading_first import draw_waiting, reading_of, topics_in_words
from screening.selectors.returns import asked_in, written
from screening.selectors.reviews import (
    CaseInReview,
    answered_by_now,
    case_in_review,
    newest_evaluation,
    returns_of,
    sections_in_review,
)
from screening.selectors.screenings import screening_for_reviewer
from screening.services import reviews
from screening.services.meanwhile import AnsweredMeanwhile
from screening.services.reviews import GivenAnswer


@page(Role.CLINICIAN, keeps_typing=True)
@require_http_methods(["GET", "POST"])
def review(request: PracticeRequest, screening_id: UUID) -> HttpResponse:
    """Show a case with its flags, and take the reviewer's answers to them."""
    screening = screening_for_reviewer(request.actor, screening_id)
    if draw_waiting(screening) is not None:
        return redirect("read-first", screening.pk)
    case, policy = case_in_review(screening), policy_of(request.actor.practice)
    if request.method == "POST":
        return _answer(request, screening, case, policy)
    typed = take_stash(request)
    forms = ReviewForms(case, policy, request.user, typed=typed)
    record_view(request, "screening.viewed", object=f"screening:{screening.pk}", stream=f"case:{screening.pk}")
    return render(request, "screening/review/review.html", _context(request, screening, case, forms, policy, typed))


@page(Role.CLINICIAN, keeps_typing=True)
@require_http_methods(["GET", "POST"])
def send_back(request: PracticeRequest, screening_id: UUID) -> HttpResponse:
    """Hand a case back to its therapist with words and questions."""
    screening = screening_for_reviewer(request.actor, screening_id)
    case = case_in_review(screening)
    closed = draw_waiting(screening) is not None
    form = _return_form(
        screening,
        None if closed else case,
        data=request.POST if request.method == "POST" else None,
        typed=take_stash(request),
    )
    if request.method == "POST" and form.is_valid():
        reviews.send_back(
            screening=screening,
            words=form.cleaned_data["words"],
            questions=form.questions,
            by=request.actor,
            at=timezone.now(),
        )
        note_saved(request)
        said = gettext("<bdi>{}</bdi> is back with <bdi>{}</bdi>, with your questions.")
        messages.success(request, format_html(said, screening.client.code, screening.therapist))
        return redirect("queue")
    record_view(request, "screening.viewed", object=f"screening:{screening.pk}", stream=f"case:{screening.pk}")
    context = {
        "screening": screening,
        "form": form,
        "policy": policy_of(request.actor.practice),
        "case": case,
        "closed": closed,
    }
    return render(request, "screening/review/return.html", context, status=422 if form.is_bound else 200)


def _answer(request: PracticeRequest, screening: Screening, case: CaseInReview, policy: PracticePolicy) -> HttpResponse:
    forms = ReviewForms(case, policy, request.user, data=request.POST)
    shown = _uuid(request.POST.get("evaluation", ""))
    newest = shown == screening.current_evaluation_id and _is_mine(request, screening)
    if newest and not forms.is_valid():
        return _again_with(request, screening, case, forms, policy, status=422)
    try:
        stored = reviews.answer_flags(
            screening=screening,
            evaluation_id=shown,
            given=_given(request, case, forms) if newest else [],
            by=request.actor,
            at=timezone.now(),
        )
    except AnsweredMeanwhile as conflict:
        return _answered_meanwhile(request, screening, answered_by_now(case), policy, conflict)
    case = answered_by_now(case)
    said = " ".join([_saved(len(stored)), *_from_elsewhere(request, case, stored), _what_is_left(len(case.left))])
    goes_on = _next(case, request.POST.get("at", ""))
    if request.htmx:
        forms = ReviewForms(case, policy, request.user)
        return _again_with(request, screening, case, forms, policy, said=said, goes_on=goes_on)
    messages.success(request, said)
    return redirect(f"{reverse('review', args=[screening.pk])}#{goes_on}")


def _answered_meanwhile(
    request: PracticeRequest,
    screening: Screening,
    case: CaseInReview,
    policy: PracticePolicy,
    conflict: AnsweredMeanwhile,
) -> HttpResponse:
    """Show what was given to flags meanwhile beside what was chosen here; saving again puts this in its place."""
    forms = ReviewForms(case, policy, request.user, data=request.POST)
    if forms.is_valid():
        forms.show_meanwhile(conflict.rules)
    answered = [flag for flag in case.flags if flag.row.rule_id in conflict.rules]
    return _again_with(request, screening, case, forms, policy, status=409, conflict=conflict, meanwhile=answered)


def _again_with(
    request: PracticeRequest,
    screening: Screening,
    case: CaseInReview,
    forms: ReviewForms,
    policy: PracticePolicy,
    *,
    status: int = 200,
    **said: Any,
) -> HttpResponse:
    """Show the page again; to htmx only the flags, what is left and what was said, since it takes nothing else."""
    if request.htmx:
        context = _flags(request, screening, case, forms, policy)
        return render(request, "screening/review/saved.html", {**context, **said}, status=status)
    context = _context(request, screening, case, forms, policy, None)
    return render(request, "screening/review/review.html", {**context, **said}, status=status)


def _given(request: PracticeRequest, case: CaseInReview, forms: ReviewForms) -> list[GivenAnswer]:
    """Return what was chosen, and the earlier answers that were asked for again."""
    given = {found["rule_id"]: GivenAnswer(**found) for found in forms.given()}
    wanted = request.POST.get("again", "")
    for flag in case.flags:
        rule_id, stood = flag.row.rule_id, forms.flags[flag.row.rule_id].stood_before
        asked = wanted == rule_id or (wanted == "all" and not flag.alone and stood is None)
        if asked and flag.earlier and flag.earlier_holds and rule_id not in given:
            given[rule_id] = _again(rule_id, flag.earlier, stood, together=wanted == "all")
    return list(given.values())


def _again(rule_id: str, earlier: FlagAnswer, stood: UUID | None, *, together: bool) -> GivenAnswer:
    said = (earlier.answer, earlier.words, earlier.reason_code, earlier.exception_id)
    return GivenAnswer(rule_id, *said, together=together, again=True, stood=stood)


def _next(case: CaseInReview, at: str) -> str:
    """Return where reading goes on: at the next flag left after the one whose button was pressed."""
    order = [flag.row.rule_id for flag in case.flags]
    begin = order.index(at) if at in order else 0
    after = [flag for flag in case.left if order.index(flag.row.rule_id) >= begin]
    return (after or case.left)[0].anchor if case.left else "progress"


def _context(
    request: PracticeRequest,
    screening: Screening,
    case: CaseInReview,
    forms: ReviewForms,
    policy: PracticePolicy,
    typed: QueryDict | None,
) -> dict[str, Any]:
    evaluation, reading = newest_evaluation(screening), reading_of(screening)
    signed = list(determinations_of(screening))
    return {
        **_flags(request, screening, case, forms, policy),
        "evaluation": evaluation,
        "sections": sections_in_review(evaluation, case),
        "reading": reading,
        "topics_read": topics_in_words(reading) if reading else [],
        "handed_back": typed is not None,
        "own": reviews.is_own(screening, request.actor),
        "may_claim": _may_claim(request, screening, policy),
        "returns": returns_of(screening),
        "since": changed_since(evaluation, request.actor),
        "determination": next((one for one in signed if one.evaluation_id == evaluation.pk), None),
        "signed_before": [one for one in signed if one.evaluation_id != evaluation.pk],
        "unsaved": _unsaved(case, typed) if typed is not None and not _is_mine(request, screening) else [],
    }


def _flags(
    request: PracticeRequest, screening: Screening, case: CaseInReview, forms: ReviewForms, policy: PracticePolicy
) -> dict[str, Any]:
    """Return what the flags and their fields are drawn from, and how many are left."""
    return {
        "screening": screening,
        "case": case,
        "result": case.result,
        "form": forms,
        "blocks": _blocks(case, forms),
        "policy": policy,
        "mine": _is_mine(request, screening),
    }


def _blocks(case: CaseInReview, forms: ReviewForms) -> list[dict[str, Any]]:
    """Return the blocks of the page, each flag with its form; ``left`` is to how many its one answer is given."""
    return [
        {
            "block": block,
            "form": forms.blocks.get(block.key),
            "left": block.left + (len(forms.blocks[block.key].also) if block.key in forms.blocks else 0),
            "flags": [(flag, forms.flags[flag.row.rule_id]) for flag in block.flags],
        }
        for block in case.blocks
    ]


def _unsaved(case: CaseInReview, typed: QueryDict) -> list[tuple[str, str]]:
    """Return the words that somebody had typed on a case that they do not review any more."""
    words = ((flag.row.title, typed.get(f"{flag.row.rule_id}-words", "")) for flag in case.flags)
    return [(title, text) for title, text in words if text]


def _return_form(
    screening: Screening, case: CaseInReview | None, *, data: QueryDict | None, typed: QueryDict | None
) -> ReturnForm:
    """Return the form, with what is missing first; ``case`` is None where what the rules made of it is not shown."""
    asked = _needed(case) if case else []
    initial: dict[str, Any] = {"missing": asked}
    if typed is not None:
        initial = {name: typed.getlist(name) if name != "words" else typed.get(name, "") for name in typed}
    sections = asked_in(newest_evaluation(screening))
    return ReturnForm(data, sections=sections, missing=case.result.missing if case else (), initial=initial)


def _needed(case: CaseInReview) -> list[str]:
    """Return the missing answers of the flags that the reviewer answered with "needs information"."""
    wanting = [flag for flag in case.flags if flag.answer and flag.answer.answer == FlagAnswerKind.NEEDS_INFORMATION]
    return list(dict.fromkeys(written(missing.answer) for flag in wanting for missing in flag.view.missing))


def _is_mine(request: PracticeRequest, screening: Screening) -> bool:
    return screening.status == ScreeningStatus.IN_REVIEW and screening.claimed_by_id == request.user.pk


def _may_claim(request: PracticeRequest, screening: Screening, policy: PracticePolicy) -> bool:
    waiting = screening.status == ScreeningStatus.SUBMITTED
    return waiting and (policy.own_review or not reviews.is_own(screening, request.actor))


def _saved(number: int) -> str:
    said = ngettext("%(number)s answer saved.", "%(number)s answers saved.", number) % {"number": number}
    return said if number else gettext("Nothing was changed.")


def _from_elsewhere(request: PracticeRequest, case: CaseInReview, stored: list[FlagAnswer]) -> list[str]:
    """Name the flags whose answers were saved by a button that stands at another: all that was typed goes with it."""
    at = request.POST.get("at") or request.POST.get("again", "")
    block = next((one for one in case.blocks if at in [flag.row.rule_id for flag in one.flags]), None)
    if block is None:  # a button for all of them
        return []
    here = {flag.row.rule_id for flag in block.flags}
    titles = [quoted(answer.flag.title) for answer in stored if answer.flag.rule_id not in here]
    said = gettext("Among them what was typed at other flags: %(titles)s.") % {"titles": ", ".join(titles)}
    return [said] if titles else []


def _what_is_left(number: int) -> str:
    said = ngettext("%(number)s flag left.", "%(number)s flags left.", number) % {"number": number}
    return said if number else gettext("Every flag is answered.")


def _uuid(text: str) -> UUID:
    """Return the id that a form carries; an id that is none belongs to nothing."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
