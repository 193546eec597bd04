"""The protocols that ship with the product, read from their folders."""

from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext

from core.errors import Refused
from screening.engine.protocol import Protocol, load_protocol

FOLDER = Path(__file__).resolve().parent.parent / "protocols"
EXAMPLES = "examples"


def shipped_names() -> list[str]:
    """Return the names of the protocols that ship, in alphabetical order."""
    return sorted(path.parent.name for path in FOLDER.glob("*/rules.json"))


def example_names() -> list[str]:
    """Return the names of the examples, which no practice is offered, in alphabetical order."""
    return sorted(path.parent.name for path in (FOLDER / EXAMPLES).glob("*/rules.json"))


@lru_cache(maxsize=8)
def shipped_protocol(name: str) -> Protocol:
    """Return the shipped protocol ``name``; raise ``Refused`` where none has it."""
    if name not in shipped_names():
        raise Refused(
            gettext('No protocol named "%(name)s" ships. There are: %(shipped_names)s.')
            % {"name": name, "shipped_names": ", ".join(shipped_names())},
            code="not-shipped",
        )
    return load_protocol(FOLDER / name)
