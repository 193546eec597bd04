"""Constraints that several models share: fields that belong together, and codes from a list."""

from django.db import models
from django.db.models import CheckConstraint, Q


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
