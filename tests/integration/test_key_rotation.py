"""What FIELD_KEYS encrypts is moved to a new key while people work, and goes on after an interruption."""

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.test import Client as Browser

from core import rotation
from core.encryption import EncryptedTextField, encrypt, is_newest, rotate
from core.ledger.models import Entry, StreamKey
from core.ledger.verification import verify
from screening.models import Client, Screening
from screening.services import clients, submissions
from tests import playing
from tests.past_the_guards import run
from tests.playing import NOON, House

pytestmark = pytest.mark.django_db

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SOURCES = [
    "ledger.StreamKey.wrapped",
    "screening.Client.birth_date",
    "screening.Client.name",
    "screening.Draft.content",
    "screening.Screening.amendment_reason",
]


@pytest.fixture
def house(settings: Any) -> House:
    """A practice with cases in each state, written with the old key; the new one is set after."""
    settings.FIELD_KEYS = [OLD]
    found = playing.house()
    protocol = playing.published(found)
    case = playing.signed(found, protocol, "two-beers-at-lunch")
    submissions.start_amendment(screening=case, reason="A letter came.", by=found.therapist, at=NOON)
    for _ in range(3):
        playing.started(found, protocol)
    settings.FIELD_KEYS = [NEW, OLD]
    return found


def called(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("rotate_keys", *arguments, stdout=out, stderr=out)
    return int(left.value.code or 0), out.getvalue()


def tokens() -> list[bytes]:
    """Return every token as it is stored."""
    found: list[bytes] = []
    for name in SOURCES:
        label, _, column = name.rpartition(".")
        table = label.lower().replace(".", "_")
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM {table}")  # noqa: S608 - our names
            found += [held.encode() if isinstance(held, str) else bytes(held) for (held,) in cursor.fetchall() if held]
    return found


def test_every_encrypted_column_is_found() -> None:
    assert set(SOURCES) <= set(rotation.sources())
    declared = {
        f"{model._meta.label}.{field.name}"
        for model in models.Model.__subclasses__()
        if model._meta.apps is apps  # and not one that a migration on SQLite left behind
        for field in model._meta.get_fields()
        if isinstance(field, EncryptedTextField)
    }
    assert declared <= set(rotation.sources())


def test_everything_is_moved_and_the_old_key_can_go(house: House, settings: Any) -> None:
    assert called("--check")[0] == 1
    assert not any(map(is_newest, tokens()))
    code, said = called()
    assert code == 0, said
    assert all(map(is_newest, tokens()))
    assert called("--check") == (0, called("--check")[1])
    settings.FIELD_KEYS = [NEW]
    assert {client.name for client in Client.objects.all()} == {"Ada Example"}
    assert Screening.objects.get(amending=True).amendment_reason == "A letter came."
    assert verify() == []


def test_it_is_recorded_once_for_every_practice(house: House) -> None:
    called()
    called()
    told = Entry.objects.filter(action="keys.rotated")
    assert [entry.stream.name for entry in told] == [f"practice:{house.practice.pk}"]


def test_what_is_old_can_be_read_throughout_and_a_second_run_finishes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    written: list[int] = []
    write = rotation._Column.write

    def write_until_the_power_fails(column: Any, *arguments: Any) -> bool:
        if len(written) == 7:
            raise KeyboardInterrupt
        written.append(1)
        return write(column, *arguments)

    monkeypatch.setattr(rotation._Column, "write", write_until_the_power_fails)
    with pytest.raises(KeyboardInterrupt):
        call_command("rotate_keys", stdout=StringIO())
    half = [is_newest(token) for token in tokens()]
    assert 0 < sum(half) < len(half)
    assert {client.name for client in Client.objects.all()} == {"Ada Example"}
    assert verify() == []
    monkeypatch.setattr(rotation._Column, "write", write)
    code, said = called()
    assert code == 0, said
    assert all(map(is_newest, tokens()))


def test_whoever_saves_meanwhile_is_not_overwritten(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading a row and writing it, its therapist corrects the name."""
    client = Client.objects.order_by("pk")[0]

    def meanwhile(token: bytes) -> bytes:
        monkeypatch.setattr(rotation, "rotate", rotate)
        clients.change(client=client, name="Ada Corrected", birth_date=None, by=house.therapist, at=NOON)
        return rotate(token)

    column = rotation.sources()["screening.Client.name"]
    monkeypatch.setattr(rotation, "rotate", meanwhile)
    progress = column(True, lambda _: None)
    assert (progress.changed_meanwhile, progress.moved) == (1, 3)
    assert Client.objects.get(pk=client.pk).name == "Ada Corrected"


def test_a_missing_key_is_named_by_place_and_nothing_is_lost(house: House, settings: Any) -> None:
    client = Client.objects.order_by("pk")[0]
    gone = Fernet(Fernet.generate_key()).encrypt(b"Ada Example").decode()
    run(
        "UPDATE screening_client SET name = %s WHERE id = %s",
        [gone, client.pk.hex if connection.vendor == "sqlite" else client.pk],
    )
    code, said = called()
    assert code == 2
    assert f"screening.Client.name, row {client.pk}" in said
    assert "Ada" not in said
    assert gone.encode() in tokens()
    assert [is_newest(token) for token in tokens()].count(False) == 1


def test_without_a_key_it_stops_and_says_so(house: House, settings: Any) -> None:
    before = tokens()
    settings.FIELD_KEYS = []
    code, said = called()
    assert (code, "FIELD_KEYS is empty" in said) == (2, True)
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    code, said = called()
    assert (code, tokens()) == (2, before)
    assert "DO NOT OPEN" in said


def test_what_was_typed_when_a_session_ended_keeps_the_old_key_needed(
    client: Browser, house: House, settings: Any
) -> None:
    called()
    sealed = Fernet(OLD).encrypt(b"name=Ada").decode()
    client.force_login(house.therapist.user)
    session = client.session
    address = "/clients/add/"
    session["typed"] = {address: {"for": str(house.therapist.user.pk), "in": None, "why": "x", "fields": sealed}}
    session.save()
    code, said = called("--check")
    assert (code, "What was typed when a session ended: 1 on an older key" in said) == (1, True)
    settings.FIELD_KEYS = [NEW]
    page = client.get(address)
    assert (page.status_code, b"is not here any more" in page.content) == (200, True)


def test_stream_keys_are_wrapped_anew_and_stay_the_same(house: House) -> None:
    before = {key.pk: bytes(key.wrapped) for key in StreamKey.objects.all()}
    called()
    for key in StreamKey.objects.all():
        assert bytes(key.wrapped) != before[key.pk]
    assert encrypt(b"") != b""
