"""What a backup says of itself: which version made it, of which database, as of when, and what is in it."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from core.canonical import canonical_bytes
from core.errors import Refused

FORMAT = 1
DATABASES = ("sqlite", "postgresql")
LARGEST = 1_000_000


@dataclass(frozen=True)
class Manifest:
    """The small part of a backup; ``dump_sha256`` binds it to the large one. Nothing personal stands in it.

    ``migrations`` are those applied (``accounts.0001_initial``), ``counts`` the rows of each table, ``checkpoint`` the
    number and hash of the ledger's last one, or nothing where there is none.
    """

    product: str
    database: str
    server: str
    at: str
    migrations: list[str]
    counts: dict[str, int]
    checkpoint: dict[str, Any] | None
    dump_bytes: int
    dump_sha256: str
    format: int = FORMAT

    def to_bytes(self) -> bytes:
        """Return it as canonical JSON."""
        return canonical_bytes(asdict(self))


_KINDS: dict[str, type | tuple[type, ...]] = {
    "format": int,
    "product": str,
    "database": str,
    "server": str,
    "at": str,
    "migrations": list,
    "counts": dict,
    "checkpoint": (dict, type(None)),
    "dump_bytes": int,
    "dump_sha256": str,
}


def read_manifest(raw: bytes) -> Manifest:
    """Return the manifest in ``raw``; refuse one that is of another format, or that nothing of ours wrote."""
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        raise _broken() from None
    if not isinstance(content, dict) or type(content.get("format")) is not int:
        raise _broken()
    if content["format"] != FORMAT:
        made = f"Its format is {content['format']}, and this version reads {FORMAT}."
        raise Refused(f"{made} Restore it with the version that made it: {content.get('product', 'unknown')}.")
    if content.keys() != _KINDS.keys() or not all(isinstance(content[key], kind) for key, kind in _KINDS.items()):
        raise _broken()
    if content["database"] not in DATABASES or not _counted(content["counts"]):
        raise _broken()
    return Manifest(**content)


def _counted(counts: dict[str, Any]) -> bool:
    return all(type(number) is int and number >= 0 for number in counts.values())


def _broken() -> Refused:
    return Refused("This is no whole backup: what it says of itself cannot be read. Take another one.")
