"""How many queries each page of the journey makes, with the demo's cases and with five times as many.

A page whose number of queries grows with the number of cases is one that a busy practice cannot use. The demo is
filled into a database of its own, in memory or on the server that DATABASE_URL names, and thrown away.
"""

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

TIMES = 5


def main() -> None:
    """Print, for each page, its queries and its median time with few and with many cases."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.config.settings")
    import django

    django.setup()
    with _database():
        _measure()


@contextmanager
def _database() -> Iterator[None]:
    from django.conf import settings
    from django.db import connection

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _measure() -> None:
    from django.db import connection
    from django.utils import timezone

    from screening.management.demo.people import new_password, people_and_practice
    from screening.management.demo.play import play_all, publish_protocols
    from screening.models import Screening

    now = timezone.now()
    people = people_and_practice(password=new_password(), at=now - timedelta(days=60))
    adopted = publish_protocols(people, at=now - timedelta(days=59))
    play_all(people, adopted, now=now)
    few, few_cases = _table(people), Screening.objects.count()
    for more in range(1, TIMES):
        play_all(people, adopted, now=now - timedelta(minutes=more), prefix=f"D{more}")
    many, many_cases = _table(people), Screening.objects.count()
    print(f"{connection.vendor}, {few_cases} and {many_cases} screenings\n")
    print(f"{'page':<34}{'queries':>9}{'queries':>9}{'ms':>8}{'ms':>8}{'ratio':>7}")
    for page, (queries, milliseconds) in few.items():
        more_queries, more_milliseconds = many[page]
        ratio = more_milliseconds / milliseconds
        print(f"{page:<34}{queries:>9}{more_queries:>9}{milliseconds:>8.1f}{more_milliseconds:>8.1f}{ratio:>7.2f}")


def _table(people: dict[str, Any]) -> dict[str, tuple[int, float]]:
    found = {}
    for person, page, address in _pages():
        found[f"{page} ({person})"] = _of_page(people[person].user, address)
    return found


def _pages() -> list[tuple[str, str, str]]:
    from django.urls import reverse

    from screening.models import RuleSetVersion, Screening

    def case(code: str) -> Screening:
        return Screening.objects.filter(client__code=code).order_by("started_at")[0]

    filling, reviewed, signed = case("C-0416"), case("C-0410"), case("C-0402")
    section = "suicidality"
    return [
        ("therapist", "worklist", reverse("worklist")),
        ("therapist", "clients", reverse("clients")),
        ("therapist", "client", reverse("client", args=[filling.client_id])),
        ("therapist", "section", reverse("section", args=[filling.pk, section])),
        ("therapist", "check answers", reverse("screening-answers", args=[filling.pk])),
        ("therapist", "result", reverse("screening-result", args=[signed.pk])),
        ("therapist", "print", reverse("screening-print", args=[signed.pk])),
        ("clinician", "queue", reverse("queue")),
        ("clinician", "review", reverse("review", args=[reviewed.pk])),
        ("admin1", "rules", reverse("rules")),
        ("clinician", "sign", reverse("sign", args=[reviewed.pk])),
        ("admin1", "rules version", reverse("rule-version", args=[RuleSetVersion.objects.latest("number").pk])),
        ("auditor", "cases", reverse("audit-cases")),
        ("auditor", "case", reverse("audit-case", args=[signed.pk])),
        ("auditor", "evaluate again", reverse("audit-again", args=[signed.pk])),
    ]


def _of_page(user: Any, address: str) -> tuple[int, float]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(user)
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address} answered {response.status_code}")
    return len(captured), statistics.median(_milliseconds(client, address) for _ in range(7))


def _milliseconds(client: Any, address: str) -> float:
    begun = time.perf_counter()
    client.get(address)
    return (time.perf_counter() - begun) * 1000
