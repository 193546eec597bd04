"""Warns where a production on PostgreSQL connects as somebody whom the wall between practices does not hold."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connections

from core.tenancy.policies import missing_policies
from core.tenancy.roles import too_mighty

CURE = "Create a role that owns nothing (`manage.py database_roles --sql role`), and name it in DATABASE_URL."


@checks.register(checks.Tags.database)
def the_application_is_held_by_the_wall(
    *, databases: Sequence[str] | None = None, **_: Any
) -> list[checks.CheckMessage]:
    """Find a role that is too mighty, and tables without their wall. The owner's own commands are not asked."""
    if not settings.PRODUCTION or settings.CONNECTS_AS_OWNER:
        return []
    found: list[checks.CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        found += [checks.Warning(said, hint=CURE, id="soundings.W016") for said in too_mighty(connection)]
        if tables := missing_policies(connection):
            said = f"Tables without row-level security: {', '.join(tables)}."
            found.append(checks.Warning(said, hint="Run `manage.py migrate` as the owner.", id="soundings.W017"))
    return found
