"""Constraints that several models share: fields that belong together, codes from a list, texts in byte order."""

from typing import Any

from django.db import models
from django.db.models import CheckConstraint, Func, Q


def together(name: str, *fields: str) -> CheckConstraint:
    """Tie fields that belong together (``claimed_at``, ``claimed_by``): all are set, or none is."""
    empty = Q(**{f"{field}__isnull": True for field in fields})
    filled = Q(**{f"{field}__isnull": False for field in fields})
    return CheckConstraint(condition=empty | filled, name=name)


def one_of(name: str, field: str, choices: type[models.TextChoices]) -> CheckConstraint:
    """Hold a coded field to its list, in the database too."""
    return CheckConstraint(condition=Q(**{f"{field}__in": list(choices.values)}), name=name)


def not_blank(name: str, field: str) -> CheckConstraint:
    """Refuse an empty text, in the database too."""
    return CheckConstraint(condition=~Q(**{field: ""}), name=name)


class InBytes(Func):
    """A text compared byte by byte, whatever the database's language, so that a beginning is one part of an index."""

    function = None
    output_field = models.TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Name PostgreSQL's own collation of bytes."""
        return self.as_sql(compiler, connection, template='%(expressions)s COLLATE "C"', **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Name SQLite's."""
        return self.as_sql(compiler, connection, template="%(expressions)s COLLATE BINARY", **extra)
