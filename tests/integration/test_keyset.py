"""Pages of a list: each row once and in order, whoever comes in or leaves meanwhile, and no cursor breaks a page."""

import datetime
import random
from typing import Any

import pytest
from django.core.signing import Signer
from django.db.models import QuerySet
from django.urls import reverse

from screening.models import Client, Protocol, Screening
from screening.models.screenings import READ_LATER
from screening.selectors.keyset import Order, Page, Place, counted, page_of
from tests.pages import signed_in
from tests.playing import NOON, House, a_client, house, published

pytestmark = pytest.mark.django_db

QUEUE = Order(("read_later", "started_at", "pk"))
NEWEST = Order(("started_at", "pk"), newest_first=True)


@pytest.fixture
def riverside() -> House:
    at_house = house()
    published(at_house)
    a_client(at_house)
    return at_house


def arrive(at: House, number: int, chance: random.Random) -> set[Any]:
    """Write cases of few times, so that many are alike; return their ids."""
    protocol = Protocol.objects.get(practice=at.practice)
    common = {"client": Client.objects.get(practice=at.practice), "therapist": at.therapist.user}
    versions = {
        "questionnaire_version": protocol.questionnaire_versions.get(),
        "rule_set_version": protocol.rule_set_versions.get(),
    }
    made = Screening.objects.bulk_create(
        Screening(
            practice=at.practice,
            protocol=protocol,
            **common,
            **versions,
            started_at=NOON + datetime.timedelta(minutes=chance.randrange(4)),
            suicidality_first=chance.random() < 0.3,
        )
        for _ in range(number)
    )
    return {case.pk for case in made}


def everything() -> QuerySet[Screening]:
    return Screening.objects.annotate(read_later=READ_LATER)


def sorted_by(order: Order) -> list[Any]:
    return list(everything().order_by(*order.written()).values_list("pk", flat=True))


@pytest.mark.parametrize("order", [QUEUE, NEWEST], ids=["queue", "newest first"])
@pytest.mark.parametrize("seed", range(8))
def test_every_row_is_shown_once_and_in_order_while_others_come_in(riverside, order, seed):
    chance = random.Random(seed)
    first, seen, place = arrive(riverside, 23, chance), [], Place()
    while True:
        page = page_of(everything(), order, place, length=4)
        seen += [case.pk for case in page.rows]
        if not page.later:
            break
        place = Place(after=page.later)
        if len(seen) < 20:
            arrive(riverside, chance.randrange(3), chance)
    assert len(seen) == len(set(seen))
    assert first <= set(seen)
    assert seen == [pk for pk in sorted_by(order) if pk in set(seen)]


@pytest.mark.parametrize("order", [QUEUE, NEWEST], ids=["queue", "newest first"])
def test_the_way_back_shows_the_same_rows(riverside, order):
    arrive(riverside, 14, random.Random(1))
    pages = [page_of(everything(), order, Place(), length=4)]
    while pages[-1].later:
        pages.append(page_of(everything(), order, Place(after=pages[-1].later), length=4))
    assert [len(page.rows) for page in pages] == [4, 4, 4, 2]
    back, here = [], pages[-1]
    while here.earlier:
        here = page_of(everything(), order, Place(before=here.earlier), length=4)
        back.append(here.rows)
    assert back == [page.rows for page in reversed(pages[:-1])]
    assert here.begins
    assert not here.earlier


def test_where_all_that_came_before_has_gone_the_beginning_is_shown(riverside):
    arrive(riverside, 6, random.Random(2))
    first = page_of(everything(), NEWEST, Place(), length=4)
    second = page_of(everything(), NEWEST, Place(after=first.later), length=4)
    Screening.objects.filter(pk__in=[case.pk for case in first.rows]).delete()
    back = page_of(everything(), NEWEST, Place(before=second.earlier), length=4)
    assert (back.rows, back.whole) == (second.rows, True)
    Screening.objects.all().delete()
    assert page_of(everything(), NEWEST, Place(after=first.later), length=4) == Page(rows=[], begins=False)


def forged() -> list[str]:
    other = Signer(salt="screening.keyset")
    return [
        "x",
        "",
        "a:b:c",
        "\u0000",
        "é" * 40,
        other.sign_object([["code", "pk"], "C-1", "no-uuid"]),
        other.sign_object([["submitted_at", "pk"]]),
        other.sign_object("text"),
        other.sign_object({}),
        other.sign("plain"),
        Signer(salt="another").sign_object([["started_at", "pk"], "2026-01-01T00:00:00+00:00", "x"]),
    ]


@pytest.mark.parametrize("name", ["queue", "clients", "audit-cases", "openings", "retention"])
def test_a_garbled_cursor_shows_the_first_page(riverside, name):
    who = {"queue": riverside.clinician, "clients": riverside.therapist, "audit-cases": riverside.auditor}
    browser = signed_in(who.get(name, riverside.manager))
    for cursor in forged():
        for side in ("after", "before"):
            answer = browser.get(reverse(name), {side: cursor})
            assert answer.status_code in ({400} if "\u0000" in cursor else {200}), (side, cursor)


def test_nothing_counts_further_than_it_has_to(riverside, django_assert_num_queries):
    arrive(riverside, 7, random.Random(3))
    with django_assert_num_queries(1) as captured:
        assert counted(everything(), most=5) == (5, True)
    assert "LIMIT 6" in captured[0]["sql"]
    assert counted(everything(), most=7) == (7, False)
