"""Keys for what people said: one content key per stream, derived from the stream's own key, and tokens made with it.

A token is ``v1.<stream>.<base64url of iv ‖ AES-256-GCM>``, so it names its format and its key. Table, column and row
are authenticated with it: text moved to another row, or into another column, does not open. Once a stream's key is
destroyed, nothing that was encrypted for it can be read again, wherever a copy of it lies.
"""

import os
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.encryption import DecryptionFailed
from core.errors import Erased
from core.ledger import envelope, events
from core.ledger.models import Entry, StreamKey

FORM = "v1"
LABEL = "soundings content v1|"
MOST_HELD = 2_000
HELD_FOR = 30.0  # seconds, where no request says when it ends


class ContentKeyMissing(DecryptionFailed):
    """The key of a stream is gone, and nothing recorded says that it was destroyed."""

    def __init__(self, stream: str) -> None:
        Exception.__init__(self, f"{stream} has no key, so what was encrypted for it cannot be read.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: its stream, and the table, column and row that it cannot be moved from."""

    stream: str
    table: str
    column: str
    row: str

    def as_bytes(self) -> bytes:
        """Return what is authenticated with the text."""
        return "|".join((FORM, self.stream, self.table, self.column, self.row)).encode()


class _Held(threading.local):
    """The content keys that this thread has at hand, each with the time until which it is held."""

    def __init__(self) -> None:
        self.keys: dict[str, tuple[float, AESGCM]] = {}


_held = _Held()


def close_text(text: str, place: Place) -> str:
    """Encrypt a text for one place; the stream must be open already."""
    iv = os.urandom(envelope.IV_BYTES)
    sealed = _key_for(place.stream).encrypt(iv, text.encode(), place.as_bytes())
    return f"{FORM}.{place.stream}.{urlsafe_b64encode(iv + sealed).decode('ascii')}"


def open_text(token: str, *, table: str, column: str, row: str) -> str:
    """Return the text; raise ``Erased`` where it was erased, ``DecryptionFailed`` where it does not open here."""
    form, stream, sealed = _parts(token)
    if form != FORM:
        raise DecryptionFailed
    place = Place(stream, table, column, row)
    key = _key_for(stream)
    try:
        raw = urlsafe_b64decode(sealed)
        return key.decrypt(raw[: envelope.IV_BYTES], raw[envelope.IV_BYTES :], place.as_bytes()).decode()
    except (InvalidTag, ValueError):
        raise DecryptionFailed from None


def load_keys(streams: Iterable[str]) -> None:
    """Fetch the keys of many streams with one query, before what is encrypted for each of them is read."""
    missing = set(streams) - set(_current())
    found = StreamKey.objects.filter(stream__name__in=missing).values_list("stream__name", "wrapped") if missing else ()
    for stream, wrapped in found:
        remember(stream, envelope.open_key(bytes(wrapped)).raw)


def remember(stream: str, stream_key: bytes) -> None:
    """Hold the content key of a stream whose own key is at hand."""
    if len(_held.keys) >= MOST_HELD:
        _held.keys.clear()
    _held.keys[stream] = (time.monotonic() + HELD_FOR, derive(stream_key, stream))


def forget(*streams: str) -> None:
    """Let go of the keys of these streams; of all, where none is named."""
    for stream in streams or tuple(_held.keys):
        _held.keys.pop(stream, None)


def derive(stream_key: bytes, stream: str) -> AESGCM:
    """Return the content key of a stream: HKDF-SHA256 of its own key, bound to its name."""
    info = f"{LABEL}{stream}".encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=envelope.KEY_BITS // 8, salt=None, info=info).derive(stream_key))


def erased_among(streams: Iterable[str]) -> set[str]:
    """Return those of the streams whose practice's record says that their key was destroyed."""
    said = Entry.objects.filter(action=events.STREAM_ERASED, object__in=set(streams))
    return set(said.values_list("object", flat=True))


def _key_for(stream: str) -> AESGCM:
    load_keys([stream])
    try:
        return _held.keys[stream][1]
    except KeyError:
        if erased_among([stream]):
            raise Erased("What was said here was erased, and cannot be read again.", code="erased") from None
        raise ContentKeyMissing(stream) from None


def _current() -> dict[str, tuple[float, AESGCM]]:
    now = time.monotonic()
    for stream in [stream for stream, (until, _) in _held.keys.items() if until < now]:
        del _held.keys[stream]
    return _held.keys


def _parts(token: str) -> tuple[str, str, str]:
    form, _, rest = token.partition(".")
    stream, _, sealed = rest.partition(".")
    return form, stream, sealed
