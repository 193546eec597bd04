from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class TenancyConfig(AppConfig):
    """The second wall between practices. After every ``migrate`` it puts up what is missing of it."""

    name = "core.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        """Name the tenant on every new connection, and look after every ``migrate``."""
        from core.tenancy import checks  # noqa: F401, PLC0415  registers them
        from core.tenancy.connections import install  # noqa: PLC0415

        connection_created.connect(install, dispatch_uid="tenancy.install")
        ledger = apps.get_app_config("ledger")  # the signal comes for applications with tables, and this one has none
        post_migrate.connect(_restore, sender=ledger, dispatch_uid="tenancy.restore")


def _restore(using: str, **kwargs: Any) -> None:
    from core.tenancy.policies import restore_policies  # noqa: PLC0415 - models are not loaded before apps
    from core.tenancy.roles import grant_to_the_application  # noqa: PLC0415

    restore_policies(connections[using])
    grant_to_the_application(connections[using])
