"""The rows of a repeating group as a page sends them: their ids, and those taken away, which can be put back.

A row that is taken away leaves the case at once. The page keeps it, with what no field says, until the page is left.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.core import signing
from django.http import QueryDict

from screening.engine.answers import Row
from screening.engine.questionnaire import Group
from screening.selectors.answers import row_words

_SALT = "screening.taken-row"
_ROW_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True)
class TakenRow:
    """A row that was taken away on this page: what it was called, and its fields, with which it can be put back."""

    row_id: str
    name: str
    fields: tuple[tuple[str, str], ...]


def without_row(data: QueryDict, group: str, row_id: str, was: Row | None) -> QueryDict:
    """Return what was typed with one row of a repeating group put aside, and with it the row as it ``was`` stored."""
    kept = _moved(data, row_id, f"g-{group}-row", f"g-{group}-taken")
    if was is not None:
        kept[f"g-{group}-{row_id}-was"] = signing.dumps(was.model_dump_json(), salt=_SALT)
    return kept


def with_row(data: QueryDict, group: str, row_id: str) -> QueryDict:
    """Return what was typed with a row that was put aside among the others again."""
    return _moved(data, row_id, f"g-{group}-taken", f"g-{group}-row")


def _moved(data: QueryDict, row_id: str, source: str, target: str) -> QueryDict:
    moved = data.copy()
    if row_id in moved.getlist(source):
        moved.setlist(source, [other for other in moved.getlist(source) if other != row_id])
        moved.appendlist(target, row_id)
    return moved


def taken_rows(group: Group, data: QueryDict) -> Iterator[TakenRow]:
    """Yield the rows of a group that were taken away on this page."""
    for row_id in dict.fromkeys(data.getlist(f"g-{group.link_id}-taken")):
        if is_row_id(row_id):
            prefix = f"g-{group.link_id}-{row_id}-"
            fields = tuple(
                (name, value) for name, values in data.lists() if name.startswith(prefix) for value in values
            )
            yield TakenRow(row_id, row_words(group, as_it_was(data, group, row_id)), fields)


def as_it_was(data: QueryDict, group: Group, row_id: str) -> Row:
    """Return a row as it was stored when it was taken away: with what no field of the page says, such as notes."""
    try:
        found = signing.loads(data.get(f"g-{group.link_id}-{row_id}-was", ""), salt=_SALT)
    except signing.BadSignature:
        return Row(row_id=row_id)
    return Row.model_validate_json(found)


def is_row_id(text: str) -> bool:
    """Say whether a row can have this id."""
    return len(text) <= 64 and bool(_ROW_ID.fullmatch(text))


def new_row_id() -> str:
    """Return an id that no other row has."""
    return f"r{uuid.uuid4().hex[:10]}"
