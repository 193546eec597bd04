"""Starts what listens to sign-ins. The accounts themselves are in ``models``."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, practices and roles."""

    name = "core.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to sign-ins, so that each is recorded."""
        from core.accounts import signals  # noqa: F401, PLC0415  needs the models, so only now
