"""A Merkle tree as RFC 9162 (Certificate Transparency) hashes it: its root, and proofs that something is in it.

Pure: bytes in, bytes out. A leaf is hashed behind one zero byte and a node behind a one, so that neither can be passed
off as the other. What verifies returns True or raises: there is no answer to ignore.
"""

import hashlib
from collections.abc import Sequence
from typing import Literal

LEAF = b"\x00"
NODE = b"\x01"
HASH_BYTES = 32


class NotIncluded(Exception):
    """A proof does not show that this leaf stands in the tree of this root."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash one leaf: SHA-256 over a zero byte and the leaf."""
    return hashlib.sha256(LEAF + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into the node above them: SHA-256 over a one byte and both hashes."""
    return hashlib.sha256(NODE + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root of the tree over these leaves, in their order; without leaves, the hash of nothing."""
    return root_of_hashes([leaf_hash(leaf) for leaf in leaves])


def root_of_hashes(hashes: Sequence[bytes]) -> bytes:
    """Return the root of a tree of whose leaves only the hashes are at hand."""
    level = list(hashes)
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else hashlib.sha256().digest()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the hashes beside the way from leaf ``index`` (from 0) up to the root, the lowest first."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"a tree of {len(leaves)} leaves has no leaf {index}")
    level, proof = [leaf_hash(leaf) for leaf in leaves], []
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            proof.append(level[beside])
        level, index = _above(level), index // 2
    return proof


def verify_inclusion(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> Literal[True]:
    """Check that ``leaf`` is number ``index`` (from 0) of the ``size`` leaves under ``root``; True, or raise."""
    if not 0 <= index < size:
        raise NotIncluded(f"a tree of {size} leaves has no leaf {index}")
    current, last, beside = leaf_hash(leaf), size - 1, list(proof)
    while last:
        if index % 2 or index < last:
            if not beside or len(beside[0]) != HASH_BYTES:
                raise NotIncluded("the proof is too short, or holds something that is not a hash")
            sibling = beside.pop(0)
            current = node_hash(sibling, current) if index % 2 else node_hash(current, sibling)
        index, last = index // 2, last // 2
    if beside:
        raise NotIncluded("the proof is longer than the way to the root")
    if current != root:
        raise NotIncluded("the proof leads to another root")
    return True


def _above(level: Sequence[bytes]) -> list[bytes]:
    """Return the level above: each two hashed into one, and a last one without a partner carried up as it is."""
    paired = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return paired + list(level[len(level) - len(level) % 2 :])
