"""Exporting a case as a PDF for the chart: a summary, or the whole of it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext

from core.accounts.models import Actor
from core.commands import repeatable
from core.errors import Erased, Refused
from core.languages import in_the_language_of_record
from core.ledger.services import Event, append, hold
from core.paper import pdf_of
from screening.models import Screening
from screening.selectors.charts import Chart, chart_of
from screening.services import streams

SUMMARY, WHOLE = "summary", "whole"
SHEET = "paper.css"


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF: its bytes, their SHA-256, and a name for the file that says nothing of anybody."""

    content: bytes
    digest: str
    name: str


@repeatable
def export(
    *, screening: Screening, what: str, by: Actor | None, at: datetime, put: Callable[[bytes], None] | None = None
) -> Paper:
    """Make a PDF of a submitted case, a ``SUMMARY`` or the ``WHOLE``, and record its digest. ``by=None`` is the system.

    It is in the language of the record, whoever asks for it, and drawn before anything is written, so that nobody waits
    for it. ``put`` takes it before it counts as exported:
    where that fails, nothing is recorded. Asked again, it is made and recorded again.
    Raise ``NoPaper`` where this machine cannot make one, ``Erased`` where the case was erased, and ``Refused`` where
    nothing is submitted yet.
    """
    _refuse_erased(screening)
    if screening.current_evaluation_id is None:
        raise Refused(
            gettext("Nothing of this screening is submitted yet, so there is nothing for the chart."), code="open"
        )
    with in_the_language_of_record():
        chart = chart_of(screening)
        page = _page(chart, what, by, at)
    content = pdf_of(page, css=_sheet())
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        hold(streams.case(screening))
        _refuse_erased(screening)
        append(*_events(chart, what, digest, len(content)), by=by, at=at, practice=screening.practice)
        if put:
            put(content)
    return Paper(content, digest, f"{what}-{str(screening.pk)[:8]}-{digest[:8]}.pdf")


def _refuse_erased(screening: Screening) -> None:
    if Screening.objects.filter(pk=screening.pk, erased_at__isnull=False).exists():
        raise Erased(gettext("This case was erased: what it held can be read by nobody any more."), code="erased")


def _page(chart: Chart, what: str, by: Actor | None, at: datetime) -> str:
    made_by = by.user.printed_name if by else "the command line"
    return render_to_string(
        "screening/paper/document.html", {"chart": chart, "what": what, "made_by": made_by, "made_at": at}
    )


def _sheet() -> str:
    """Return the stylesheet for paper, with the size of the paper that this house uses."""
    found = finders.find(SHEET)
    return f"{Path(str(found)).read_text(encoding='utf-8')}\n@page {{ size: {settings.PAPER_SIZE} }}\n"


def _events(chart: Chart, what: str, digest: str, size: int) -> list[Event]:
    """Say that the case was exported, and of the one that it is compared with, that it was read for that."""
    screening, since = chart.screening, chart.since
    payload = {"what": what, "digest": digest, "bytes": size}
    exported = Event(streams.case(screening), "case.exported-as-pdf", f"screening:{screening.pk}", payload)
    if since is None:
        return [exported]
    earlier = since.earlier.response.screening
    return [exported, Event(streams.case(earlier), "screening.compared", f"screening:{earlier.pk}")]
