"""A section of a screening: showing its questions, saving as one goes, and going on.

With JavaScript every change, and what is typed after a pause, is saved beside the page; without it, whenever a button
is pressed. Nothing that was typed is lost: to a newer answer from elsewhere, a lock, or a session that ended. An answer
that cannot be read is saved as it was typed, and holds back no other.
"""

import datetime
import uuid
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.http import require_http_methods

from core.accounts.models import Role
from core.device_copy import note_saved
from core.errors import Refused
from core.languages import LANGUAGE_OF_RECORD
from core.web import PracticeRequest, page, record_view, take_stash
from screening.engine.answers import Row, Rows
from screening.engine.drafts import DraftContent
from screening.engine.questionnaire import Questionnaire, Section
from screening.forms.rows import with_row, without_row
from screening.forms.sections import SectionForm, revision_in, without_answer
from screening.models import Draft, Return, Screening
from screening.selectors.answers import AnswerView
from screening.selectors.documents import draft_content
from screening.selectors.policies import policy_of
from screening.selectors.results import SUICIDALITY, result_so_far
from screening.selectors.returns import asked_back
from screening.selectors.screenings import screening_to_fill
from screening.selectors.sections import section_views
from screening.selectors.translations import Asked, languages_of, questionnaire_in
from screening.services import drafts
from screening.services.submissions import local_date
from screening.views.screenings import to_question

ASKED_IN = "asked_in"
"""The field in which a page says in which language it asked, where that is not the questionnaire's own."""

GIVEN_BACK = "given"
"""The field with which ``static/copies.js`` says that what it sends was typed before, on a page that is gone."""


@dataclass(frozen=True)
class Asking:
    """What one request asks about: a section of one screening, with the answers so far."""

    screening: Screening
    draft: Draft
    content: DraftContent
    asked: Asked
    section: Section
    now: datetime.datetime

    @property
    def questionnaire(self) -> Questionnaire:
        """The questionnaire as the page puts it: in the reader's language, where it has a translation."""
        return self.asked.questionnaire

    @property
    def on(self) -> datetime.date:
        """The day of the screening where the practice is."""
        return local_date(self.now)

    @property
    def locked(self) -> bool:
        """Whether the answers were submitted, so that they cannot be changed now."""
        return self.screening.status not in drafts.OPEN and not self.screening.amending

    def form(
        self, data: QueryDict | None = None, *, add_row_to: str = "", taken: QueryDict | None = None
    ) -> SectionForm:
        """Return the section as a form: as it is stored, or as it was typed."""
        revision = revision_in(data) if data is not None else self.draft.revision
        return SectionForm(
            self.asked,
            self.section,
            self.content,
            revision=revision,
            on=self.on,
            data=data,
            add_row_to=add_row_to,
            taken=taken,
        )

    def row(self, group: str, row_id: str) -> Row | None:
        """Return a row of a repeating group as it is stored."""
        return next((row for row in self.content.groups.get(group, Rows()).rows if row.row_id == row_id), None)


@page(Role.THERAPIST, keeps_typing=True)
@require_http_methods(["GET", "POST"])
def section(request: PracticeRequest, screening_id: uuid.UUID, section_id: str) -> HttpResponse:
    """Ask the questions of one section, and save what is answered."""
    screening = screening_to_fill(request.actor, screening_id)
    asking = _asking(screening, section_id)
    return _save(request, asking) if request.method == "POST" else _show(request, asking)


def _asking(screening: Screening, section_id: str) -> Asking:
    asked = questionnaire_in(screening.questionnaire_version, get_language() or LANGUAGE_OF_RECORD)
    found = next((section for section in asked.questionnaire.sections if section.link_id == section_id), None)
    if found is None:
        raise Http404
    draft = Draft.objects.get(screening=screening)
    return Asking(screening, draft, draft_content(draft), asked, found, timezone.now())


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
    form = asking.form(_acted_on(asking, request.POST, act))
    if asking.locked:
        return _page(request, asking, form, status=409)
    try:
        saved = drafts.save(
            screening=asking.screening,
            change=form.change(),
            base_revision=form.revision,
            asked_in=_asked_in(asking, request.POST),
            by=request.actor,
            at=asking.now,
        )
    except drafts.DraftConflict as conflict:
        if not request.htmx:
            now = replace(asking, draft=conflict.draft, content=draft_content(conflict.draft))
            form = now.form(form.touched())
            form.show_conflicts(conflict.keys, now.content, conflict.draft.revision)
        return _page(request, asking, form, status=409, conflict=conflict)
    except Refused:  # submitted in between
        asking.screening.refresh_from_db()
        return _page(request, asking, form, status=409)
    if GIVEN_BACK in request.POST and saved.revision > asking.draft.revision:
        messages.info(request, gettext("What you had typed here, and was not saved then, is back and saved."))
    return _saved(request, form, _asking(asking.screening, asking.section.link_id), act)


