"""What lists and searches cost with a million cases in the practice, beside the same with a hundred.

Every page is opened as its role opens it, through Django's test client, and on PostgreSQL as the application's own
role, which row-level security holds. The hundredth page is reached as people reach it: by following the links to what
is later.
"""

import html
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.many_cases import RARE, Practice, a_name, as_the_application, code, fill, practice, throwaway_database

CASES = int(os.environ.get("FINDING_CASES", "1000000"))
FEW = 100
TIMES = int(os.environ.get("FINDING_TIMES", "15"))
PAGES = 100
AIM = 100  # milliseconds
LATER = re.compile(r'rel="next" href="([^"]+)"')
Open = Callable[[], Any]
Cost = tuple[float, float, int]
"""Of a page, at the median: milliseconds, those of them that this process was at work, and its queries."""


def main() -> None:
    """Print, for each page, its median with many cases and with few, and its queries."""
    with throwaway_database():
        measure(CASES)


def measure(cases: int) -> dict[str, tuple[Cost, Cost]]:
    """Fill the database and measure; return what each page costs with many cases and with few."""
    from django.db import connection
    from django.utils import timezone

    now = timezone.now()
    at = practice(cases=cases, now=now)
    fill(at, range(FEW), now=now)
    few = _table(at, last=FEW - 1)
    begun = time.perf_counter()
    fill(at, range(FEW, cases), now=now)
    print(f"{connection.vendor}: {cases:,} cases, written in {time.perf_counter() - begun:.0f} s\n", flush=True)
    many = _table(at, last=cases - 1)
    print(f"{'page':<42}{'ms':>8}{'own':>7}{f'ms at {FEW}':>11}{'ratio':>7}{'queries':>9}{f'at {FEW}':>8}")
    for page, (milliseconds, own, queries) in many.items():
        before, _, fewer = few[page]
        slow = "" if milliseconds < AIM else f"  over {AIM}"
        cost = f"{milliseconds:>8.1f}{own:>7.1f}{before:>11.1f}{milliseconds / before:>7.2f}{queries:>9}{fewer:>8}"
        print(f"{page:<42}{cost}{slow}", flush=True)
    return {page: (cost, few[page]) for page, cost in many.items()}


def _table(at: Practice, *, last: int) -> dict[str, Cost]:
    with as_the_application():
        return {name: _measured(open_) for name, open_ in _pages(at, last)}


def _pages(at: Practice, last: int) -> Iterator[tuple[str, Open]]:
    from django.urls import reverse

    clinician, therapist, auditor, manager = (
        _browser(at.people[name].user) for name in ("clinician", "therapist", "auditor", "manager")
    )
    queue, clients, cases, openings = (reverse(name) for name in ("queue", "clients", "audit-cases", "openings"))
    yield "queue, first page", lambda: clinician.get(queue)
    yield "queue, hundredth page", _opening(clinician, _follow(clinician, queue))
    narrowed = {
        "a common kind of flag": {"concern": "caution"},
        f"a kind that 1 in {RARE[1]:,} has": {"concern": RARE[0]},
        "returned before": {"returned": "on"},
        "screened by one": {"therapist": str(at.therapists[0].pk)},
        "the other protocol, of which none is": {"protocol": str(at.other_protocol.pk)},
        "waits longer than two weeks": {"waits": "14"},
        "code": {"code": code(last)},
        "beginning of many codes": {"code": code(last)[:5]},
    }
    for name, query in narrowed.items():
        yield f"queue: {name}", _opening(clinician, queue, query)
    yield "worklist", lambda: therapist.get(reverse("worklist"))
    yield "clients, first page", lambda: therapist.get(clients)
    yield "clients, hundredth page", _opening(therapist, _follow(therapist, clients))
    yield "clients: by code", lambda: therapist.post(clients, {"sought": code(0)})
    yield "clients: by name", lambda: therapist.post(clients, {"sought": a_name(7).upper()})
    yield "clients: by a name that nobody has", lambda: therapist.post(clients, {"sought": "Nobody Atall"})
    yield "auditor's cases, first page", lambda: auditor.get(cases)
    yield "auditor's cases, hundredth page", _opening(auditor, _follow(auditor, cases))
    yield "auditor's cases: code", lambda: auditor.get(cases, {"code": code(last)})
    yield "auditor's cases: determined", lambda: auditor.get(cases, {"status": "determined"})
    yield "openings, first page", lambda: manager.get(openings)
    yield "openings, hundredth page", _opening(manager, _follow(manager, openings))
    yield "openings: code", lambda: manager.get(openings, {"code": code(last)})


def _opening(browser: Any, address: str, query: dict[str, str] | None = None) -> Open:
    return lambda: browser.get(address, query)


def _follow(browser: Any, address: str) -> str:
    """Return the address of the hundredth page, or of the last where there are fewer."""
    here = address
    for _ in range(PAGES - 1):
        later = LATER.search(browser.get(here).content.decode())
        if later is None:
            break
        here = f"{address}{html.unescape(later[1])}"
    return here


def _browser(user: Any) -> Any:
    from django.test import Client

    browser = Client()
    browser.force_login(user)
    return browser


def _measured(open_: Open) -> Cost:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    open_()
    with CaptureQueriesContext(connection) as captured:
        answer = open_()
    if answer.status_code != 200:
        raise SystemExit(f"{answer.request['PATH_INFO']} answered {answer.status_code}")
    queries = len(captured)  # the next request empties the log
    times = [_milliseconds(open_) for _ in range(TIMES)]
    return statistics.median(all_ for all_, _ in times), statistics.median(own for _, own in times), queries


def _milliseconds(open_: Open) -> tuple[float, float]:
    begun, worked = time.perf_counter(), time.process_time()
    open_()
    return (time.perf_counter() - begun) * 1000, (time.process_time() - worked) * 1000
