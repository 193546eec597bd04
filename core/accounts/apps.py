"""Starts what listens to sign-ins. The accounts themselves are in ``models``."""

from django.apps import AppConfig

from core.rotation import register_source, register_watched


class AccountsConfig(AppConfig):
    """People, practices and roles."""

    name = "core.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to sign-ins, so that each is recorded."""
        from core.accounts import signals  # noqa: F401, PLC0415  needs the models, so only now
        from core.accounts.second_factors import SECRETS_SOURCE, move_secrets  # noqa: PLC0415  the same
        from core.stash import on_old_keys  # noqa: PLC0415  the same

        register_source(SECRETS_SOURCE, move_secrets)
        register_watched("What was typed when a session ended", on_old_keys)
