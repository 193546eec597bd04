"""The chart of cravings: a point for each number, a mark where there is none, and no line across what is missing."""

import datetime
from typing import Any
from unittest.mock import Mock

from django.template import Context, Template
from django.utils import translation

from screening.selectors.cravings import Check, Cravings
from screening.templatetags.charts import BOTTOM, TOP, cravings_chart

FIRST = datetime.date(2026, 5, 3)


def cravings(*values: float | None, drawn: bool = True) -> Cravings:
    checks = (
        Check(number, Mock(), FIRST + datetime.timedelta(days=7 * number), value, "", "", "", 1, drawn)
        for number, value in enumerate(values, start=1)
    )
    return Cravings("How strong?", 0, 10, tuple(checks), older=False)


def drawn(*values: float | None) -> dict[str, Any]:
    return cravings_chart(cravings(*values))


def test_nothing_stands_for_zero_but_zero():
    zero, missing = drawn(0, None)["marks"]
    assert (zero.known, float(zero.y)) == (True, BOTTOM)
    assert (missing.known, missing.y) == (False, "")


def test_the_ends_of_the_scale_are_the_ends_of_the_axis():
    assert [float(mark.y) for mark in drawn(10, 5, 0)["marks"]] == [TOP, (TOP + BOTTOM) / 2, BOTTOM]


def test_no_line_goes_across_what_is_missing():
    lines = [line.split() for line in drawn(3, 4, None, 5, 6, 7, None, 2)["lines"]]
    assert [len(points) for points in lines] == [2, 3]


def test_what_was_asked_on_another_scale_is_not_drawn():
    assert cravings_chart(cravings(3, 4, drawn=False))["marks"] == []


def test_checks_stand_in_their_order_with_fewer_numbers_where_there_are_many():
    marks = drawn(*range(10), *range(10))["marks"]
    places = [float(mark.x) for mark in marks]
    assert places == sorted(places)
    assert [mark.number for mark in marks[:4]] == ["1", "", "3", ""]


def test_a_language_with_a_comma_in_its_numbers_breaks_no_drawing():
    with translation.override("es"):
        page = Template("{% load charts %}{% cravings_chart cravings %}").render(
            Context({"cravings": cravings(3, 4, 7)})
        )
    points = page.partition('points="')[2].partition('"')[0]
    assert len(points.split()) == 3
    assert points.count(",") == 3
    assert all(float(number) > 0 for point in points.split() for number in point.split(","))


def test_it_says_in_words_what_it_shows():
    page = Template("{% load charts %}{% cravings_chart cravings %}").render(Context({"cravings": cravings(3, None)}))
    assert 'role="img"' in page
    assert "2 checks, from 10 May 2026 to 17 May 2026" in page
    assert "1 without a number" in page
