"""Pages of the lists that grow: a page begins behind a row, not at a number, so that the hundredth costs as much as the
first and nobody is shown twice, or left out, because somebody else came in meanwhile.

Where a page begins is told by a cursor in the address: the values by which the row before it is sorted, signed. One
that is none of ours, or of another list, shows the first page.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import BooleanField, F, Field, Func, Model, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan

PAGE = 25
MANY = 1_000
ANY_ROW = TypeVar("ANY_ROW", bound=Model)
_signer = Signer(salt="screening.keyset")


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: by columns or annotations, all in one direction; the last of them tells any two rows apart.

    One direction, because then the rows behind another one are a single stretch of an index.
    """

    by: tuple[str, ...]
    newest_first: bool = False

    def written(self, *, backwards: bool = False) -> list[str]:
        """Return the order as ``order_by`` takes it."""
        sign = "-" if self.newest_first is not backwards else ""
        return [f"{sign}{name}" for name in self.by]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: behind the row of one cursor, or just before that of another; at the start without any."""

    after: str = ""
    before: str = ""

    @classmethod
    def of(cls, address: Mapping[str, str]) -> "Place":
        """Return what the address of a page says."""
        return cls(after=address.get("after", ""), before=address.get("before", ""))


@dataclass(frozen=True, slots=True)
class Page(Generic[ANY_ROW]):
    """The rows of one page in their order, and the cursors that lead to the rows before and behind them, if any."""

    rows: list[ANY_ROW]
    earlier: str = ""
    later: str = ""
    begins: bool = True

    @property
    def whole(self) -> bool:
        """Whether this is all there is."""
        return self.begins and not self.later


def page_of(found: QuerySet[ANY_ROW], order: Order, place: Place, *, length: int = PAGE) -> Page[ANY_ROW]:
    """Return one page of what was found. One query; a second where nothing is left before the cursor."""
    after, before = _read(found, order, place.after), _read(found, order, place.before)
    if before is not None and after is None:
        return _page_before(found, order, before, length)
    beyond = found if after is None else found.filter(_compared(found, order, after, onwards=True))
    rows = list(beyond.order_by(*order.written())[: length + 1])
    shown = rows[:length]
    return Page(
        rows=shown,
        earlier=_cursor(order, shown[0]) if after is not None and shown else "",
        later=_cursor(order, shown[-1]) if len(rows) > length else "",
        begins=after is None,
    )


def counted(found: QuerySet[Any], *, most: int = MANY) -> tuple[int, bool]:
    """Return how many there are, up to ``most``, and whether there are more: nothing counts a million rows."""
    number = found.order_by()[: most + 1].count()
    return min(number, most), number > most


def _page_before(found: QuerySet[ANY_ROW], order: Order, before: list[Any], length: int) -> Page[ANY_ROW]:
    earlier = found.filter(_compared(found, order, before, onwards=False))
    rows = list(earlier.order_by(*order.written(backwards=True))[: length + 1])
    shown = rows[:length][::-1]
    if not shown:  # they have gone meanwhile: what is left is the beginning
        return page_of(found, order, Place(), length=length)
    more = len(rows) > length
    return Page(
        rows=shown,
        earlier=_cursor(order, shown[0]) if more else "",
        later=_cursor(order, shown[-1]),
        begins=not more,
    )


class _Together(Func):
    """Columns, or values, compared as one: the first decides, then the second, and so on."""

    template = "(%(expressions)s)"
    output_field = BooleanField()


def _compared(found: QuerySet[Any], order: Order, values: list[Any], *, onwards: bool) -> Any:
    fields = [_field(found, name) for name in order.by]
    row = _Together(*[F(name) for name in order.by])
    other = _Together(*[Value(value, output_field=kind) for value, kind in zip(values, fields, strict=True)])
    return (GreaterThan if onwards is not order.newest_first else LessThan)(row, other)


def _cursor(order: Order, row: Model) -> str:
    return str(_signer.sign_object([list(order.by), *[_plain(getattr(row, name)) for name in order.by]]))


def _read(found: QuerySet[Any], order: Order, cursor: str) -> list[Any] | None:
    """Return the values that a cursor of this order holds; None for anything else."""
    try:
        by, *values = _signer.unsign_object(cursor)
        if by == list(order.by):
            return [_field(found, name).to_python(value) for name, value in zip(by, values, strict=True)]
    except (BadSignature, TypeError, ValueError, ValidationError):
        pass
    return None


def _field(found: QuerySet[Any], name: str) -> "Field[Any, Any]":
    annotation = found.query.annotations.get(name)
    meta = found.model._meta
    kind: Any = annotation.output_field if annotation is not None else meta.pk if name == "pk" else meta.get_field(name)
    return cast("Field[Any, Any]", kind)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
