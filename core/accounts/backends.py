"""Who may sign in with a password. The lock after repeated failures is django-axes', not ours."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend


class PasswordBackend(ModelBackend):
    """Django's own backend, except that demo accounts do not exist for a production."""

    def user_can_authenticate(self, user: Any) -> bool:
        demo_in_production = settings.PRODUCTION and getattr(user, "is_demo", False)
        return super().user_can_authenticate(user) and not demo_in_production
