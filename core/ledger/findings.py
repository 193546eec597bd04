"""What a verification says: single findings with their place, and the report that they stand in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

BATCH = 500
Item = TypeVar("Item")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and where. ``checkable`` is False where it could not be checked instead."""

    problem: str
    stream: str = ""
    seq: int | None = None
    table: str = ""
    row: str = ""
    checkable: bool = True
    checkpoint: int | None = None

    def __str__(self) -> str:
        entry = f"{self.stream}, entry {self.seq}" if self.seq else self.stream
        row = f"{self.table} {self.row}".strip()
        checkpoint = f"checkpoint {self.checkpoint}" if self.checkpoint else ""
        places = ", ".join(place for place in (entry, row, checkpoint) if place)
        return f"{places}: {self.problem}" if places else self.problem


@dataclass
class Report:
    """What a verification looked at, and what it found: streams, then rows, then checkpoints, then witnesses."""

    findings: list[Finding] = field(default_factory=list)
    streams: int = 0
    entries: int = 0
    rows: int = 0
    erased: int = 0
    checkpoints: int = 0
    witnessed: int = 0

    @property
    def intact(self) -> bool:
        """Say whether everything was checked and nothing was found."""
        return not self.findings

    @property
    def tampered(self) -> bool:
        """Say whether something was altered, removed or added past the ledger."""
        return any(finding.checkable for finding in self.findings)


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Cut what may be long into lists of at most ``BATCH``."""
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch
