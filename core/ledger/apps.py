from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class LedgerConfig(AppConfig):
    """The ledger. After every ``migrate`` it puts the guards of all append-only tables back in place."""

    name = "core.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen once: the signal comes when the migrations of all applications are through."""
        post_migrate.connect(_restore_guards, sender=self, dispatch_uid="ledger.restore_guards")


def _restore_guards(using: str, **kwargs: Any) -> None:
    from core.ledger.guards import restore_guards  # noqa: PLC0415 - models are not loaded before apps

    restore_guards(connections[using])
