"""Backups, restores and the health checks. No tables of its own."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """What whoever runs an installation needs."""

    name = "core.operations"
    label = "operations"

    def ready(self) -> None:
        """Make the names of its events known, so that a page can say what they are."""
        from core.operations import events  # noqa: F401, PLC0415  like every application, once all are loaded
