"""The auditor's timeline: opening a case again and again is one line, and no entry is left out of the page."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.accounts.models import Role
from core.ledger.models import Entry
from core.ledger.selectors import timeline
from screening.models import Screening
from screening.selectors.documents import questionnaire_of
from screening.selectors.moments import Run, runs_of
from tests.factories import actor
from tests.pages import signed_in, text_in
from tests.playing import House, answer_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(riverside: House) -> Client:
    """The browser in which the auditor is signed in."""
    return signed_in(riverside.auditor)


def opened(desk: Client, case: Screening, times: int) -> None:
    for _ in range(times):
        assert desk.get(reverse("review", args=[case.pk])).status_code == 200


def runs(at: House, case: Screening) -> list[Run]:
    moments = timeline(at.auditor, stream=f"case:{case.pk}")
    return runs_of(moments, questionnaire_of(case.questionnaire_version))


def shown(auditor: Client, case: Screening) -> str:
    page = auditor.get(reverse("audit-case", args=[case.pk])).content.decode()
    return page[page.index('id="timeline"') :]


def test_opening_it_many_times_in_a_row_is_one_line_with_the_number(
    desk: Client, auditor: Client, riverside: House, case: Screening
) -> None:
    opened(desk, case, 5)
    assert len(runs(riverside, case)[-1].told) == 5
    assert "The screening was opened 5 times" in text_in(shown(auditor, case))
    assert "Each of the 5 entries" in text_in(shown(auditor, case))


def test_no_entry_is_left_out_and_the_order_stays(
    desk: Client, auditor: Client, riverside: House, case: Screening
) -> None:
    opened(desk, case, 5)
    entries = list(Entry.objects.filter(stream__name=f"case:{case.pk}").order_by("seq"))
    page = shown(auditor, case)
    places = [page.index(f'<span class="digest">{entry.seq} {entry.hash[:10]}</span>') for entry in entries]
    assert places == sorted(places)
    assert [told.moment.seq for run in runs(riverside, case) for told in run.told][: len(entries)] == [
        entry.seq for entry in entries
    ]


def test_somebody_else_or_something_else_in_between_ends_a_run(
    desk: Client, client: Client, riverside: House, case: Screening
) -> None:
    opened(desk, case, 2)
    colleague = actor(Role.CLINICIAN, practice=riverside.practice)
    opened(signed_in(colleague), case, 2)
    opened(desk, case, 1)
    desk.post(reverse("release", args=[case.pk]))
    opened(desk, case, 3)
    assert [len(run.told) for run in runs(riverside, case)[-5:]] == [2, 2, 1, 1, 3]


def test_what_was_done_is_never_folded(riverside: House, case: Screening) -> None:
    answers = answer_all(riverside, case)
    told = [run for run in runs(riverside, case) if run.first.moment.action == "flag.answered"]
    assert [len(run.told) for run in told] == [1] * len(answers)


def test_one_entry_or_thirty_take_as_many_queries(desk: Client, auditor: Client, case: Screening) -> None:
    opened(desk, case, 1)
    shown(auditor, case)
    few = queries_of(auditor, case)
    opened(desk, case, 30)
    assert queries_of(auditor, case) == few


def queries_of(auditor: Client, case: Screening) -> int:
    with CaptureQueriesContext(connection) as captured:
        shown(auditor, case)
    return len(captured)
