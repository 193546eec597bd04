"""What a practice manager opens: the practice's own settings, and who opened which case."""

from django.urls import URLPattern, URLResolver, path

from screening.views import openings, policies, retention

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
]
