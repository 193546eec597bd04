"""Requests beyond a limit, sent to the server that `make run` starts, Django's own, over one connection."""

import http.client
from urllib.parse import urlsplit

import pytest
from pytest_django.live_server_helper import LiveServer

from core.config import limits

pytestmark = pytest.mark.django_db(transaction=True)
REQUEST = b"GET /nowhere/ HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/sign-in/?code=%00", b"", 400),
        ("GET", "/sign-in/?next=" + "a" * limits.LONGEST_QUERY, b"", 414),
        ("HEAD", "/" + "a/" * limits.LONGEST_ADDRESS, b"", 414),
        ("POST", "/sign-in/", REQUEST * (limits.LARGEST_BODY // len(REQUEST) + 1), 413),
        ("POST", "/sign-in/?code=%00", REQUEST, 400),
    ],
    ids=["null", "query", "address", "body", "unread body"],
)
def test_it_is_refused_and_what_was_not_read_is_not_the_next_request(
    live_server: LiveServer, method: str, path: str, body: bytes, status: int
) -> None:
    connection = http.client.HTTPConnection(urlsplit(live_server.url).netloc, timeout=20)
    connection.request(method, path, body=body)
    answer = connection.getresponse()
    said = answer.read().decode()
    assert answer.status == status
    why = "That could not be read" if status == 400 else "That was more than a page sends"
    assert method == "HEAD" or why in said
    connection.request("GET", "/sign-in/")
    assert connection.getresponse().status == 200
