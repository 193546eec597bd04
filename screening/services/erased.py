"""What services ask before they write: whether the case or the client was erased meanwhile."""

from core.errors import Erased
from screening.models import Client, Screening


def refuse_erased(row: Screening | Client) -> None:
    """Raise ``Erased`` where there is nothing left to add to."""
    if row.erased_at is not None:
        raise Erased(f"This was erased on {row.erased_at:%-d %B %Y}, so nothing can be added to it.", code="erased")
