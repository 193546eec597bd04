"""Encryption of what is personal, at rest: Fernet over ``settings.FIELD_KEYS``, and a text field that uses it.

The first key encrypts, every key decrypts, so that keys can be rotated. What cannot be decrypted raises; ciphertext
never reaches a page in the place of a name. Keys themselves are made and kept elsewhere.
"""

from base64 import urlsafe_b64decode
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models


class DecryptionFailed(Exception):
    """Stored ciphertext does not open with any of the keys in FIELD_KEYS."""

    def __init__(self) -> None:
        super().__init__(
            "Something stored does not open with any of the keys in FIELD_KEYS. "
            "Either the key it was written with is no longer in the list, or it was altered."
        )


def encrypt(data: bytes) -> bytes:
    """Encrypt ``data`` with the newest key; the result is a Fernet token (ASCII)."""
    return _cipher().encrypt(data)


def decrypt(token: bytes) -> bytes:
    """Return what ``encrypt`` was given, with whichever key opens it; raise ``DecryptionFailed`` otherwise."""
    try:
        return _cipher().decrypt(token)
    except (InvalidToken, TypeError, ValueError):
        raise DecryptionFailed from None


def rotate(token: bytes) -> bytes:
    """Encrypt again with the newest key what any of the keys opens."""
    try:
        return _cipher().rotate(token)
    except (InvalidToken, TypeError, ValueError):
        raise DecryptionFailed from None


def is_newest(token: bytes) -> bool:
    """Say whether the newest key alone opens a token."""
    try:
        _cipher_of(tuple(settings.FIELD_KEYS[:1])).decrypt(token)
    except (InvalidToken, TypeError, ValueError):
        return False
    return True


def raw_keys() -> list[bytes]:
    """Return the bytes of every key, newest first: for deriving keys of another purpose from them, and nothing else."""
    _cipher()  # refuses what is no key, in words
    return [urlsafe_b64decode(key) for key in settings.FIELD_KEYS]


def _cipher() -> MultiFernet:
    return _cipher_of(tuple(settings.FIELD_KEYS))


@lru_cache(maxsize=8)
def _cipher_of(keys: Sequence[str]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured(
            "FIELD_KEYS is empty, so nothing personal can be stored. Set it to one or more Fernet keys, newest first."
        )
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise ImproperlyConfigured(
            "FIELD_KEYS holds something that is not a Fernet key. "
            "A key is 32 random bytes in URL-safe base64, as Fernet.generate_key() makes."
        ) from None


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that the database holds only as a Fernet token. It can be read and written, not searched or sorted."""

    description = "Text, encrypted at rest"

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in; None stays NULL."""
        text = super().get_prep_value(value)
        return None if text is None else encrypt(text.encode()).decode("ascii")

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        """Decrypt on the way out, or raise."""
        return None if value is None else decrypt(str(value).encode()).decode()

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow only ``isnull``: every encryption of one text differs, so a search would silently find nothing."""
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted and cannot be searched with {lookup_name!r}.")
        return super().get_lookup(lookup_name)
