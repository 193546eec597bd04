"""What one request may bring along is bounded before it is parsed, and whatever is beyond is told so in words."""

import tempfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.config import limits

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
WHY = {400: "a character that cannot be stored", 411: "does not say how long it is"}


@pytest.mark.parametrize(
    ("path", "headers", "meta", "status"),
    [
        ("/sign-in/?next=/" + "a" * limits.LONGEST_QUERY, {}, {}, 414),
        ("/" + "a" * limits.LONGEST_ADDRESS, {}, {}, 414),
        ("/clients/?q=%00", {}, {}, 400),
        ("/clients/%00/", {}, {}, 400),
        ("/sign-in/", {f"X-{number}": "1" for number in range(120)}, {}, 431),
        ("/sign-in/", {"X-Long": "x" * limits.LONGEST_HEADERS}, {}, 431),
        ("/sign-in/", {}, {"CONTENT_LENGTH": str(limits.LARGEST_BODY + 1)}, 413),
        ("/sign-in/", {}, {"CONTENT_LENGTH": "9" * 5_000}, 413),
        ("/sign-in/", {}, {"CONTENT_LENGTH": "-1"}, 400),
        ("/sign-in/", {}, {"CONTENT_LENGTH": "٣"}, 400),
        ("/sign-in/", {"Transfer-Encoding": "chunked"}, {}, 411),
    ],
)
def test_what_is_beyond_a_limit_is_refused_in_words(path, headers, meta, status):
    answer = Client(headers=headers).get(path, **meta)
    assert answer.status_code == status
    assert WHY.get(status, "That was more than a page sends") in answer.content.decode()
    assert ("longer than any of ours" in answer.content.decode()) is (status in (414, 431))
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_what_is_just_within_is_answered():
    name = "/sign-in/?next=/" + "a" * (limits.LONGEST_QUERY - 6)
    assert Client(headers={"X-Long": "x" * 20_000}).get(name).status_code == 200


def test_a_form_that_is_larger_than_it_says_is_not_read(client):
    body = b"username=" + b"x" * (limits.LARGEST_BODY + 10)
    assert client.post("/sign-in/", body, content_type=FORM).status_code == 413


@pytest.mark.parametrize("content_type", [FORM, "multipart"])
def test_a_form_with_too_many_fields_is_refused(client, content_type):
    fields = {f"f{number}": "1" for number in range(limits.MOST_FIELDS + 1)}
    if content_type == FORM:
        answer = client.post("/sign-in/", "&".join(f"{name}=1" for name in fields), content_type=FORM)
    else:
        answer = client.post("/sign-in/", fields)
    assert answer.status_code == 400
    assert "could not be read" in answer.content.decode()


def test_a_file_is_taken_from_nobody_and_reaches_no_disk(client):
    before = set(Path(tempfile.gettempdir()).glob("*.upload*"))
    file = SimpleUploadedFile("a.txt", b"x" * 200_000)
    answer = client.post("/sign-in/", {"username": "ana", "password": "x", "more": file})
    assert answer.status_code == 400
    assert set(Path(tempfile.gettempdir()).glob("*.upload*")) == before


def test_many_pairs_in_an_address_are_refused(client):
    query = "&".join("a" for _ in range(limits.LONGEST_QUERY // 2 - 1))
    assert client.get(f"/sign-in/?{query}").status_code in (200, 400)
