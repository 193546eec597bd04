"""A client is found by the words of their name, by their therapist alone, and nothing that was typed stays anywhere."""

import uuid
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from core.accounts.models import Role, Session
from core.ledger.models import Entry
from screening.models import Client, ClientNameWord
from screening.selectors.clients import MOST_FOUND, found_for_therapist
from screening.services import clients, erasures
from tests.factories import actor
from tests.pages import signed_in, text_of
from tests.playing import NOON, House, house

pytestmark = pytest.mark.django_db

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def riverside() -> House:
    return house()


@pytest.fixture
def browser(riverside: House) -> Browser:
    return signed_in(riverside.therapist)


def named(name: str, by: Any, code: str = "") -> Client:
    code = code or f"T-{uuid.uuid4().hex[:6]}"
    return clients.create(client_id=uuid.uuid4(), code=code, name=name, birth_date=None, by=by, at=NOON)


def found(by: Any, typed: str) -> list[str]:
    return [client.name for client in found_for_therapist(by, typed)[0]]


@pytest.mark.parametrize(
    "typed", ["zoe", "ZOË", "o'brien", "OBrien", "ruiz", "Ruiz Zoë", "  zoe   ruiz ", "O’Brien-Ruiz", "zoë, ruiz"]
)
def test_any_words_of_a_name_find_it_whatever_capitals_and_accents(riverside, typed):
    named("Zoë O'Brien-Ruiz", riverside.therapist)
    named("Ada Ruíz Example", riverside.therapist) if typed != "ruiz" else None
    assert found(riverside.therapist, typed) == ["Zoë O'Brien-Ruiz"]


@pytest.mark.parametrize("typed", ["zo", "zoe example", "brien", "zoes", "%", "_", "'", "C-1\U0010ffff"])
def test_what_is_no_whole_word_of_it_does_not(riverside, typed):
    named("Zoë O'Brien-Ruiz", riverside.therapist, code="C-1")
    assert found(riverside.therapist, typed) == []


@pytest.mark.parametrize(
    ("typed", "codes"), [("k-1", ["K-1", "K-17"]), ("K-17", ["K-17"]), ("17", []), ("k", ["K-1", "K-17", "K-2"])]
)
def test_a_code_is_found_by_how_it_begins(riverside, typed, codes):
    for code in ("K-1", "K-17", "K-2"):
        named("Ada", riverside.therapist, code=code)
    assert [client.code for client in found_for_therapist(riverside.therapist, typed)[0]] == codes


def test_nobody_finds_a_colleagues_client_or_another_practices(riverside):
    colleague, elsewhere = actor(Role.THERAPIST, practice=riverside.practice), house()
    named("Ada Example", colleague)
    named("Ada Example", elsewhere.therapist)
    assert found(riverside.therapist, "ada") == []
    words = ClientNameWord.objects.values_list("practice", "digest")
    assert len({digest for _, digest in words}) == 4, "a word has another digest in another practice"


def test_a_changed_name_is_found_and_the_old_one_is_not(riverside):
    client = named("Ada Example", riverside.therapist)
    clients.change(client=client, name="Ada Other", birth_date=None, by=riverside.therapist, at=NOON)
    assert found(riverside.therapist, "example") == []
    assert found(riverside.therapist, "other ada") == ["Ada Other"]
    clients.change(client=client, name="", birth_date=None, by=riverside.therapist, at=NOON)
    assert not ClientNameWord.objects.exists()


def test_an_erased_client_is_found_by_no_word(riverside):
    client = named("Ada Example", riverside.therapist, code="C-1")
    asked = erasures.ask(code="C-1", reason="client-asked", by=riverside.manager, at=NOON)
    second = actor(Role.MANAGER, practice=riverside.practice)
    erasures.confirm(erasure=asked, by=second, at=NOON)
    assert not ClientNameWord.objects.filter(client=client).exists()
    assert found(riverside.therapist, "ada") == []


def test_names_are_found_while_keys_change_and_indexed_anew_by_the_rotation(riverside, settings):
    settings.FIELD_KEYS = [OLD]
    named("Ada Example", riverside.therapist)
    before = set(ClientNameWord.objects.values_list("digest", flat=True))
    settings.FIELD_KEYS = [NEW, OLD]
    assert found(riverside.therapist, "example") == ["Ada Example"]
    assert rotated("--check") == 1
    assert set(ClientNameWord.objects.values_list("digest", flat=True)) == before
    assert rotated() == 0
    assert not before & set(ClientNameWord.objects.values_list("digest", flat=True))
    assert rotated("--check") == 0
    settings.FIELD_KEYS = [NEW]
    assert found(riverside.therapist, "example") == ["Ada Example"]


def test_the_rotation_indexes_what_never_was(riverside):
    named("Ada Example", riverside.therapist)
    ClientNameWord.objects.all().delete()
    assert rotated("--check") == 1
    assert rotated() == 0
    assert found(riverside.therapist, "example") == ["Ada Example"]


def rotated(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        call_command("rotate_keys", *arguments)
    return int(left.value.code or 0)


def test_what_is_typed_is_sent_and_stays_nowhere(riverside, browser):
    client = named("Ruth Example", riverside.therapist)  # letters that no hexadecimal digest has
    page = browser.get(reverse("clients")).content.decode()
    assert '<form method="post" action="/clients/"' in page
    entries = Entry.objects.count()
    answer = browser.post(reverse("clients"), {"sought": "Example"})
    assert reverse("client", args=[client.pk]) in answer.content.decode()
    assert answer.status_code == 200
    assert "Cache-Control" in answer.headers
    assert Entry.objects.count() == entries
    assert not any("xample" in repr(session.get_decoded()) for session in Session.objects.all())
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM screening_clientnameword")
        assert not any("ruth" in digest or "example" in digest for (digest,) in cursor.fetchall())


def test_a_search_that_finds_nobody_says_what_to_do_next(browser, riverside):
    named("Ada Example", riverside.therapist)
    page = text_of(browser.post(reverse("clients"), {"sought": "Nobody"}))
    assert "None of your clients" in page
    assert "Show all" in page
    assert "add a client" in page
    assert browser.post(reverse("clients"), {"sought": " "}).status_code == 422
    assert browser.post(reverse("clients"), {"sought": "x" * 101}).status_code == 422


def test_more_than_fit_are_said_to_be_more(riverside, browser):
    for number in range(MOST_FOUND + 1):
        named("Ada Example", riverside.therapist, code=f"K-{number:02}")
    assert "there are more" in text_of(browser.post(reverse("clients"), {"sought": "ada"}))
