"""What a practice manager opens, and what several roles open: settings, retention, who opened a case, emergencies."""

from django.urls import URLPattern, URLResolver, path

from screening.views import emergencies, openings, policies, retention

urlpatterns: list[URLPattern | URLResolver] = [
    path("practice/settings/", policies.settings, name="practice-settings"),
    path("practice/retention/", retention.retention, name="retention"),
    path("practice/retention/ask/", retention.ask, name="ask-erasure"),
    path("practice/erasures/<uuid:erasure_id>/", retention.erasure, name="erasure"),
    path("practice/erasures/<uuid:erasure_id>/withdraw/", retention.withdraw, name="withdraw-erasure"),
    path("practice/roles/", policies.give_role, name="give-role"),
    path("practice/roles/<int:membership_id>/end/", policies.end_role, name="end-role"),
    path("practice/openings/", openings.cases, name="openings"),
    path("practice/openings/<uuid:screening_id>/", openings.case, name="case-openings"),
    path("practice/openings/<uuid:screening_id>/print/", openings.print_case, name="case-openings-print"),
    path(
        "practice/roles/<int:membership_id>/reset-second-factor/",
        policies.reset_second_factor,
        name="reset-second-factor",
    ),
    path("emergency/", emergencies.open_case, name="emergency-open"),
    path("emergency/<uuid:access_id>/", emergencies.case, name="emergency-case"),
    path("emergency/opened/", emergencies.opened, name="emergencies"),
    path("emergency/opened/<uuid:access_id>/", emergencies.acknowledge, name="emergency-acknowledge"),
]
