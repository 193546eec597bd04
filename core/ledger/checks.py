"""Finds, before a production serves, a folder of witnesses that no checkpoint could be written to."""

from typing import Any

from django.core import checks

from core.ledger.witness_folder import problem_of_the_folder


@checks.register(checks.Tags.security, deploy=True)
def witnesses_leave_the_house(**_: Any) -> list[checks.CheckMessage]:
    """Find a folder that is named and is not there, or may not be written. A server of pages alone needs none."""
    if not (problem := problem_of_the_folder()):
        return []
    said, cure = problem.rsplit(". ", 1)
    hint = f"{cure} The processes that sign and work need it, one that serves pages does not."
    return [checks.Warning(f"{said}.", hint=hint, id="soundings.W018")]
