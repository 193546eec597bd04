"""Django's view of the subject."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """The screening app."""

    name = "screening"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the names of what this app records, its links in the header, and what else hangs on FIELD_KEYS."""
        from core.rotation import register_source  # noqa: PLC0415  the registry is filled once the apps are there
        from screening.events import register_events  # noqa: PLC0415
        from screening.navigation import register_links  # noqa: PLC0415
        from screening.services.names import SOURCE, index_all  # noqa: PLC0415

        register_events()
        register_links()
        register_source(SOURCE, index_all)
