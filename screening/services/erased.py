"""What services ask before they write: whether the case or the client was erased meanwhile."""

from django.utils.formats import date_format
from django.utils.translation import gettext

from core.errors import Erased
from screening.models import Client, Screening


def refuse_erased(row: Screening | Client) -> None:
    """Raise ``Erased`` where there is nothing left to add to."""
    if row.erased_at is not None:
        raise Erased(
            gettext("This was erased on %(day)s, so nothing can be added to it.")
            % {"day": date_format(row.erased_at, "DATE_FORMAT")},
            code="erased",
        )
