"""For which practice, and for which person, the database is asked now: the tenant that row-level security goes by.

The guard in front of a page names them, a background job names its practice, and on PostgreSQL every statement carries
them (``connections``). Whoever names nobody sees nothing there. On SQLite this changes nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import UUID

HEADS = "heads"


@dataclass(frozen=True)
class Tenant:
    """A practice, a person, both or neither; ``house`` opens one view of the whole house, by its name."""

    practice: UUID | None = None
    person: UUID | None = None
    house: str = ""


NOBODY = Tenant()
_now: ContextVar[Tenant] = ContextVar("tenant", default=NOBODY)


def current() -> Tenant:
    """Return for whom the database is asked now."""
    return _now.get()


@contextmanager
def inside(*, practice: UUID | None = None, person: UUID | None = None) -> Iterator[None]:
    """Ask for this practice and this person, and for nobody else, until the block ends."""
    with _being(Tenant(practice, person)):
        yield


@contextmanager
def also_for(person: UUID | None) -> Iterator[None]:
    """Ask for this person too until the block ends, for the practice as before; ``None`` changes nothing."""
    with _being(replace(current(), person=person) if person else current()):
        yield


@contextmanager
def reading_heads() -> Iterator[None]:
    """Read the heads of every stream of the house, and nothing else of it: for a checkpoint over all of them."""
    with _being(replace(current(), house=HEADS)):
        yield


def enter(*, person: UUID, practice: UUID | None = None) -> None:
    """Ask for this person and this practice from now on, inside of a block that ``inside`` began."""
    _now.set(Tenant(practice, person))


@contextmanager
def _being(tenant: Tenant) -> Iterator[None]:
    token = _now.set(tenant)
    try:
        yield
    finally:
        _now.reset(token)
