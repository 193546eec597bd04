"""A checkpoint's format: how it becomes bytes, how it is hashed, chained, signed and read back.

Pure: no storage, no clock, no settings. A checkpoint signs the root of a tree over the heads of all streams that moved
since the checkpoint before, and holds that one's hash. Whoever keeps a checkpoint elsewhere can show what the ledger
held when it was made: nothing before it can then be changed or removed without the checkpoint saying so.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from core.canonical import LARGEST_INTEGER, canonical_bytes, flat_bytes
from core.ledger import tree

VERSION = 1
ALGORITHM = "sha256+ed25519"
CHECKPOINT = b"\x02"  # domain separation: an event and a tree's leaf begin with 00, a tree's node with 01
NOTHING_BEFORE = "0" * 64
KEY_BYTES = 32
KEY_ID_LENGTH = 16

_HASH = re.compile(r"[0-9a-f]{64}\Z")
_KEY_ID = re.compile(r"[0-9a-f]{16}\Z")
_SIGNATURE = re.compile(r"[0-9a-f]{128}\Z")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z")
_FIELDS = {"v", "alg", "number", "prev", "at", "leaves", "root", "key"}


class CheckpointBroken(Exception):
    """A checkpoint is not what it claims to be. ``number`` is the place it stands at, counted from 1."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"Checkpoint {number}: {reason}")
        self.number = number
        self.reason = reason


@dataclass(frozen=True, order=True)
class Leaf:
    """Where one stream stood: its name, and the number and hash of its last event."""

    stream: str
    seq: int
    hash: str


@dataclass(frozen=True)
class Checkpoint:
    """One checkpoint, as it is hashed. ``leaves`` counts them; ``key`` is the id of the key that signs."""

    number: int
    prev: str
    at: str
    leaves: int
    root: str
    key: str


def leaf_bytes(leaf: Leaf) -> bytes:
    """Return the canonical JSON of a leaf: the bytes that stand in the tree."""
    if type(leaf.seq) is not int or not 1 <= leaf.seq <= LARGEST_INTEGER:
        raise ValueError("the number of a leaf is a whole number from 1")
    return flat_bytes({"v": VERSION, **vars(leaf)})


def in_order(leaves: Iterable[Leaf]) -> list[Leaf]:
    """Return leaves in the order in which they stand in the tree: by the stream's name, compared as code points."""
    return sorted(leaves)


def root_of(leaves: Sequence[Leaf]) -> str:
    """Return the root of the tree over these leaves, in this order, as 64 hexadecimal characters."""
    return tree.root([leaf_bytes(leaf) for leaf in leaves]).hex()


def to_bytes(checkpoint: Checkpoint) -> bytes:
    """Return the canonical JSON of a checkpoint: the bytes that are stored, hashed, signed and verified."""
    return canonical_bytes({"v": VERSION, "alg": ALGORITHM, **asdict(checkpoint)})


def hash_of(raw: bytes) -> str:
    """Return the hash of a checkpoint's bytes, as 64 hexadecimal characters."""
    return hashlib.sha256(CHECKPOINT + raw).hexdigest()


def key_id(public_key: bytes) -> str:
    """Return the short name of a public key: 16 hexadecimal characters of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(public_key).hexdigest()[:KEY_ID_LENGTH]


def public_key_of(private_key: bytes) -> bytes:
    """Return the 32 bytes of the public key that belongs to the 32 bytes of a private one."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def sign(raw: bytes, private_key: bytes) -> str:
    """Sign a checkpoint's bytes with a private key of 32 bytes; return the signature as 128 hexadecimal characters."""
    return Ed25519PrivateKey.from_private_bytes(private_key).sign(CHECKPOINT + raw).hex()


def verify_signature(raw: bytes, signature: str, public_key: bytes, *, number: int) -> Literal[True]:
    """Check a signature over a checkpoint's bytes with a public key of 32 bytes; True, or ``CheckpointBroken``."""
    if not isinstance(signature, str) or not _SIGNATURE.match(signature):
        raise CheckpointBroken(number, "its signature is not 64 bytes in hexadecimal.")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(bytes.fromhex(signature), CHECKPOINT + raw)
    except (InvalidSignature, ValueError):
        raise CheckpointBroken(number, "its signature is not by the key it names.") from None
    return True


def read(raw: bytes, number: int) -> Checkpoint:
    """Read a checkpoint back from its bytes; raise ``CheckpointBroken`` where they are anything but canonical."""
    try:
        content = json.loads(raw)
        canonical = canonical_bytes(content)
    except (ValueError, RecursionError):
        raise CheckpointBroken(number, "its bytes are not canonical JSON.") from None
    if canonical != raw:
        raise CheckpointBroken(number, "its bytes are JSON, but not in canonical form.")
    reason = _malformed(content)
    if reason:
        raise CheckpointBroken(number, reason)
    return Checkpoint(**{name: value for name, value in content.items() if name not in ("v", "alg")})


def follow(raw: bytes, *, number: int, prev: str) -> Checkpoint:
    """Check that ``raw`` is checkpoint ``number``, and follows the one whose hash is ``prev``; return it, or raise."""
    checkpoint = read(raw, number)
    if checkpoint.number != number:
        raise CheckpointBroken(number, f"it says that it is number {checkpoint.number}; number {number} was due.")
    if checkpoint.prev != prev:
        raise CheckpointBroken(number, "it does not follow from the checkpoint before it: the previous hash differs.")
    return checkpoint


def verify_leaves(checkpoint: Checkpoint, leaves: Sequence[Leaf]) -> Literal[True]:
    """Check that these are the leaves the checkpoint signs, in their order, each stream once; True, or raise."""
    if len(leaves) != checkpoint.leaves:
        raise CheckpointBroken(checkpoint.number, f"it has {len(leaves)} leaves and signs {checkpoint.leaves}.")
    try:
        ordered = all(one.stream < following.stream for one, following in pairwise(leaves))
        root = root_of(leaves)
    except (TypeError, ValueError):
        raise CheckpointBroken(checkpoint.number, "one of its leaves cannot be read.") from None
    if not ordered:
        raise CheckpointBroken(checkpoint.number, "its leaves are not in the order of their streams, each once.")
    if root != checkpoint.root:
        raise CheckpointBroken(checkpoint.number, "its leaves are not those it signs: the root differs.")
    return True


def _malformed(content: Any) -> str | None:
    if not isinstance(content, dict) or set(content) != _FIELDS:
        return "it does not have exactly the fields of a checkpoint."
    if content["v"] != VERSION or content["v"] is True or content["alg"] != ALGORITHM:
        return f"its format is {content['v']!r}/{content['alg']!r}; this program reads {VERSION}/{ALGORITHM!r}."
    if any(type(content[name]) is not int or content[name] < 1 for name in ("number", "leaves")):
        return "its number, or how many leaves it has, is not a whole number from 1."
    patterns = {"prev": _HASH, "root": _HASH, "at": _TIME, "key": _KEY_ID}
    if not all(isinstance(content[name], str) and form.match(content[name]) for name, form in patterns.items()):
        return "its hashes, time or key are not written as the format says."
    return None
