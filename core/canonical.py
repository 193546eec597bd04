"""Canonical JSON (RFC 8785) and its SHA-256 digest.

Everything that is signed, sealed, pinned or compared goes through here, so that the same content has the same
digest on every machine and in every version of this product. Parsing untrusted JSON lives here too, because a
document that two parsers read differently has no digest worth the name.
"""

import hashlib
import json
from typing import Any

import rfc8785

from core.errors import Refused

MAX_BYTES = 5_000_000
MAX_DEPTH = 100


def canonical_bytes(value: Any) -> bytes:
    """Return the one canonical JSON form of ``value`` (RFC 8785), as UTF-8 bytes."""
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of ``value``, as 64 lower-case hexadecimal characters."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def parse_json(raw: bytes | str, *, document: str, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """Parse JSON from outside, refusing what is too large, too deep or ambiguous.

    ``document`` names the document in the refusal. Duplicate keys, NaN and infinities, numbers out of range and
    lone surrogates are refused: two readers could otherwise see two different documents.
    """
    data = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
    if len(data) > max_bytes:
        raise Refused(
            f"{document}: the file is {len(data):,} bytes; at most {max_bytes:,} are read. "
            "Send one response or one protocol document at a time."
        )
    _refuse_depth(data, document=document, max_depth=max_depth)
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant, parse_float=_finite)
    except _Ambiguous as problem:
        raise Refused(f"{document}: {problem}") from None
    except (ValueError, RecursionError) as problem:
        raise Refused(f"{document}: this is not valid JSON ({problem}). Check the file and send it again.") from None
    if "\\u" in text and _has_surrogate(value):
        raise Refused(f"{document}: it holds half of a character (a lone surrogate). Save the file as UTF-8 again.")
    return value


class _Ambiguous(Exception):
    pass


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Ambiguous(f'the name "{key}" stands twice in one object. Keep one of the two.')
        found[key] = value
    return found


def _no_constant(name: str) -> Any:
    raise _Ambiguous(f"{name} is not a number that JSON knows. Write a number or leave the answer out.")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise _Ambiguous(f"the number {text[:20]} is too large to be read exactly. Write a smaller one.")
    return number


def _has_surrogate(value: Any) -> bool:
    if isinstance(value, str):
        return any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, dict):
        return any(_has_surrogate(key) or _has_surrogate(item) for key, item in value.items())
    if isinstance(value, list):
        return any(_has_surrogate(item) for item in value)
    return False


def _refuse_depth(data: bytes, *, document: str, max_depth: int) -> None:
    """Count brackets before parsing, so that a bomb of nesting never reaches a recursive parser."""
    depth, inside, escaped = 0, False, False
    for byte in data:
        if inside:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                inside = False
        elif byte == 0x22:
            inside = True
        elif byte in (0x5B, 0x7B):
            depth += 1
            if depth > max_depth:
                raise Refused(f"{document}: it is nested more than {max_depth} levels deep. Flatten it.")
        elif byte in (0x5D, 0x7D):
            depth -= 1
