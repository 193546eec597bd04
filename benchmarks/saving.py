"""What it costs to save a section of an intake while it is filled in, with many cases in the database and with few.

Each section of a filled intake is sent as its page sends it when an answer is given (htmx), with that answer changed:
the whole form is read, the draft decrypted, merged, encrypted and stored, the ledger told, and the part of the page
that changes drawn. On PostgreSQL as the application's own role.
"""

import math
import os
import statistics
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.many_cases import Practice, as_the_application, fill, practice, throwaway_database

CASES = int(os.environ.get("SAVING_CASES", "100000"))
FEW = 20
ROUNDS = int(os.environ.get("SAVING_ROUNDS", "6"))
AIM = 100  # milliseconds
Saves = list[tuple[float, float, int]]
"""Of each save: milliseconds, those of them that this process was at work, and queries."""


def main() -> None:
    """Print median, slowest twentieth and queries of a save, with many cases and with few."""
    with throwaway_database():
        measure(CASES)


def measure(cases: int) -> tuple[Saves, Saves]:
    """Measure with few cases, fill the database, and measure again; return the saves of both."""
    from django.db import connection
    from django.utils import timezone

    now = timezone.now()
    at = practice(cases=cases, now=now)
    fill(at, range(FEW), now=now)
    screening, answers = _filled(at)
    sections = list(_sections(at))
    few = _saves(at, screening, sections)
    fill(at, range(FEW, cases), now=now)
    many = _saves(at, screening, sections)
    print(f"{connection.vendor}: an intake with {answers} answers, {len(sections)} sections, {ROUNDS} saves of each\n")
    print(f"{'cases':>9}{'median ms':>11}{'p95 ms':>9}{'own ms':>9}{'queries':>9}")
    for number, saves in ((FEW, few), (cases, many)):
        own = statistics.median(own for _, own, _ in saves)
        print(f"{number:>9,}{_median(saves):>11.1f}{_p95(saves):>9.1f}{own:>9.1f}{_queries(saves):>9}", flush=True)
    ratio = _median(many) / _median(few)
    print(f"ratio of the medians: {ratio:.2f}; the aim is a median under {AIM} ms")
    return few, many


def _filled(at: Practice) -> tuple[Any, int]:
    """Start a screening, through the services, with the answers of the vignette that gives most; say how many."""
    import uuid

    from django.utils import timezone

    from core import tenancy
    from screening.engine.drafts import Change
    from screening.selectors.shipped import shipped_protocol
    from screening.services import clients, drafts, screenings

    by, now, shipped = at.people["therapist"], timezone.now(), shipped_protocol("intake").vignettes
    given = max((shipped.answers_of(vignette) for vignette in shipped.vignettes), key=lambda found: len(found.answers))
    with tenancy.inside(practice=by.practice.pk, person=by.user.pk):
        client_id = uuid.uuid4()
        client = clients.create(client_id=client_id, code="S-1", name="Made Up", birth_date=None, by=by, at=now)
        started = screenings.start(screening_id=uuid.uuid4(), client=client, protocol=at.protocol, by=by, at=now)
        change = Change(answers={**given.answers}, groups=given.groups)
        drafts.save(screening=started, change=change, base_revision=0, by=by, at=now)
    return started, len(given.answers)


def _sections(at: Practice) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Yield each section with a field of it and two answers that it takes, one after the other."""
    from screening.engine.questionnaire import Question
    from screening.selectors.documents import questionnaire_of

    for section in questionnaire_of(at.questionnaire_version).sections:
        for item in section.items:
            if isinstance(item, Question) and not item.enable_when and not item.repeats:
                options = [option.code for option in item.answer_options or ()]
                answers = ["yes", "no"] if item.type == "boolean" else options[:2]
                if len(answers) == 2:
                    yield section.link_id, f"a-{item.link_id}-value", (answers[0], answers[1])
                    break


def _saves(at: Practice, screening: Any, sections: list[tuple[str, str, tuple[str, str]]]) -> Saves:
    from django.test import Client
    from django.urls import reverse

    browser, found = Client(), []
    browser.force_login(at.people["therapist"].user)
    with as_the_application():
        for turn in range(ROUNDS + 1):
            for section, field, answers in sections:
                address = reverse("section", args=[screening.pk, section])
                saved = _save(browser, address, {field: answers[turn % 2]})
                found += [saved] if turn else []  # the first round warms what is kept in memory
    return found


def _save(browser: Any, address: str, changed: dict[str, str]) -> tuple[float, float, int]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.pages import fields

    form = {**fields(browser.get(address), "section-form"), **changed}
    with CaptureQueriesContext(connection) as captured:
        begun, worked = time.perf_counter(), time.process_time()
        answer = browser.post(address, form, headers={"HX-Request": "true"})
        milliseconds, own = (time.perf_counter() - begun) * 1000, (time.process_time() - worked) * 1000
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
    return milliseconds, own, len(captured)


def _median(saves: Saves) -> float:
    return statistics.median(milliseconds for milliseconds, *_ in saves)


def _p95(saves: Saves) -> float:
    ordered = sorted(milliseconds for milliseconds, *_ in saves)
    return ordered[math.ceil(0.95 * len(ordered)) - 1]


def _queries(saves: Saves) -> str:
    fewest, most = min(number for *_, number in saves), max(number for *_, number in saves)
    return f"{fewest}" if fewest == most else f"{fewest}–{most}"
