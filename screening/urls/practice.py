"""What a practice manager opens, and what several roles open: settings, roles, cases in an emergency."""

from django.urls import URLPattern, URLResolver, path

from screening.views import emergencies, policies

urlpatterns: list[URLPattern | URLResolver] = [
    path("practice/settings/", policies.settings, name="practice-settings"),
    path("practice/roles/", policies.give_role, name="give-role"),
    path("practice/roles/<int:membership_id>/end/", policies.end_role, name="end-role"),
    path("emergency/", emergencies.open_case, name="emergency-open"),
    path("emergency/<uuid:access_id>/", emergencies.case, name="emergency-case"),
    path("emergency/opened/", emergencies.opened, name="emergencies"),
    path("emergency/opened/<uuid:access_id>/", emergencies.acknowledge, name="emergency-acknowledge"),
]
