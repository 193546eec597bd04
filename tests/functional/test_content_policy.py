"""Every page in a browser: the content security policy holds nothing of ours back, and everything that is not ours."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from playwright.sync_api import Browser, Error
from pytest_django.live_server_helper import LiveServer

from core.accounts.models import Actor, Role
from tests.functional.pages import Open, people_at
from tests.integration import test_access_matrix as matrix
from tests.playing import House, published

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the pages are the same on PostgreSQL"),
]


def test_no_page_is_held_back_by_the_policy_or_complained_of(practice: House, open_for: Open) -> None:
    among = matrix.objects(practice, published(practice))
    people = {Role(found.role): found for found in vars(practice).values() if isinstance(found, Actor)}
    rows = {name: row for name, row in matrix.ROWS.items() if matrix.GET in row.methods}
    for role, actor in people.items():
        person = open_for(actor)
        for name in [name for name, row in rows.items() if row.roles[0] == role]:
            at = matrix.address(name, among)
            with suppress_downloads():
                person.arrive(at)
            assert person.complaints == [], f"{name} {at}"


@contextmanager
def suppress_downloads() -> Iterator[None]:
    """Let an address answer with a file: then there is no page to look at."""
    try:
        yield
    except Error as problem:
        if "Download is starting" not in str(problem):
            raise


def test_what_is_not_ours_is_held_back(browser: Browser, live_server: LiveServer, practice: House) -> None:
    """An event handler, a script, a style and a frame that stood in somebody's text would do nothing."""
    with people_at(browser, live_server.url) as open_for:
        person = open_for(practice.therapist)
        person.arrive("/worklist/")
        assert person.complaints == []
        person.page.evaluate(
            """() => {
              window.ran = [];
              document.body.insertAdjacentHTML("beforeend", '<img src="data:," onerror="ran.push(1)">');
              const script = document.createElement("script");
              script.textContent = "ran.push(2)";
              document.body.append(script);
              const frame = document.createElement("iframe");
              frame.src = "https://elsewhere.example/";
              document.body.append(frame);
            }"""
        )
        person.page.wait_for_timeout(200)
        assert person.page.evaluate("window.ran") == []
        held = [said for said in person.complaints if "Content Security Policy" in said]
        assert len(held) >= 3
