"""What the commands share that export a case into a file: finding the case, and a file that is whole or not there."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from core.errors import Refused
from core.operations.files import Unfinished, unfinished
from screening.management.protocol_files import bad_input
from screening.models import Screening


def case_named(text: str) -> Screening:
    """Return the case with the id that was typed."""
    whole = Screening.objects.select_related("practice", "client", "protocol", "therapist", "claimed_by")
    try:
        return whole.get(pk=UUID(text))
    except (ValueError, Screening.DoesNotExist):
        raise bad_input(f"There is no screening with the id {text}. It stands in the address of its pages.") from None


def exported_to(path: Path, export: Callable[[Unfinished], str]) -> str:
    """Have ``export`` write a file and record it, both or neither; only then does the file get its name.

    Return what ``export`` returns: the digest. A file that is there already is left as it is.
    """
    exists = bad_input(f"{path} exists already. Name a new file.")
    if path.exists():
        raise exists
    try:
        with unfinished(path) as file:
            digest = export(file)
            file.put_where_nothing_is()
    except Refused as refusal:
        raise bad_input(refusal.message) from None
    except FileExistsError:
        raise exists from None
    except OSError as problem:
        raise bad_input(f"{path} cannot be written: {problem.strerror}.") from None
    return digest
