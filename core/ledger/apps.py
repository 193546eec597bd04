from typing import Any

from django.apps import AppConfig
from django.core.signals import request_finished, request_started
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from core import waiting
from core.rotation import register_column


class LedgerConfig(AppConfig):
    """The ledger. After every ``migrate`` it puts the guards of all append-only tables back in place."""

    name = "core.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen once: the signal after ``migrate`` comes when the migrations of all applications are through."""
        import core.ledger.checks  # noqa: PLC0415 - it registers them
        import core.ledger.erasure  # noqa: F401, PLC0415 - it declares a demand on a table of models
        from core.ledger.rebuilding import install  # noqa: PLC0415

        connection_created.connect(install, dispatch_uid="ledger.rebuilding")
        connection_created.connect(waiting.install, dispatch_uid="waiting")
        register_column("ledger.StreamKey", "wrapped")
        post_migrate.connect(_restore_guards, sender=self, dispatch_uid="ledger.restore_guards")
        request_started.connect(_forget_keys, dispatch_uid="ledger.forget_keys")
        request_finished.connect(_forget_keys, dispatch_uid="ledger.forget_keys_after")


def _restore_guards(using: str, **kwargs: Any) -> None:
    from core.ledger.guards import restore_guards  # noqa: PLC0415 - models are not loaded before apps

    restore_guards(connections[using])


def _forget_keys(**kwargs: Any) -> None:
    """Hold no key from one request to the next: another process may have destroyed it since."""
    from core.ledger.content import forget  # noqa: PLC0415 - models are not loaded before apps

    forget()