def _saved(request: PracticeRequest, before: SectionForm, asking: Asking, act: str) -> HttpResponse:
    """Answer a save: beside the page, or by going on. What cannot be read, and questions that opened up, come first."""
    if not request.htmx:
        note_saved(request)
    after = asking.form()
    opened = [item for item in after.opened_since(before) if item.form is not None]
    if request.htmx:
        context = {**_context(request, asking, before), "changed": after.opened_since(before), "opened": opened}
        shown = {row.row_id for row in before.rows()}
        context["named"] = [row for row in after.rows() if row.row_id in shown]
        context["revision"], context["loaded"] = asking.draft.revision, after.loaded_after(before)
        before.show_elsewhere(asking.content)
        if "basis" in request.POST and context["live_basis"]:
            to = to_question(asking.screening)
            context["result"] = result_so_far(asking.screening, asking.draft, on=asking.on, question_url=to)
        status = 200 if before.is_valid() else 422
        return render(request, "screening/sections/saved.html", context, status=status)
    here = reverse("section", args=[asking.screening.pk, asking.section.link_id])
    verb, _, what = act.partition(":")
    if verb == "add":
        wanted = {"add": what, **({"unfilled": "1"} if before.has_empty_row(what) else {})}
        return redirect(f"{here}?{urlencode(wanted)}#new-row")  # which takes the focus
    if verb == "remove":
        return _page(request, asking, asking.form(taken=before.data))
    if verb in ("clear", "restore"):
        return redirect(f"{here}#{_anchor_of(verb, what)}")
    if not after.is_valid():
        return _page(request, asking, after, status=422)
    if opened:
        said = ngettext(
            "%(number)s more question follows from your answers.",
            "%(number)s more questions follow from your answers.",
            len(opened),
        )
        messages.info(request, said % {"number": len(opened)})
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
    policy = policy_of(request.actor.practice)
    number = next(n for n, view in enumerate(views, start=1) if view.section is asking.section)
    return {
        "screening": asking.screening,
        "draft": asking.draft,
        "saved_at": _saved_at(asking),
        "section": asking.section,
        "asked": asking.asked,
        "sections": views,
        "number": number,
        "answered": sum(not (view.left or view.unread) for view in views),
        "left": sum(view.left for view in views),
        "current": views[number - 1],
        "before": views[number - 2].section if number > 1 else None,
        "last": number == len(views),
        "form": form,
        "revision": form.revision,
        "loaded": form.loaded,
        "locked": asking.locked,
        "unfilled": "unfilled" in request.GET,
        "policy": policy,
        "crisis_stands": asking.section.topic == SUICIDALITY,
        "live_basis": policy.live_basis,
        "returns": [] if request.htmx else _asked_back(asking),
    }


def _asked_back(asking: Asking) -> list[tuple[Return, list[AnswerView]]]:
    """Return what the reviewer of a returned case asks, with those of the questions that stand in this section."""
    section, screening = asking.section.link_id, asking.screening
    return [
        (returned, [view for view in questions if view.section == section])
        for returned, questions in asked_back(screening, to_question(screening))
    ]


def _saved_at(asking: Asking) -> str:
    """Return when the draft was saved last: the time, with its day where that is not today."""
    at = asking.draft.saved_at
    today = local_date(at) == asking.on
    return date_format(timezone.localtime(at), "TIME_FORMAT" if today else "DATETIME_FORMAT")


def _asked_in(asking: Asking, data: QueryDict) -> str:
    """Return the language that a page says it asked in, where it is one that the questionnaire was put into."""
    said = data.get(ASKED_IN, "")
    return said if said in languages_of(asking.screening.questionnaire_version)[1:] else ""


def _next(asking: Asking) -> str:
    sections = asking.questionnaire.sections
    following = sections.index(asking.section) + 1
    if following == len(sections):
        return reverse("screening-answers", args=[asking.screening.pk])
    return reverse("section", args=[asking.screening.pk, sections[following].link_id])


def _acted_on(asking: Asking, data: QueryDict, act: str) -> QueryDict:
    """Return what was typed, less the answer or the row that a button takes away, or with the row it puts back."""
    verb, _, what = act.partition(":")
    group, _, row_id = what.partition(":")
    if verb == "clear":
        return without_answer(data, what)
    if verb == "remove":
        return without_row(data, group, row_id, asking.row(group, row_id))
    return with_row(data, group, row_id) if verb == "restore" else data


def _anchor_of(verb: str, what: str) -> str:
    return f"g-{what.replace(':', '-')}" if verb == "restore" else f"slot-{what}"
