"""Canonical JSON (RFC 8785) and its SHA-256 digest.

Everything that is signed, sealed, pinned or compared goes through here, so that the same content has the same
digest on every machine and in every version of this product.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import rfc8785

LARGEST_INTEGER = 2**53 - 1  # the largest that every reader of JSON takes for the number it is
_flat = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


def canonical_bytes(value: Any) -> bytes:
    """Return the one canonical JSON form of ``value`` (RFC 8785), as UTF-8 bytes."""
    return rfc8785.dumps(value)


def flat_bytes(content: Mapping[str, str | int | None]) -> bytes:
    """Return the same bytes as ``canonical_bytes`` of one flat object, about ten times as fast.

    For text, whole numbers up to ``LARGEST_INTEGER`` and null under names in ASCII, where the two write alike; the
    ledger hashes and verifies a million of these.
    """
    return _flat(content).encode()


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of ``value``, as 64 lower-case hexadecimal characters."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()
