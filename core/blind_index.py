"""Finding an encrypted text by its words: each word has a keyed digest, equal words have equal ones, and nothing else
is to be seen of them without FIELD_KEYS.

A digest is HMAC-SHA-256 under a key of its own, which is derived from a field key and from a scope (a practice, say):
the same word has another digest in another scope. Words are compared without capitals, accents and punctuation.
"""

import hmac
import unicodedata
from functools import lru_cache
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.encryption import raw_keys

LABEL = "soundings blind index v1|"
APOSTROPHES = dict.fromkeys(map(ord, "'’ʼ`´"))
DIGEST_LENGTH = 64


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared, each once: "Zoë O'Brien-Ruiz" is zoe, obrien and ruiz."""
    folded = unicodedata.normalize("NFKD", text.translate(APOSTROPHES).casefold())
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return list(dict.fromkeys("".join(letter if letter.isalnum() else " " for letter in bare).split()))


def digest_of(word: str, scope: str) -> str:
    """Return the digest by which a word is stored: under the newest key."""
    return _digest(word, scope, raw_keys()[0])


def digests_of(word: str, scope: str) -> list[str]:
    """Return every digest under which a word may be stored, so that it is found while keys are being changed."""
    return [_digest(word, scope, key) for key in raw_keys()]


def _digest(word: str, scope: str, key: bytes) -> str:
    return hmac.new(_derived(key, scope), word.encode(), sha256).hexdigest()


@lru_cache(maxsize=64)
def _derived(key: bytes, scope: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"{LABEL}{scope}".encode()).derive(key)
