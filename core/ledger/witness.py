"""A witness: one checkpoint as it is kept outside, a line of canonical JSON with everything to verify it by itself.

Pure: no storage, no settings. A line holds the checkpoint's bytes, its signature, the public key and the leaves, so
that a verifier can name the stream and the position that a checkpoint saw. Nothing personal is in it: streams are named
after random ids. What is of another practice may be withheld: then the leaf's hash stands in the leaf's place.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.canonical import canonical_bytes
from core.ledger import checkpoints, tree
from core.ledger.checkpoints import Checkpoint, CheckpointBroken, Leaf

LONGEST_LINE = 100_000_000
_HASH = re.compile(r"[0-9a-f]{64}\Z")


class WitnessBroken(Exception):
    """A line is not a witness: it cannot be read, or its signature or leaves are not those of its checkpoint."""


@dataclass(frozen=True)
class Witness:
    """One checkpoint as somebody keeps it. A leaf that was withheld is its hash, in hexadecimal."""

    raw: bytes
    signature: str
    public_key: bytes
    leaves: tuple[Leaf | str, ...]


def to_line(witness: Witness) -> bytes:
    """Write a witness as one line, without its end."""
    leaves = [leaf if isinstance(leaf, str) else [leaf.stream, leaf.seq, leaf.hash] for leaf in witness.leaves]
    return canonical_bytes(
        {
            "checkpoint": witness.raw.decode(),
            "signature": witness.signature,
            "public_key": witness.public_key.hex(),
            "leaves": leaves,
        }
    )


def withheld(leaf: Leaf) -> str:
    """Return what stands in the place of a leaf that is not shown."""
    return tree.leaf_hash(checkpoints.leaf_bytes(leaf)).hex()


def read_line(line: bytes) -> Witness:
    """Read a line back; raise ``WitnessBroken`` where it is anything but a witness in form."""
    try:
        content = json.loads(line)
        return _read(content)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise WitnessBroken("it is not a line of a witness file.") from None


def verify(witness: Witness, pinned: dict[str, bytes]) -> Checkpoint:
    """Return the checkpoint of a witness that holds by itself: signed by a pinned key, over these leaves; or raise."""
    try:
        checkpoint = checkpoints.read(witness.raw, _number(witness.raw))
        key = pinned.get(checkpoint.key)
        if key is None or key != witness.public_key:
            raise WitnessBroken(f"its key {checkpoint.key} is none of CHECKPOINT_PUBLIC_KEYS.")
        checkpoints.verify_signature(witness.raw, witness.signature, key, number=checkpoint.number)
        root = root_of(witness.leaves)
    except (CheckpointBroken, ValueError) as broken:
        raise WitnessBroken(str(broken)) from None
    if len(witness.leaves) != checkpoint.leaves or root != checkpoint.root:
        raise WitnessBroken(f"its leaves are not those that checkpoint {checkpoint.number} signs.")
    return checkpoint


def root_of(leaves: Sequence[Leaf | str]) -> str:
    """Return the root over leaves of which some are withheld."""
    hashes = [
        bytes.fromhex(leaf) if isinstance(leaf, str) else tree.leaf_hash(checkpoints.leaf_bytes(leaf))
        for leaf in leaves
    ]
    return tree.root_of_hashes(hashes).hex()


def _read(content: Any) -> Witness:
    if set(content) != {"checkpoint", "signature", "public_key", "leaves"} or not isinstance(content["leaves"], list):
        raise ValueError("a witness has exactly these fields")
    key = bytes.fromhex(content["public_key"])
    leaves = tuple(_leaf(leaf) for leaf in content["leaves"])
    return Witness(content["checkpoint"].encode(), content["signature"], key, leaves)


def _leaf(content: Any) -> Leaf | str:
    if isinstance(content, str):
        if not _HASH.match(content):
            raise ValueError("a withheld leaf is a hash")
        return content
    stream, seq, hash_ = content
    if not (isinstance(stream, str) and type(seq) is int and isinstance(hash_, str)):
        raise ValueError("a leaf is a stream, a number and a hash")
    return Leaf(stream, seq, hash_)


def _number(raw: bytes) -> int:
    """Return the number that a checkpoint says it has, for messages; 0 where it says none."""
    try:
        number = json.loads(raw)["number"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return 0
    return number if type(number) is int else 0
