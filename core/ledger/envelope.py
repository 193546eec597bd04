"""How a payload is wrapped: committed to by a nonce, then encrypted with its stream's key.

Inside the ciphertext stand the nonce and the canonical payload; the event's place in its stream is authenticated with
it, so that a payload cannot be moved to another event. Stream keys are wrapped by FIELD_KEYS. From a stream's key comes
a second one, which authenticates its entries. Nothing here reads or writes a table.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from core.encryption import decrypt, encrypt
from core.ledger.chain import NONCE_BYTES, commitment

KEY_BITS = 256
IV_BYTES = 12
ENTRY_KEY_BYTES = 32
ENTRY_KEY_PURPOSE = b"soundings ledger: authentication of entries, v1"
KEYS_REMEMBERED = 2_048


class EnvelopeBroken(Exception):
    """A payload does not open with its stream's key at the place where it stands."""


@dataclass(frozen=True)
class Envelope:
    """A payload ready to be stored: what the event commits to, and what the database keeps."""

    commit: str
    ciphertext: bytes


@dataclass(frozen=True)
class OpenKey:
    """A stream's key, opened: what encrypts its payloads, and what authenticates its entries."""

    payloads: AESGCM
    entries: bytes


def new_wrapped_key() -> bytes:
    """Make a stream's key and wrap it for storage."""
    return encrypt(AESGCM.generate_key(KEY_BITS))


def unwrap(wrapped: bytes) -> AESGCM:
    """Open a stream's key; raises ``core.encryption.DecryptionFailed`` where no field key opens it."""
    return open_key(wrapped).payloads


def open_key(wrapped: bytes) -> OpenKey:
    """Open a stream's key for both of its uses; raises like ``unwrap``. Wrapping it anew changes neither."""
    return _opened(bytes(wrapped), tuple(settings.FIELD_KEYS))


@lru_cache(maxsize=KEYS_REMEMBERED)
def _opened(wrapped: bytes, field_keys: Sequence[str]) -> OpenKey:
    """Remember what was opened: asked for again only by somebody who holds the wrapped key and the field keys."""
    key = decrypt(wrapped)
    derived = HKDF(SHA256(), ENTRY_KEY_BYTES, salt=None, info=ENTRY_KEY_PURPOSE).derive(key)
    return OpenKey(payloads=AESGCM(key), entries=derived)


def close(key: AESGCM, payload: bytes, *, stream: str, seq: int) -> Envelope:
    """Commit to a payload under a fresh nonce and encrypt both for one place in one stream."""
    nonce, iv = os.urandom(NONCE_BYTES), os.urandom(IV_BYTES)
    sealed = key.encrypt(iv, nonce + payload, _place(stream, seq))
    return Envelope(commit=commitment(nonce, payload), ciphertext=iv + sealed)


def open_envelope(key: AESGCM, ciphertext: bytes, *, stream: str, seq: int) -> tuple[str, bytes]:
    """Return the commitment and the canonical payload; raise ``EnvelopeBroken`` where the ciphertext does not open."""
    raw = bytes(ciphertext)
    try:
        content = key.decrypt(raw[:IV_BYTES], raw[IV_BYTES:], _place(stream, seq))
    except (InvalidTag, ValueError):
        raise EnvelopeBroken("the payload does not open with the key of its stream.") from None
    nonce, payload = content[:NONCE_BYTES], content[NONCE_BYTES:]
    return commitment(nonce, payload), payload


def _place(stream: str, seq: int) -> bytes:
    return f"{stream}|{seq}".encode()
