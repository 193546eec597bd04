"""The path from a stream's chain to a signed checkpoint, as somebody outside can follow it. Pure.

A checkpoint signs one root over the heads of many streams. The path shows that one head is among them and says nothing
of the others but their hashes.
"""

from collections.abc import Sequence
from typing import Any

from core.ledger import checkpoints, tree
from core.ledger.checkpoints import Leaf

VERSION = 1


def path_to(raw: bytes, signature: str, public_key: bytes, *, leaves: Sequence[Leaf], position: int) -> dict[str, Any]:
    """Return the path from leaf ``position`` (from 0) of ``leaves`` to the checkpoint of these bytes."""
    siblings = tree.inclusion_proof([checkpoints.leaf_bytes(leaf) for leaf in leaves], position)
    leaf = leaves[position]
    return {
        "v": VERSION,
        "leaf": {"v": checkpoints.VERSION, "stream": leaf.stream, "seq": leaf.seq, "hash": leaf.hash},
        "position": position,
        "size": len(leaves),
        "siblings": [sibling.hex() for sibling in siblings],
        "checkpoint": raw.decode(errors="replace"),
        "signature": signature,
        "public_key": public_key.hex(),
    }
