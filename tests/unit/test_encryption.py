"""What is personal is encrypted at rest, opens with any key in the list, and is never shown as ciphertext."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection

from core.encryption import DecryptionFailed, EncryptedTextField, decrypt, encrypt, rotate
from screening.models.clients import Client

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
field = EncryptedTextField()


def test_what_is_encrypted_comes_back():
    assert decrypt(encrypt("Zoë".encode())) == "Zoë".encode()


def test_the_same_text_never_looks_the_same_twice():
    assert field.get_prep_value("yes") != field.get_prep_value("yes")


def test_the_database_gets_no_word_of_it():
    assert "Somebody" not in field.get_prep_value("Somebody")


@pytest.mark.parametrize("text", ["", "Zoë 🌊", "x" * 100_000, "gAAAAA looks like a token"])
def test_a_field_reads_what_it_wrote(text):
    assert field.from_db_value(field.get_prep_value(text), None, connection) == text


def test_nothing_stays_nothing():
    assert field.get_prep_value(None) is None
    assert field.from_db_value(None, None, connection) is None


def test_an_older_key_still_opens_and_rotation_moves_to_the_newest(settings):
    settings.FIELD_KEYS = [OLD]
    token = encrypt(b"kept")
    settings.FIELD_KEYS = [NEW, OLD]
    assert decrypt(token) == b"kept"
    rotated = rotate(token)
    settings.FIELD_KEYS = [NEW]
    assert decrypt(rotated) == b"kept"


def test_a_lost_key_raises_and_shows_no_ciphertext(settings):
    settings.FIELD_KEYS = [OLD]
    token = field.get_prep_value("Somebody")
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(DecryptionFailed) as failed:
        field.from_db_value(token, None, connection)
    assert token not in str(failed.value)


@pytest.mark.parametrize("stored", ["", "Somebody in clear", "gAAAAAB", "é"])
def test_what_is_no_ciphertext_raises(stored):
    with pytest.raises(DecryptionFailed):
        field.from_db_value(stored, None, connection)


def test_one_changed_character_raises():
    token = encrypt(b"kept")
    changed = token[:40] + (b"A" if token[40:41] != b"A" else b"B") + token[41:]
    with pytest.raises(DecryptionFailed):
        decrypt(changed)


@pytest.mark.parametrize("keys", [[], ["short"]])
def test_no_usable_key_is_said_as_such(settings, keys):
    settings.FIELD_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        encrypt(b"anything")


@pytest.mark.parametrize("lookup", ["name", "name__icontains", "name__in"])
def test_searching_an_encrypted_field_is_refused_rather_than_silently_empty(lookup):
    with pytest.raises(FieldError, match="encrypted"):
        Client.objects.filter(**{lookup: ["x"]})
