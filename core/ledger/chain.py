"""The ledger's format: how an event becomes bytes, how bytes are hashed and chained, and how a chain is verified.

Pure: no storage, no clock, no settings. The hash of an event is SHA-256 over one zero byte and the event's canonical
JSON (RFC 8785); each event holds the hash of the one before it in its stream. The payload stays outside: an event
commits to it by a hash over a random nonce and the payload, so that a payload can be erased and the chain stays whole,
and nobody can guess a yes or a no from its hash.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Literal

from core.canonical import LARGEST_INTEGER, flat_bytes

VERSION = 1
ALGORITHM = "sha256"
LEAF = b"\x00"  # domain separation: what a tree over heads will hash later begins with another byte
NONCE_BYTES = 32
NOTHING_BEFORE = "0" * 64

_HEX = re.compile(r"[0-9a-f]{64}\Z")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z")


class ChainBroken(Exception):
    """A sequence of events is not the chain it claims to be. ``position`` counts from 1."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"Entry {position}: {reason}")
        self.position = position
        self.reason = reason


@dataclass(frozen=True)
class Head:
    """Where a chain stands: the number and the hash of its last event."""

    seq: int
    hash: str


START = Head(seq=0, hash=NOTHING_BEFORE)


@dataclass(frozen=True)
class Link:
    """One event, as it is hashed. ``actor``, ``role`` and ``practice`` are None where there is none."""

    stream: str
    seq: int
    prev: str
    at: str
    actor: str | None
    role: str | None
    practice: str | None
    action: str
    object: str
    commit: str


_NAMES = {field.name for field in fields(Link)} | {"v", "alg"}
_OPTIONAL = {"actor", "role", "practice"}


def timestamp(at: datetime) -> str:
    """Write an aware time as UTC with microseconds: ``2026-01-31T09:05:00.000000Z``."""
    if at.tzinfo is None:
        raise ValueError("a ledger time needs a time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def to_bytes(link: Link) -> bytes:
    """Return the canonical JSON of an event: the bytes that are stored, hashed and verified."""
    return flat_bytes({"v": VERSION, "alg": ALGORITHM, **vars(link)})


def hash_of(raw: bytes) -> str:
    """Return the hash of an event's bytes, as 64 hexadecimal characters."""
    return hashlib.sha256(LEAF + raw).hexdigest()


def authenticate(raw: bytes, key: bytes) -> str:
    """Return the authentication code of an event's bytes: HMAC-SHA-256 with a key that the database does not hold."""
    return hmac.digest(key, raw, "sha256").hex()


def verify_authentic(raw: bytes, code: object, key: bytes, *, position: int) -> Literal[True]:
    """Check an authentication code in constant time; True, or ``ChainBroken``."""
    if isinstance(code, str) and hmac.compare_digest(authenticate(raw, key).encode(), code.encode(errors="replace")):
        return True
    raise ChainBroken(position, "it was not written by somebody with the key of its stream: its code is another.")


def commitment(nonce: bytes, payload: bytes) -> str:
    """Bind a payload without showing it: SHA-256 over a random nonce of 32 bytes and the canonical payload."""
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a nonce has {NONCE_BYTES} bytes, this one has {len(nonce)}")
    return hashlib.sha256(nonce + payload).hexdigest()


def read(raw: bytes, position: int) -> Link:
    """Read an event back from its bytes; raise ``ChainBroken`` where they are anything but a canonical event."""
    try:
        content = json.loads(raw)
        canonical = flat_bytes(content)
    except (ValueError, TypeError, RecursionError):
        raise ChainBroken(position, "its bytes are not canonical JSON.") from None
    if canonical != raw:
        raise ChainBroken(position, "its bytes are JSON, but not in canonical form.")
    reason = _malformed(content)
    if reason:
        raise ChainBroken(position, reason)
    return Link(**{name: value for name, value in content.items() if name not in ("v", "alg")})


def follow(raw: bytes, *, stream: str, after: Head) -> tuple[Link, Head]:
    """Check that ``raw`` is the next event of ``stream`` after ``after``; return it and the new head, or raise."""
    position = after.seq + 1
    link = read(raw, position)
    if link.stream != stream:
        raise ChainBroken(position, f"it was written for the stream {link.stream}, not for {stream}.")
    if link.seq != position:
        raise ChainBroken(position, f"it says that it is number {link.seq}; number {position} was due.")
    if link.prev != after.hash:
        raise ChainBroken(position, "it does not follow from the entry before it: the previous hash differs.")
    return link, Head(seq=position, hash=hash_of(raw))


def verify(events: Iterable[bytes], *, stream: str, head: Head | None = None) -> bool:
    """Verify a whole chain from its first event. True, or ``ChainBroken`` naming the position: no answer to ignore.

    With ``head``, the chain must also end there, which is how a tail that was cut off is noticed.
    """
    current = START
    for raw in events:
        _, current = follow(raw, stream=stream, after=current)
    if head is not None and current != head:
        raise ChainBroken(current.seq, f"the chain ends at {current.seq}; its head says {head.seq}, or another hash.")
    return True


def _malformed(content: Any) -> str | None:
    if not isinstance(content, dict) or set(content) != _NAMES:
        return "it does not have exactly the fields of an event."
    if type(content["v"]) is not int or content["v"] != VERSION or content["alg"] != ALGORITHM:
        return f"its format is {content['v']!r}/{content['alg']!r}; this program reads {VERSION}/{ALGORITHM!r}."
    if type(content["seq"]) is not int or not 1 <= content["seq"] <= LARGEST_INTEGER:
        return "its number is not a whole number from 1."
    for name in _NAMES - {"v", "alg", "seq"}:
        if not isinstance(content[name], str) and not (content[name] is None and name in _OPTIONAL):
            return f"its {name} is not text."
    if not (_HEX.match(content["prev"]) and _HEX.match(content["commit"]) and _TIME.match(content["at"])):
        return "its previous hash, commitment or time is not written as the format says."
    return None
