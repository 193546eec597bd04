"""What a practice manager opens: the practice's own settings."""

from django.urls import URLPattern, URLResolver, path

from screening.views import policies

urlpatterns: list[URLPattern | URLResolver] = [
    path("practice/settings/", policies.settings, name="practice-settings"),
    path("practice/roles/", policies.give_role, name="give-role"),
    path("practice/roles/<int:membership_id>/end/", policies.end_role, name="end-role"),
    path(
        "practice/roles/<int:membership_id>/reset-second-factor/",
        policies.reset_second_factor,
        name="reset-second-factor",
    ),
]
