"""A section of a screening: showing its questions, saving as one goes, and going on.

With JavaScript every change, and what is typed after a pause, is saved beside the page; without it, whenever a button
is pressed. Nothing that was typed is lost: to a newer answer from elsewhere, a lock, or a session that ended. An answer
that cannot be read is saved as it was typed, and holds back no other.
"""

import datetime
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.accounts.models import Role
from core.errors import Refused
from core.web import PracticeRequest, page, record_view, take_stash
from screening.engine.drafts import DraftContent
from screening.engine.questionnaire import Questionnaire, Section
from screening.forms.sections import SectionForm, revision_in, without_answer, without_row
from screening.models import Draft, Screening
from screening.selectors.documents import draft_content, questionnaire_of
from screening.selectors.policies import policy_of
from screening.selectors.results import SUICIDALITY
from screening.selectors.screenings import screening_for_therapist
from screening.selectors.sections import section_views
from screening.services import drafts
from screening.services.submissions import local_date


@dataclass(frozen=True)
class Asking:
    """What one request asks about: a section of one screening, with the answers so far."""

    screening: Screening
    draft: Draft
    content: DraftContent
    questionnaire: Questionnaire
    section: Section
    now: datetime.datetime

    @property
    def on(self) -> datetime.date:
        """The day of the screening where the practice is."""
        return local_date(self.now)

    @property
    def locked(self) -> bool:
        """Whether the answers were submitted, so that they cannot be changed now."""
        return self.screening.status not in drafts.OPEN and not self.screening.amending

    def form(self, data: QueryDict | None = None, *, add_row_to: str = "") -> SectionForm:
        """Return the section as a form: as it is stored, or as it was typed."""
        revision = revision_in(data) if data is not None else self.draft.revision
        return SectionForm(
            self.questionnaire,
            self.section,
            self.content,
            revision=revision,
            on=self.on,
            data=data,
            add_row_to=add_row_to,
        )


@page(Role.THERAPIST, keeps_typing=True)
@require_http_methods(["GET", "POST"])
def section(request: PracticeRequest, screening_id: uuid.UUID, section_id: str) -> HttpResponse:
    """Ask the questions of one section, and save what is answered."""
    screening = screening_for_therapist(request.actor, screening_id)
    asking = _asking(screening, section_id)
    return _save(request, asking) if request.method == "POST" else _show(request, asking)


def _asking(screening: Screening, section_id: str) -> Asking:
    questionnaire = questionnaire_of(screening.questionnaire_version)
    found = next((section for section in questionnaire.sections if section.link_id == section_id), None)
    if found is None:
        raise Http404
    draft = Draft.objects.get(screening=screening)
    return Asking(screening, draft, draft_content(draft), questionnaire, found, timezone.now())


def _show(request: PracticeRequest, asking: Asking) -> HttpResponse:
    typed = take_stash(request)
    if asking.locked and typed is None:
        return redirect("screening-answers", asking.screening.pk)
    record_view(
        request,
        "screening.viewed",
        object=f"screening:{asking.screening.pk}",
        stream=f"case:{asking.screening.pk}",
    )
    form = asking.form(typed, add_row_to=request.GET.get("add", ""))
    return _page(request, asking, form, handed_back=typed is not None)


def _save(request: PracticeRequest, asking: Asking) -> HttpResponse:
    act = "" if request.htmx else request.POST.get("act", "go")
    form = asking.form(_acted_on(request.POST, act))
    if asking.locked:
        return _page(request, asking, form, status=409)
    try:
        drafts.save(
            screening=asking.screening,
            change=form.change(),
            base_revision=form.revision,
            by=request.actor,
            at=asking.now,
        )
    except drafts.DraftConflict as conflict:
        now = draft_content(conflict.draft)
        if not request.htmx:
            form.show_conflicts(conflict.keys, now, conflict.draft.revision)
        return _page(request, asking, form, status=409, conflict=conflict)
    except Refused:  # submitted in between
        asking.screening.refresh_from_db()
        return _page(request, asking, form, status=409)
    return _saved(request, form, _asking(asking.screening, asking.section.link_id), act)


def _saved(request: PracticeRequest, before: SectionForm, asking: Asking, act: str) -> HttpResponse:
    """Answer a save: beside the page, or by going on. What cannot be read, and questions that opened up, come first."""
    after = asking.form()
    opened = [item for item in after.opened_since(before) if item.form is not None]
    if request.htmx:
        context = {**_context(request, asking, before), "changed": after.opened_since(before), "opened": opened}
        context["revision"] = asking.draft.revision
        status = 200 if before.is_valid() else 422
        return render(request, "screening/sections/saved.html", context, status=status)
    here = reverse("section", args=[asking.screening.pk, asking.section.link_id])
    verb, _, what = act.partition(":")
    if verb == "add":
        wanted = {"add": what, **({"unfilled": "1"} if before.has_empty_row(what) else {})}
        return redirect(f"{here}?{urlencode(wanted)}#new-row")  # which takes the focus
    if verb in ("clear", "remove"):
        return redirect(f"{here}#{_anchor_of(verb, what)}")
    if not after.is_valid():
        return _page(request, asking, after, status=422)
    if opened:
        follow = "1 more question follows" if len(opened) == 1 else f"{len(opened)} more questions follow"
        messages.info(request, f"{follow} from your answers.")
        return redirect(f"{here}#{opened[0].anchor}")
    return redirect(_next(asking) if verb == "go" else here)


def _page(
    request: PracticeRequest,
    asking: Asking,
    form: SectionForm,
    *,
    status: int = 200,
    conflict: drafts.DraftConflict | None = None,
    handed_back: bool = False,
) -> HttpResponse:
    template = "screening/sections/saved.html" if request.htmx else "screening/sections/section.html"
    context = {**_context(request, asking, form), "conflict": conflict, "unsaved": status == 409}
    context["handed_back"] = handed_back
    return render(request, template, context, status=status)


def _context(request: PracticeRequest, asking: Asking, form: SectionForm) -> dict[str, object]:
    views = section_views(asking.questionnaire, asking.content, asking.on)
    number = next(n for n, view in enumerate(views, start=1) if view.section is asking.section)
    return {
        "screening": asking.screening,
        "draft": asking.draft,
        "section": asking.section,
        "sections": views,
        "number": number,
        "current": views[number - 1],
        "before": views[number - 2].section if number > 1 else None,
        "last": number == len(views),
        "form": form,
        "revision": form.revision,
        "locked": asking.locked,
        "unfilled": "unfilled" in request.GET,
        "policy": policy_of(request.actor.practice) if asking.section.topic == SUICIDALITY else None,
    }


def _next(asking: Asking) -> str:
    sections = asking.questionnaire.sections
    following = sections.index(asking.section) + 1
    if following == len(sections):
        return reverse("screening-answers", args=[asking.screening.pk])
    return reverse("section", args=[asking.screening.pk, sections[following].link_id])


def _acted_on(data: QueryDict, act: str) -> QueryDict:
    """Return what was typed, less the answer or the row that a button takes away."""
    verb, _, what = act.partition(":")
    if verb == "clear":
        return without_answer(data, what)
    if verb == "remove":
        return without_row(data, *what.partition(":")[::2])
    return data


def _anchor_of(verb: str, what: str) -> str:
    return f"q-{what.partition(':')[0]}" if verb == "remove" else f"slot-{what}"
