"""Sessions in the database, each with whose it is. ``settings.SESSION_ENGINE`` names this module."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from core.accounts.models import Session


class SessionStore(DatabaseStore):
    """Django's own, over a table that also says whose a session is."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Note beside the data whose session it is; nobody's before signing in."""
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        return row
