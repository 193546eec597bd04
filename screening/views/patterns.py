"""Every component of the pages in every state, for whoever changes their looks. Not served in production."""

import datetime
from typing import Any
from uuid import UUID

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.web import public
from screening.engine.answers import Absence, Answer, Row, Rows, Source
from screening.engine.drafts import DraftContent
from screening.forms.patterns import EveryField
from screening.forms.sections import SectionForm
from screening.models import PracticePolicy, Screening
from screening.selectors.patterns import flag_of_each_kind
from screening.selectors.shipped import shipped_protocol
from screening.selectors.translations import Asked

DAY = datetime.date(2026, 5, 3)
SECTION, UNREAD = "substances-and-recovery", "ketamine-last-outside-use"
SAID = {"message": "What was refused, in the words of the rule that refused it."}
SAID_BY_LEVEL = {
    constants.SUCCESS: "The details were changed.",
    constants.INFO: "2 more questions follow from your answers.",
    constants.WARNING: "Nothing was saved yet: this was changed elsewhere too.",
    constants.ERROR: "That was not done.",
}
REFUSALS: dict[str, dict[str, Any]] = {
    "400": {},
    "403": {"kept": True},
    "404": {},
    "405": {},
    "500": {"request_id": "3f1c9a52"},
    "503": {"acting": True, "address": "/patterns/", "fields": [("words", "What was typed.")], "asks_again": True},
    "another_practice": {
        "theirs": {"name": "Harbour Street"},
        "chosen": {"name": "Mill Lane"},
        "kept": True,
        "after": "next=/worklist/",
    },
    "csrf": {"same_origin": True, "way_back": "/patterns/"},
    "done_already": {"way_back": "/patterns/"},
    "erased": {"erased": SAID},
    "locked": {"failure_limit": 5},
    "over": {"over": SAID},
    "refused": {"refusal": SAID, "kept": True, "way_back": "/patterns/"},
    "too_much": {"size": True},
}
"""Each page that says no, with what it says it of."""


@public
@require_GET
def patterns(request: HttpRequest) -> HttpResponse:
    """Show the components, with flags and questions of the shipped protocols."""
    section = _section()
    context = {
        "screening": Screening(pk=UUID(int=0)),
        "section": section.section,
        "fields": EveryField(),
        "asked": section.asked,
        "questions": [item for item in section.items if item.form is not None],
        "flags": flag_of_each_kind(),
        "policy": PracticePolicy(),
        "levels": [Message(level, words) for level, words in SAID_BY_LEVEL.items()],
        "refusals": REFUSALS,
    }
    return render(request, "screening/patterns/patterns.html", context)


@public
@require_GET
def sent_back(request: HttpRequest) -> HttpResponse:
    """Show a form as it comes back when something in it was wrong."""
    form = EveryField({"words": "x" * 201, "number": "eleven", "chosen": "three"})
    return render(request, "screening/patterns/sent_back.html", {"form": form})


@public
@require_GET
def refusal(request: HttpRequest, name: str) -> HttpResponse:
    """Show one of the pages that say no."""
    if name not in REFUSALS:
        raise Http404
    return render(request, f"errors/{name}.html", REFUSALS[name])


def _section() -> SectionForm:
    """Return a section with an answer, a declined one, a row, and a date that cannot be read."""
    questionnaire = shipped_protocol("intake").questionnaire
    section = next(found for found in questionnaire.sections if found.link_id == SECTION)
    yes = Answer(value=True, source=Source.CLIENT)
    declined = Answer(absent=Absence.DECLINED, source=Source.CLIENT)
    content = DraftContent(
        answers={"substance-problem-ever": yes, "ketamine-ever": yes, "ketamine-outside-care": yes}
        | {"substance-use-a-reason": declined},
        groups={"substances": Rows(rows=(Row(row_id="first", answers={}),))},
        unread={UNREAD: {f"{UNREAD}-value": ("when I was young",)}},
    )
    return SectionForm(Asked(questionnaire), section, content, revision=1, on=DAY)
