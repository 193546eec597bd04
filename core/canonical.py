"""Canonical JSON (RFC 8785) and its SHA-256 digest.

Everything that is signed, sealed, pinned or compared goes through here, so that the same content has the same
digest on every machine and in every version of this product.
"""

import hashlib
from typing import Any

import rfc8785


def canonical_bytes(value: Any) -> bytes:
    """Return the one canonical JSON form of ``value`` (RFC 8785), as UTF-8 bytes."""
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of ``value``, as 64 lower-case hexadecimal characters."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()
