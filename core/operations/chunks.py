"""A stream of bytes encrypted in chunks, so that a backup of any size is sealed and opened within little memory.

Format: ``MAGIC``, 8 bytes that name the key, 32 bytes of salt; then chunks of ``CHUNK`` bytes (the last is shorter,
or empty), each AES-256-GCM with its tag of 16 bytes. The key of a file is HKDF-SHA256 of the given key and the salt.
The nonce of a chunk is its number (11 bytes) and a byte that says whether it is the last; the header is associated
data. So a chunk that is altered, moved, left out, taken from another file or cut off does not open.
"""

import base64
import hashlib
import io
import os
from collections.abc import Sequence
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import Refused

MAGIC = b"SOUNDINGS ENCRYPTED BACKUP 1\n"
CHUNK = 1 << 20
NAME, SALT, TAG = 8, 32, 16
HEADER = len(MAGIC) + NAME + SALT
NEW_KEY = 'python -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'


def key_from(text: str) -> bytes:
    """Return the 32 bytes of a key as it stands in BACKUP_KEYS; refuse what is none."""
    try:
        key = base64.urlsafe_b64decode(text.strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise Refused(f"BACKUP_KEYS holds something that is not a key: 32 bytes in base64. Make one: {NEW_KEY}")
    return key


def name_of(key: bytes) -> bytes:
    """Return the 8 bytes by which a file says which key opens it."""
    return hashlib.sha256(b"soundings backup key" + key).digest()[:NAME]


class SealingWriter(io.RawIOBase):
    """Encrypts what is written to it into ``target``. Without ``finish`` what was written does not open."""

    def __init__(self, target: BinaryIO, key: bytes) -> None:
        self._target, self._waiting, self._number = target, bytearray(), 0
        salt = os.urandom(SALT)
        self._header = MAGIC + name_of(key) + salt
        self._cipher = _cipher(key, salt)
        target.write(self._header)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Take any number of bytes; write out each chunk that is full, while another byte follows it."""
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._write_chunk(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Write the last chunk, marked as the last."""
        self._write_chunk(bytes(self._waiting), last=True)

    def _write_chunk(self, data: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last=last), data, self._header))
        self._number += 1


class OpeningReader(io.RawIOBase):
    """Decrypts what ``SealingWriter`` wrote, from any place in it. Put a ``BufferedReader`` around it."""

    def __init__(self, source: BinaryIO, keys: Sequence[bytes]) -> None:
        self._source, self._place = source, 0
        self._body = source.seek(0, os.SEEK_END) - HEADER
        source.seek(0)
        self._header = source.read(HEADER)
        self._cipher = _cipher(_key_for(self._header, keys), self._header[-SALT:])
        self._chunks = max(1, -(-self._body // (CHUNK + TAG)))
        self._size = self._body - TAG * self._chunks
        self._opened: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a place in the decrypted bytes."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Read what is left of the chunk at this place, as far as it fits."""
        if self._place >= self._size:
            self._chunk(self._chunks - 1)  # so that a file with nothing in it is opened as well
            return 0
        number, begin = divmod(self._place, CHUNK)
        found = self._chunk(number)[begin : begin + len(buffer)]
        buffer[: len(found)] = found
        self._place += len(found)
        return len(found)

    def _chunk(self, number: int) -> bytes:
        if self._opened[0] != number:
            self._source.seek(HEADER + number * (CHUNK + TAG))
            closed = self._source.read(CHUNK + TAG)
            self._opened = (number, self._open(number, closed))
        return self._opened[1]

    def _open(self, number: int, closed: bytes) -> bytes:
        try:
            last = number == self._chunks - 1
            return self._cipher.decrypt(_nonce(number, last=last), closed, self._header)
        except (InvalidTag, ValueError):
            raise Refused("The backup was altered or cut off: a part of it does not open. Take another one.") from None


def _key_for(header: bytes, keys: Sequence[bytes]) -> bytes:
    wanted = header[len(MAGIC) : len(MAGIC) + NAME]
    if len(header) < HEADER:
        raise Refused("The backup is cut off at its beginning. Take another one.")
    if not keys:
        raise Refused("The backup is encrypted. Set BACKUP_KEYS to the key that it was made with.")
    for key in keys:
        if name_of(key) == wanted:
            return key
    raise Refused(f"No key in BACKUP_KEYS opens this backup. It was made with the one named {wanted.hex()}.")


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"soundings backup 1").derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
